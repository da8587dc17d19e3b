package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"syncer/internal/embedded"
)

// database is the one that every contender loads into.
const database = "bench"

// engine is a ClickHouse that one contender has for itself, from an empty folder.
type engine struct {
	*embedded.Engine
	dir  string
	conn clickhouse.Conn
}

func startEngine(ctx context.Context) (e *engine, err error) {
	dir, err := os.MkdirTemp("", "syncer-bench-engine-")
	if err != nil {
		return nil, err
	}
	e = &engine{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.stop(ctx))
		}
	}()
	if e.Engine, err = embedded.Start(ctx, embedded.Options{DataDir: dir}); err != nil {
		return e, err
	}
	options, err := clickhouse.ParseDSN(e.DSN("default"))
	if err != nil {
		return e, err
	}
	// A checksum over millions of rows takes its time.
	options.ReadTimeout = runTimeout
	if e.conn, err = clickhouse.Open(options); err != nil {
		return e, err
	}
	return e, e.warmUp(ctx)
}

// warmUp does once what every contender needs, so that the first of them does not
// pay for the engine's start.
func (e *engine) warmUp(ctx context.Context) error {
	return e.exec(ctx, `CREATE DATABASE warm;
		CREATE TABLE warm.up (id String, at DateTime64(3), tag LowCardinality(String)) ENGINE = MergeTree ORDER BY id;
		INSERT INTO warm.up SELECT toString(number), now64(3), toString(number % 7) FROM numbers(100000);
		SELECT tag, count() FROM warm.up GROUP BY tag FORMAT Null;
		DROP DATABASE warm SYNC`)
}

// exec runs statements, separated by semicolons.
func (e *engine) exec(ctx context.Context, script string) error {
	for statement := range strings.SplitSeq(script, ";") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if err := e.conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%.200s: %w", strings.TrimSpace(statement), err)
		}
	}
	return nil
}

// settle waits until no merge runs, so that none is counted to what comes next.
func (e *engine) settle(ctx context.Context) error {
	for range 600 {
		var merges uint64
		if err := e.conn.QueryRow(ctx, "SELECT count() FROM system.merges").Scan(&merges); err != nil {
			return fmt.Errorf("look for merges: %w", err)
		}
		if merges == 0 {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("the engine merges without end")
}

// stop ends the engine and removes its data, also when ctx has ended.
func (e *engine) stop(ctx context.Context) error {
	var errs []error
	if e.conn != nil {
		errs = append(errs, e.conn.Close())
	}
	if e.Engine != nil {
		errs = append(errs, e.Stop(context.WithoutCancel(ctx)))
	}
	return errors.Join(append(errs, os.RemoveAll(e.dir))...)
}
