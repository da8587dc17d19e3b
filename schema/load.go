package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Known is what the mirror holds of a backtrace.
type Known struct {
	ContentHash uint64 // 0 if two readings have the same version
	Version     uint64 // see [Backtrace]
	Deleted     bool   // it holds that the backtrace is gone
}

// lookupChunk bounds the ids of one lookup, so that the query stays far below
// ClickHouse's max_query_size of 256 KiB.
const lookupChunk = 2000

// Known looks up what the mirror holds of the backtraces. Unknown ones are not in
// the answer.
func (m *Mirror) Known(ctx context.Context, ids []string) (map[string]Known, error) {
	known := make(map[string]Known, len(ids))
	for chunk := range slices.Chunk(ids, lookupChunk) {
		err := m.retry(ctx, "look up mirrored backtraces", func(ctx context.Context) error {
			return m.lookup(ctx, chunk, known)
		})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

func (m *Mirror) lookup(ctx context.Context, ids []string, into map[string]Known) (err error) {
	// Of different rows with one version FINAL shows the one inserted last, and
	// nothing else says which that is. Their hash is given as 0, which no record
	// has, so that the next reading is stored above them.
	rows, err := m.conn.Query(ctx, `SELECT id, if(uniqExact(content_hash, is_deleted) = 1, any(content_hash), 0), version,
		min(is_deleted) FROM backtraces_store WHERE id IN (?) GROUP BY id, version
		ORDER BY id, version DESC LIMIT 1 BY id`, ids)
	if err != nil {
		return err
	}
	defer func() { err = closeRows(rows, err) }()
	for rows.Next() {
		var id string
		var known Known
		var deleted uint8
		if err := rows.Scan(&id, &known.ContentHash, &known.Version, &deleted); err != nil {
			return err
		}
		known.Deleted = deleted != 0
		into[id] = known
	}
	return nil
}

// Insert stores readings in one block, so that a reader sees all of them or
// none. It returns when they are on disk. Repeating it does no harm.
func (m *Mirror) Insert(ctx context.Context, rows []Backtrace) error {
	if len(rows) == 0 {
		return nil
	}
	for i := range rows {
		if err := rows[i].check(); err != nil {
			return fmt.Errorf("store %d backtraces: %w", len(rows), err)
		}
	}
	return m.retry(ctx, fmt.Sprintf("store %d backtraces", len(rows)), func(ctx context.Context) error {
		return m.insert(ctx, rows)
	})
}

// insert makes one try with a batch of its own: a batch that failed to be sent
// cannot be sent again.
func (m *Mirror) insert(ctx context.Context, rows []Backtrace) (err error) {
	columns := storeColumns()
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = quote(column.name)
	}
	batch, err := m.conn.PrepareBatch(ctx, "INSERT INTO backtraces_store ("+strings.Join(names, ", ")+")")
	if err != nil {
		return err
	}
	defer func() { _ = batch.Close() }() // after Send it has nothing left to say
	if err := appendColumns(batch, columns, rows); err != nil {
		return err
	}
	return batch.Send()
}
