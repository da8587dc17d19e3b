package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"syncer/internal/xvid"
	"syncer/schema"
)

// item is a record of a toy list: nothing but what the walk goes by.
type item struct {
	id  int
	key int64
	rev int // of its content
}

type changeKind int

const (
	changeInsert changeKind = iota // a new record, at the end
	changeUpdate                   // a record's content and key: it goes to the end
	changeDelete
	changeLate // a new record that shows only now, with a key of a little earlier
	changeKinds
)

// change is something that happens to the list before a request is answered.
type change struct {
	request int // from 0
	kind    changeKind
	place   int // in the list, of the record that is changed
}

// toyWorld is a list that changes between requests, as the store behind the API
// does, and says what a mirror of it must hold.
type toyWorld struct {
	items    []item
	nextID   int
	now      int64
	requests int
	changes  []change
	random   uint64 // state of the generator that orders ties
	cut      int    // most records of a page; 0 cuts none
}

const (
	toyTick     = 10 // milliseconds a request takes
	toyLookback = 100 * toyTick * time.Millisecond
	toyLate     = 3 * toyTick // how late a late record shows
)

func (w *toyWorld) apply(c change) {
	switch c.kind {
	case changeInsert:
		w.insert(w.now)
	case changeLate:
		w.insert(w.now - toyLate)
	case changeUpdate:
		if c.place < len(w.items) {
			moved := w.items[c.place]
			w.items = slices.Delete(w.items, c.place, c.place+1)
			w.put(item{id: moved.id, key: w.now, rev: moved.rev + 1})
		}
	case changeDelete, changeKinds:
		if c.place < len(w.items) {
			w.items = slices.Delete(w.items, c.place, c.place+1)
		}
	}
}

func (w *toyWorld) insert(key int64) {
	w.put(item{id: w.nextID, key: key})
	w.nextID++
}

// put puts a record into its place.
func (w *toyWorld) put(it item) {
	at := len(w.items)
	for at > 0 && w.items[at-1].key > it.key {
		at--
	}
	w.items = slices.Insert(w.items, at, it)
}

// List answers as the API does: a page of one state of the list, ties in an
// order that changes with every request.
func (w *toyWorld) List(_ context.Context, query xvid.Query) (*xvid.Page, error) {
	w.now += toyTick
	for _, c := range w.changes {
		if c.request == w.requests {
			w.apply(c)
		}
	}
	w.shuffleTies()
	w.requests++
	if w.requests > 1000 {
		return nil, errors.New("the walk does not end")
	}
	page := &xvid.Page{
		Start: query.Start, Total: len(w.items),
		SentAt: time.UnixMilli(w.now - 1), Date: time.UnixMilli(w.now),
	}
	limit := query.Limit
	if w.cut > 0 {
		limit = min(limit, w.cut)
	}
	from := min(query.Start, len(w.items))
	for _, it := range w.items[from:min(from+limit, len(w.items))] {
		key, rev := it.key, int64(it.rev)
		page.Backtraces = append(page.Backtraces, xvid.Backtrace{ID: string(rune('a' + it.id)), UpdatedAt: &key, Version: &rev})
	}
	return page, nil
}

// shuffleTies gives each stretch of equal keys another order.
func (w *toyWorld) shuffleTies() {
	for from := 0; from < len(w.items); {
		to := from + 1
		for to < len(w.items) && w.items[to].key == w.items[from].key {
			to++
		}
		for i := to - 1; i > from; i-- {
			w.random = w.random*6364136223846793005 + 1442695040888963407
			j := from + int((w.random>>33)%uint64(i-from+1))
			w.items[i], w.items[j] = w.items[j], w.items[i]
		}
		from = to
	}
}

// Get is not for the walk.
func (w *toyWorld) Get(context.Context, string) (*xvid.Reading, error) {
	return nil, errors.New("the walk asks for single records")
}

func (w *toyWorld) Stats() xvid.Stats { return xvid.Stats{} }

// toyMirror holds the newest reading of each record, as ClickHouse does.
type toyMirror struct {
	revs       map[string]int64
	checkpoint schema.Checkpoint
}

// read makes one run.
func (m *toyMirror) read(w *toyWorld, pageSize int) error {
	track := newTrack(m.checkpoint, toyLookback, func(next schema.Checkpoint) error { m.checkpoint = next; return nil })
	return track.walk(newPager(w, pageSize, 1), func(page *xvid.Page) error {
		for _, b := range page.Backtraces {
			m.revs[b.ID] = *b.Version
		}
		return nil
	}).run(context.Background())
}

// missing says which record of the list the mirror lacks or holds stale.
func (m *toyMirror) missing(w *toyWorld) string {
	for _, it := range w.items {
		if rev, ok := m.revs[string(rune('a'+it.id))]; !ok || rev != int64(it.rev) {
			return fmt.Sprintf("%c", 'a'+it.id)
		}
	}
	return ""
}

// play runs over a list while it changes, then once more while it is quiet.
func play(keys []int64, pageSize, cut int, changes []change) (requests int, err error) {
	w := &toyWorld{now: 100_000_000, changes: changes, cut: cut}
	for _, key := range keys {
		w.items = append(w.items, item{id: w.nextID, key: key})
		w.nextID++
	}
	mirror := &toyMirror{revs: map[string]int64{}}
	if err := mirror.read(w, pageSize); err != nil {
		return 0, fmt.Errorf("first run: %w", err)
	}
	requests = w.requests
	w.changes = nil
	if err := mirror.read(w, pageSize); err != nil {
		return 0, fmt.Errorf("quiet run: %w", err)
	}
	if lost := mirror.missing(w); lost != "" {
		return 0, fmt.Errorf("record %s of %+v is missing or stale", lost, w.items)
	}
	return requests, nil
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

// Every world of up to 2 changes: nothing is lost below the checkpoint.
func TestWalkExhaustive(t *testing.T) {
	worlds := 0
	for n := range 7 {
		for _, keys := range tiePatterns(n) {
			for pageSize := 1; pageSize <= 3; pageSize++ {
				for cut := range 3 {
					most := 2
					if cut > 0 && n > 2 {
						most = 1
					}
					eachWorld(t, keys, pageSize, cut, nil, most, &worlds)
				}
			}
		}
	}
	t.Logf("played %d worlds", worlds)
}

// eachWorld plays a list with all continuations of the changes given.
func eachWorld(t *testing.T, keys []int64, pageSize, cut int, changes []change, more int, worlds *int) {
	t.Helper()
	requests, err := play(keys, pageSize, cut, changes)
	*worlds++
	if err != nil {
		t.Fatalf("keys %v, page size %d, cut to %d, changes %+v: %v", keys, pageSize, cut, changes, err)
	}
	if more == 0 {
		return
	}
	from := 0
	if len(changes) > 0 {
		from = changes[len(changes)-1].request
	}
	for request := from; request < requests; request++ {
		for kind := range changeKinds {
			places := len(keys)
			if kind == changeInsert || kind == changeLate {
				places = 1
			}
			for place := range places {
				next := append(slices.Clone(changes), change{request: request, kind: kind, place: place})
				eachWorld(t, keys, pageSize, cut, next, more-1, worlds)
			}
		}
	}
}
