package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"syncer/internal/report"
)

const (
	reportFile  = "report.html"
	reportSince = "30d"
)

func (a *app) reportCommand() *cobra.Command {
	var since, output string
	command := &cobra.Command{
		Use:   "report",
		Short: "Write a page with a map of the leaks, their course, the worst tags and titles",
		Long: `Write one HTML page for people who just want to look: a world map of the accesses,
their time line, the tags and titles that leaked most, how the worst leak spread,
and how fresh the mirror is. The page needs no server and no network, and holds
personal data. Its figures are those of ` + "`syncer query`" + `. No token is needed.

A time is a date or date and time in UTC, RFC 3339, or an age such as 30d, 12h or 90m.`,
		Example: "  syncer report\n  syncer report --since 2026-01-01 -o leaks-2026.html",
		Args:    usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := report.ParseSince(since, a.now())
			if err != nil {
				return wrongUsage(cmd, err)
			}
			return a.reportLeaks(cmd.Context(), from, output)
		},
	}
	command.Flags().StringVar(&since, "since", reportSince, "only accesses from then on; 1970-01-01 for all")
	command.Flags().StringVarP(&output, "output", "o", reportFile, "`file` to write; - for the standard output")
	return command
}

// reportLeaks looks at the mirror as query does.
func (a *app) reportLeaks(ctx context.Context, since time.Time, output string) (err error) {
	s, err := a.newService(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	if err := s.openMirror(ctx, false); err != nil {
		return err
	}
	if output == "-" {
		return s.report().Write(ctx, a.stdout, since)
	}
	path, err := s.writeReport(ctx, since, output)
	if err != nil {
		return err
	}
	a.printf("Report written to %s\n", path)
	return nil
}

func (s *service) report() *report.Report {
	return report.New(report.Options{Ask: s.mirror.Ask, Now: s.app.now, Version: version})
}

// writeReport writes a page that is whole or not there, for its owner's eyes only,
// and gives its absolute path.
func (s *service) writeReport(ctx context.Context, since time.Time, output string) (path string, err error) {
	if path, err = filepath.Abs(output); err != nil {
		return "", fmt.Errorf("find %s: %w", output, err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("write the report: %w", err)
	}
	err = s.report().Write(ctx, file, since)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return path, nil
}
