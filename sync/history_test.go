package sync_test

import (
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

// Incremental runs alone make the mirror equal to the source, over random
// histories without what only a reconcile can see. TestRandom ends with a
// reconcile, which would heal what a run has missed, and all its changes lie
// within the lookback of its end; here time passes with each request, so that
// neither can help. Replay a failure with the seed that is printed.
func TestIncrementalHistories(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	if before := checks.Value.String(); before == checks.DefValue { // too many for runs against an engine
		t.Cleanup(func() { _ = checks.Value.Set(before) })
		if err := checks.Value.Set("15"); err != nil {
			t.Fatal(err)
		}
	}
	b := newBench(t, xvidtest.ServerOptions{})
	played, doubtful := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		h := newHistory(t, rt, b)
		defer func() { _ = h.api.Close() }()
		played++
		if h.play(t, rt) {
			doubtful++
		}
	})
	// A doubtful list leaves the rest to a reconcile, and shows nothing here.
	if doubtful > played/4 {
		t.Errorf("%d of %d histories ended in doubt", doubtful, played)
	}
}

// history is a source that lives by a clock of its own.
type history struct {
	*bench
	random   *rand.Rand
	lookback time.Duration
	clock    *handClock
}

func newHistory(t *testing.T, rt *rapid.T, shared *bench) *history {
	t.Helper()
	if err := shared.empty(t.Context()); err != nil {
		rt.Fatal(err)
	}
	seed := rapid.Uint64().Draw(rt, "seed")
	h := &history{
		bench:    &bench{mirror: shared.mirror, target: shared.target},
		random:   rand.New(rand.NewPCG(seed, 2)),
		lookback: rapid.SampledFrom([]time.Duration{0, time.Minute, 10 * time.Minute}).Draw(rt, "lookback"),
		clock:    &handClock{now: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)},
	}
	h.world = xvidtest.NewWorld(h.clock.Now)
	var err error
	h.api, err = xvidtest.Listen(h.world, xvidtest.ServerOptions{
		Token: testToken, UnstableTies: true, Seed: seed,
		// Cut to one record, a page can prove nothing.
		MaxPage: rapid.SampledFrom([]int{0, 0, 0, 3}).Draw(rt, "cut"),
	})
	if err != nil {
		rt.Fatal(err)
	}
	h.world.Insert(xvidtest.Generate(seed, rapid.SampledFrom([]int{0, 3, 12, 30}).Draw(rt, "records"), xvidtest.GenerateOptions{
		End: h.clock.Now().Add(-time.Hour), Span: 30 * 24 * time.Hour, TieShare: rapid.Float64Range(0, 1).Draw(rt, "ties"),
	})...)
	for i := range rapid.IntRange(0, 3).Draw(rt, "odd") {
		h.world.Insert(h.odd(fmt.Sprintf("%024x", i+1), 0))
	}
	return h
}

// play makes runs while the source changes, then a quiet one, and says whether
// that was in doubt.
func (h *history) play(t *testing.T, rt *rapid.T) (doubtful bool) {
	t.Helper()
	faults := xvidtest.RandomFaults(h.random.Uint64(), 0.2)
	pace := rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, 10 * time.Minute}).Draw(rt, "pace")
	for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
		burst := rapid.SampledFrom([]int{0, 1, 8}).Draw(rt, "changes at once")
		left := 40 // a list that grows faster than pages are read never ends
		h.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
			h.clock.pass(time.Duration(h.random.Int64N(int64(pace))))
			for range h.random.IntN(min(burst, left) + 1) {
				h.disturb()
				left--
			}
			if h.random.IntN(20) == 0 {
				return &xvidtest.Fault{Kind: xvidtest.FaultTotalDelta, Total: h.random.IntN(9) - 4}
			}
			return faults(request)
		})
		size, concurrency := rapid.SampledFrom([]int{1, 2, 3, 5}).Draw(rt, "page size"), rapid.IntRange(1, 3).Draw(rt, "concurrency")
		if _, err := h.run(t, size, concurrency); err != nil {
			rt.Logf("run: %v", err) // it may fail under so much; what it left counts
		}
		h.clock.pass(time.Duration(h.random.Int64N(int64(24 * time.Hour))))
	}
	h.api.OnRequest(nil)
	quiet, err := h.run(t, 1000, 1)
	if err != nil {
		rt.Fatalf("quiet run: %v", err)
	}
	if quiet.Doubtful {
		return true
	}
	if difference, err := h.difference(t.Context()); err != nil || difference != "" {
		rt.Fatalf("after the quiet run: %s %v", difference, err)
	}
	return false
}

// run makes a run that lives by the history's clock too.
func (h *history) run(t *testing.T, pageSize, concurrency int) (schema.Run, error) {
	t.Helper()
	live := h.liveBy(t, h.clock.Now)
	return h.syncer(t, func(o *sync.Options) {
		live(o)
		o.PageSize, o.Concurrency, o.Lookback = pageSize, concurrency, h.lookback
		if h.random.IntN(2) == 0 {
			o.Eager()
		}
	}).RunOnce(t.Context())
}

// disturb changes the source in one of the ways that a run promises to see.
func (h *history) disturb() {
	all := h.world.All()
	if len(all) == 0 || h.random.IntN(3) == 0 {
		fresh := xvidtest.Generate(h.random.Uint64(), 1, xvidtest.GenerateOptions{End: h.clock.Now(), Span: time.Second})
		fresh[0].UpdatedAt = h.clock.Now().UnixMilli()
		switch h.random.IntN(4) {
		case 0: // becomes visible late
			fresh[0].UpdatedAt -= h.random.Int64N(h.lookback.Milliseconds() + 1)
		case 1: // from the future
			fresh[0].UpdatedAt += h.random.Int64N(time.Hour.Milliseconds())
		}
		h.world.Insert(fresh...)
		return
	}
	switch chosen := all[h.random.IntN(len(all))]; {
	case chosen.Raw != nil:
		h.world.Insert(h.odd(chosen.ID, h.clock.Now().UnixMilli()))
	case h.random.IntN(3) == 0:
		h.world.Finish(chosen.ID, func(b *xvidtest.Backtrace) {
			if b.Status == "QUEUED" {
				finish(b)
			}
		})
	default:
		h.world.Update(chosen.ID, func(b *xvidtest.Backtrace) { changeChildren(h.random, b) })
	}
}

// odd is a record of a shape that nobody has seen, whose columns are known all
// the same; one that was never updated has no time.
func (h *history) odd(id string, updatedAt int64) xvidtest.Backtrace {
	at := "null"
	if updatedAt != 0 {
		at = fmt.Sprint(updatedAt)
	}
	return xvidtest.Backtrace{
		ID: id, UpdatedAt: updatedAt, Status: "NEW",
		Raw: fmt.Appendf(nil, `{"version":"0","updated_at":%s,"input":"a text","extracted_data":{"a":[%d]},"status":"NEW","unheard_of":[{}],"id":%q}`,
			at, h.random.IntN(1000), id),
	}
}
