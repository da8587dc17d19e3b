package xvid_test

import (
	"maps"
	stdsync "sync"
	"testing"

	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
)

// statuses counts what a client is told of its requests.
type statuses struct {
	mu     stdsync.Mutex
	counts map[int]int
}

func (s *statuses) add(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[status]++
}

// What is counted is what the API was really sent, though net/http itself sends
// a request again whose kept-alive connection breaks.
func TestCountsWhatIsSent(t *testing.T) {
	told := statuses{counts: map[int]int{}}
	a := newAPI(t, func(o *xvid.Options) { o.Answered = told.add })
	faults := map[int]xvidtest.Fault{
		2: {Kind: xvidtest.FaultReset}, // on a connection that was used before
		4: {Kind: xvidtest.FaultStatus, Status: 502},
	}
	a.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if fault, ok := faults[request.N]; ok {
			return &fault
		}
		return nil
	})
	for range 3 {
		if _, err := a.client.List(t.Context(), xvid.Query{Limit: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if sent, stats := a.Counts().Total, a.client.Stats(); sent != 5 || stats != (xvid.Stats{Requests: 5, Retries: 2}) {
		t.Errorf("the API was sent %d requests, the client counted %+v; want 5, of which 2 retries", sent, stats)
	}
	if want := map[int]int{200: 3, 0: 1, 502: 1}; !maps.Equal(told.counts, want) {
		t.Errorf("told of %v, want %v", told.counts, want)
	}
}
