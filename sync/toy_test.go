package sync

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"syncer/internal/xvid"
	"syncer/schema"
)

// item is a record of a toy list: nothing but what the walk goes by.
type item struct {
	id  int
	key int64
	rev int // of its content
	// queued: its job has not ended. Its end changes the content and not the
	// key.
	queued bool
}

type changeKind int

const (
	changeInsert changeKind = iota // a new record, at the end
	changeUpdate                   // a record's content and key: it goes to the end
	changeDelete
	changeLate   // a new record that shows only now, with a key of a little earlier
	changeFinish // the end of a job: the content, not the key
	changeKinds
)

// change is something that happens to the list before a request is answered.
type change struct {
	request int // from 0
	kind    changeKind
	place   int // in the list, of the record that is changed
}

// toyItems is a list, in order of its keys.
type toyItems []item

// toyWorld is a list that changes between requests, as the store behind the API
// does, and says what a mirror of it must hold. When a change happens has no
// influence on what it makes: the time it sets comes from its number.
type toyWorld struct {
	items    toyItems
	now      int64
	requests int
	changes  []change // in their order
	applied  int      // so many of them
	order    uint64   // chooses the orders of ties
	cut      int      // most records of a page; 0 cuts none
	// seen records what was asked and what the list was, for a game that goes
	// on; nil for nobody.
	seen *[]moment
	// lies makes each page's first key look smaller than any other, so that
	// every page seems contiguous: what a walk without that check would do.
	lies bool
}

// moment is a request, the list that it met, and what it was shown of it after the
// changes that came before the answer.
type moment struct {
	query xvid.Query
	items toyItems
	shown toyItems
}

const (
	toyTick     = 10 // milliseconds a request takes
	toyLookback = 100 * toyTick * time.Millisecond
	toyBegin    = 100_000_000 // when the first request is sent
	toyLate     = 15          // milliseconds before the latest change, so that a late record lies below it
)

// apply makes a change, the n-th of all. It says whether there was anything to
// change.
func (l toyItems) apply(n int, c change) (toyItems, bool) {
	// The first two set the same time.
	at := toyBegin - int64(100-toyTick*(n/2))
	switch c.kind {
	case changeInsert:
		return l.put(item{id: l.newID(n), key: at, queued: true}), true
	case changeLate:
		return l.put(item{id: l.newID(n), key: at - toyLate, queued: true}), true
	case changeUpdate:
		if c.place < len(l) {
			moved := l[c.place]
			moved.key, moved.rev = at, moved.rev+1
			return slices.Delete(slices.Clone(l), c.place, c.place+1).put(moved), true
		}
	case changeFinish:
		if c.place < len(l) && l[c.place].queued {
			l = slices.Clone(l)
			l[c.place].rev++
			l[c.place].queued = false
			return l, true
		}
	case changeDelete, changeKinds:
		if c.place < len(l) {
			return slices.Delete(slices.Clone(l), c.place, c.place+1), true
		}
	}
	return l, false
}

// newID is the id of what the n-th change inserts.
func (l toyItems) newID(n int) int { return toyRecords + n }

// put gives the list with a record in its place.
func (l toyItems) put(it item) toyItems {
	at := len(l)
	for at > 0 && l[at-1].key > it.key {
		at--
	}
	return slices.Insert(slices.Clone(l), at, it)
}

// ordered is the list as a request finds it: each stretch of equal keys in an
// order of its own, which depends on the request and the ids and nothing else.
func (l toyItems) ordered(request int, order uint64) toyItems {
	place := func(id int) uint64 {
		x := (order + uint64(request)*64 + uint64(id) + 1) * 0x9e3779b97f4a7c15
		x ^= x >> 29
		x *= 0xbf58476d1ce4e5b9
		return x ^ x>>32
	}
	for i := 1; i < len(l); i++ {
		if l[i].key != l[i-1].key {
			continue
		}
		sorted := slices.Clone(l)
		slices.SortStableFunc(sorted, func(a, b item) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(place(a.id), place(b.id)))
		})
		return sorted
	}
	return l
}

