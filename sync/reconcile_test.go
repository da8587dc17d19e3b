package sync_test

import (
	"errors"
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

// A reconcile adds, rewrites what differs though its updated_at stays, and
// tombstones what the source says is gone.
func TestReconcile(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 100 {
		b.world.Insert(record(i, "SUCCESS", 2))
	}
	b.once(t, nil)
	all := b.world.All()
	b.world.Finish(all[3].ID, func(b *xvidtest.Backtrace) { *b = withAccesses(*b, 1) })
	b.world.Insert(record(110, "SUCCESS", 4))
	for _, gone := range all[90:] {
		b.world.Delete(gone.ID)
	}

	run, err := b.reconcile(t, sync.ReconcileOptions{})
	if err != nil || run.RowsWritten != 12 || run.Tombstones != 10 || run.Outcome != schema.OK {
		t.Errorf("wrote %d rows, %d tombstones, %s, error %v", run.RowsWritten, run.Tombstones, run.Outcome, err)
	}
	b.equalSource(t)

	b.world.Insert(all[95])
	if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
		t.Fatal(err)
	}
	b.equalSource(t) // a record that comes back is live again
}

// Too much gone is not believed, and an empty list never.
func TestReconcileRefuses(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 50 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	b.once(t, nil)
	all := b.world.All()
	for _, gone := range all[:20] {
		b.world.Delete(gone.ID)
	}
	b.world.Insert(record(110, "SUCCESS", 4))
	run, err := b.reconcile(t, sync.ReconcileOptions{})
	if !errors.Is(err, sync.ErrTooManyDeletions) || run.Tombstones != 0 || run.RowsWritten != 1 || run.Outcome != schema.Failed {
		t.Errorf("wrote %d rows, %d tombstones, %s, error %v", run.RowsWritten, run.Tombstones, run.Outcome, err)
	}
	if run, err = b.reconcile(t, sync.ReconcileOptions{Force: true}); err != nil || run.Tombstones != 20 {
		t.Errorf("insisted: %d tombstones, error %v", run.Tombstones, err)
	}
	b.equalSource(t)

	for _, gone := range b.world.All() {
		b.world.Delete(gone.ID)
	}
	if run, err = b.reconcile(t, sync.ReconcileOptions{Force: true}); !errors.Is(err, sync.ErrTooManyDeletions) || run.Tombstones != 0 {
		t.Errorf("an empty list: %d tombstones, error %v", run.Tombstones, err)
	}
}

// A refused deletion keeps nothing else back: what was added is in all relations,
// and all that seemed gone as well.
func TestReconcileRefusalKeepsAdditions(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 10 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	b.once(t, nil)
	gone := b.world.All()[:3]
	for _, one := range gone {
		b.world.Delete(one.ID)
	}
	b.world.Insert(record(50, "SUCCESS", 4))
	if _, err := b.reconcile(t, sync.ReconcileOptions{}); !errors.Is(err, sync.ErrTooManyDeletions) {
		t.Fatalf("error %v", err)
	}
	b.world.Insert(gone...) // the mirror is to hold them still
	b.equalSource(t)
}

// A list that lacks a record, which the API gives by its id, deletes nothing.
func TestReconcileKeepsWhatTheListLacks(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 20 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	b.once(t, nil)
	lost := b.world.All()[7]
	b.api.ResetCounts()
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.Kind == xvidtest.KindGet {
			b.world.Insert(lost)
		} else {
			b.world.Delete(lost.ID)
		}
		return nil
	})
	run, err := b.reconcile(t, sync.ReconcileOptions{Force: true})
	if ids := b.asked(); err != nil || run.Tombstones != 0 || ids[lost.ID] != 1 {
		t.Errorf("%d tombstones, asked for %v, error %v", run.Tombstones, ids, err)
	}
	b.equalSource(t)
}

// gatewayPages answers each request for a single record as a proxy does that
// knows no such path.
type gatewayPages struct{ http.RoundTripper }

func (g gatewayPages) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := g.RoundTripper.RoundTrip(request)
	if err == nil && !strings.HasSuffix(request.URL.Path, "/") {
		_ = answer.Body.Close()
		answer.StatusCode, answer.Status = http.StatusNotFound, "404 Not Found"
		answer.Header.Set("Content-Type", "text/html")
		answer.Body = io.NopCloser(strings.NewReader("<html><h1>404 Not Found</h1></html>"))
		answer.ContentLength = -1
	}
	return answer, err
}

