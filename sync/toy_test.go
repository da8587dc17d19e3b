package sync

import (
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
	// lies makes each page's first key look smaller than any other, so that
	// every page seems contiguous: what a walk without that check would do.
	lies bool
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
			w.put(item{id: moved.id, key: w.now, rev: moved.rev + 1, queued: moved.queued})
		}
	case changeFinish:
		if c.place < len(w.items) && w.items[c.place].queued {
			w.items[c.place].rev++
			w.items[c.place].queued = false
		}
	case changeDelete, changeKinds:
		if c.place < len(w.items) {
			w.items = slices.Delete(w.items, c.place, c.place+1)
		}
	}
}

func (w *toyWorld) insert(key int64) {
	w.put(item{id: w.nextID, key: key, queued: true})
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
		if w.lies && len(page.Backtraces) == 0 {
			key = 0
		}
		b := xvid.Backtrace{ID: name(it.id), UpdatedAt: &key, Version: &rev}
		if it.queued {
			b.Status = queued
		}
		page.Backtraces = append(page.Backtraces, b)
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

func name(id int) string { return string(rune('a' + id)) }

// Get is not for the walk.
func (w *toyWorld) Get(context.Context, string) (*xvid.Reading, error) {
	return nil, errors.New("the walk asks for single records")
}

func (w *toyWorld) Stats() xvid.Stats { return xvid.Stats{} }

// toyMirror holds the newest reading of each record, as ClickHouse does.
type toyMirror struct {
	revs       map[string]int64
	queued     map[string]bool
	checkpoint schema.Checkpoint
}

// read makes one run.
func (m *toyMirror) read(w *toyWorld, pageSize int) error {
	track := newTrack(m.checkpoint, toyLookback, func(next schema.Checkpoint) error { m.checkpoint = next; return nil })
	err := track.walk(newPager(w, pageSize, 1), func(page *xvid.Page) error {
		for _, b := range page.Backtraces {
			m.revs[b.ID] = *b.Version
			m.queued[b.ID] = b.Status == queued
		}
		return nil
	}).run(context.Background())
	// What is held as queued is asked for by its id, as in followPending.
	for _, it := range w.items {
		if m.queued[name(it.id)] {
			m.revs[name(it.id)], m.queued[name(it.id)] = int64(it.rev), it.queued
		}
	}
	return err
}

// missing says which record of the list the mirror lacks or holds stale.
func (m *toyMirror) missing(w *toyWorld) string {
	for _, it := range w.items {
		if rev, ok := m.revs[name(it.id)]; !ok || rev != int64(it.rev) {
			return name(it.id)
		}
	}
	return ""
}
