package sync

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"syncer/internal/xvid"
)

// game is a family of worlds: a list, how it is read, and how much it changes.
type game struct {
	keys     []int64
	pageSize int
	cut      int // most records of a page; 0 cuts none
	changes  int // at most
	lies     bool
	// unreduced plays worlds that are the same, too.
	unreduced bool
	// watch is given what each first run asked and was shown; nil for nobody.
	watch func([]moment)
}

// play runs over a list while it changes, then once more while it is quiet. It
// gives what the requests of the first run met, if anybody wants to know.
func (g *game) play(changes []change, seen *[]moment) error {
	w := &toyWorld{now: toyBegin, changes: changes, cut: g.cut, lies: g.lies, seen: seen}
	for id, key := range g.keys {
		w.items = append(w.items, item{id: id, key: key, queued: id%2 == 0})
	}
	var mirror toyMirror
	if err := mirror.read(w, g.pageSize); err != nil {
		return fmt.Errorf("first run: %w", err)
	}
	w.seen = nil
	if seen != nil {
		*seen = append(*seen, moment{items: w.items, shown: w.items})
	}
	if err := mirror.read(w, g.pageSize); err != nil {
		return fmt.Errorf("quiet run: %w", err)
	}
	if lost := mirror.missing(w); lost != "" {
		return fmt.Errorf("record %s of %+v is missing or stale", lost, w.items)
	}
	return nil
}

// worlds counts them.
type worlds struct{ played, same atomic.Int64 }

// all plays every world that continues the changes given.
//
// A change that the next answer does not show makes the same answers, and so the
// same run, as it would before the request after that: what it makes depends on
// its number and not on its time, and so does the order of ties. Of such worlds
// only the last is played, where the answer shows the change or the run has ended.
func (g *game) all(changes []change, count *worlds) error {
	var moments []moment
	seen := &moments
	if len(changes) == g.changes && g.watch == nil {
		seen = nil
	}
	count.played.Add(1)
	if err := g.play(changes, seen); err != nil {
		return fmt.Errorf("keys %v, page size %d, cut to %d, changes %+v: %w", g.keys, g.pageSize, g.cut, changes, err)
	}
	if g.watch != nil {
		g.watch(moments)
	}
	if len(changes) == g.changes {
		return nil
	}
	from := 0
	if len(changes) > 0 {
		from = changes[len(changes)-1].request
	}
	for request := from; request < len(moments); request++ {
		before := moments[request].items
		if request == from && request < len(moments)-1 {
			for n, c := range changes { // those before the same request
				if c.request == request {
					before, _ = before.apply(n, c)
				}
			}
		}
		if err := g.next(changes, request, moments, before, count); err != nil {
			return err
		}
	}
	return nil
}

// next plays the worlds that go on with a change before a request, which met the
// list given.
func (g *game) next(changes []change, request int, moments []moment, before toyItems, count *worlds) error {
	ended := request == len(moments)-1
	for _, choice := range g.choices(request) {
		after, any := before.apply(len(changes), choice)
		if !any {
			continue
		}
		following := append(slices.Clone(changes), choice)
		if ended || g.unreduced || !g.same(request, moments[request].query, before, after) {
			if err := g.all(following, count); err != nil {
				return err
			}
			continue
		}
		count.same.Add(1)
		if len(following) == g.changes {
			continue
		}
		// One more before the same request may bring it to light.
		if err := g.next(following, request, moments, after, count); err != nil {
			return err
		}
	}
	return nil
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

// same says whether a request is answered alike by two lists. The total counts
// only where a page is short.
func (g *game) same(request int, query xvid.Query, before, after toyItems) bool {
	was := before.page(request, 0, query, g.cut)
	is := after.page(request, 0, query, g.cut)
	return slices.Equal(was, is) && (len(is) == query.Limit || len(before) == len(after))
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
	case records <= 5:
		return 3
	}
	return 2
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
	var count worlds
	var group errgroup.Group
	group.SetLimit(2)
	for n := range 8 {
		for _, keys := range tiePatterns(n) {
			for pageSize := 1; pageSize <= 3; pageSize++ {
				for cut := range 3 {
					g := game{keys: keys, pageSize: pageSize, cut: cut, changes: depth(n, cut)}
					group.Go(func() error { return g.all(nil, &count) })
				}
			}
		}
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	t.Logf("played %d worlds; %d more begin like one of them", count.played.Load(), count.same.Load())
}

// What is not played is the same as something that is: with and without the
// reduction, runs ask the same questions, get the same answers and leave the same
// lists.
func TestExhaustiveReduction(t *testing.T) {
	for _, keys := range tiePatterns(3) {
		var kinds [2]map[string]bool
		var counts [2]worlds
		for i := range kinds {
			kinds[i] = map[string]bool{}
			g := game{keys: keys, pageSize: 1, changes: 2, unreduced: i == 1, watch: func(run []moment) {
				var said strings.Builder
				for _, at := range run {
					fmt.Fprintln(&said, at.query, at.shown)
				}
				kinds[i][said.String()] = true
			}}
			if err := g.all(nil, &counts[i]); err != nil {
				t.Fatal(err)
			}
		}
		if !maps.Equal(kinds[0], kinds[1]) {
			t.Errorf("keys %v: %d kinds of runs in %d worlds, and %d in all %d", keys,
				len(kinds[0]), counts[0].played.Load(), len(kinds[1]), counts[1].played.Load())
		}
		if less, all := counts[0].played.Load(), counts[1].played.Load(); less >= all {
			t.Errorf("keys %v: %d of %d worlds are played", keys, less, all)
		}
	}
}

// The test has teeth: without the check for contiguity, worlds lose records.
func TestExhaustiveHasTeeth(t *testing.T) {
	var count worlds
	for _, keys := range tiePatterns(4) {
		g := game{keys: keys, pageSize: 1, changes: 2, lies: true}
		if err := g.all(nil, &count); err != nil {
			t.Logf("after %d worlds: %v", count.played.Load(), err)
			return
		}
	}
	t.Errorf("played %d worlds without the check for contiguity, and nothing was lost", count.played.Load())
}
