package schema

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Known is what the mirror holds of a backtrace.
type Known struct {
	ContentHash uint64 // 0 if two readings have the same version
	Version     uint64 // see [Backtrace]
	Deleted     bool   // it holds that the backtrace is gone
}

// Known looks up what the mirror holds of the backtraces. Unknown ones are not in
// the answer.
func (m *Mirror) Known(ctx context.Context, ids []string) (known map[string]Known, err error) {
	err = m.retry(ctx, "look up mirrored backtraces", func(ctx context.Context) (err error) {
		known, err = m.lookup(ctx, ids)
		return err
	})
	return known, err
}

// lookup makes one try. The ids go as a table of their own with the query, which
// nobody has to parse. ClickHouse looks through the indexes in one thread: to wake others
// takes longer than what they do. It is asked for all that it has of an id, since
// grouping that there costs as much as looking it up.
func (m *Mirror) lookup(ctx context.Context, ids []string) (known map[string]Known, err error) {
	column := text("id", slices.Values(ids))
	column.name = "id"
	asked, err := externalTable("asked", len(ids), []*wireColumn{column})
	if err != nil {
		return nil, err
	}
	rows, err := m.conn.Query(clickhouse.Context(ctx, clickhouse.WithExternalTable(asked)),
		`SELECT id, content_hash, version, is_deleted FROM backtraces_store WHERE id IN asked
		SETTINGS max_threads_for_indexes = 1`)
	if err != nil {
		return nil, err
	}
	defer func() { err = closeRows(rows, err) }()
	known = map[string]Known{}
	for rows.Next() {
		var id string
		var one Known
		var deleted uint8
		if err := rows.Scan(&id, &one.ContentHash, &one.Version, &deleted); err != nil {
			return nil, err
		}
		one.Deleted = deleted != 0
		if held, ok := known[id]; ok {
			one = held.newest(one)
		}
		known[id] = one
	}
	return known, nil
}

// newest is what holds of two readings of one id. Of different rows with one version
// FINAL shows the one inserted last, and nothing else says which that is. Their hash
// is given as 0, which no record has, so that the next reading is stored above them.
func (k Known) newest(other Known) Known {
	switch {
	case k.Version > other.Version || k == other:
		return k
	case k.Version < other.Version:
		return other
	}
	return Known{Version: k.Version, Deleted: k.Deleted && other.Deleted}
}

// Insert stores readings in one block, so that a reader sees all of them or
// none. It returns when they are on disk. Repeating it does no harm. It puts the rows
// in the order of their ids, of which each has one, in place: ClickHouse would do it with a
// copy of all of them otherwise.
func (m *Mirror) Insert(ctx context.Context, rows []Backtrace) error {
	if len(rows) == 0 {
		return nil
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].ID < rows[j].ID })
	for i := range rows {
		if err := rows[i].check(); err != nil {
			return fmt.Errorf("store %d backtraces: %w", len(rows), err)
		}
	}
	return m.retry(ctx, fmt.Sprintf("store %d backtraces", len(rows)), func(ctx context.Context) error {
		return m.insert(ctx, rows)
	})
}

// insertSettings are for rows of which each id has one: there is nothing to merge
// before they are stored.
var insertSettings = clickhouse.Settings{"optimize_on_insert": 0}

// insert makes one try. The rows go as a table of their own with the statement,
// since that can be written without a copy; it is one block, so they are stored in
// one part.
func (m *Mirror) insert(ctx context.Context, rows []Backtrace) error {
	w, ok := m.words.Get().(*words)
	if !ok {
		w = newWords()
	}
	columns := storeColumns(rows, w)
	names, targets := make([]string, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		column.name = "c" + strconv.Itoa(i)
		names[i], targets[i] = column.name, quote(column.target)
	}
	page, err := externalTable("page", len(rows), columns)
	if err != nil {
		return err
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithExternalTable(page), clickhouse.WithSettings(insertSettings))
	err = m.execData(ctx, "INSERT INTO backtraces_store ("+strings.Join(targets, ", ")+") SELECT "+strings.Join(names, ", ")+" FROM page")
	if err == nil { // or else something may still be sending them
		w.forget()
		m.words.Put(w)
	}
	return err
}

// execData executes a statement that takes data along. clickhouse-go heeds the end
// of a context while it waits for an answer, but not while it sends: a server that
// stops reading would hold it until the connection's deadline, which is that of
// the context. So nobody waits for that if the context ends before. What was to be
// sent must not be changed then.
func (m *Mirror) execData(ctx context.Context, statement string) error {
	type outcome struct {
		err      error
		panicked any
	}
	ended := make(chan outcome, 1)
	go func() {
		var is outcome
		defer func() {
			is.panicked = recover() // for the caller, who knows what to do about it
			ended <- is
		}()
		is.err = m.conn.Exec(ctx, statement)
	}()
	var is outcome
	select {
	case is = <-ended:
	case <-ctx.Done():
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return context.Cause(ctx)
		}
		is = <-ended
	}
	if is.panicked != nil {
		panic(is.panicked)
	}
	return is.err
}
