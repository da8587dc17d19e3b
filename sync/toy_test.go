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
	rev uint8 // of its content
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
	orders   int      // after so many requests they come again; 0: never
	cut      int      // most records of a page; 0 cuts none
	// lies makes each page's first key look smaller than any other, so that
	// every page seems contiguous: what a walk without that check would do.
	lies bool
}

const (
	toyTick     = 10 // milliseconds a request takes
	toyLookback = 100 * toyTick * time.Millisecond
	toyBegin    = 100_000_000 // when the first request is sent
	toyOrders   = 13          // of ties, before they come again
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
	from := min(query.Start, len(l))
	to := min(from+limit, len(l))
	// Whole ties have an order, also where the page shows a part of one.
	low, high := from, to
	for low > 0 && low < len(l) && l[low-1].key == l[low].key {
		low--
	}
	for high > 0 && high < len(l) && l[high-1].key == l[high].key {
		high++
	}
	return l[low:high].ordered(request, order)[from-low : to-low]
}

// List answers as the API does: a page of one state of the list.
func (w *toyWorld) List(_ context.Context, query xvid.Query) (*xvid.Page, error) {
	w.now += toyTick
	w.changeUntil(w.requests)
	number := w.requests
	if w.orders > 0 {
		number %= w.orders
	}
	shown := w.items.page(number, w.order, query, w.cut)
	w.requests++
	if w.requests > 1000 {
		return nil, errors.New("the walk does not end")
	}
	return shown.answer(query, len(w.items), w.now, w.lies), nil
}

// answer is the page that shows a part of a list.
func (l toyItems) answer(query xvid.Query, total int, now int64, lies bool) *xvid.Page {
	page := &xvid.Page{
		Start: query.Start, Total: total, Backtraces: make([]xvid.Backtrace, len(l)),
		SentAt: time.UnixMilli(now - 1), Date: time.UnixMilli(now),
	}
	// The count is only looked at when a page is short: where it is not, it is
	// stale, so that no change is seen by it alone.
	if len(l) == query.Limit {
		page.Total = 0
	}
	numbers := make([]int64, 2*len(l))
	for i, it := range l {
		key, rev := &numbers[2*i], &numbers[2*i+1]
		*key, *rev = it.key, int64(it.rev)
		if lies && i == 0 {
			*key = 0
		}
		b := &page.Backtraces[i]
		b.ID, b.UpdatedAt, b.Version = name(it.id), key, rev
		if it.queued {
			b.Status = queued
		}
	}
	return page
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
	rev           uint8
}

// toyState is what a mirror holds of a record.
type toyState int

const (
	toyCurrent toyState = iota // its newest content
	toyQueued                  // older content, to be asked for by id
	toyLost                    // nothing, or what will not be asked for
)

func (m *toyMirror) state(it item) toyState {
	held := m.held[it.id]
	switch {
	case held.known && held.rev == it.rev:
		return toyCurrent
	case held.queued:
		return toyQueued
	}
	return toyLost
}

// read makes one run.
func (m *toyMirror) read(w *toyWorld, pageSize int) error {
	err := m.track().walk(newPager(w, pageSize, 1, time.Now), m.store).run(context.Background())
	w.changeUntil(w.requests) // what comes after the last request
	m.follow(w.items)
	return err
}

// store holds a page's readings.
func (m *toyMirror) store(page *xvid.Page) error {
	for i := range page.Backtraces {
		b := &page.Backtraces[i]
		m.held[b.ID[0]-'a'] = toyReading{known: true, queued: b.Status == queued, rev: uint8(*b.Version)}
	}
	return nil
}

// follow asks for what is held as queued by its id, as followPending does.
func (m *toyMirror) follow(items toyItems) {
	for _, it := range items {
		if held := &m.held[it.id]; held.queued {
			held.rev, held.queued = it.rev, it.queued
		}
	}
}

// missing says which record of the list the mirror lacks or holds stale.
func (m *toyMirror) missing(w *toyWorld) string {
	for _, it := range w.items {
		if m.state(it) != toyCurrent {
			return name(it.id)
		}
	}
	return ""
}

// track makes what follows a walk with the mirror's checkpoint.
func (m *toyMirror) track() *track { return newTrack(m.checkpoint, toyLookback, m.save) }

func (m *toyMirror) save(next schema.Checkpoint) error {
	m.checkpoint = next
	return nil
}
