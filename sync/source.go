// Package sync mirrors the API's list of backtraces into ClickHouse. A run is
// one turn of it: seek the checkpoint's place in the list, read contiguous
// pages upwards by updated_at, flatten them, store what changed, save the
// checkpoint, refresh the flat tables.
package sync

import (
	"context"
	"time"

	"syncer/internal/xvid"
	"syncer/schema"
)

// Source is what a run needs of the API.
type Source interface {
	List(ctx context.Context, query xvid.Query) (*xvid.Page, error)
	// Get fails with [xvid.ErrNotFound] only if the source says that the
	// backtrace is gone.
	Get(ctx context.Context, id string) (*xvid.Reading, error)
	Stats() xvid.Stats
}

// Mirror is what a run needs of ClickHouse; *[schema.Mirror] is one.
type Mirror interface {
	Known(ctx context.Context, ids []string) (map[string]schema.Known, error)
	Insert(ctx context.Context, rows []schema.Backtrace) error
	Pending(ctx context.Context, after time.Time, limit int, runID string) ([]schema.Pending, error)
	HeldBetween(ctx context.Context, after, upTo string, limit int) ([]schema.Held, error)
	Counts(ctx context.Context) (schema.Counts, error)
	AddDrift(ctx context.Context, drift []schema.Drift) error
	AddDeadLetters(ctx context.Context, letters []schema.DeadLetter) error
	// FillLookups says whether the flat tables must be refreshed for it, even if
	// it failed.
	FillLookups(ctx context.Context, newRows bool) (filled bool, err error)
	Refresh(ctx context.Context) error

	Checkpoint(ctx context.Context, source string) (schema.Checkpoint, error)
	SaveCheckpoint(ctx context.Context, source string, checkpoint schema.Checkpoint) error

	StartRun(ctx context.Context, run schema.Run) error
	EndRun(ctx context.Context, run schema.Run) error
	CloseRuns(ctx context.Context, runs []schema.Run) error
	UnrefreshedRuns(ctx context.Context, except string) ([]schema.Run, error)
}
