// Command floor does one part of a copy alone, for the floor that `make bench`
// measures syncer against: `floor fetch` reads all pages and drops them, `floor
// decode` decodes pages that are in memory with the product's client. It prints what
// that took as JSON, its own preparations left out.
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
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/internal/xvid"
)

// kept is how many pages are held for decoding, over and over: many enough that the
// processor's caches do not hold them.
const kept = 20

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	limit, err := strconv.Atoi(os.Getenv("PAGE_SIZE"))
	if err != nil {
		return err
	}
	inFlight, err := strconv.Atoi(os.Getenv("CONCURRENCY"))
	if err != nil {
		return err
	}
	l := &list{url: os.Getenv("XVID_API_URL"), limit: limit}
	switch {
	case len(args) == 1 && args[0] == "fetch":
		return l.fetchAll(ctx, inFlight)
	case len(args) == 1 && args[0] == "decode":
		return l.decodeAll(ctx)
	}
	return errors.New("want fetch or decode")
}

type list struct {
	url   string
	limit int
}

// get reads a page into a writer.
func (l *list) get(ctx context.Context, start, limit int, into io.Writer) error {
	page := fmt.Sprintf("%s?human=true&show_null=true&sort=updated_at&direction=1&start=%d&limit=%d", l.url, start, limit)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // the body was only read
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the source answers with %s", answer.Status)
	}
	_, err = io.Copy(into, answer.Body)
	return err
}

// total asks how long the list is.
func (l *list) total(ctx context.Context) (int, error) {
	var body bytes.Buffer
	if err := l.get(ctx, 0, 1, &body); err != nil {
		return 0, err
	}
	var page struct {
		Total int `json:"total"`
	}
	return page.Total, json.Unmarshal(body.Bytes(), &page)
}

func (l *list) fetchAll(ctx context.Context, inFlight int) error {
	total, err := l.total(ctx)
	if err != nil {
		return err
	}
	var next atomic.Int64
	return measured(func() error {
		group, ctx := errgroup.WithContext(ctx)
		for range inFlight {
			group.Go(func() error {
				for {
					start := int(next.Add(int64(l.limit))) - l.limit
					if start >= total {
						return nil
					}
					if err := l.get(ctx, start, l.limit, io.Discard); err != nil {
						return err
					}
				}
			})
		}
		return group.Wait()
	})
}

// decodeAll decodes as many records as the list has, one page after the other.
func (l *list) decodeAll(ctx context.Context) error {
	total, err := l.total(ctx)
	if err != nil {
		return err
	}
	var pages memory
	for start := 0; start < total && len(pages) < kept; start += l.limit {
		var body bytes.Buffer
		if err := l.get(ctx, start, l.limit, &body); err != nil {
			return err
		}
		pages = append(pages, body.Bytes())
	}
	token, err := xvid.StaticToken("bench")
	if err != nil {
		return err
	}
	client, err := xvid.New(xvid.Options{URL: l.url, Token: token, Transport: pages})
	if err != nil {
		return err
	}
	return measured(func() error {
		for start := 0; start < total; start += l.limit {
			page := start / l.limit % len(pages)
			if _, err := client.List(ctx, xvid.Query{Start: page, Limit: l.limit}); err != nil {
				return err
			}
		}
		return nil
	})
}

// memory answers from pages; start is the page's number.
type memory [][]byte

// RoundTrip gives a page without any transport.
func (m memory) RoundTrip(request *http.Request) (*http.Response, error) {
	query, err := url.ParseQuery(request.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(query.Get("start"))
	if err != nil {
		return nil, err
	}
	page := m[number]
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header:        http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(page)), Body: io.NopCloser(bytes.NewReader(page)),
	}, nil
}

// measured prints what some work took.
func measured(work func() error) error {
	before, began := cpu(), time.Now()
	if err := work(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]time.Duration{"wall": time.Since(began), "cpu": cpu() - before})
}

// cpu is what this process has used so far.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it fails for wrong arguments only
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
