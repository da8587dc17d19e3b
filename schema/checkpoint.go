package schema

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Checkpoint says how far a source has been read: everything with an earlier
// UpdatedAt is stored. The zero value is the beginning.
type Checkpoint struct {
	UpdatedAt int64  // epoch milliseconds
	ID        string // last record read at that time
	StartHint uint64 // offset at which the next run looks first
	// Generation counts how often the checkpoint was moved by hand. Within a
	// generation it only goes forward.
	Generation uint32
	SavedAt    time.Time
	RunID      string
}

// generationShift leaves the low bits of a checkpoint's version to UpdatedAt,
// whose largest value, [MaxTime], needs 44.
const generationShift = 44

// version orders checkpoints: a later generation wins, then a later time. So a
// stale run cannot move the checkpoint back, and an operator can.
func (c Checkpoint) version() uint64 {
	return uint64(c.Generation)<<generationShift | uint64(max(c.UpdatedAt, 0))
}

// Checkpoint reads the checkpoint of a source.
func (m *Mirror) Checkpoint(ctx context.Context, source string) (Checkpoint, error) {
	var found Checkpoint
	err := m.retry(ctx, "read the checkpoint", func(ctx context.Context) error {
		var updatedAt time.Time
		err := m.conn.QueryRow(ctx, `SELECT updated_at, id, start_hint, generation, saved_at, run_id
			FROM sync_checkpoints WHERE source = ?`, source).
			Scan(&updatedAt, &found.ID, &found.StartHint, &found.Generation, &found.SavedAt, &found.RunID)
		if errors.Is(err, sql.ErrNoRows) {
			found = Checkpoint{}
			return nil
		}
		found.UpdatedAt = updatedAt.UnixMilli()
		return err
	})
	return found, err
}

// SaveCheckpoint saves a checkpoint. One that is behind the saved one is kept
// but has no effect.
func (m *Mirror) SaveCheckpoint(ctx context.Context, source string, checkpoint Checkpoint) error {
	return m.retry(ctx, "save the checkpoint", func(ctx context.Context) error {
		return insertRow(ctx, m.conn, `INSERT INTO sync_checkpoints_store
			(source, version, generation, updated_at, id, start_hint, saved_at, run_id)`,
			source, checkpoint.version(), checkpoint.Generation, time.UnixMilli(checkpoint.UpdatedAt),
			checkpoint.ID, checkpoint.StartHint, m.options.Now(), checkpoint.RunID)
	})
}

// MoveCheckpoint moves the checkpoint by hand, back or forth.
func (m *Mirror) MoveCheckpoint(ctx context.Context, source string, updatedAt int64) error {
	current, err := m.Checkpoint(ctx, source)
	if err != nil {
		return err
	}
	return m.SaveCheckpoint(ctx, source, Checkpoint{UpdatedAt: updatedAt, Generation: current.Generation + 1})
}

// insertRow inserts one row through a batch, as every insert here.
func insertRow(ctx context.Context, conn driver.Conn, statement string, values ...any) error {
	batch, err := conn.PrepareBatch(ctx, statement)
	if err != nil {
		return err
	}
	defer func() { _ = batch.Close() }() // after Send it has nothing left to say
	if err := batch.Append(values...); err != nil {
		return err
	}
	return batch.Send()
}

// closeRows closes a result and adds what went wrong while it was read.
func closeRows(rows driver.Rows, err error) error {
	return errors.Join(err, rows.Err(), rows.Close())
}