// page is what a request shows of the list.
func (l toyItems) page(request int, order uint64, query xvid.Query, cut int) toyItems {
	limit := query.Limit
	if cut > 0 {
		limit = min(limit, cut)
	}
	l = l.ordered(request, order)
	from := min(query.Start, len(l))
	return l[from:min(from+limit, len(l))]
}

// List answers as the API does: a page of one state of the list.
func (w *toyWorld) List(_ context.Context, query xvid.Query) (*xvid.Page, error) {
	w.now += toyTick
	met := w.items
	w.changeUntil(w.requests)
	shown := w.items.page(w.requests, w.order, query, w.cut)
	if w.seen != nil {
		*w.seen = append(*w.seen, moment{query: query, items: met, shown: shown})
	}
	w.requests++
	if w.requests > 1000 {
		return nil, errors.New("the walk does not end")
	}
	page := &xvid.Page{
		Start: query.Start, Total: len(w.items), Backtraces: make([]xvid.Backtrace, len(shown)),
		SentAt: time.UnixMilli(w.now - 1), Date: time.UnixMilli(w.now),
	}
	// The count is only looked at when a page is short: where it is not, it is
	// stale, so that no change is seen by it alone.
	if len(shown) == query.Limit {
		page.Total = 0
	}
	numbers := make([]int64, 2*len(shown))
	for i, it := range shown {
		key, rev := &numbers[2*i], &numbers[2*i+1]
		*key, *rev = it.key, int64(it.rev)
		if w.lies && i == 0 {
			*key = 0
		}
		b := &page.Backtraces[i]
		b.ID, b.UpdatedAt, b.Version = name(it.id), key, rev
		if it.queued {
			b.Status = queued
		}
	}
	return page, nil
}

// changeUntil makes the changes that come before a request is answered.
func (w *toyWorld) changeUntil(request int) {
	for ; w.applied < len(w.changes) && w.changes[w.applied].request <= request; w.applied++ {
		w.items, _ = w.items.apply(w.applied, w.changes[w.applied])
	}
}

func name(id int) string { return string(rune('a' + id)) }

// Get is not for the walk.
func (w *toyWorld) Get(context.Context, string) (*xvid.Reading, error) {
	return nil, errors.New("the walk asks for single records")
}

func (w *toyWorld) Stats() xvid.Stats { return xvid.Stats{} }

// toyRecords is how many records a list has at most before it changes.
const toyRecords = 18

// toyMirror holds the newest reading of each record by its id, as ClickHouse does.
type toyMirror struct {
	held       [toyRecords + 4]toyReading
	checkpoint schema.Checkpoint
}

type toyReading struct {
	known, queued bool
	rev           int64
}

// read makes one run.
func (m *toyMirror) read(w *toyWorld, pageSize int) error {
	track := newTrack(m.checkpoint, toyLookback, func(next schema.Checkpoint) error { m.checkpoint = next; return nil })
	err := track.walk(newPager(w, pageSize, 1), func(page *xvid.Page) error {
		for i := range page.Backtraces {
			b := &page.Backtraces[i]
			m.held[b.ID[0]-'a'] = toyReading{known: true, queued: b.Status == queued, rev: *b.Version}
		}
		return nil
	}).run(context.Background())
	w.changeUntil(w.requests) // what comes after the last request
	// What is held as queued is asked for by its id, as in followPending.
	for _, it := range w.items {
		if held := &m.held[it.id]; held.queued {
			held.rev, held.queued = int64(it.rev), it.queued
		}
	}
	return err
}

// missing says which record of the list the mirror lacks or holds stale.
func (m *toyMirror) missing(w *toyWorld) string {
	for _, it := range w.items {
		if held := m.held[it.id]; !held.known || held.rev != int64(it.rev) {
			return name(it.id)
		}
	}
	return ""
}
