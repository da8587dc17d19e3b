package sync

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"syncer/internal/xvid"
)

// distantSource answers after a while, whatever is asked.
type distantSource struct {
	total   int
	latency time.Duration
	// calm is how long every third answer takes; 0 for as long as the others.
	calm time.Duration

	inFlight, most, requests atomic.Int64
}

func (s *distantSource) List(ctx context.Context, query xvid.Query) (*xvid.Page, error) {
	latency := s.latency
	if s.requests.Add(1)%3 == 0 && s.calm > 0 {
		latency = s.calm
	}
	s.most.Store(max(s.most.Load(), s.inFlight.Add(1)))
	defer s.inFlight.Add(-1)
	select {
	case <-time.After(latency):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	records := make([]xvid.Backtrace, max(min(query.Limit, s.total-query.Start), 0))
	return &xvid.Page{Start: query.Start, Total: s.total, Backtraces: records}, nil
}

func (s *distantSource) Get(context.Context, string) (*xvid.Reading, error) {
	return nil, errors.New("nobody asks for one record here")
}

func (s *distantSource) Stats() xvid.Stats { return xvid.Stats{} }

// readAll reads the source's list and takes a while over each page. It gives the most
// pages that were ahead of the reader.
func (s *distantSource) readAll(t *testing.T, concurrency int, store time.Duration) (ahead int) {
	t.Helper()
	pages := newPager(s, 100, concurrency, time.Now)
	defer pages.close()
	for start := 0; start < s.total; {
		page, _, err := pages.next(t.Context(), start, 1)
		if err != nil {
			t.Fatal(err)
		}
		ahead = max(ahead, len(pages.queue))
		time.Sleep(store)
		start = page.Start + len(page.Backtraces)
	}
	return ahead
}

// Where the API answers faster than a page is stored, one page ahead is enough, and
// memory is that of two.
func TestNearAPITakesOnePageAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &distantSource{total: 10_000, latency: 50 * time.Millisecond}
		began := time.Now()
		if ahead := source.readAll(t, 8, 100*time.Millisecond); ahead != 1 {
			t.Errorf("%d pages were ahead, want 1", ahead)
		}
		if took, want := time.Since(began), time.Duration(source.requests.Load())*100*time.Millisecond; took > want+time.Second {
			t.Errorf("reading took %v, and storing %v: the reader waited", took, want)
		}
	})
}

// An API that is late now and then, as on a machine that has much to do, is near: more
// pages ahead would take memory for the whole run.
func TestRestlessAPIIsNear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &distantSource{total: 20_000, latency: 110 * time.Millisecond, calm: 50 * time.Millisecond}
		if ahead := source.readAll(t, 8, 100*time.Millisecond); ahead != 1 {
			t.Errorf("%d pages were ahead, want 1", ahead)
		}
	})
}

// One whose answers now come at once and now take long, such as a cache's, is not.
func TestUnevenAPIIsReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &distantSource{total: 20_000, latency: 500 * time.Millisecond, calm: 50 * time.Millisecond}
		began := time.Now()
		source.readAll(t, 4, 100*time.Millisecond)
		if most := source.most.Load(); most != 4 {
			t.Errorf("%d requests were in flight at most, want 4", most)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("reading took %v, want some 100 ms a request of %d", took, source.requests.Load())
		}
	})
}

// Where it is slower, its latency is hidden as far as pages may be in flight.
func TestDistantAPITakesAllThatMayBeInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &distantSource{total: 20_000, latency: 400 * time.Millisecond}
		began := time.Now()
		source.readAll(t, 4, 50*time.Millisecond)
		if most := source.most.Load(); most != 4 {
			t.Errorf("%d requests were in flight at most, want 4", most)
		}
		least := time.Duration(source.requests.Load()) * source.latency / 4
		if took := time.Since(began); took > least*13/10 {
			t.Errorf("reading took %v, want at most 1.3 times %v", took, least)
		}
	})
}
