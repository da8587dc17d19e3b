package sync_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// Over random histories, with faults at a fifth of all requests: after a last
// quiet run and a reconcile the mirror equals the source. Replay a failure with
// the seed that is printed: go test ./sync -run TestRandom -rapid.seed=N
func TestRandom(t *testing.T) {
	if flag.Lookup("rapid.checks").Value.String() == "100" { // the default: a run takes a while
		if err := flag.Set("rapid.checks", "25"); err != nil {
			t.Fatal(err)
		}
	}
	b := newBench(t, xvidtest.ServerOptions{UnstableTies: true})
	rapid.Check(t, func(rt *rapid.T) {
		if err := b.history(t, rt); err != nil {
			rt.Fatal(err)
		}
	})
}

// history plays one.
func (b *bench) history(t *testing.T, rt *rapid.T) error {
	t.Helper()
	if err := b.empty(t.Context()); err != nil {
		return err
	}
	seed := rapid.Uint64().Draw(rt, "seed")
	random := rand.New(rand.NewPCG(seed, 1))
	n := rapid.IntRange(0, 60).Draw(rt, "records")
	b.world.Insert(xvidtest.Generate(seed, n, xvidtest.GenerateOptions{
		End: time.Now().Add(-time.Hour), Span: 30 * 24 * time.Hour, TieShare: rapid.Float64Range(0, 1).Draw(rt, "ties"),
	})...)
	faults := xvidtest.RandomFaults(seed, 0.2)
	for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
		busy := rapid.IntRange(0, 2).Draw(rt, "changes a request")
		left := 50 // a list that grows faster than pages are read never ends
		b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
			for range min(busy, left) {
				b.disturb(random)
				left--
			}
			if random.IntN(20) == 0 {
				return &xvidtest.Fault{Kind: xvidtest.FaultTotalDelta, Total: random.IntN(9) - 4}
			}
			return faults(request)
		})
		syncer := b.syncer(t, func(o *sync.Options) {
			o.PageSize = rapid.IntRange(1, 20).Draw(rt, "page size")
			o.Concurrency = rapid.IntRange(1, 3).Draw(rt, "concurrency")
			if rapid.Bool().Draw(rt, "eager") {
				o.Eager()
			}
		})
		turn := syncer.RunOnce
		if rapid.Bool().Draw(rt, "reconcile") {
			turn = b.forced(syncer)
		}
		if _, err := turn(t.Context()); err != nil {
			// A run may fail under so many faults; what it left is what counts.
			rt.Logf("run: %v", err)
		}
	}
	b.api.OnRequest(nil)
	if _, err := b.syncer(t, nil).RunOnce(t.Context()); err != nil {
		return fmt.Errorf("quiet run: %w", err)
	}
	if b.world.Len() > 0 {
		if _, err := b.forced(b.syncer(t, nil))(t.Context()); err != nil {
			return fmt.Errorf("reconcile: %w", err)
		}
	} else if err := b.empty(t.Context()); err != nil { // an empty list deletes nothing
		return err
	}
	difference, err := b.difference(t.Context())
	if err == nil && difference != "" {
		err = fmt.Errorf("the mirror differs from the source: %s", difference)
	}
	return err
}

// disturb changes the source in one of the ways that sources change.
func (b *bench) disturb(random *rand.Rand) {
	all := b.world.All()
	fresh := xvidtest.Generate(random.Uint64(), 1, xvidtest.GenerateOptions{End: time.Now(), Span: time.Second})
	if len(all) == 0 || random.IntN(4) == 0 {
		switch random.IntN(4) {
		case 0: // becomes visible late
			fresh[0].UpdatedAt = time.Now().Add(-5 * time.Minute).UnixMilli()
		case 1: // from the future
			fresh[0].UpdatedAt = time.Now().Add(time.Hour).UnixMilli()
		}
		b.world.Insert(fresh...)
		return
	}
	switch id := all[random.IntN(len(all))].ID; random.IntN(5) {
	case 0:
		b.world.Delete(id)
	case 1:
		b.world.Finish(id, func(b *xvidtest.Backtrace) {
			if b.Status == "QUEUED" {
				finish(b)
			}
		})
	default:
		b.world.Update(id, func(b *xvidtest.Backtrace) { changeChildren(random, b) })
	}
}

// forced is a reconcile that deletes whatever is confirmed gone.
func (b *bench) forced(syncer *sync.Syncer) func(context.Context) (schema.Run, error) {
	return func(ctx context.Context) (schema.Run, error) {
		return syncer.Reconcile(ctx, sync.ReconcileOptions{Force: true})
	}
}

// empty takes everything out of source and mirror.
func (b *bench) empty(ctx context.Context) error {
	b.api.OnRequest(nil)
	for _, left := range b.world.All() {
		b.world.Delete(left.ID)
	}
	for _, table := range []string{
		"backtraces_store", "extracted_data", "access_stats", "sync_checkpoints_store",
		"sync_runs_store", "schema_drift_store", "dead_letters_store",
	} {
		if err := b.mirror.Conn().Exec(ctx, "TRUNCATE TABLE "+table); err != nil {
			return err
		}
	}
	return nil
}
