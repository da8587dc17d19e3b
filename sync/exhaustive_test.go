package sync

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

// game is a family of worlds: a list, how it is read, and how much it changes
// meanwhile.
type game struct {
	keys     []int64
	pageSize int
	cut      int // most records of a page; 0 cuts none
	changes  int // at most
	lies     bool
}

func (g *game) String() string {
	return fmt.Sprintf("keys %v, page size %d, cut to %d", g.keys, g.pageSize, g.cut)
}

// list is the list at the beginning.
func (g *game) list() toyItems {
	var items toyItems
	for id, key := range g.keys {
		items = append(items, item{id: id, key: key, queued: id%2 == 0})
	}
	return items
}

// choices are all that can happen before a request.
func (g *game) choices(request int) []change {
	var choices []change
	for kind := range changeKinds {
		places := len(g.keys)
		if kind == changeInsert || kind == changeLate {
			places = 1
		}
		for place := range places {
			choices = append(choices, change{request: request, kind: kind, place: place})
		}
	}
	return choices
}

// play runs over a list while it changes, then once more while it is quiet. It says
// whether a record was lost, and how many requests the first run made.
func (g *game) play(changes []change) (lost bool, requests int, err error) {
	w := &toyWorld{items: g.list(), now: toyBegin, changes: changes, cut: g.cut, orders: toyOrders, lies: g.lies}
	var mirror toyMirror
	if err := mirror.read(w, g.pageSize); err != nil {
		return false, 0, fmt.Errorf("first run: %w", err)
	}
	requests = w.requests
	if err := mirror.read(w, g.pageSize); err != nil {
		return false, 0, fmt.Errorf("quiet run: %w", err)
	}
	return mirror.missing(w) != "", requests, nil
}

// oneByOne plays every world that continues the changes given, each from its
// beginning: what the explorer must agree with.
func (g *game) oneByOne(changes []change) (tally, error) {
	lost, requests, err := g.play(changes)
	if err != nil {
		return tally{}, fmt.Errorf("%s, changes %+v: %w", g, changes, err)
	}
	sum := tally{worlds: 1, lost: uint64(flag(lost))}
	if len(changes) == g.changes {
		return sum, nil
	}
	from := 0
	if len(changes) > 0 {
		from = changes[len(changes)-1].request
	}
	for request := from; request <= requests; request++ {
		for _, choice := range g.choices(request) {
			if !g.possible(changes, choice) {
				continue
			}
			more, err := g.oneByOne(append(slices.Clip(changes), choice))
			if err != nil {
				return sum, err
			}
			sum.add(more)
		}
	}
	return sum, nil
}

// possible says whether there is anything to change.
func (g *game) possible(changes []change, choice change) bool {
	items := g.list()
	for n, made := range changes {
		items, _ = items.apply(n, made)
	}
	_, any := items.apply(len(changes), choice)
	return any
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

// depth is how many changes are played for lists of so many records. A server that
// cuts its pages makes runs ten times as long. The race detector costs tenfold too,
// and there is nothing for it here.
func depth(records, cut int) int {
	switch {
	case raceDetector && (records > 4 || cut > 0):
		return 0
	case raceDetector:
		return 1
	case cut > 0 && records > 5:
		return 1
	case cut > 0 && records > 2:
		return 2
	}
	return 3
}

// Every world: no three changes between any requests lose a record, in lists of up to
// 7 with every tie pattern, read by pages of 1 to 3. And, with fewer changes for the
// longer ones, through a server that cuts its pages to 1 or 2.
func TestExhaustive(t *testing.T) {
	var worlds, plays atomic.Int64
	var group errgroup.Group
	group.SetLimit(2)
	for n := range 8 {
		for _, keys := range tiePatterns(n) {
			for pageSize := 1; pageSize <= 3; pageSize++ {
				for cut := range 3 {
					e := explorer{game: game{keys: keys, pageSize: pageSize, cut: cut, changes: depth(n, cut)}}
					group.Go(func() error {
						all, err := e.all()
						worlds.Add(int64(all.worlds))
						plays.Add(int64(e.plays))
						if all.lost > 0 {
							err = fmt.Errorf("%d of %d worlds lose a record, such as %w", all.lost, all.worlds, e.example)
						}
						return err
					})
				}
			}
		}
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	t.Logf("played %d worlds in %d parts", worlds.Load(), plays.Load())
}

// The explorer leaves nothing out: it finds as many worlds, and as many that lose a
// record, as there are when each is played from its beginning. Without the check for
// contiguity many do.
func TestExhaustiveIsWhole(t *testing.T) {
	if raceDetector {
		t.Skip("one goroutine: nothing for the race detector")
	}
	var lost uint64
	for _, size := range []struct{ records, cut, changes int }{{3, 0, 2}, {2, 1, 2}, {1, 0, 3}, {4, 2, 1}} {
		for _, keys := range tiePatterns(size.records) {
			for _, lies := range []bool{false, true} {
				g := game{keys: keys, pageSize: 1, cut: size.cut, changes: size.changes, lies: lies}
				want, err := g.oneByOne(nil)
				if err != nil {
					t.Fatal(err)
				}
				e := explorer{game: g}
				got, err := e.all()
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("%s, %d changes, lies %t: the explorer finds %+v, and there are %+v", &g, g.changes, lies, got, want)
				}
				lost += want.lost
			}
		}
	}
	if lost == 0 {
		t.Error("not one world loses a record: the comparison shows little")
	}
	t.Logf("%d worlds lose a record", lost)
}

// The test has teeth: without the check for contiguity, worlds lose records.
func TestExhaustiveHasTeeth(t *testing.T) {
	for _, keys := range tiePatterns(4) {
		e := explorer{game: game{keys: keys, pageSize: 1, changes: 2, lies: true}}
		all, err := e.all()
		if err != nil {
			t.Fatal(err)
		}
		if all.lost == 0 {
			t.Errorf("%s: %d worlds were played without the check for contiguity, and nothing was lost", &e, all.worlds)
		}
	}
}
