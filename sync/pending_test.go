package sync_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// A job's end does not touch updated_at, and is mirrored by the next run all the
// same: asked for by id where few wait, found through the filter where many do.
func TestPendingIsFollowed(t *testing.T) {
	for _, waiting := range []int{2, 40} {
		t.Run(fmt.Sprint(waiting), func(t *testing.T) {
			b := newBench(t, xvidtest.ServerOptions{})
			for i := range 250 {
				status := "SUCCESS"
				if i < waiting {
					status = "QUEUED"
				}
				b.world.Insert(record(i, status, 1))
			}
			b.once(t, nil)
			ids := b.world.All()
			b.world.Finish(ids[0].ID, finish)
			b.world.Delete(ids[1].ID)
			run := b.once(t, nil)
			if run.RowsWritten != 2 || run.Tombstones != 1 || run.Pending != uint64(waiting) {
				t.Errorf("wrote %d rows, %d tombstones, %d pending", run.RowsWritten, run.Tombstones, run.Pending)
			}
			b.equalSource(t)
			if quiet := b.once(t, nil); quiet.RowsWritten != 0 || quiet.Requests > 3 {
				t.Errorf("nothing new: %d rows, %d requests", quiet.RowsWritten, quiet.Requests)
			}
		})
	}
}

// asked counts, by id, the requests for single records since the last reset.
func (b *bench) asked() map[string]int {
	ids := map[string]int{}
	for _, request := range b.api.Requests() {
		if request.Kind == xvidtest.KindGet {
			ids[request.ID]++
		}
	}
	return ids
}

// insertLater adds so many ended jobs that no page of the next run goes back to
// what was inserted before.
func (b *bench) insertLater() {
	for i := range 250 {
		b.world.Insert(record(50+i, "SUCCESS", 1))
	}
}

// Up to three waiting records are asked for by id at once; of more, only those
// that the list's filter does not name any more.
func TestPendingByIDOrByFilter(t *testing.T) {
	for _, test := range []struct{ waiting, wantGets, wantFilters int }{{3, 3, 0}, {4, 1, 1}} {
		b := newBench(t, xvidtest.ServerOptions{})
		for i := range test.waiting {
			b.world.Insert(record(i, "QUEUED", 0))
		}
		b.insertLater()
		b.once(t, nil)
		b.world.Finish(b.world.All()[0].ID, finish)
		b.api.ResetCounts()
		b.once(t, nil)
		ids := b.asked()
		filters := 0
		for _, request := range b.api.Requests() {
			if request.Query.Status == "QUEUED" {
				filters++
			}
		}
		if len(ids) != test.wantGets || filters != test.wantFilters {
			t.Errorf("%d wait: asked for %d by id and %d times by filter", test.waiting, len(ids), filters)
		}
		b.equalSource(t)
	}
}

// Of more waiting records than a run may ask for, each run asks for others until
// all had their turn.
func TestPendingTakeTurns(t *testing.T) {
	const waiting, perRun = 600, 500
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range waiting {
		b.world.Insert(record(i, "SLEEPING", 0)) // a state that no filter names
	}
	b.once(t, nil)
	turns := map[string]bool{}
	runs := 0
	for ; len(turns) < waiting && runs < 30; runs++ {
		b.api.ResetCounts()
		run := b.once(t, nil)
		ids := b.asked()
		if run.Pending != waiting || len(ids) != perRun || run.RowsWritten != 0 {
			t.Fatalf("%d pending, %d asked for, %d rows written", run.Pending, len(ids), run.RowsWritten)
		}
		for id := range ids {
			turns[id] = true
		}
	}
	if len(turns) < waiting {
		t.Errorf("%d of %d had no turn in %d runs", waiting-len(turns), waiting, runs)
	}
}

// What is too old is not polled: a job that never ends costs nothing for ever.
// Should it end all the same, a reconcile sees it.
func TestPendingTooOldIsLeft(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(record(1, "QUEUED", 0))
	b.insertLater()
	b.once(t, nil)
	b.world.Finish(b.world.All()[0].ID, finish)
	b.api.ResetCounts()
	run := b.once(t, func(o *sync.Options) { o.PendingMaxAge = time.Hour })
	if ids := b.asked(); run.Pending != 0 || len(ids) != 0 || run.RowsWritten != 0 {
		t.Errorf("%d pending, %d asked for, %d rows written", run.Pending, len(ids), run.RowsWritten)
	}
	if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
		t.Fatal(err)
	}
	b.equalSource(t)
}

