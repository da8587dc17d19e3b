package sync_test

import (
	"context"
	"errors"
	"fmt"
	stdsync "sync"
	"testing"
	"time"

	"syncer/internal/privacy"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// marker is the tag of whoever is to be forgotten. Nothing else holds it.
const marker = "marker-4711"

// marked are records of which every third has accesses under the marker: alone,
// or beside another tag's.
func marked(n int) []xvidtest.Backtrace {
	records := make([]xvidtest.Backtrace, n)
	for i := range records {
		records[i] = record(i, "SUCCESS", 2)
		switch i % 3 {
		case 0:
			records[i].ExtractedData[0].AutographTag = marker
		case 1:
			other := records[i].ExtractedData[0]
			other.AutographTag = marker
			records[i].ExtractedData = append([]xvidtest.Extracted{other}, records[i].ExtractedData...)
		}
	}
	return records
}

// traces counts rows, of all relations and all parts, in which the marker is.
func (b *bench) traces(tb testing.TB) uint64 {
	tb.Helper()
	var columns []struct {
		Table string `ch:"table"`
		Name  string `ch:"name"`
	}
	err := b.mirror.Conn().Select(tb.Context(), &columns, `SELECT table, name FROM system.columns WHERE database = currentDatabase()
		AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')`)
	if err != nil {
		tb.Fatal(err)
	}
	var total uint64
	for _, column := range columns {
		total += count(tb, b.mirror, fmt.Sprintf("SELECT countIf(position(toString(`%s`), ?) > 0) FROM `%s`", column.Name, column.Table), marker)
	}
	if len(columns) < 50 {
		tb.Fatalf("only %d columns were looked at", len(columns))
	}
	return total
}

func (b *bench) forget(tb testing.TB, change func(*sync.Options), waiting func([]schema.Run)) (schema.Run, error) {
	tb.Helper()
	return b.syncer(tb, func(o *sync.Options) {
		o.Source = nil // it asks nothing
		if change != nil {
			change(o)
		}
	}).Forget(tb.Context(), privacy.HashTag(marker), waiting)
}

// mustForget forgets while no run is open.
func (b *bench) mustForget(tb testing.TB) schema.Run {
	tb.Helper()
	run, err := b.forget(tb, nil, func(runs []schema.Run) { tb.Errorf("waits for %+v", runs) })
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// settled sees that runs find nothing to do, and bring nothing back.
func (b *bench) settled(t *testing.T) {
	t.Helper()
	run, err := b.reconcile(t, sync.ReconcileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if run.RowsWritten != 0 || run.Tombstones != 0 || *run.SourceTotal != *run.MirrorTotal+run.DeadLetters {
		t.Errorf("a reconcile wrote %d rows, %d tombstones; %d there, %d and %d dead letters here",
			run.RowsWritten, run.Tombstones, *run.SourceTotal, *run.MirrorTotal, run.DeadLetters)
	}
	if n := b.traces(t); n != 0 {
		t.Errorf("%d traces", n)
	}
}

// What the mirror holds of a tag goes from every relation and every part, and
// does not come back; the rest stays.
func TestForget(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(marked(30)...)
	letter := record(31, "SUCCESS", 1)
	letter.Raw = []byte(`{"id":null,"extracted_data":[{"autograph_tag":"` + marker + `"}]}`)
	b.world.Insert(letter)
	// Older readings: some were mirrored before their tags were read out.
	for i, one := range b.world.All() {
		if i%2 == 0 && one.Raw == nil {
			b.world.Update(one.ID, func(b *xvidtest.Backtrace) { b.Status, b.ExtractedData = "QUEUED", nil })
		}
	}
	b.once(t, nil)
	for i, one := range marked(30) {
		if i%2 == 0 {
			b.world.Update(one.ID, func(b *xvidtest.Backtrace) { b.Status, b.ExtractedData = one.Status, one.ExtractedData })
		}
	}
	b.once(t, nil)
	b.equalSource(t)
	if b.traces(t) == 0 {
		t.Fatal("nothing to forget")
	}
	others := count(t, b.mirror, "SELECT count() FROM access_stats WHERE autograph_tag = 'tag'")
	held, err := b.syncer(t, nil).Holds(t.Context(), privacy.HashTag(marker))
	if err != nil || held.Backtraces != 20 || held.Accesses != 40 || held.Readings < 20 || held.DeadLetters != 1 {
		t.Errorf("holds %+v, error %v; want 20 backtraces, 40 accesses and a dead letter", held, err)
	}

	run := b.mustForget(t)
	if n := b.traces(t); n != 0 {
		t.Fatalf("%d traces are left", n)
	}
	if run.Kind != schema.Forget || run.Outcome != schema.OK || run.RecordsChanged != 20 || run.DeadLetters != 1 || run.RecordsRead != held.Readings {
		t.Errorf("the run says %+v", run)
	}
	if n := count(t, b.mirror, "SELECT count() FROM backtraces WHERE status = 'SUCCESS'"); n != 30 {
		t.Errorf("%d backtraces in their newest state, want 30", n)
	}
	if n := count(t, b.mirror, "SELECT count() FROM access_stats"); n != others {
		t.Errorf("%d accesses, want the %d of others", n, others)
	}
	b.settled(t)
	b.world.Update(marked(2)[1].ID, func(b *xvidtest.Backtrace) { b.InputName = "another" })
	if run := b.once(t, nil); run.RowsWritten != 1 {
		t.Errorf("wrote %d rows of one change", run.RowsWritten)
	}
	b.settled(t)

	if run := b.mustForget(t); run.RowsWritten != 0 {
		t.Errorf("forgetting again wrote %d rows", run.RowsWritten)
	}
	if err := b.mirror.ListTag(t.Context(), privacy.HashTag(marker).String(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
		t.Fatal(err)
	}
	b.equalSource(t)
}

// A run that began before a tag was on the list is waited for; the tag is hidden
// meanwhile, and gone after.
func TestForgetWaitsForAnOlderRun(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(marked(30)...)
	small := func(o *sync.Options) { o.PageSize, o.Concurrency = 5, 1 }
	halfWay, goOn := make(chan struct{}), make(chan struct{})
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.N == 4 {
			close(halfWay)
			<-goOn
		}
		return nil
	})
	ended := make(chan error, 1)
	syncer := b.syncer(t, small)
	go func() {
		_, err := syncer.RunOnce(t.Context())
		ended <- err
	}()
	<-halfWay
	if b.traces(t) == 0 {
		t.Fatal("the run has stored nothing yet")
	}
	var once stdsync.Once
	_, err := b.forget(t, nil, func(runs []schema.Run) {
		if len(runs) != 1 || runs[0].Kind != schema.Incremental {
			t.Errorf("waits for %+v", runs)
		}
		if n := count(t, b.mirror, "SELECT count() FROM access_stats_live WHERE autograph_tag = ?", marker) +
			count(t, b.mirror, "SELECT count() FROM access_stats WHERE autograph_tag = ?", marker); n != 0 {
			t.Errorf("%d accesses are still shown", n)
		}
		once.Do(func() { close(goOn) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := b.traces(t); n != 0 {
		t.Fatalf("%d traces are left", n)
	}
	if n := count(t, b.mirror, "SELECT count() FROM backtraces"); n != 30 {
		t.Errorf("%d backtraces, want 30", n)
	}
	b.api.OnRequest(nil)
	b.settled(t)
}

// A run that began before a tag was on the list hides by itself what it brought
// back, should nobody wait for it; and what a run brought back that died, the next
// one hides.
func TestRunsHideWhatTheyBroughtBack(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(marked(30)...)
	hash := privacy.HashTag(marker).String()
	shown := func() uint64 {
		return count(t, b.mirror, "SELECT count() FROM access_stats_live WHERE autograph_tag = ?", marker) +
			count(t, b.mirror, "SELECT count() FROM extracted_data WHERE autograph_tag = ?", marker)
	}
	list := func(xvidtest.Request) *xvidtest.Fault {
		if err := b.mirror.ListTag(context.WithoutCancel(t.Context()), hash, true); err != nil {
			t.Error(err)
		}
		return nil
	}
	b.api.OnRequest(list)
	b.once(t, nil)
	if n := shown(); n != 0 {
		t.Errorf("%d rows of a tag that was forgotten during the run", n)
	}

	if err := b.mirror.ListTag(t.Context(), hash, false); err != nil {
		t.Fatal(err)
	}
	b.api.OnRequest(list)
	dying := dies{Mirror: b.mirror}
	if _, err := b.syncer(t, func(o *sync.Options) { o.Mirror = dying }).Reconcile(t.Context(), sync.ReconcileOptions{}); !errors.Is(err, errDead) {
		t.Fatalf("got %v", err)
	}
	b.api.OnRequest(nil)
	if shown() == 0 {
		t.Fatal("the dead run brought nothing back")
	}
	b.once(t, nil)
	if n := shown(); n != 0 {
		t.Errorf("%d rows that a dead run brought back", n)
	}
	b.mustForget(t)
	b.settled(t)
}

var errDead = errors.New("dead")

// dies is a mirror under a run that dies before its end: nothing after its last
// page is done.
type dies struct{ *schema.Mirror }

func (dies) SaveCheckpoint(context.Context, string, schema.Checkpoint) error { return errDead }
func (d dies) EndRun(ctx context.Context, run schema.Run) error {
	run.EndedAt = new(time.Now())
	return d.Mirror.EndRun(ctx, run)
}

// failing is a mirror whose so many-th statement is never made.
type failing struct {
	*schema.Mirror
	left *int
}

func (f failing) step(statement func() error) error {
	if *f.left--; *f.left == 0 {
		return errDead
	}
	return statement()
}

func (f failing) ListTag(ctx context.Context, hash string, listed bool) error {
	return f.step(func() error { return f.Mirror.ListTag(ctx, hash, listed) })
}

func (f failing) Insert(ctx context.Context, rows []schema.Backtrace) error {
	return f.step(func() error { return f.Mirror.Insert(ctx, rows) })
}

func (f failing) AddDeadLetters(ctx context.Context, letters []schema.DeadLetter) error {
	return f.step(func() error { return f.Mirror.AddDeadLetters(ctx, letters) })
}

func (f failing) Refresh(ctx context.Context) error {
	return f.step(func() error { return f.Mirror.Refresh(ctx) })
}

func (f failing) EraseDeadLetters(ctx context.Context, hashes []uint64) error {
	return f.step(func() error { return f.Mirror.EraseDeadLetters(ctx, hashes) })
}

func (f failing) EraseTags(ctx context.Context, hashes []string) error {
	return f.step(func() error { return f.Mirror.EraseTags(ctx, hashes) })
}

// Wherever a forget ends too early, the command repeated does it all, and no run
// in between brings the tag back once it stands on the list.
func TestForgetCanBeRepeated(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(marked(9)...)
	letter := record(31, "SUCCESS", 1)
	letter.Raw = []byte(`{"id":null,"extracted_data":[{"autograph_tag":"` + marker + `"}]}`)
	b.world.Insert(letter)
	for at := 1; ; at++ {
		if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
			t.Fatal(err)
		}
		if b.traces(t) == 0 {
			t.Fatal("nothing to forget")
		}
		left := at
		_, failed := b.forget(t, func(o *sync.Options) { o.Mirror = failing{b.mirror, &left} }, func([]schema.Run) {})
		if failed == nil {
			if b.settled(t); at < 8 {
				t.Fatalf("it took only %d steps", at-1)
			}
			return
		}
		if !errors.Is(failed, errDead) {
			t.Fatalf("step %d: %v", at, failed)
		}
		if at > 1 { // it stands on the list
			b.once(t, nil)
			if n := count(t, b.mirror, "SELECT count() FROM access_stats WHERE autograph_tag = ?", marker); n != 0 {
				t.Errorf("step %d: the next run shows %d accesses", at, n)
			}
		}
		b.mustForget(t)
		if n := b.traces(t); n != 0 {
			t.Errorf("step %d: %d traces after the second try", at, n)
		}
		if err := b.mirror.ListTag(t.Context(), privacy.HashTag(marker).String(), false); err != nil {
			t.Fatal(err)
		}
	}
}