// A gateway's 404 says nothing about a backtrace.
func TestReconcileDisbelievesAGateway(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 20 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	b.once(t, nil)
	gone := b.world.All()[3]
	b.world.Delete(gone.ID)
	token, err := xvid.StaticToken(testToken)
	if err != nil {
		t.Fatal(err)
	}
	client, err := xvid.New(xvid.Options{URL: b.api.URL(), Token: token, Transport: gatewayPages{xvid.NewTransport(1)}})
	if err != nil {
		t.Fatal(err)
	}
	run, err := b.syncer(t, func(o *sync.Options) { o.Source = client }).Reconcile(t.Context(), sync.ReconcileOptions{Force: true})
	if err == nil || errors.Is(err, xvid.ErrNotFound) || run.Tombstones != 0 {
		t.Errorf("%d tombstones, error %v", run.Tombstones, err)
	}
	b.world.Insert(gone)
	b.equalSource(t)
}

// A dry run leaves every row that syncer stores as it was, though there is
// something of every kind to do.
func TestReconcileDryRunStoresNothing(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 20 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	b.once(t, nil)
	all := b.world.All()
	b.world.Delete(all[0].ID)
	b.world.Finish(all[1].ID, finish)
	odd, dead := record(30, "NEW", 1), record(31, "SUCCESS", 1)
	dead.Raw = []byte(`{"id":null}`)
	b.world.Insert(odd, dead)
	before := b.rowsOfStores(t)
	run, err := b.reconcile(t, sync.ReconcileOptions{DryRun: true})
	if err != nil || run.RecordsChanged != 2 || run.Tombstones != 1 || run.DeadLetters != 1 || run.RecordsUnchanged != 18 {
		t.Errorf("changed %d, gone %d, dead %d, unchanged %d, error %v",
			run.RecordsChanged, run.Tombstones, run.DeadLetters, run.RecordsUnchanged, err)
	}
	if after := b.rowsOfStores(t); after != before {
		t.Errorf("from %s to %s", before, after)
	}
}

// rowsOfStores counts the rows of all tables that hold data, whatever they are.
func (b *bench) rowsOfStores(t *testing.T) (counts string) {
	t.Helper()
	err := b.mirror.Conn().QueryRow(t.Context(), `SELECT arrayStringConcat(arraySort(groupArray(name || '=' || toString(total_rows))), ' ')
		FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`).Scan(&counts)
	if err != nil || !strings.Contains(counts, "backtraces_store=20") {
		t.Fatalf("counts %q, error %v", counts, err)
	}
	return counts
}

// The checkpoint moves to the beginning of a reconcile, which has read all that
// was there then, and never back.
func TestReconcileMovesTheCheckpoint(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(record(1, "SUCCESS", 1))
	b.once(t, nil)
	began := time.Now().Truncate(time.Second) // as exact as the API's clock is
	if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
		t.Fatal(err)
	}
	moved := b.checkpoint(t)
	if moved < began.UnixMilli() || moved > time.Now().UnixMilli() {
		t.Errorf("it is at %d, and the reconcile began at %d", moved, began.UnixMilli())
	}
	later := time.Now().Add(time.Hour).UnixMilli()
	if err := b.mirror.MoveCheckpoint(t.Context(), b.api.URL(), later); err != nil {
		t.Fatal(err)
	}
	if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
		t.Fatal(err)
	}
	if now := b.checkpoint(t); now != later {
		t.Errorf("it went back from %d to %d", later, now)
	}
}

func (b *bench) checkpoint(t *testing.T) int64 {
	t.Helper()
	now, err := b.mirror.Checkpoint(t.Context(), b.api.URL())
	if err != nil {
		t.Fatal(err)
	}
	return now.UpdatedAt
}

// Where the API does not list by id, a reconcile says so and deletes nothing.
func TestReconcileNeedsAnOrderByID(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(record(1, "SUCCESS", 1))
	b.once(t, nil)
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.Query.Sort == "id" {
			return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 400}
		}
		return nil
	})
	run, err := b.reconcile(t, sync.ReconcileOptions{Force: true})
	if !errors.Is(err, xvid.ErrBadRequest) || !strings.Contains(fmt.Sprint(err), "sort=id") {
		t.Errorf("error %v", err)
	}
	if run.Tombstones != 0 {
		t.Errorf("%d tombstones", run.Tombstones)
	}
	b.equalSource(t)
}

// A list that begins with elements without an id, which its order puts first,
// makes no mirrored record seem gone.
func TestReconcileBeginsWithDeadLetters(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 20 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	b.once(t, nil)
	for i := range 2 {
		b.world.Insert(xvidtest.Backtrace{ID: fmt.Sprintf("%024x", i+1), Raw: []byte(`{"id":null}`)})
	}
	b.api.ResetCounts()
	_, err := b.syncer(t, func(o *sync.Options) { o.PageSize = 1 }).Reconcile(t.Context(), sync.ReconcileOptions{})
	if ids := b.asked(); err != nil || len(ids) != 0 {
		t.Errorf("asked for %d records, error %v", len(ids), err)
	}
}
