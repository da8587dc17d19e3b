package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/robfig/cron/v3"
)

// recordedRuns is how many runs of earlier processes a daemon looks at, so that
// its figures do not begin at nothing.
const recordedRuns = 50

// serveFigures serves metrics and health where METRICS_ADDR says so, until the
// function it gives is called.
func (s *service) serveFigures(ctx context.Context) (stop func(), err error) {
	if s.metricsAddr == "" {
		return func() {}, nil
	}
	runs, err := s.mirror.LastRuns(ctx, recordedRuns)
	if err != nil {
		return nil, err
	}
	for _, run := range slices.Backward(runs) {
		s.figures.Recorded(&run)
	}
	server, err := s.figures.Serve(s.metricsAddr, func() error { return s.ready(s.figures.LastSuccess()) })
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

// ready says why the mirror is not within reach of its source: the last run that
// ended well must be no older than two turns and the bound on a run.
func (s *service) ready(lastSuccess time.Time) error {
	if lastSuccess.IsZero() {
		return errors.New("no run has ended well yet")
	}
	now := s.app.now()
	reach := 2*gap(s.schedule, now) + s.timeout
	if age := now.Sub(lastSuccess); age > reach {
		return fmt.Errorf("the last run that ended well is %s old, and it should be %s at most", age.Round(time.Second), reach)
	}
	return nil
}

// gap is the time between the next two turns of a schedule.
func gap(schedule cron.Schedule, now time.Time) time.Duration {
	next := schedule.Next(now)
	return schedule.Next(next).Sub(next)
}

// pushFigures pushes the figures where METRICS_PUSH_URL says so. A run is no
// worse for a Pushgateway that is away.
func (s *service) pushFigures(ctx context.Context, job string) {
	if s.metricsGateway == nil {
		return
	}
	if err := s.figures.Push(ctx, s.metricsGateway, job); err != nil {
		s.log.Warn("the metrics could not be pushed", "error", err)
	}
}
