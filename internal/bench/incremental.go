package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// later is a command of syncer over a mirror that is there already.
type later struct {
	result
	what        string
	rowsWritten uint64
}

// changes is how many records change between two runs.
const changes = 100

// measureLater makes the runs of every day over a mirror that is there: with nothing
// new, with some changes, and a reconcile.
func (w world) measureLater(ctx context.Context, e *engine, cmd command) (all []later, err error) {
	reconcile := cmd
	reconcile.args = []string{"reconcile"}
	for _, kind := range []struct {
		what    string
		cmd     command
		times   int
		changes int
	}{
		{"nothing new", cmd, w.repetitions, 0},
		{fmt.Sprintf("%d changes", changes), cmd, w.repetitions, changes},
		{"reconcile", reconcile, 1, 0},
	} {
		var some []later
		for range kind.times {
			if kind.changes > 0 {
				if err := w.source.change(ctx, kind.changes); err != nil {
					return nil, err
				}
			}
			one, err := w.later(ctx, e, kind.what, kind.cmd)
			if err != nil {
				return nil, err
			}
			some = append(some, one)
		}
		all = append(all, median(some))
	}
	return all, nil
}

// later runs one command over the mirror and checks what it says of itself.
func (w world) later(ctx context.Context, e *engine, what string, cmd command) (l later, err error) {
	if err := e.settle(ctx); err != nil {
		return l, err
	}
	l.what = what
	if l.result, err = w.observe(ctx, e, cmd); err != nil {
		return l, err
	}
	var requests uint64
	err = e.conn.QueryRow(ctx, "SELECT requests, rows_written FROM "+database+".sync_runs ORDER BY started_at DESC LIMIT 1").Scan(&requests, &l.rowsWritten)
	if err != nil {
		return l, fmt.Errorf("read what the run says of itself: %w", err)
	}
	if requests != uint64(l.Requests) {
		return l, fmt.Errorf("the run says that it sent %d requests, the source got %d", requests, l.Requests)
	}
	return l, nil
}

// median is the run with the middle CPU time.
func median(some []later) later {
	slices.SortFunc(some, func(a, b later) int { return cmp.Compare(a.Loader.CPU, b.Loader.CPU) })
	return some[len(some)/2]
}

// laterTable is the curve over sizes as a table.
func laterTable(all []later, repetitions int) table {
	t := table{
		title: fmt.Sprintf("Runs over a mirror that is there (the median of %d, and one reconcile)", repetitions),
		head:  []string{"run", "backtraces", "wall s", "CPU ms", "MiB", "requests", "rows written", "engine CPU s"},
	}
	for _, l := range all {
		t.add(l.what, grouped(l.Rows.Backtraces), fmt.Sprintf("%.2f", l.Loader.Wall.Seconds()),
			fmt.Sprint(l.Loader.CPU.Milliseconds()), fmt.Sprintf("%.0f", l.Loader.Peak), fmt.Sprint(l.Requests),
			fmt.Sprint(l.rowsWritten), fmt.Sprintf("%.2f", l.Engine.CPU.Seconds()))
	}
	return t
}
