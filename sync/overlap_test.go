package sync_test

import (
	"context"
	"fmt"
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
	b.world.Insert(xvidtest.Generate(11, 1500, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour), TieShare: 0.3})...)
	random := rand.New(rand.NewPCG(3, 4))
	moving := func(xvidtest.Request) *xvidtest.Fault {
		all := b.world.All()
		for range 3 {
			switch id := all[random.IntN(len(all))].ID; random.IntN(4) {
			case 0:
				b.world.Finish(id, finish)
			case 1:
				b.world.Delete(id)
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
		small := func(o *sync.Options) { o.PageSize = 200 }
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

// While backtraces are rewritten without pause, no reader of the live views sees
// a backtrace with children of two readings, and a reader of the flat tables
// sees one refresh or the next.
func TestReadersSeeOneReading(t *testing.T) {
	const backtraces = 50
	b := newBench(t, xvidtest.ServerOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	group, ctx := errgroup.WithContext(ctx)
	// In reading n all children carry n, and there are n%7+1 of them.
	write := func(n int) {
		for i := range backtraces {
			at := record(i, "SUCCESS", n%7+1)
			at.UpdatedAt = time.Now().UnixMilli()
			at.ExtractedData[0].AutographTag = fmt.Sprint(n)
			at.InputName = fmt.Sprint(n)
			b.world.Insert(at)
		}
	}
	write(0)
	b.once(t, nil)
	group.Go(func() error {
		for n := 1; ctx.Err() == nil; n++ {
			write(n)
			if _, err := b.syncer(t, nil).RunOnce(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
		return nil
	})
	looks := 0
	for deadline := time.Now().Add(8 * time.Second); time.Now().Before(deadline); looks++ {
		for _, query := range []string{
			// Children that are not their parent's, or not all of them.
			`SELECT count() FROM (SELECT backtrace_id, input_name, uniqExact(autograph_tag) AS tags, any(autograph_tag) AS tag, count() AS n
				FROM access_stats_live GROUP BY backtrace_id, input_name)
				WHERE tags != 1 OR tag != input_name OR n != toUInt32(tag) % 7 + 1`,
			`SELECT count() FROM (SELECT backtrace_id, uniqExact(autograph_tag) AS tags, any(autograph_tag) AS tag, count() AS n
				FROM access_stats GROUP BY backtrace_id) WHERE tags != 1 OR n != toUInt32(tag) % 7 + 1`,
			// One refresh holds every backtrace.
			fmt.Sprintf("SELECT toUInt64(uniqExact(backtrace_id) != %d) FROM access_stats", backtraces),
		} {
			var torn uint64
			if err := b.mirror.Conn().QueryRow(t.Context(), query).Scan(&torn); err != nil {
				t.Fatal(err)
			}
			if torn != 0 {
				t.Fatalf("look %d: %d torn readings in %s", looks, torn, query)
			}
		}
	}
	cancel()
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	t.Logf("0 torn readings in %d looks at %d backtraces", looks, backtraces)
	if looks < 20 {
		t.Errorf("only %d looks", looks)
	}
}
