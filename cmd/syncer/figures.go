package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"syncer/schema"
	"syncer/sync"
)

// showsFigures says whether anybody sees the figures.
func (s *service) showsFigures() bool { return s.metricsAddr != "" || s.metricsGateway != nil }

// serveFigures serves metrics and health where METRICS_ADDR says so, until the
// function it gives is called.
func (s *service) serveFigures(ctx context.Context) (stop func(), err error) {
	if s.metricsAddr == "" {
		return func() {}, nil
	}
	server, err := s.figures.Serve(ctx, s.metricsAddr, s.log, func() error {
		if ctx.Err() != nil {
			return errors.New("the daemon is being stopped")
		}
		return s.ready(s.figures.LastSuccess())
	})
	if err != nil {
		wrong := &settingsError{}
		wrong.add("METRICS_ADDR", "cannot be used: %v", err)
		return nil, wrong
	}
	s.log.Info("metrics are served", "address", server.Addr())
	return func() {
		if err := server.Close(ctx); err != nil {
			s.log.Warn("metrics server", "error", err)
		}
	}, nil
}

// recallFigures takes in how earlier processes left the mirror, so that gauges do
// not begin at nothing.
func (s *service) recallFigures(ctx context.Context) {
	if !s.showsFigures() {
		return
	}
	runs, err := s.mirror.LastOfEach(ctx, s.apiURL)
	for i := range runs {
		s.figures.Recorded(&runs[i])
	}
	s.countOddities(ctx, err)
}

// countOddities takes in what the mirror keeps of what did not fit, unless
// something went wrong before.
func (s *service) countOddities(ctx context.Context, err error) {
	if err == nil {
		var found schema.Oddities
		if found, err = s.mirror.Oddities(ctx); err == nil {
			s.figures.Odd(found)
		}
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn("the metrics are incomplete", "error", err)
	}
}

// ended takes in a run.
func (s *service) ended(ctx context.Context, row *schema.Run, err error) {
	if _, panicked := errors.AsType[*sync.PanicError](err); panicked {
		s.figures.Panicked()
	}
	told := *row
	if err != nil {
		told.Outcome = schema.Failed // though all is stored, if its end could not be recorded
	}
	s.figures.Ended(&told)
	if s.showsFigures() && err == nil {
		s.countOddities(ctx, nil)
	}
}

// ready says why the mirror is not within reach of its source: the second turn
// after the last run that ended well has come, and the time that a run may take
// has passed since. So one run may fail.
func (s *service) ready(lastSuccess time.Time) error {
	if lastSuccess.IsZero() {
		return errors.New("no run has ended well yet")
	}
	now := s.app.now()
	reach := s.schedule.Next(s.schedule.Next(lastSuccess)).Add(s.timeout)
	if now.After(reach) {
		return fmt.Errorf("the last run that ended well did so %s ago, and another one should have by %s",
			now.Sub(lastSuccess).Round(time.Second), reach.UTC().Format(time.RFC3339))
	}
	return nil
}

// pushFigures pushes the figures of a command, which makes runs of a kind, where
// METRICS_PUSH_URL says so. A run is no worse for a Pushgateway that is away.
func (s *service) pushFigures(ctx context.Context, command, kind string, err error) {
	if s.metricsGateway == nil {
		return
	}
	var reported *reportedError
	if err != nil && !errors.As(err, &reported) { // there was no run to tell of
		s.figures.Failed(kind)
	}
	if err := s.figures.Push(ctx, s.metricsGateway, "syncer_"+command, s.target.Auth.Database); err != nil {
		s.log.Warn("the metrics could not be pushed", "error", err)
	}
}
