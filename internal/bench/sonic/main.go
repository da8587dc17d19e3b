// Command sonic loads the flat tables as one would who cares for speed: pages read
// side by side, github.com/bytedance/sonic into structs, whole columns into
// clickhouse-go batches. It is a contender of `make bench`, and a module of its own,
// since the product does without sonic.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"unsafe"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/bytedance/sonic"
	"golang.org/x/sync/errgroup"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// loader reads pages and loads them, several at a time.
type loader struct {
	conn  clickhouse.Conn
	limit int
	next  atomic.Int64 // page to read
	total atomic.Int64 // records of the list
}

func run(ctx context.Context) error {
	options, err := clickhouse.ParseDSN(os.Getenv("CLICKHOUSE_URL"))
	if err != nil {
		return err
	}
	options.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	l := &loader{}
	if l.conn, err = clickhouse.Open(options); err != nil {
		return err
	}
	defer func() { _ = l.conn.Close() }()
	if l.limit, err = strconv.Atoi(os.Getenv("PAGE_SIZE")); err != nil {
		return err
	}
	workers, err := strconv.Atoi(os.Getenv("CONCURRENCY"))
	if err != nil {
		return err
	}
	// The first page tells how many there are.
	if err := l.page(ctx, 0); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error { return l.work(ctx) })
	}
	return group.Wait()
}

func (l *loader) work(ctx context.Context) error {
	for {
		start := l.next.Add(1) * int64(l.limit)
		if start >= l.total.Load() {
			return nil
		}
		if err := l.page(ctx, start); err != nil {
			return err
		}
	}
}

func (l *loader) page(ctx context.Context, start int64) error {
	body, err := l.fetch(ctx, start)
	if err != nil {
		return err
	}
	var p page
	if err := sonic.ConfigFastest.UnmarshalFromString(body, &p); err != nil {
		return err
	}
	l.total.Store(p.Total)
	extracted, accesses := flatten(p.Backtraces)
	if err := l.insert(ctx, "extracted_data", extracted.columns()); err != nil {
		return err
	}
	return l.insert(ctx, "access_stats", accesses.columns())
}

func (l *loader) fetch(ctx context.Context, start int64) (string, error) {
	url := fmt.Sprintf("%s?human=true&show_null=true&sort=updated_at&direction=1&start=%d&limit=%d", os.Getenv("XVID_API_URL"), start, l.limit)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("XVID_API_TOKEN"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the API answers with %s", answer.Status)
	}
	body := make([]byte, answer.ContentLength)
	_, err = io.ReadFull(answer.Body, body)
	return unsafe.String(unsafe.SliceData(body), len(body)), err // read only, from here on
}

func (l *loader) insert(ctx context.Context, table string, columns []any) error {
	batch, err := l.conn.PrepareBatch(ctx, "INSERT INTO "+table)
	if err != nil {
		return err
	}
	defer func() { _ = batch.Close() }()
	for i, column := range columns {
		if err := batch.Column(i).Append(column); err != nil {
			return err
		}
	}
	return batch.Send()
}
