package sync_test

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// While three syncers run at once over a list that moves, whoever looks at the
// checkpoint never sees it go back.
func TestCheckpointNeverGoesBack(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{UnstableTies: true})
	b.world.Insert(xvidtest.Generate(12, 200, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour), TieShare: 0.3})...)
	random, all := rand.New(rand.NewPCG(8, 9)), b.world.All()
	b.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
		b.world.Update(all[random.IntN(len(all))].ID, func(b *xvidtest.Backtrace) { changeChildren(random, b) })
		return nil
	})
	small := func(o *sync.Options) { o.PageSize = 40 }
	runs, ctx := errgroup.WithContext(t.Context())
	for range 2 {
		syncer := b.syncer(t, small)
		runs.Go(func() error { _, err := syncer.RunOnce(ctx); return err })
	}
	reconciler := b.syncer(t, small)
	runs.Go(func() error { _, err := reconciler.Reconcile(ctx, sync.ReconcileOptions{}); return err })

	var ended atomic.Bool
	var polls errgroup.Group
	var seen []schema.Checkpoint
	polls.Go(func() error {
		for !ended.Load() {
			now, err := b.mirror.Checkpoint(t.Context(), b.api.URL())
			if err != nil {
				return err
			}
			if last := len(seen) - 1; last < 0 || seen[last].UpdatedAt != now.UpdatedAt {
				seen = append(seen, now)
			}
		}
		return nil
	})
	err := runs.Wait()
	ended.Store(true)
	if pollErr := polls.Wait(); err != nil || pollErr != nil {
		t.Fatal(err, pollErr)
	}
	for i := 1; i < len(seen); i++ {
		if seen[i].UpdatedAt < seen[i-1].UpdatedAt {
			t.Errorf("it went back from %+v to %+v", seen[i-1], seen[i])
		}
	}
	if len(seen) < 3 {
		t.Errorf("only %d checkpoints were seen", len(seen))
	}
	b.api.OnRequest(nil)
	b.once(t, nil)
	b.equalSource(t)
}

// heldList is a source whose answer to the list is held back, as in a process
// that stalls.
type heldList struct {
	sync.Source
	read    chan struct{} // closed when the answer is there
	release chan struct{} // the answer is given once it is closed
	once    atomic.Bool
}

func (s *heldList) List(ctx context.Context, query xvid.Query) (*xvid.Page, error) {
	page, err := s.Source.List(ctx, query)
	if s.once.CompareAndSwap(false, true) {
		close(s.read)
		<-s.release
	}
	return page, err
}

// A record that was read by one process, and then found gone by another, stays
// gone although the reading is stored last.
func TestTombstoneOutlastsAnOlderReading(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(record(1, "QUEUED", 0), record(2, "SUCCESS", 1))
	b.once(t, nil)
	id := b.world.All()[0].ID
	b.world.Update(id, finish)

	held := &heldList{read: make(chan struct{}), release: make(chan struct{})}
	slow := b.syncer(t, func(o *sync.Options) {
		held.Source, o.Source = o.Source, held
		o.Concurrency = 1
	})
	var group errgroup.Group
	group.Go(func() error { _, err := slow.RunOnce(t.Context()); return err })
	<-held.read
	b.world.Delete(id)
	run := b.once(t, nil)
	close(held.release)
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if run.Tombstones != 1 {
		t.Errorf("%d tombstones, want 1", run.Tombstones)
	}
	b.equalSource(t)
}
