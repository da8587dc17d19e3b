package xvidtest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

const token = "sesame"

// clock is a World's time, moved by hand.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(1_700_000_000_000)
	return c
}

func (c *clock) now() time.Time { return time.UnixMilli(c.ms.Load()) }

func newWorld(records ...xvidtest.Backtrace) *xvidtest.World {
	w := xvidtest.NewWorld(newClock().now)
	w.Insert(records...)
	return w
}

func listen(t *testing.T, w *xvidtest.World, o xvidtest.ServerOptions) *xvidtest.Running {
	t.Helper()
	o.Token = token
	s, err := xvidtest.Listen(w, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// reply is an answer as a plain client sees it.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a GET with the token over a connection of its own; headers are name,
// value pairs.
func ask(t *testing.T, url string, headers ...string) reply {
	t.Helper()
	a, err := try(t, url, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func try(t *testing.T, url string, headers ...string) (reply, error) {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(newRequest(t.Context(), t, url, headers...))
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body)}, err
}

func newRequest(ctx context.Context, t *testing.T, url string, headers ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	for pair := range slices.Chunk(headers, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	return req
}

// listing is the part of a page that the tests look at.
type listing struct {
	Backtraces []map[string]any
	Total      *int
	Start      int
	Limit      int
}

func (l listing) ids() string {
	var ids []string
	for _, b := range l.Backtraces {
		ids = append(ids, b["id"].(string))
	}
	return strings.Join(ids, " ")
}

func askList(t *testing.T, url string) listing {
	t.Helper()
	a := ask(t, url)
	if a.status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", url, a.status, a.body)
	}
	var l listing
	if err := json.Unmarshal([]byte(a.body), &l); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return l
}

// few is five records of different sort keys, a to e by id.
func few() []xvidtest.Backtrace {
	record := func(id string, updatedAt int64, status, tag, pipeline string) xvidtest.Backtrace {
		return xvidtest.Backtrace{
			ID: id, UpdatedAt: updatedAt, CreatedAt: updatedAt, Status: status, PipelineID: pipeline, Version: 1,
			ExtractedData: []xvidtest.Extracted{{AutographTag: tag, AccessStats: []xvidtest.Access{}}},
		}
	}
	return []xvidtest.Backtrace{
		record("a", 50, "SUCCESS", "anna", "p3"),
		record("b", 40, "FAILURE", "hanna", "p1"),
		record("c", 30, "QUEUED", "liam", "p2"),
		record("d", 20, "SUCCESS", "mia", "p5"),
		record("e", 10, "SUCCESS", "Anna", "p4"),
	}
}
