package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/schema"
)

// floor is what the parts of a copy take, each alone.
type floor struct {
	fetch, decode, insert, refresh usage
	served                         float64 // MB, in pages
	pages                          int64
	syncer                         result
}

// measureFloor does the parts of a copy one by one, on an engine with such a copy.
func (w world) measureFloor(ctx context.Context, e *engine, binary string, copied result) (f floor, err error) {
	f.syncer = copied
	if f.refresh, err = e.refreshAlone(ctx); err != nil {
		return f, err
	}
	if f.insert, err = e.insertAlone(ctx, w.pageSize, w.concurrency); err != nil {
		return f, err
	}
	before, err := w.source.counts(ctx)
	if err != nil {
		return f, err
	}
	if f.fetch, err = w.alone(ctx, e, binary, "fetch"); err != nil {
		return f, err
	}
	after, err := w.source.counts(ctx)
	if err != nil {
		return f, err
	}
	f.served, f.pages = float64(after.Bytes-before.Bytes)/1e6, after.Requests-before.Requests
	f.decode, err = w.alone(ctx, e, binary, "decode")
	return f, err
}

// alone runs a part that the floor's own program does.
func (w world) alone(ctx context.Context, e *engine, binary, part string) (took usage, err error) {
	process := exec.CommandContext(ctx, binary, part)
	process.Env = w.environment(e)
	var complaint bytes.Buffer
	process.Stderr = &complaint
	output, err := process.Output()
	if err != nil {
		return took, fmt.Errorf("%s alone: %w: %s", part, err, &complaint)
	}
	return took, json.Unmarshal(output, &took)
}

// during measures what the engine takes for something.
func (e *engine) during(ctx context.Context, work func() error) (took usage, err error) {
	if err := e.settle(ctx); err != nil {
		return took, err
	}
	before, err := cpuTime(e.PID())
	if err != nil {
		return took, err
	}
	began := time.Now()
	if err := work(); err != nil {
		return took, err
	}
	took.Wall = time.Since(began)
	after, err := cpuTime(e.PID())
	took.CPU = after - before
	return took, err
}

func (e *engine) refreshAlone(ctx context.Context) (took usage, err error) {
	target, err := schema.ParseDSN(e.DSN(database))
	if err != nil {
		return took, err
	}
	mirror, err := schema.Open(ctx, schema.Options{ClickHouse: target})
	if err != nil {
		return took, err
	}
	defer func() { err = errors.Join(err, mirror.Close()) }()
	return e.during(ctx, func() error { return mirror.Refresh(ctx) })
}

// insertAlone stores the rows of the truth in a table like it, a page a block. The
// blocks are the engine's own form of them, so that nobody has to convert anything.
func (e *engine) insertAlone(ctx context.Context, pageSize, inFlight int) (took usage, err error) {
	if err := e.exec(ctx, "CREATE TABLE "+database+".insert_alone AS "+database+".backtraces_store"); err != nil {
		return took, err
	}
	var borders []string
	err = e.conn.QueryRow(ctx, fmt.Sprintf(`SELECT arraySort(groupArrayIf(id, n %% %d = 1)) FROM
		(SELECT id, row_number() OVER (ORDER BY id) AS n FROM %s.backtraces)`, pageSize, database)).Scan(&borders)
	if err != nil {
		return took, fmt.Errorf("cut the mirror into pages: %w", err)
	}
	blocks := make([][]byte, len(borders))
	for i, from := range borders {
		query := "SELECT * FROM " + database + ".backtraces_store WHERE id >= '" + from + "'"
		if i+1 < len(borders) {
			query += " AND id < '" + borders[i+1] + "'"
		}
		if blocks[i], err = e.post(ctx, query+" FORMAT Native", nil); err != nil {
			return took, err
		}
	}
	took, err = e.during(ctx, func() error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(inFlight)
		for _, block := range blocks {
			group.Go(func() error {
				_, err := e.post(ctx, "INSERT INTO "+database+".insert_alone FORMAT Native", block)
				return err
			})
		}
		return group.Wait()
	})
	var stored, held uint64
	if err == nil {
		err = e.conn.QueryRow(ctx, fmt.Sprintf(`SELECT (SELECT count() FROM %s.insert_alone), (SELECT count() FROM %[1]s.backtraces_store)`, database)).Scan(&stored, &held)
	}
	if err == nil && stored != held { // of doubled rows merges take some away, but not all
		err = fmt.Errorf("insert alone stored %d rows of %d", stored, held)
	}
	return took, errors.Join(err, e.exec(ctx, "DROP TABLE "+database+".insert_alone SYNC"))
}

// post sends a query with its data over HTTP. As in syncer's inserts, each id has one
// row, so nothing is merged before it is stored.
func (e *engine) post(ctx context.Context, query string, data []byte) ([]byte, error) {
	target := "http://" + e.HTTPAddr() + "/?async_insert=0&optimize_on_insert=0&query=" + url.QueryEscape(query)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }() // the body was only read
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the engine answers with %s: %.300s", answer.Status, body)
	}
	return body, err
}

// limit is what no copy can beat whose parts overlap: the longest of them, and then
// the refresh, which needs all rows.
func (f floor) limit() time.Duration {
	return max(f.fetch.Wall, f.decode.Wall, f.insert.Wall) + f.refresh.Wall
}

func (f floor) table() table {
	rows := f.syncer.Rows
	t := table{
		title: fmt.Sprintf("The floor at %s backtraces, %s accesses", grouped(rows.Backtraces), grouped(rows.AccessStats)),
		head:  []string{"alone", "wall s", "CPU s", "µs a backtrace", "of"},
	}
	add := func(name string, u usage, of string) {
		t.add(name, fmt.Sprintf("%.2f", u.Wall.Seconds()), fmt.Sprintf("%.2f", u.CPU.Seconds()),
			fmt.Sprintf("%.1f", u.CPU.Seconds()*1e6/float64(rows.Backtraces)), of)
	}
	seconds := f.fetch.Wall.Seconds()
	add(fmt.Sprintf("fetch: %.0f MB, %.0f MB/s, %.0f pages/s", f.served, f.served/seconds, float64(f.pages)/seconds), f.fetch, "the reader")
	add("decode, one core", f.decode, "syncer's decoder")
	add("insert", f.insert, "the engine")
	add("refresh of the flat tables", f.refresh, "the engine")
	t.add("limit: the longest of the first three, and the refresh", fmt.Sprintf("%.2f", f.limit().Seconds()), "", "", "")
	add(fmt.Sprintf("syncer: %.2f × the limit", f.syncer.Loader.Wall.Seconds()/f.limit().Seconds()), f.syncer.Loader, "syncer")
	return t
}
