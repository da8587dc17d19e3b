package sync_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// old is before every lookback, and young enough to be followed.
var old = time.Now().Add(-100 * time.Hour)

// record is a backtrace with some accesses.
func record(i int, status string, accesses int) xvidtest.Backtrace {
	at := old.Add(time.Duration(i) * 20 * time.Minute).UnixMilli()
	b := xvidtest.Backtrace{
		ID: fmt.Sprintf("%08x%016x", old.Unix(), i), Status: status, CreatedAt: at, UpdatedAt: at, Version: 1,
		InputName: "uploads/x.mp4",
	}
	return withAccesses(b, accesses)
}

func withAccesses(b xvidtest.Backtrace, n int) xvidtest.Backtrace {
	b.ExtractedData = []xvidtest.Extracted{{AutographTag: "tag", AccessStats: make([]xvidtest.Access, n)}}
	for i := range b.ExtractedData[0].AccessStats {
		b.ExtractedData[0].AccessStats[i] = xvidtest.Access{
			IPAddress: "192.0.2.1", IPCountry: "Estonia", IPType: "UNK", UserAgent: "N/A", AcceptLanguage: "N/A",
			PercentageObtained: "100%", HighestResolution: "352p", StreamingOnly: "no",
		}
	}
	return b
}

// finish ends a job as the API does: updated_at stays.
func finish(b *xvidtest.Backtrace) {
	b.Status, b.FinishedAt = "SUCCESS", new(time.Now().UnixMilli())
	*b = withAccesses(*b, 3)
}

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

// A record in an unknown state is mirrored and followed, but not for ever.
func TestPendingEnds(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(record(1, "SLEEPING", 1))
	b.once(t, nil)
	b.equalSource(t)
	if run := b.once(t, nil); run.Pending != 1 {
		t.Errorf("%d pending, want 1", run.Pending)
	}
	if run := b.once(t, func(o *sync.Options) { o.PendingMaxAge = time.Hour }); run.Pending != 0 {
		t.Errorf("%d pending beyond their age", run.Pending)
	}
}

// reconcile makes a reconcile.
func (b *bench) reconcile(tb testing.TB, options sync.ReconcileOptions) (schema.Run, error) {
	tb.Helper()
	return b.syncer(tb, nil).Reconcile(tb.Context(), options)
}

// stored counts the rows of all tables that syncer writes.
func (b *bench) stored(tb testing.TB) (counts string) {
	tb.Helper()
	for _, table := range []string{"backtraces_store", "sync_runs_store", "sync_checkpoints_store", "dead_letters_store", "schema_drift_store", "access_stats"} {
		var rows uint64
		if err := b.mirror.Conn().QueryRow(tb.Context(), "SELECT count() FROM "+table).Scan(&rows); err != nil {
			tb.Fatal(err)
		}
		counts += fmt.Sprint(table, "=", rows, " ")
	}
	return counts
}

// A reconcile adds, rewrites what differs though its updated_at stays, and
// tombstones what the source says is gone; a dry one changes nothing.
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

	before := b.stored(t)
	dry, err := b.reconcile(t, sync.ReconcileOptions{DryRun: true})
	if err != nil || dry.RecordsChanged != 2 || dry.Tombstones != 10 || dry.RowsWritten != 0 {
		t.Errorf("dry: changed %d, gone %d, written %d, error %v", dry.RecordsChanged, dry.Tombstones, dry.RowsWritten, err)
	}
	if after := b.stored(t); after != before {
		t.Errorf("a dry run wrote:\n%s\n%s", before, after)
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

// What the list lacks but the source still has is kept, and a gateway's 404 is
// no deletion.
func TestReconcileConfirms(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 50 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	b.once(t, nil)
	last := b.world.All()[49]
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.Kind == xvidtest.KindList && request.Query.Start < 49 {
			return &xvidtest.Fault{Kind: xvidtest.FaultShortPage, Records: 49 - request.Query.Start}
		}
		if request.Kind == xvidtest.KindList {
			return &xvidtest.Fault{Kind: xvidtest.FaultEmptyPage}
		}
		return nil
	})
	run, err := b.reconcile(t, sync.ReconcileOptions{})
	if err != nil || run.Tombstones != 0 {
		t.Errorf("a list cut short: %d tombstones, error %v", run.Tombstones, err)
	}
	b.world.Delete(last.ID)
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.Kind == xvidtest.KindGet {
			return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 410}
		}
		return nil
	})
	if run, err = b.reconcile(t, sync.ReconcileOptions{}); err == nil || run.Tombstones != 0 {
		t.Errorf("a gateway's answer: %d tombstones, error %v", run.Tombstones, err)
	}
}

