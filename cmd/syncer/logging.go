package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// Values of LOG_FORMAT.
const (
	formatAuto = "auto" // tint on a terminal, JSON elsewhere
	formatTint = "tint"
	formatJSON = "json"
)

func newLogger(to io.Writer, level slog.Level, format string) *slog.Logger {
	if format == formatTint || format == formatAuto && isTerminal(to) {
		return slog.New(tint.NewTextHandler(to, &tint.Options{Level: level, TimeFormat: time.TimeOnly, NoColor: !isTerminal(to)}))
	}
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level}))
}

func isTerminal(to io.Writer) bool {
	file, ok := to.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
