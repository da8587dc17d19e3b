package schema_test

import (
	"testing"
	"time"

	"syncer/schema"
)

const source = "https://api.example/v1/backtraces/"

// A checkpoint goes forward by runs, in whatever order they save, and back only
// by hand.
func TestCheckpoint(t *testing.T) {
	mirror := open(t)
	save := func(updatedAt int64, generation uint32) {
		t.Helper()
		err := mirror.SaveCheckpoint(t.Context(), source, schema.Checkpoint{
			UpdatedAt: updatedAt, ID: "x", Generation: generation, StartHint: 7, RunID: "r",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := func(updatedAt int64, generation uint32) {
		t.Helper()
		found, err := mirror.Checkpoint(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		if found.UpdatedAt != updatedAt || found.Generation != generation {
			t.Errorf("checkpoint %d of generation %d, want %d of %d", found.UpdatedAt, found.Generation, updatedAt, generation)
		}
	}
	want(0, 0)
	save(2000, 0)
	save(1000, 0) // a stale run
	want(2000, 0)
	if err := mirror.MoveCheckpoint(t.Context(), source, 500); err != nil {
		t.Fatal(err)
	}
	want(500, 1)
	save(3000, 0) // a run that began before the move
	want(500, 1)
	save(schema.MaxTime, 1)
	want(schema.MaxTime, 1)
	if err := mirror.MoveCheckpoint(t.Context(), source, 0); err != nil {
		t.Fatal(err)
	}
	want(0, 2)

	if other, err := mirror.Checkpoint(t.Context(), "https://other.example/"); err != nil || other != (schema.Checkpoint{}) {
		t.Errorf("another source has the checkpoint %+v, error %v", other, err)
	}
}

// A run's row is one row, and a run that never said that it ended is found.
func TestRuns(t *testing.T) {
	mirror := open(t)
	now := time.Now().UTC().Truncate(time.Millisecond)
	run := func(id string, deadline time.Time) schema.Run {
		return schema.Run{
			ID: id, Kind: "incremental", Source: source, StartedAt: now, DeadlineAt: deadline, Outcome: schema.Running,
			CursorFrom: time.UnixMilli(0), CursorTo: time.UnixMilli(0),
		}
	}
	good, dead, alive := run("1", now.Add(time.Hour)), run("2", now.Add(-time.Second)), run("3", now.Add(time.Hour))
	for _, one := range []schema.Run{good, dead, alive} {
		if err := mirror.StartRun(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	good.Outcome, good.EndedAt, good.Refreshed, good.MirrorTotal = schema.OK, &now, true, new(uint64(5))
	if err := mirror.EndRun(t.Context(), good); err != nil {
		t.Fatal(err)
	}

	runs, err := mirror.LastRuns(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]string{}
	for _, found := range runs {
		outcomes[found.ID] += found.Outcome
	}
	if outcomes["1"] != schema.OK || outcomes["2"] != schema.Died || outcomes["3"] != schema.Running {
		t.Errorf("outcomes: %v", outcomes)
	}

	open, err := mirror.UnrefreshedRuns(t.Context(), "3")
	if err != nil {
		t.Fatal(err)
	}
	if len(open) != 1 || open[0].ID != "2" {
		t.Fatalf("unrefreshed: %+v, want the dead run", open)
	}
	if err := mirror.CloseRuns(t.Context(), open); err != nil {
		t.Fatal(err)
	}
	if open, err = mirror.UnrefreshedRuns(t.Context(), "3"); err != nil || len(open) != 0 {
		t.Errorf("still unrefreshed: %+v, error %v", open, err)
	}
	if n := number(t, mirror, "SELECT count() FROM sync_runs"); n != 3 {
		t.Errorf("%d rows for 3 runs", n)
	}
}