// Odd shapes are mirrored and listed; what is no backtrace is kept aside, once.
func TestOddities(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	odd, dead := record(1, "SUCCESS", 1), record(2, "SUCCESS", 1)
	odd.Raw = []byte(fmt.Sprintf(`{"id":%q,"status":"NEW","updated_at":%d,"hidden":"secret"}`, odd.ID, odd.UpdatedAt))
	dead.Raw = []byte(`{"id":null,"updated_at":1,"note":"kept"}`)
	b.world.Insert(odd, dead, record(3, "SUCCESS", 1))
	run := b.once(t, nil)
	if run.RowsWritten != 2 || run.DeadLetters != 1 {
		t.Errorf("wrote %d rows, %d dead letters", run.RowsWritten, run.DeadLetters)
	}
	if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
		t.Fatal(err)
	}
	var got string
	err := b.mirror.Conn().QueryRow(t.Context(), `SELECT
		(SELECT arrayStringConcat(arraySort(groupArray(path || ' ' || kind || ' ' || toString(count) || ' ' || sample_id)), '; ') FROM schema_drift)
		|| '; ' || (SELECT arrayStringConcat(groupArray(reason || ' ' || raw), '; ') FROM dead_letters)
		|| '; ' || (SELECT raw FROM backtraces WHERE status = 'NEW')`).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("hidden unknown key 1 %[1]s; status unknown state 1 %[1]s; it has no id %[2]s; %[3]s", odd.ID, dead.Raw, odd.Raw)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// More unreadable elements in a row than a page holds keep no run from passing
// them, in a first copy and in the runs after it.
func TestManyUnreadable(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 20 {
		one := record(i, "SUCCESS", 1)
		if i%10 > 3 {
			one.Raw = fmt.Appendf(nil, `{"id":null,"n":%d}`, i)
		}
		b.world.Insert(one)
	}
	small := func(o *sync.Options) { o.PageSize, o.Timeout = 1, 20*time.Second }
	if run := b.once(t, small); run.RowsWritten != 8 {
		t.Errorf("wrote %d rows, want 8", run.RowsWritten)
	}
	late := record(19, "SUCCESS", 1)
	late.ID = "late"
	b.world.Insert(late)
	wide := func(o *sync.Options) { small(o); o.Lookback = 2 * time.Hour }
	if run := b.once(t, wide); run.RowsWritten != 1 || run.Doubtful {
		t.Errorf("wrote %d rows, want the late one; doubtful: %v", run.RowsWritten, run.Doubtful)
	}
}

// A run that died before its refresh is noticed by the next, which refreshes
// although nothing changed.
func TestDeadRunIsRefreshed(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(record(1, "SUCCESS", 3))
	b.once(t, nil)
	past := time.Now().Add(-time.Hour)
	dead := schema.Run{
		ID: "dead", Kind: "incremental", Source: b.api.URL(), StartedAt: past, DeadlineAt: past, Outcome: schema.Running,
		CursorFrom: past, CursorTo: past,
	}
	if err := b.mirror.StartRun(t.Context(), dead); err != nil {
		t.Fatal(err)
	}
	if err := b.mirror.Conn().Exec(t.Context(), "TRUNCATE TABLE access_stats"); err != nil {
		t.Fatal(err)
	}
	b.once(t, nil)
	b.equalSource(t)
	if open, err := b.mirror.UnrefreshedRuns(t.Context(), ""); err != nil || len(open) != 0 {
		t.Errorf("still open: %v, error %v", open, err)
	}
}

// A reading by a clock that is ahead does not shadow what comes after it.
func TestClocksThatDiffer(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(record(1, "SUCCESS", 3))
	token, err := xvid.StaticToken(testToken)
	if err != nil {
		t.Fatal(err)
	}
	ahead, err := xvid.New(xvid.Options{URL: b.api.URL(), Token: token, Now: func() time.Time { return time.Now().Add(time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
	b.once(t, func(o *sync.Options) { o.Source = ahead })
	b.world.Update(b.world.All()[0].ID, func(b *xvidtest.Backtrace) { *b = withAccesses(*b, 1) })
	b.once(t, nil)
	b.equalSource(t)
	if quiet := b.once(t, nil); quiet.RowsWritten != 0 {
		t.Errorf("nothing new, and %d rows", quiet.RowsWritten)
	}
}
