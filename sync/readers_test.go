package sync_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"syncer/internal/xvidtest"
	"syncer/schema"
)

const (
	readBacktraces = 50
	// looks are how often readers look at least.
	looks = 150
	// fewestStates are how many states they must have met for that to mean
	// anything.
	fewestStates = 10
)

// children is how many accesses each backtrace has in its n-th reading.
func children(n int) int { return n%7 + 1 }

// reading is the n-th of all backtraces: each names n, and so do its children.
func reading(n int) []schema.Backtrace {
	rows := make([]schema.Backtrace, readBacktraces)
	for i := range rows {
		rows[i] = schema.Backtrace{
			ID: fmt.Sprintf("%024x", i), Version: uint64(n + 1), InputName: fmt.Sprint(n), Raw: []byte("{}"), ContentHash: uint64(n + 1),
			Extracted: []schema.Extracted{{AutographTag: fmt.Sprint(n), AccessCount: uint32(children(n))}},
		}
		for j := range children(n) {
			rows[i].Access = append(rows[i].Access, schema.Access{
				Index: uint32(j), AutographTag: fmt.Sprint(n), IPAddress: fmt.Sprint(n * (100*i + j)),
			})
		}
	}
	return rows
}

// rewritten has all backtraces stored again and again, each time followed by
// something, while a reader looks; look gives the number of the state it saw.
func rewritten(t *testing.T, b *bench, after func(context.Context) error, look func() (int, error)) {
	t.Helper()
	if err := b.mirror.Insert(t.Context(), reading(0)); err != nil {
		t.Fatal(err)
	}
	if err := b.mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var ended atomic.Bool
	var writer errgroup.Group
	writer.Go(func() error {
		for n := 1; !ended.Load(); n++ {
			if err := b.mirror.Insert(t.Context(), reading(n)); err != nil {
				return err
			}
			if err := after(t.Context()); err != nil {
				return err
			}
		}
		return nil
	})
	states := map[int]bool{}
	var err error
	looked := 0
	for ; (looked < looks || len(states) < fewestStates) && looked < 100*looks && err == nil; looked++ {
		var state int
		state, err = look()
		states[state] = true
	}
	ended.Store(true)
	if writeErr := writer.Wait(); err != nil || writeErr != nil {
		t.Fatal(err, writeErr)
	}
	t.Logf("%d looks, %d states, none torn", looked, len(states))
	if len(states) < fewestStates {
		t.Errorf("only %d states were met, want %d", len(states), fewestStates)
	}
}

// Whoever joins backtraces with their children in the live views meets children
// of the same reading, and all of them.
func TestLiveViewsAgree(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	rewritten(t, b, func(context.Context) error { return nil }, func() (state int, err error) {
		var joined, torn uint64
		var seen uint32
		err = b.mirror.Conn().QueryRow(t.Context(), `SELECT count(), countIf(
				e.autograph_tag != b.input_name OR tags != 1 OR a.tag != b.input_name OR a.n != e.access_count
				OR a.n != toUInt32(b.input_name) % 7 + 1), max(toUInt32(b.input_name))
			FROM backtraces AS b
			LEFT JOIN extracted_data_live AS e ON e.backtrace_id = b.id
			LEFT JOIN (SELECT backtrace_id, count() AS n, uniqExact(autograph_tag) AS tags, any(autograph_tag) AS tag
				FROM access_stats_live GROUP BY backtrace_id) AS a ON a.backtrace_id = b.id`).Scan(&joined, &torn, &seen)
		if err == nil && (joined != readBacktraces || torn != 0) {
			err = fmt.Errorf("%d of %d backtraces disagree with their children", torn, joined)
		}
		return int(seen), err
	})
}

// Whoever reads the flat table sees what one refresh made or the next: its count
// and its checksum are those of one reading of all backtraces.
func TestFlatTablesAreOfOneRefresh(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	rewritten(t, b, b.mirror.Refresh, func() (int, error) {
		var rows, sum uint64
		var n uint32
		err := b.mirror.Conn().QueryRow(t.Context(),
			"SELECT count(), sum(toUInt64(ip_address)), toUInt32(any(autograph_tag)) FROM access_stats").Scan(&rows, &sum, &n)
		if err != nil {
			return 0, err
		}
		wantRows, wantSum := 0, 0
		for i := range readBacktraces {
			for j := range children(int(n)) {
				wantRows++
				wantSum += int(n) * (100*i + j)
			}
		}
		if int(rows) != wantRows || int(sum) != wantSum {
			err = fmt.Errorf("%d rows with sum %d, and state %d has %d with %d", rows, sum, n, wantRows, wantSum)
		}
		return int(n), err
	})
}
