package sync_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// A list that ends with an unreadable element, where the next run begins to look,
// puts that run in no doubt.
func TestUnreadableAtTheHint(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 10 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	small := func(o *sync.Options) { o.PageSize, o.Lookback = 1, 0 }
	b.once(t, small)
	saved, err := b.mirror.Checkpoint(t.Context(), b.api.URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range b.world.All()[max(saved.StartHint, 1)-1:] {
		one.Raw = []byte(`{"id":null}`)
		b.world.Insert(one)
	}
	b.world.Insert(record(10, "SUCCESS", 1))
	if run := b.once(t, small); run.Doubtful || run.RecordsChanged != 1 {
		t.Errorf("doubtful: %t, changed %d", run.Doubtful, run.RecordsChanged)
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

// column reads the texts of a query's only column.
func (b *bench) column(t *testing.T, query string) []string {
	t.Helper()
	var rows []struct {
		Text string `ch:"text"`
	}
	if err := b.mirror.Conn().Select(t.Context(), &rows, query); err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(rows))
	for i := range rows {
		texts[i] = rows[i].Text
	}
	return texts
}

// Types that have changed at every level cost their own column and nothing else;
// they are listed by path and kind, and their values nowhere but in raw.
func TestChangedTypes(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	odd := record(1, "SUCCESS", 0)
	odd.Raw = fmt.Appendf(nil, `{"id":%q,"status":"NEW","updated_at":%d,"created_at":"secret1","input":["secret2"],
		"file":{"id":"f","secret3":1},"percentage_completed":{"secret4":4},
		"extracted_data":[{"autograph_tag":"tag","access_stats":[{"ip_address":"192.0.2.1","highest_resolution":"secret5","asn":"secret6"}]}]}`,
		odd.ID, odd.UpdatedAt)
	b.world.Insert(odd, record(2, "SUCCESS", 1))
	b.once(t, nil)

	got := b.column(t, `SELECT path || ': ' || kind || ' ' || toString(count) || ' ' || sample_id AS text FROM schema_drift ORDER BY text`)
	want := []string{
		"created_at: unknown form of value 1 " + odd.ID,
		"extracted_data[].access_stats[].asn: unknown key 1 " + odd.ID,
		"extracted_data[].access_stats[].highest_resolution: unknown form of value 1 " + odd.ID,
		"file.secret3: unknown key 1 " + odd.ID, // a key is no value
		"input: unexpected array 1 " + odd.ID,
		"percentage_completed: unexpected object 1 " + odd.ID,
		"status: unknown state 1 " + odd.ID,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("drift:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	row := b.column(t, "SELECT raw AS text FROM backtraces WHERE file_id = 'f' AND created_at = 0 AND percentage_completed IS NULL")
	if len(row) != 1 || row[0] != string(odd.Raw) {
		t.Errorf("mirrored %q", row)
	}
	child := b.column(t, "SELECT autograph_tag || ' ' || ip_address AS text FROM access_stats WHERE highest_resolution IS NULL AND backtrace_id = '"+odd.ID+"'")
	if len(child) != 1 || child[0] != "tag 192.0.2.1" {
		t.Errorf("its access: %q", child)
	}
}

// An element that is no backtrace is kept once however often it is read, hinders
// no other, and is counted by each run that read it.
func TestDeadLettersAreKeptOnce(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	recent := time.Now().Add(-time.Minute) // within the lookback: each run reads it
	for i, raw := range []string{"", `{"id":null,"n":1}`, `"text"`, ""} {
		one := recordAt(i, recent)
		one.Raw = []byte(raw)
		if raw == "" {
			one.Raw = nil
		}
		b.world.Insert(one)
	}
	for range 2 {
		b.once(t, nil)
	}
	letters := b.column(t, "SELECT reason || ' ' || raw AS text FROM dead_letters ORDER BY text")
	if strings.Join(letters, "; ") != `it has no id {"id":null,"n":1}; it is not an object "text"` {
		t.Errorf("kept %q", letters)
	}
	if mirrored := b.column(t, "SELECT id AS text FROM backtraces"); len(mirrored) != 2 {
		t.Errorf("mirrored %q", mirrored)
	}
	runs, err := b.mirror.LastRuns(t.Context(), 2)
	if err != nil || len(runs) != 2 || runs[0].DeadLetters != 2 || runs[1].DeadLetters != 2 {
		t.Errorf("runs %+v, error %v", runs, err)
	}
}

// A process that stalls for ever in the middle of its run has stored rows that no
// refresh has seen. Once its time is over the next run refreshes, although it
// finds nothing to change.
func TestDeadRunWithRows(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i := range 20 {
		b.world.Insert(record(i, "SUCCESS", 1))
	}
	stalled := make(chan struct{})
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.N == 1 {
			return nil
		}
		close(stalled)
		b.api.OnRequest(nil)
		return &xvidtest.Fault{Kind: xvidtest.FaultHang}
	})
	dying := b.syncer(t, func(o *sync.Options) {
		o.PageSize, o.Concurrency = 9, 1
		o.Now = func() time.Time { return time.Now().Add(-time.Hour) } // so that its deadline has passed
	})
	ctx, kill := context.WithCancel(t.Context())
	var process errgroup.Group
	process.Go(func() error { _, err := dying.RunOnce(ctx); return err })
	t.Cleanup(func() {
		kill()
		if err := process.Wait(); err != nil {
			t.Error(err)
		}
	})
	<-stalled
	stored := b.column(t, "SELECT id AS text FROM backtraces")
	for _, one := range b.world.All() { // leaves the next run nothing to change
		if !slices.Contains(stored, one.ID) {
			b.world.Delete(one.ID)
		}
	}
	if len(stored) == 0 || len(b.column(t, "SELECT backtrace_id AS text FROM access_stats")) != 0 {
		t.Fatalf("%d rows are stored, or they have been refreshed", len(stored))
	}
	if outcome := b.column(t, "SELECT outcome AS text FROM sync_runs"); len(outcome) != 1 || outcome[0] != schema.Died {
		t.Errorf("outcome %q", outcome)
	}
	if run := b.once(t, nil); run.RowsWritten != 0 || !run.Refreshed {
		t.Errorf("%d rows written, refreshed %t", run.RowsWritten, run.Refreshed)
	}
	b.equalSource(t)
}
