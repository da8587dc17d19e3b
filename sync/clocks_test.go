package sync_test

import (
	"math/rand/v2"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// handClock is a clock that a test moves.
type handClock struct {
	mu  stdsync.Mutex
	now time.Time
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// liveBy makes a syncer and its client live by a clock.
func (b *bench) liveBy(tb testing.TB, now func() time.Time) func(*sync.Options) {
	tb.Helper()
	token, err := xvid.StaticToken(testToken)
	if err != nil {
		tb.Fatal(err)
	}
	client, err := xvid.New(xvid.Options{URL: b.api.URL(), Token: token, Backoff: time.Millisecond, Tries: 12, Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	return func(o *sync.Options) { o.Source, o.Now = client, now }
}

// Machines whose clocks differ by hours take turns, and the source changes
// between: after each turn the mirror equals the source.
func TestMachinesWithOtherClocksTakeTurns(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{UnstableTies: true})
	b.world.Insert(xvidtest.Generate(21, 300, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour), TieShare: 0.3})...)
	random := rand.New(rand.NewPCG(5, 6))
	for round := range 3 {
		for _, off := range []time.Duration{time.Hour, -time.Hour, 0} {
			all := b.world.All()
			for range 10 {
				b.world.Update(all[random.IntN(len(all))].ID, func(b *xvidtest.Backtrace) { changeChildren(random, b) })
			}
			b.world.Insert(xvidtest.Generate(random.Uint64(), 2, xvidtest.GenerateOptions{End: time.Now(), Span: time.Second})...)
			b.once(t, b.liveBy(t, func() time.Time { return time.Now().Add(off) }))
			difference, err := b.difference(t.Context())
			if err != nil || difference != "" {
				t.Fatalf("round %d, clock off by %s: %s %v", round, off, difference, err)
			}
		}
	}
}

// Once a record from the future was read, new records come to lie below it. More
// of them than a page holds are not skipped, and the checkpoint waits for them.
func TestRecordsFromTheFutureHideNone(t *testing.T) {
	clock := &handClock{now: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)}
	b := newBench(t, xvidtest.ServerOptions{})
	b.world = xvidtest.NewWorld(clock.Now)
	api, err := xvidtest.Listen(b.world, xvidtest.ServerOptions{Token: testToken})
	if err != nil {
		t.Fatal(err)
	}
	_ = b.api.Close()
	b.api = api // closed in its place
	for i, at := range []time.Duration{-2 * time.Hour, time.Hour, 2 * time.Hour} {
		b.world.Insert(recordAt(i, clock.Now().Add(at)))
	}
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		clock.pass(time.Minute)
		if request.N == 2 { // the first page has been read, up to the future
			for i := range 6 {
				b.world.Insert(recordAt(10+i, clock.Now()))
			}
		}
		return nil
	})
	small := func(o *sync.Options) {
		b.liveBy(t, clock.Now)(o)
		o.PageSize, o.Concurrency, o.Lookback = 2, 1, 0
	}
	b.once(t, small)
	b.api.OnRequest(nil)
	clock.pass(time.Minute)
	b.once(t, small)
	b.equalSource(t)
}

// recordAt is a record last updated at a time.
func recordAt(i int, at time.Time) xvidtest.Backtrace {
	b := record(i, "SUCCESS", 1)
	b.CreatedAt, b.UpdatedAt = at.UnixMilli(), at.UnixMilli()
	return b
}

// Two runs can settle one record against a clock that is ahead, and both store
// their answers under the version after it. Which of them is shown is not for a
// lookup to know, so the next reading is stored whatever it is.
func TestReadingsOfOneVersion(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	for i, order := range []string{"true one other", "one true other", "one other true", "true true other"} {
		b.world.Insert(record(i, "SUCCESS", 2))
		id := record(i, "SUCCESS", 2).ID
		b.once(t, nil)
		held, err := b.mirror.Known(t.Context(), []string{id})
		if err != nil {
			t.Fatal(err)
		}
		for input := range strings.FieldsSeq(order) {
			row := schema.Backtrace{ID: id, Version: held[id].Version + 1, InputName: input, Raw: []byte("{}"), RunID: "other"}
			if row.ContentHash = held[id].ContentHash; input != "true" {
				row.ContentHash += uint64(len(input))
			}
			if err := b.mirror.Insert(t.Context(), []schema.Backtrace{row}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.reconcile(t, sync.ReconcileOptions{}); err != nil {
			t.Fatal(err)
		}
		if difference, err := b.difference(t.Context()); err != nil || difference != "" {
			t.Errorf("%s: %s %v", order, difference, err)
		}
	}
}
