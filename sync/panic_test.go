package sync_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// bug is a source that panics where a test says, in whatever goroutine it is
// asked from.
type bug struct {
	sync.Source
	list, get atomic.Bool
}

func (b *bug) List(ctx context.Context, query xvid.Query) (*xvid.Page, error) {
	if b.list.Load() {
		panic("a bug in list")
	}
	return b.Source.List(ctx, query)
}

func (b *bug) Get(ctx context.Context, id string) (*xvid.Reading, error) {
	if b.get.Load() {
		panic("a bug in get")
	}
	return b.Source.Get(ctx, id)
}

// A panic in any goroutine of a run ends the run, which says so in sync_runs,
// and nothing else: the next run does what is left.
func TestPanic(t *testing.T) {
	for name, at := range map[string]struct {
		says string
		set  func(b *bug, options *sync.Options)
	}{
		"in a page that is read ahead": {"a bug in list", func(b *bug, _ *sync.Options) { b.list.Store(true) }},
		"in a page":                    {"a bug in list", func(b *bug, o *sync.Options) { o.Concurrency = 1; b.list.Store(true) }},
		"in a single record":           {"a bug in get", func(b *bug, _ *sync.Options) { b.get.Store(true) }},
		"in the run": {"a bug in progress", func(_ *bug, o *sync.Options) {
			o.Progress = func(int, int) { panic("a bug in progress") }
		}},
	} {
		for _, kind := range []string{"incremental", "reconcile"} {
			if kind == "reconcile" && strings.HasPrefix(at.says, "a bug in get") {
				continue // a reconcile that finds nothing gone asks for no single record
			}
			t.Run(name+", "+kind, func(t *testing.T) {
				b := newBench(t, xvidtest.ServerOptions{})
				for i := range 300 {
					b.world.Insert(record(i, "QUEUED", 1))
				}
				b.once(t, nil)
				b.insertLater() // so that the pending ones lie before what the run reads
				var source bug
				broken := b.syncer(t, func(o *sync.Options) {
					source.Source, o.Source = o.Source, &source
					o.PageSize = 100
					at.set(&source, o)
				})
				var run schema.Run
				var err error
				if kind == "incremental" {
					run, err = broken.RunOnce(t.Context())
				} else {
					run, err = broken.Reconcile(t.Context(), sync.ReconcileOptions{})
				}
				panicked, ok := errors.AsType[*sync.PanicError](err)
				if !ok || !strings.Contains(err.Error(), at.says) || !strings.Contains(string(panicked.Stack), "panic_test.go") {
					t.Errorf("error %v, want a panic that says %q, with the place", err, at.says)
				}
				last, err := b.mirror.LastRuns(t.Context(), 1)
				if err != nil || len(last) != 1 || last[0].ID != run.ID || last[0].Outcome != schema.Failed || !strings.Contains(last[0].Error, at.says) {
					t.Errorf("sync_runs: %+v, error %v", last, err)
				}
				b.once(t, nil)
				b.equalSource(t)
			})
		}
	}
}
