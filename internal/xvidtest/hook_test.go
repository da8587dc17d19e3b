package xvidtest_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

// record asks a server without a network.
func record(t *testing.T, s *xvidtest.Server, path string) *httptest.ResponseRecorder {
	t.Helper()
	got := httptest.NewRecorder()
	s.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return got
}

func TestOnRequestMovesTheList(t *testing.T) {
	w := newWorld(few()...)
	s := listen(t, w, xvidtest.ServerOptions{})
	s.OnRequest(func(r xvidtest.Request) *xvidtest.Fault {
		if r.N == 2 {
			w.Update("e", func(*xvidtest.Backtrace) {})
		}
		return nil
	})
	first := askList(t, s.URL()+"?sort=updated_at&limit=2").ids()
	second := askList(t, s.URL()+"?sort=updated_at&limit=2&start=2").ids()
	if first != "e d" || second != "b a" {
		t.Errorf("pages %q and %q: c should be missed, as in the real API", first, second)
	}
}

func TestRequestsAndCounts(t *testing.T) {
	s := listen(t, newWorld(few()...), xvidtest.ServerOptions{})
	s.OnRequest(func(r xvidtest.Request) *xvidtest.Fault {
		if r.N < 3 {
			return nil
		}
		return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 503}
	})
	ask(t, s.URL()+"?start=3&limit=9000&sort=status&direction=-1&status=QUEUED&extracted_data.autograph_tag=x")
	ask(t, s.URL()+"nobody?human=true")
	ask(t, s.URL())

	wantQueries := []xvidtest.ListQuery{
		{Start: 3, Limit: 5000, Sort: "status", Direction: -1, Status: "QUEUED", AutographTag: "x"},
		{},
		{Limit: 1000, Direction: 1},
	}
	for i, r := range s.Requests() {
		if r.N != i+1 || r.Query != wantQueries[i] {
			t.Errorf("request %d: %+v", i+1, r)
		}
	}
	if r := s.Requests()[1]; r.Kind != xvidtest.KindGet || r.ID != "nobody" || r.Params.Get("human") != "true" {
		t.Errorf("get: %+v", r)
	}
	want := xvidtest.Counts{
		Total:    3,
		ByKind:   map[xvidtest.Kind]int{xvidtest.KindList: 2, xvidtest.KindGet: 1},
		ByStatus: map[int]int{200: 1, 404: 1, 503: 1},
		ByFault:  map[xvidtest.FaultKind]int{xvidtest.FaultStatus: 1},
	}
	if diff := cmp.Diff(want, s.Counts()); diff != "" {
		t.Error(diff)
	}
	s.ResetCounts()
	if got := s.Counts(); got.Total != 0 || len(got.ByStatus) != 0 || len(s.Requests()) != 0 {
		t.Errorf("after the reset: %+v", got)
	}
	if ask(t, s.URL()).status != 200 || s.Requests()[0].N != 1 {
		t.Error("the numbers do not start anew")
	}
}

func TestMaxInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := xvidtest.NewServer(newWorld(few()...), xvidtest.ServerOptions{})
		s.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
			return &xvidtest.Fault{Kind: xvidtest.FaultDelay, Delay: time.Second}
		})
		record(t, s, "/v1/backtraces/")
		if got := s.MaxInFlight(); got != 1 {
			t.Errorf("%d in flight, want 1", got)
		}
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() { record(t, s, "/v1/backtraces/a") })
		}
		group.Wait()
		if got := s.MaxInFlight(); got != 3 {
			t.Errorf("%d in flight, want 3", got)
		}
		s.ResetCounts()
		if got := s.MaxInFlight(); got != 0 {
			t.Errorf("%d in flight after the reset", got)
		}
	})
}

func TestRandomFaults(t *testing.T) {
	const requests = 20_000
	one, same, other := xvidtest.RandomFaults(1, 0.25), xvidtest.RandomFaults(1, 0.25), xvidtest.RandomFaults(2, 0.25)
	var faults, differing int
	kinds := map[xvidtest.FaultKind]bool{}
	for n := 1; n <= requests; n++ {
		r := xvidtest.Request{N: n}
		f := one(r)
		if diff := cmp.Diff(f, same(r)); diff != "" {
			t.Fatal(diff)
		}
		if !cmp.Equal(f, other(r)) {
			differing++
		}
		if f != nil {
			faults++
			kinds[f.Kind] = true
		}
	}
	if faults < requests/5 || faults > requests*3/10 {
		t.Errorf("%d of %d requests were spoiled, want a quarter", faults, requests)
	}
	if differing == 0 || len(kinds) != 8 {
		t.Errorf("%d differ by seed; kinds %v", differing, kinds)
	}
	if xvidtest.RandomFaults(1, 0)(xvidtest.Request{N: 1}) != nil || xvidtest.RandomFaults(1, 1)(xvidtest.Request{N: 1}) == nil {
		t.Error("a share of 0 or 1 is not kept")
	}
}
