package main

import (
	"io"
	"log/slog"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressEvery is how often a long run says how far it is where there is no
// terminal.
const progressEvery = 15 * time.Second

// newProgress tells how far a run is: a bar with rate and time left on a
// terminal, a log line now and then elsewhere. finish clears the bar.
func newProgress(to io.Writer, log *slog.Logger, now func() time.Time) (report func(done, total int), finish func()) {
	if isTerminal(to) {
		return progressBar(to)
	}
	last := now()
	report = func(done, total int) {
		if at := now(); at.Sub(last) >= progressEvery {
			last = at
			log.Info("reading", "records", done, "of", total)
		}
	}
	return report, func() {}
}

func progressBar(to io.Writer) (report func(done, total int), finish func()) {
	bar := progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(to),
		progressbar.OptionSetDescription("backtraces"),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("records"),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
	report = func(done, total int) {
		if total > 0 && total != bar.GetMax() {
			bar.ChangeMax(total)
		}
		_ = bar.Set(min(done, max(total, done))) // a bar that cannot be drawn is no reason to stop
	}
	return report, func() { _ = bar.Finish() } // likewise
}
