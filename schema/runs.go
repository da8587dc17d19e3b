package schema

import (
	"context"
	"time"
)

// Kinds of a run.
const (
	Incremental = "incremental"
	Reconcile   = "reconcile"
	Forget      = "forget" // reads nothing of the source
)

// Outcomes of a run.
const (
	Running     = "running"
	OK          = "ok"
	Interrupted = "interrupted" // stopped on request; what it stored is whole
	Failed      = "failed"
	Died        = "died" // never said that it ended, and must have by now
)

// Run is a row of sync_runs.
type Run struct {
	ID               string     `ch:"run_id"`
	Kind             string     `ch:"kind"`
	Source           string     `ch:"source"`
	StartedAt        time.Time  `ch:"started_at"`
	DeadlineAt       time.Time  `ch:"deadline_at"` // when it is cut off at the latest
	EndedAt          *time.Time `ch:"ended_at"`
	Outcome          string     `ch:"outcome"`
	Requests         uint64     `ch:"requests"`
	Retries          uint64     `ch:"retries"`
	Pages            uint64     `ch:"pages"`
	RecordsRead      uint64     `ch:"records_read"`
	RecordsChanged   uint64     `ch:"records_changed"`
	RecordsUnchanged uint64     `ch:"records_unchanged"`
	RowsWritten      uint64     `ch:"rows_written"`
	Tombstones       uint64     `ch:"tombstones"`
	Pending          uint64     `ch:"pending"`
	DeadLetters      uint64     `ch:"dead_letters"`
	ContiguityBreaks uint64     `ch:"contiguity_breaks"`
	Doubtful         bool       `ch:"doubtful"` // a reconcile is due
	SourceTotal      *uint64    `ch:"source_total"`
	MirrorTotal      *uint64    `ch:"mirror_total"`
	CursorFrom       time.Time  `ch:"cursor_from"`
	CursorTo         time.Time  `ch:"cursor_to"`
	Refreshed        bool       `ch:"refreshed"` // the flat tables hold all it wrote
	Error            string     `ch:"error"`
	SyncerVersion    string     `ch:"syncer_version"`
}

// Revisions of a run's row; the highest wins.
const (
	revisionStart uint8 = iota
	revisionEnd
	revisionClosed
)

type storedRun struct {
	Run
	Revision uint8 `ch:"revision"`
}

// StartRun records that a run starts.
func (m *Mirror) StartRun(ctx context.Context, run Run) error {
	return m.saveRuns(ctx, revisionStart, run)
}

// EndRun records how a run ended.
func (m *Mirror) EndRun(ctx context.Context, run Run) error {
	return m.saveRuns(ctx, revisionEnd, run)
}

// CloseRuns records that the flat tables now hold what these runs wrote; those
// that never said that they ended have died.
func (m *Mirror) CloseRuns(ctx context.Context, runs []Run) error {
	for i := range runs {
		runs[i].Refreshed = true
	}
	return m.saveRuns(ctx, revisionClosed, runs...)
}

func (m *Mirror) saveRuns(ctx context.Context, revision uint8, runs ...Run) error {
	if len(runs) == 0 {
		return nil
	}
	return m.retry(ctx, "record the run", func(ctx context.Context) error {
		batch, err := m.conn.PrepareBatch(ctx, "INSERT INTO sync_runs_store")
		if err != nil {
			return err
		}
		defer func() { _ = batch.Close() }() // after Send it has nothing left to say
		for _, run := range runs {
			if err := batch.AppendStruct(&storedRun{Run: run, Revision: revision}); err != nil {
				return err
			}
		}
		return batch.Send()
	})
}

// UnrefreshedRuns lists runs, other than the given one, that wrote or may have
// written rows which the flat tables may not hold yet.
func (m *Mirror) UnrefreshedRuns(ctx context.Context, except string) ([]Run, error) {
	return m.selectRuns(ctx, "WHERE run_id != ? AND NOT refreshed ORDER BY run_id", except)
}

// OpenRuns lists runs, other than the given one, that may still be writing.
func (m *Mirror) OpenRuns(ctx context.Context, except string) ([]Run, error) {
	return m.selectRuns(ctx, "WHERE run_id != ? AND outcome = ? ORDER BY run_id", except, Running)
}

// LastRuns lists the newest runs, newest first.
func (m *Mirror) LastRuns(ctx context.Context, limit int) ([]Run, error) {
	return m.selectRuns(ctx, "ORDER BY started_at DESC, run_id DESC LIMIT ?", limit)
}

// LastReadings lists the newest runs that read the source, newest first.
func (m *Mirror) LastReadings(ctx context.Context, limit int) ([]Run, error) {
	return m.selectRuns(ctx, "WHERE kind != ? ORDER BY started_at DESC, run_id DESC LIMIT ?", Forget, limit)
}

// LastOfEach lists, of a source, the newest ended run of each kind and outcome,
// oldest first, of those that read it.
func (m *Mirror) LastOfEach(ctx context.Context, source string) ([]Run, error) {
	return m.selectRuns(ctx, `WHERE run_id GLOBAL IN (SELECT max(run_id) FROM sync_runs
		WHERE source = ? AND kind != ? AND ended_at IS NOT NULL GROUP BY kind, outcome) ORDER BY run_id`, source, Forget)
}

func (m *Mirror) selectRuns(ctx context.Context, clauses string, args ...any) (runs []Run, err error) {
	err = m.retry(ctx, "read the record of runs", func(ctx context.Context) error {
		runs = nil
		return m.conn.Select(ctx, &runs, "SELECT * FROM sync_runs "+clauses, args...)
	})
	return runs, err
}
