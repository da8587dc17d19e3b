package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"syncer/internal/xvid"
	"syncer/schema"
)

func (a *app) statusCommand() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:     "status",
		Short:   "Say how far the mirror is: checkpoint, lag, counts here and there, the last runs",
		Example: "  syncer status\n  syncer status --json | jq .lag_seconds",
		Args:    usage(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.status(cmd.Context(), asJSON) },
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

// status is what `syncer status` tells.
type status struct {
	Verdict    string     `json:"verdict"`
	Source     string     `json:"source"`
	Database   string     `json:"database"`
	Checkpoint *time.Time `json:"checkpoint"` // null: nothing was read yet
	// LagSeconds is the time since the last run that ended well began: what
	// changed at the source since then may be missing.
	LagSeconds  *float64      `json:"lag_seconds"`
	Mirrored    schema.Counts `json:"mirrored"`
	DeadLetters uint64        `json:"dead_letters"` // elements of the list that are no backtrace
	// UnmappedCountries are names of countries that lie on no map.
	UnmappedCountries uint64 `json:"unmapped_countries"`

	SourceTotal *int        `json:"source_total"` // null: the API did not say
	SourceError string      `json:"source_error,omitempty"`
	LastRuns    []runStatus `json:"last_runs"`
}

type runStatus struct {
	ID             string     `json:"run_id"`
	Kind           string     `json:"kind"`
	StartedAt      time.Time  `json:"started_at"`
	EndedAt        *time.Time `json:"ended_at"`
	Outcome        string     `json:"outcome"`
	Requests       uint64     `json:"requests"`
	RecordsRead    uint64     `json:"records_read"`
	RecordsChanged uint64     `json:"records_changed"`
	RowsWritten    uint64     `json:"rows_written"`
	Error          string     `json:"error,omitempty"`
}

// shownRuns is how many runs status lists.
const shownRuns = 5

func (a *app) status(ctx context.Context, asJSON bool) (err error) {
	s, err := a.newService(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	if err := s.openMirror(ctx, false); err != nil {
		return err
	}
	found, err := s.status(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(found)
	}
	a.printStatus(found)
	return nil
}

func (s *service) status(ctx context.Context) (*status, error) {
	found := &status{Source: s.apiURL, Database: s.mirror.Database(), LastRuns: []runStatus{}}
	checkpoint, err := s.mirror.Checkpoint(ctx, s.apiURL)
	if err != nil {
		return nil, err
	}
	if checkpoint.UpdatedAt > 0 {
		at := time.UnixMilli(checkpoint.UpdatedAt).UTC()
		found.Checkpoint = &at
	}
	if found.Mirrored, err = s.mirror.Counts(ctx); err != nil {
		return nil, err
	}
	if found.DeadLetters, err = s.mirror.DeadLetterCount(ctx); err != nil {
		return nil, err
	}
	if found.UnmappedCountries, err = s.mirror.UnmappedCountries(ctx); err != nil {
		return nil, err
	}
	runs, err := s.mirror.LastRuns(ctx, shownRuns)
	if err != nil {
		return nil, err
	}
	readings, err := s.mirror.LastReadings(ctx, shownRuns)
	if err != nil {
		return nil, err
	}
	if good := lastGood(readings); good != nil {
		lag := s.app.now().Sub(good.StartedAt).Seconds()
		found.LagSeconds = &lag
	}
	for _, run := range runs {
		found.LastRuns = append(found.LastRuns, runStatus{
			ID: run.ID, Kind: run.Kind, StartedAt: run.StartedAt, EndedAt: run.EndedAt, Outcome: run.Outcome,
			Requests: run.Requests, RecordsRead: run.RecordsRead, RecordsChanged: run.RecordsChanged,
			RowsWritten: run.RowsWritten, Error: run.Error,
		})
	}
	s.askSource(ctx, found)
	found.Verdict = verdict(found, readings, s.app.now())
	return found, nil
}

// askSource asks the API for its count. That it does not answer is a part of the
// status and no reason to show none.
func (s *service) askSource(ctx context.Context, found *status) {
	client, err := s.client()
	if err == nil {
		var page *xvid.Page
		if page, err = client.List(ctx, xvid.Query{Limit: 1}); err == nil && page.Total >= 0 {
			found.SourceTotal = &page.Total
		}
	}
	if err != nil {
		found.SourceError = err.Error()
	}
}

func (a *app) printStatus(found *status) {
	checkpoint := "none: nothing was read yet"
	if found.Checkpoint != nil {
		checkpoint = found.Checkpoint.Format(time.RFC3339Nano)
	}
	lag := "no run has ended well yet"
	if found.LagSeconds != nil {
		lag = (time.Duration(*found.LagSeconds) * time.Second).String() + " since the last good run began"
	}
	there := "unknown: " + found.SourceError
	if found.SourceTotal != nil {
		there = fmt.Sprint(*found.SourceTotal)
	}
	a.printf("%s\n\n", found.Verdict)
	a.printf("source       %s\ndatabase     %s\ncheckpoint   %s\nlag          %s\n", found.Source, found.Database, checkpoint, lag)
	a.printf("backtraces   %d here, %s at the source\nextracted    %d\naccesses     %d\n",
		found.Mirrored.Backtraces, there, found.Mirrored.ExtractedData, found.Mirrored.AccessStats)
	if n := found.UnmappedCountries; n > 0 {
		a.printf("not mapped   %d of the countries' names: see `syncer query unmapped_countries`\n", n)
	}
	a.printf("\n")
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	defer func() { _ = table.Flush() }() // as in printf
	_, _ = fmt.Fprintln(table, "STARTED\tKIND\tOUTCOME\tREQUESTS\tREAD\tCHANGED\tWRITTEN\tERROR")
	for _, run := range found.LastRuns {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\n", run.StartedAt.UTC().Format(time.DateTime),
			run.Kind, run.Outcome, run.Requests, run.RecordsRead, run.RecordsChanged, run.RowsWritten, run.Error)
	}
}
