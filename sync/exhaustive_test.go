package sync

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

// game is a family of worlds: a list, how it is read, and how much it changes.
type game struct {
	keys     []int64
	pageSize int
	cut      int // most records of a page; 0 cuts none
	changes  int // at most
	lies     bool
}

// play runs over a list while it changes, then once more while it is quiet. It
// gives the number of requests of the first run.
func (g *game) play(changes []change) (requests int, err error) {
	w := &toyWorld{now: 100_000_000, changes: changes, cut: g.cut, lies: g.lies}
	for _, key := range g.keys {
		w.items = append(w.items, item{id: w.nextID, key: key, queued: w.nextID%2 == 0})
		w.nextID++
	}
	mirror := &toyMirror{revs: map[string]int64{}, queued: map[string]bool{}}
	if err := mirror.read(w, g.pageSize); err != nil {
		return 0, fmt.Errorf("first run: %w", err)
	}
	requests = w.requests
	w.changes = nil
	if err := mirror.read(w, g.pageSize); err != nil {
		return 0, fmt.Errorf("quiet run: %w", err)
	}
	if lost := mirror.missing(w); lost != "" {
		return 0, fmt.Errorf("record %s of %+v is missing or stale", lost, w.items)
	}
	return requests, nil
}

// all plays every world that continues the changes given.
func (g *game) all(changes []change, worlds *atomic.Int64) error {
	requests, err := g.play(changes)
	worlds.Add(1)
	if err != nil {
		return fmt.Errorf("keys %v, page size %d, cut to %d, changes %+v: %w", g.keys, g.pageSize, g.cut, changes, err)
	}
	if len(changes) == g.changes {
		return nil
	}
	from := 0
	if len(changes) > 0 {
		from = changes[len(changes)-1].request
	}
	for request := from; request < requests; request++ {
		for kind := range changeKinds {
			places := len(g.keys)
			if kind == changeInsert || kind == changeLate {
				places = 1
			}
			for place := range places {
				next := append(slices.Clone(changes), change{request: request, kind: kind, place: place})
				if err := g.all(next, worlds); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// tiePatterns gives every list of n keys in order, by which neighbours are tied.
func tiePatterns(n int) [][]int64 {
	var patterns [][]int64
	for pattern := range 1 << max(n-1, 0) {
		keys := make([]int64, n)
		for i := range keys {
			keys[i] = 1000
			if i > 0 {
				keys[i] = keys[i-1]
				if pattern&(1<<(i-1)) == 0 {
					keys[i] += 1000_000 // far beyond the lookback
				}
			}
		}
		patterns = append(patterns, keys)
	}
	return patterns
}

// depth is how many changes are played for lists of so many records: each
// change more costs a hundredfold, and a server that cuts its pages tenfold. The
// race detector costs tenfold too, and there is nothing for it here.
func depth(records, cut int) int {
	switch {
	case raceDetector && (records > 4 || cut > 0):
		return 0
	case raceDetector:
		return 1
	case long && cut == 0:
		return 3
	case cut > 0:
		return cutDepth(records)
	case records <= 4:
		return 3
	case records <= 6:
		return 2
	}
	return 1
}

func cutDepth(records int) int {
	switch {
	case records <= 2:
		return 2
	case records <= 5 || long:
		return 1
	}
	return 0
}

// Every world: no change between any two requests loses a record, in lists of up
// to 7 with every tie pattern, read by pages of 1 to 3 and through a server that
// cuts them to 1 or 2.
func TestExhaustive(t *testing.T) {
	var worlds atomic.Int64
	var group errgroup.Group
	group.SetLimit(2)
	for n := range 8 {
		for _, keys := range tiePatterns(n) {
			for pageSize := 1; pageSize <= 3; pageSize++ {
				for cut := range 3 {
					g := game{keys: keys, pageSize: pageSize, cut: cut, changes: depth(n, cut)}
					group.Go(func() error { return g.all(nil, &worlds) })
				}
			}
		}
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	t.Logf("played %d worlds", worlds.Load())
}

// The test has teeth: without the check for contiguity, worlds lose records.
func TestExhaustiveHasTeeth(t *testing.T) {
	var worlds atomic.Int64
	for _, keys := range tiePatterns(4) {
		g := game{keys: keys, pageSize: 1, changes: 2, lies: true}
		if err := g.all(nil, &worlds); err != nil {
			t.Logf("after %d worlds: %v", worlds.Load(), err)
			return
		}
	}
	t.Errorf("played %d worlds without the check for contiguity, and nothing was lost", worlds.Load())
}
