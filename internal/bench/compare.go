package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tables are those of the contenders that make none themselves.
//
//go:embed tables.sql
var tables string

// world is what a contender is run in.
type world struct {
	source      *source
	latency     time.Duration
	pageSize    int
	concurrency int // pages in flight, of contenders that read ahead
	// repetitions are the incremental runs of each kind, of which the median is given:
	// they are short, and other things happen on a machine.
	repetitions int
}

// result is what one contender took in one world.
type result struct {
	Contender   string
	Latency     time.Duration
	Rows        rowCounts
	Loader      usage
	Engine      usage // Wall is the loader's
	Requests    int64
	Loaded      contents
	Concurrency int
}

// environment is what every contender is told.
func (w world) environment(e *engine) []string {
	return []string{
		"HOME=" + os.Getenv("HOME"), // Go's and Bento's caches
		"XVID_API_URL=" + w.source.url,
		"XVID_API_TOKEN=bench",
		"CLICKHOUSE_URL=" + e.DSN(database),
		"PAGE_SIZE=" + strconv.Itoa(w.pageSize),
		"CONCURRENCY=" + strconv.Itoa(w.concurrency),
		"SYNC_PAGE_SIZE=" + strconv.Itoa(w.pageSize),
		"SYNC_CONCURRENCY=" + strconv.Itoa(w.concurrency),
	}
}

// race runs one contender on an engine of its own.
func (w world) race(ctx context.Context, c contender, cmd command) (r result, err error) {
	e, err := startEngine(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, e.stop(ctx)) }()
	if err := w.makeTables(ctx, e, c, cmd); err != nil {
		return r, err
	}
	if err := w.source.setLatency(ctx, w.latency); err != nil {
		return r, err
	}
	r, err = w.observe(ctx, e, cmd)
	if err != nil {
		return r, fmt.Errorf("%s: %w", c.name, err)
	}
	r.Contender = c.name
	if r.Loaded, err = e.contents(ctx); err != nil {
		return r, err
	}
	if err := r.Loaded.check(r.Rows); err != nil {
		return r, fmt.Errorf("%s: %w", c.name, err)
	}
	return r, nil
}

// makeTables makes the relations, which is not measured.
func (w world) makeTables(ctx context.Context, e *engine, c contender, cmd command) error {
	if c.setup == nil {
		return e.exec(ctx, tables)
	}
	_, err := measure(ctx, command{path: cmd.path, args: c.setup, env: w.environment(e)})
	return err
}

// observe runs a command to its end and says what it and the engine took.
func (w world) observe(ctx context.Context, e *engine, cmd command) (r result, err error) {
	before, err := w.source.counts(ctx)
	if err != nil {
		return r, err
	}
	engineBefore, err := cpuTime(e.PID())
	if err != nil {
		return r, err
	}
	cmd.env = w.environment(e)
	if r.Loader, err = measure(ctx, cmd); err != nil {
		return r, err
	}
	engineAfter, err := cpuTime(e.PID())
	if err != nil {
		return r, err
	}
	after, err := w.source.counts(ctx)
	if err != nil {
		return r, err
	}
	r.Latency, r.Concurrency, r.Rows = w.latency, w.concurrency, after.Rows
	r.Requests = after.Requests - before.Requests
	r.Engine = usage{Wall: r.Loader.Wall, CPU: engineAfter - engineBefore, Peak: peakMemory(e.PID())}
	return r, nil
}

// equal says whether all contenders loaded the same.
func equal(results []result) error {
	for _, r := range results {
		if first := results[0]; r.Loaded != first.Loaded {
			return fmt.Errorf("%s loaded %+v, %s loaded %+v", first.Contender, first.Loaded, r.Contender, r.Loaded)
		}
	}
	return nil
}
