package sync_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/internal/xvidtest"
	"syncer/sync"
)

// Three processes at once over a list that moves: the newest reading wins
// whatever the order of the writes, and the checkpoint never goes back.
func TestOverlap(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{UnstableTies: true})
	b.world.Insert(xvidtest.Generate(11, 600, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour), TieShare: 0.3})...)
	random := rand.New(rand.NewPCG(3, 4))
	moving := func(xvidtest.Request) *xvidtest.Fault {
		all := b.world.All()
		for range 3 {
			switch id := all[random.IntN(len(all))].ID; random.IntN(4) {
			case 0:
				b.world.Finish(id, finish)
			case 1:
				if len(all) > 300 { // else a slow machine, which asks more often, empties the list
					b.world.Delete(id)
				}
			default:
				b.world.Update(id, func(b *xvidtest.Backtrace) { changeChildren(random, b) })
			}
		}
		return nil
	}
	var checkpoint int64
	for range 4 {
		b.api.OnRequest(moving)
		group, ctx := errgroup.WithContext(t.Context())
		small := func(o *sync.Options) { o.PageSize = 80 }
		for range 2 {
			syncer := b.syncer(t, small)
			group.Go(func() error { _, err := syncer.RunOnce(ctx); return err })
		}
		reconciler := b.syncer(t, small)
		group.Go(func() error {
			_, err := reconciler.Reconcile(ctx, sync.ReconcileOptions{Force: true})
			return err
		})
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		now, err := b.mirror.Checkpoint(t.Context(), b.api.URL())
		if err != nil {
			t.Fatal(err)
		}
		if now.UpdatedAt < checkpoint {
			t.Errorf("the checkpoint went back from %d to %d", checkpoint, now.UpdatedAt)
		}
		checkpoint = now.UpdatedAt
	}
	b.api.OnRequest(nil)
	b.once(t, nil)
	if _, err := b.reconcile(t, sync.ReconcileOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	b.equalSource(t)
}
