// Package sync mirrors the API's list of backtraces into ClickHouse. A run is
// one turn of it: seek the checkpoint's place in the list, read contiguous
// pages upwards by updated_at, flatten them, store what changed, save the
// checkpoint, refresh the flat tables.
package sync

import (
	"context"

	"syncer/internal/xvid"
	"syncer/schema"
)

// Source is what a run needs of the API.
type Source interface {
	List(ctx context.Context, query xvid.Query) (*xvid.Page, error)
	Stats() xvid.Stats
}

// Mirror is what a run needs of ClickHouse; *[schema.Mirror] is one.
type Mirror interface {
	Known(ctx context.Context, ids []string) (map[string]schema.Known, error)
	Insert(ctx context.Context, rows []schema.Backtrace) error
	Counts(ctx context.Context) (schema.Counts, error)
	Refresh(ctx context.Context) error

	Checkpoint(ctx context.Context, source string) (schema.Checkpoint, error)
	SaveCheckpoint(ctx context.Context, source string, checkpoint schema.Checkpoint) error

	StartRun(ctx context.Context, run schema.Run) error
	EndRun(ctx context.Context, run schema.Run) error
	CloseRuns(ctx context.Context, runs []schema.Run) error
	UnrefreshedRuns(ctx context.Context, except string) ([]schema.Run, error)
}
