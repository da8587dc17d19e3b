package main

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"syncer/internal/xvid"
	"syncer/schema"
	"syncer/sync"
)

func (a *app) onceCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "once",
		Short:   "Make one incremental run, then exit: what a CronJob runs",
		Example: "  XVID_API_TOKEN=… CLICKHOUSE_URL=clickhouse://user:password@host:9000/xvid syncer once",
		Args:    usage(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.once(cmd.Context()) },
	}
}

func (a *app) once(ctx context.Context) error {
	return a.withMirror(ctx, true, func(s *service, client *xvid.Client) error {
		defer s.pushFigures(ctx, "syncer_once")
		return s.runOnce(ctx, client)
	})
}

// runOnce makes one run and tells its figures in one line.
func (s *service) runOnce(ctx context.Context, client *xvid.Client) error {
	row, err := s.turn(client, func(syncer *sync.Syncer) (schema.Run, error) { return syncer.RunOnce(ctx) })
	return s.tell(ctx, row, err)
}

// turn makes one turn of a syncer that shows how far it is.
func (s *service) turn(client *xvid.Client, work func(*sync.Syncer) (schema.Run, error)) (schema.Run, error) {
	report, finish := newProgress(s.app.stderr, s.log, s.app.now)
	defer finish()
	return work(s.syncer(client, report))
}

// tell writes the line that ends every run; it carries the run's error.
func (s *service) tell(ctx context.Context, row schema.Run, err error) error {
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelError
		row.Error = err.Error()
	}
	s.figures.Ended(&row)
	s.log.Log(ctx, level, "run ended", sync.Summary(&row)...)
	if err != nil {
		return &reportedError{err}
	}
	return nil
}
