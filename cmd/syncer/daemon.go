package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"syncer/internal/metrics"
	"syncer/internal/xvid"
	"syncer/schema"
	"syncer/sync"
)

func (a *app) daemonCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Make a run now and then one on each turn of SYNC_SCHEDULE, until stopped",
		Long: `Make a run now and then one on each turn of SYNC_SCHEDULE, until stopped.

The schedule is in the machine's time zone (TZ) unless it names one of its own:
SYNC_SCHEDULE="CRON_TZ=Europe/Berlin 0 6 * * *". On SYNC_RECONCILE_SCHEDULE it
reconciles, as the command of that name does. A turn that comes while a run is
still going is skipped. A failed run is logged, and the next one comes; only a
refused token or refused credentials end the daemon (exit code 77), since each
further try would be refused as well.`,
		Example: "  SYNC_SCHEDULE='*/10 * * * *' XVID_API_TOKEN_FILE=/run/secrets/token syncer run",
		Args:    usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withService(cmd.Context(), func(s *service) error { return s.daemon(cmd.Context()) })
		},
	}
}

func (s *service) daemon(ctx context.Context) error {
	stopServing, err := s.serveFigures(ctx)
	if err != nil {
		return err
	}
	defer stopServing()
	return s.withMirror(ctx, true, func(client *xvid.Client) error { return s.loop(ctx, client) })
}

// loop makes runs and reconciles until the context ends or the API refuses.
func (s *service) loop(ctx context.Context, client *xvid.Client) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	d := &turns{service: s, client: client, refused: cancel, busy: make(chan struct{}, 1)}
	logger := cronLogger{s.log, s.figures}
	scheduler := cron.New(cron.WithLogger(logger))
	run := d.job(logger, func() { d.run(ctx) })
	scheduler.Schedule(s.schedule, run)
	if s.reconcileSchedule != nil {
		scheduler.Schedule(s.reconcileSchedule, d.job(logger, func() { d.reconcile(ctx) }))
	}
	s.log.Info("daemon started", "next_run", s.schedule.Next(s.app.now()))
	scheduler.Start()
	run.Run()
	<-ctx.Done()
	<-scheduler.Stop().Done()
	s.log.Info("daemon stopped")
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return fmt.Errorf("the daemon stopped: %w", cause)
	}
	return nil
}

// turns makes one turn at a time.
type turns struct {
	service *service
	client  *xvid.Client
	refused context.CancelCauseFunc
	busy    chan struct{} // holds a token while a turn goes on
}

// job is what the scheduler calls. SkipIfStillRunning stands outermost: a job
// that panics under Recover outside it would be skipped for ever after
// (robfig/cron v3.0.1).
func (*turns) job(logger cronLogger, turn func()) cron.Job {
	return cron.NewChain(cron.SkipIfStillRunning(logger), cron.Recover(logger)).Then(cron.FuncJob(turn))
}

// run makes an incremental run, unless a reconcile is going on.
func (d *turns) run(ctx context.Context) {
	select {
	case d.busy <- struct{}{}:
	default:
		d.service.log.Warn("turn skipped: a reconcile is still going")
		return
	}
	defer func() { <-d.busy }()
	d.ended(d.service.runOnce(ctx, d.client))
}

// reconcile reconciles when the run that may be going on has ended.
func (d *turns) reconcile(ctx context.Context) {
	select {
	case d.busy <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-d.busy }()
	row, err := d.service.turn(d.client, func(syncer *sync.Syncer) (schema.Run, error) {
		return syncer.Reconcile(ctx, sync.ReconcileOptions{})
	})
	d.ended(d.service.tell(ctx, row, err))
}

// ended ends the daemon if it would only be refused again.
func (d *turns) ended(err error) {
	if exitCode(err) == exitRefused {
		d.refused(err)
	}
}

// cronLogger passes the scheduler's words on: its routine is of use only when
// something is being looked for.
type cronLogger struct {
	log     *slog.Logger
	figures *metrics.Metrics
}

func (l cronLogger) Info(message string, keysAndValues ...any) {
	if message == "skip" {
		l.log.Warn("turn skipped: the last run is still going")
		return
	}
	l.log.Debug("schedule: "+message, keysAndValues...)
}

// Error is told of a panic outside the run itself, which has a guard of its own.
func (l cronLogger) Error(err error, message string, keysAndValues ...any) {
	l.figures.Panicked()
	l.log.Error("schedule: "+message, append([]any{"error", err}, keysAndValues...)...)
}