// A run with nothing new costs the same few requests however many wait.
func TestPendingQuietRunIsCheap(t *testing.T) {
	for _, waiting := range []int{0, 1, 100} {
		b := newBench(t, xvidtest.ServerOptions{})
		for i := range waiting + 5 {
			status := "QUEUED"
			if i >= waiting {
				status = "FAILURE"
			}
			b.world.Insert(record(i, status, 0))
		}
		b.once(t, nil)
		if run := b.once(t, nil); run.Pending != uint64(waiting) || run.Requests > 3 || run.RowsWritten != 0 {
			t.Errorf("%d wait: %d pending, %d requests, %d rows", waiting, run.Pending, run.Requests, run.RowsWritten)
		}
	}
}

// A waiting record that the API cannot give fails the run, but what else the run
// read is in the flat tables.
func TestPendingThatCannotBeRead(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(record(1, "QUEUED", 0))
	b.once(t, nil)
	b.world.Insert(record(2, "SUCCESS", 2))
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.Kind == xvidtest.KindGet {
			return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 500}
		}
		return nil
	})
	run, err := b.syncer(t, nil).RunOnce(t.Context())
	if err == nil || run.Outcome != schema.Failed || !run.Refreshed {
		t.Errorf("the run ended %s, refreshed %t, error %v", run.Outcome, run.Refreshed, err)
	}
	b.equalSource(t)
}

// One waiting record that the API cannot give keeps no other from being followed.
func TestPendingBesideOneThatCannotBeRead(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 3 {
		b.world.Insert(record(i, "QUEUED", 0))
	}
	b.insertLater()
	b.once(t, nil)
	ids := b.world.All()
	for i := range 2 {
		b.world.Finish(ids[i].ID, finish)
	}
	broken := ids[2].ID
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.ID == broken {
			return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 500}
		}
		return nil
	})
	run, err := b.syncer(t, nil).RunOnce(t.Context())
	if err == nil || !strings.Contains(err.Error(), broken) || run.RowsWritten != 2 || !run.Refreshed {
		t.Errorf("wrote %d rows, refreshed %t, error %v", run.RowsWritten, run.Refreshed, err)
	}
	b.equalSource(t)
}

// An API that cannot give anything by id is asked for a few records, and not for
// hundreds.
func TestPendingGivesUp(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 50 {
		b.world.Insert(record(i, "SLEEPING", 0))
	}
	b.insertLater()
	b.once(t, nil)
	b.api.ResetCounts()
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.Kind == xvidtest.KindGet {
			return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 400}
		}
		return nil
	})
	if _, err := b.syncer(t, nil).RunOnce(t.Context()); err == nil || len(b.asked()) > 10 {
		t.Errorf("asked for %d records, error %v", len(b.asked()), err)
	}
}

// knowsNone answers each request for a single record as the API does that has no
// such record: a collection of another kind, or a gateway that makes up bodies.
type knowsNone struct{ http.RoundTripper }

func (k knowsNone) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := k.RoundTripper.RoundTrip(request)
	if err == nil && !strings.HasSuffix(request.URL.Path, "/") {
		_ = answer.Body.Close()
		answer.StatusCode, answer.Status = http.StatusNotFound, "404 Not Found"
		answer.Header.Del("Content-Encoding")
		answer.Body = io.NopCloser(strings.NewReader(`{"error":{"error_code":"0x0300007","error_message":"Backtrace does not exist"}}`))
		answer.ContentLength, answer.Uncompressed = -1, true
	}
	return answer, err
}

// Where the API says of every record that it does not exist, those that it lists
// included, its word deletes nothing.
func TestPendingDisbelievesAnAPIThatKnowsNone(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 3 {
		b.world.Insert(record(i, "QUEUED", 0))
	}
	b.insertLater()
	b.once(t, nil)
	token, err := xvid.StaticToken(testToken)
	if err != nil {
		t.Fatal(err)
	}
	client, err := xvid.New(xvid.Options{URL: b.api.URL(), Token: token, Transport: knowsNone{xvid.NewTransport(1)}})
	if err != nil {
		t.Fatal(err)
	}
	run, err := b.syncer(t, func(o *sync.Options) { o.Source = client }).RunOnce(t.Context())
	if err == nil || !strings.Contains(err.Error(), "XVID_API_URL") || run.Tombstones != 0 {
		t.Errorf("%d tombstones, error %v", run.Tombstones, err)
	}
	b.equalSource(t)
}

// A record that claims to be from the future ages from its last reading: it is not
// polled for ever.
func TestPendingFromTheFutureAges(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	odd := recordAt(1, time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC))
	odd.Status = "SLEEPING"
	b.world.Insert(odd)
	b.once(t, b.liveBy(t, func() time.Time { return time.Now().Add(-200 * 24 * time.Hour) }))
	if run := b.once(t, nil); run.Pending != 0 || run.RecordsUnchanged != 1 {
		t.Errorf("%d pending, %d unchanged", run.Pending, run.RecordsUnchanged)
	}
}
