package sync_test

import (
	"testing"
	"time"

	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// retain sets a retention in the schema and gives what wires a syncer with it.
func (b *bench) retain(t *testing.T, keep time.Duration) func(*sync.Options) {
	t.Helper()
	target := b.target
	target.Retention = keep
	mirror, err := schema.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mirror.Close() })
	if _, err := mirror.SetRetention(t.Context()); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); count(t, b.mirror, "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done") > 0; {
		if time.Now().After(deadline) {
			t.Fatal("the retention is not applied")
		}
		time.Sleep(50 * time.Millisecond)
	}
	return func(o *sync.Options) { o.Retention, o.Mirror = keep, mirror }
}

func count(tb testing.TB, mirror *schema.Mirror, query string, args ...any) (n uint64) {
	tb.Helper()
	if err := mirror.Conn().QueryRow(tb.Context(), query, args...).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

const (
	keep = 2 * 365 * 24 * time.Hour
	// withData counts rows of the truth, superseded ones too, and of the flat
	// tables, that say more than they may of what was created before a time.
	withData = `SELECT (SELECT count() FROM backtraces_store WHERE created_at < now() - 63072000 AND NOT is_deleted
		AND (raw != '' OR content_hash != 0 OR status != 'EXPIRED' OR notEmpty(` + "`access.ip_address`" + `)))
		+ (SELECT count() FROM extracted_data WHERE backtrace_created_at < now() - 63072000)
		+ (SELECT count() FROM access_stats WHERE backtrace_created_at < now() - 63072000)`
)

// aged are records of which a half is past the retention; some wait for ever.
func aged(n int) []xvidtest.Backtrace {
	records := make([]xvidtest.Backtrace, n)
	for i := range records {
		status := "SUCCESS"
		if i%5 == 0 {
			status = "QUEUED"
		}
		records[i] = record(i, status, 2)
		if i%2 == 0 {
			records[i].CreatedAt -= (keep + time.Hour).Milliseconds() + 1000*time.Hour.Milliseconds()
			records[i].UpdatedAt = records[i].CreatedAt
		}
	}
	return records
}

// What is past the retention is neither rewritten nor polled nor missed,
// whichever of ClickHouse and a reading comes first, and comes back when the
// retention goes.
func TestRetention(t *testing.T) {
	for _, copied := range []bool{true, false} {
		b := newBench(t, xvidtest.ServerOptions{})
		const records = 40
		b.world.Insert(aged(records)...)
		if copied { // and emptied by ClickHouse
			b.once(t, nil)
			b.equalSource(t)
		}
		retained := b.retain(t, keep)
		first := b.once(t, retained)
		if n := count(t, b.mirror, withData); n != 0 {
			t.Errorf("copied before %v: %d rows with data", copied, n)
		}
		if want := map[bool]uint64{true: 0, false: records}[copied]; first.RowsWritten != want {
			t.Errorf("copied before %v: the first run wrote %d rows, want %d", copied, first.RowsWritten, want)
		}
		for range 2 {
			run, err := b.syncer(t, retained).Reconcile(t.Context(), sync.ReconcileOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if run.RowsWritten != 0 || run.Tombstones != 0 || *run.SourceTotal != *run.MirrorTotal {
				t.Errorf("copied before %v: a reconcile wrote %d rows, %d tombstones; %d there, %d here",
					copied, run.RowsWritten, run.Tombstones, *run.SourceTotal, *run.MirrorTotal)
			}
		}
		if run := b.once(t, retained); run.RowsWritten != 0 || run.Pending != records/10 {
			t.Errorf("copied before %v: a run wrote %d rows and polled for %d, want the %d that are young",
				copied, run.RowsWritten, run.Pending, records/10)
		}
		// A change of what is past the retention is none.
		b.world.Update(b.world.All()[0].ID, finish)
		b.once(t, retained)
		if n := count(t, b.mirror, withData); n != 0 {
			t.Errorf("copied before %v: %d rows with data after a change", copied, n)
		}
		// Gone is gone all the same.
		b.world.Delete(b.world.All()[0].ID)
		if run, err := b.syncer(t, retained).Reconcile(t.Context(), sync.ReconcileOptions{}); err != nil || run.Tombstones != 1 {
			t.Errorf("copied before %v: %d tombstones, error %v; want 1", copied, run.Tombstones, err)
		}
		b.retain(t, 0)
		if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
			t.Fatal(err)
		}
		b.equalSource(t)
	}
}

// A reading that was stored in full, and that the TTL has not come to yet, is
// emptied by the run that reads it again.
func TestRetentionBeforeTheTTL(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(aged(10)...)
	b.once(t, nil)
	retained := func(o *sync.Options) { o.Retention = keep } // as if no merge ever came
	for _, want := range []uint64{5, 0} {
		run, err := b.syncer(t, retained).Reconcile(t.Context(), sync.ReconcileOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if run.RowsWritten != want {
			t.Errorf("wrote %d rows, want %d", run.RowsWritten, want)
		}
	}
	if n := count(t, b.mirror, "SELECT count() FROM backtraces WHERE status = 'EXPIRED' AND raw = ''"); n != 5 {
		t.Errorf("%d backtraces are expired, want 5", n)
	}
}
