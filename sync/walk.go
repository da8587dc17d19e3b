package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"syncer/internal/xvid"
)

// walk reads the list upwards in one order, page by page, so that no record is
// missed although the list moves between two requests: whatever is updated
// leaves its place for the end, and all behind it moves one place down.
//
// It keeps one promise: every record whose key is smaller than the walk's key
// has been handed over. A page extends the promise if its first key is strictly
// smaller than the walk's key, or if it begins the list: then nothing can lie
// between the page and what was read before, wherever the list moved to. So
// pages overlap by the last records read and one before them. What the page
// holds beyond is in order and without a hole, since one answer shows one state
// of the list. Any other page shows that the list moved, and is read again from
// further back.
//
// It does not matter when a page was fetched: a record that lay in the page's
// stretch at any time either still has its key, and was on the page, or was
// updated since, and has a later key. So pages may be fetched ahead.
type walk[K cmp.Ordered] struct {
	order *order[K]
	pages *pager
	sink  walkSink[K]

	from    int // offset to read next
	overlap int // how many of the records there are known
	key     K   // every record with a smaller one has been handed over
	// proven is false once the list could not be read without doubt: then
	// reading goes on, but nothing is promised any more.
	proven bool

	step    int        // of the next search for lost contiguity
	breaks  int        // in a row
	stalls  int        // breaks since the key last grew
	idle    int        // pages further on since then, see [walk.idling]
	start   int        // offset of the last accepted page
	end     int        // offset behind the last accepted page
	tie     *tie[K]    // nil but while one is read, pass by pass
	tiePage *xvid.Page // the last page of a tie that was read
	blind   bool       // elements were met, and not one key among them
	nulls   *bool      // whether the list begins with a record without a key; nil until asked

	count walkCount
}

// walkSink is where a walk hands things over, in their order.
type walkSink[K cmp.Ordered] struct {
	page func(*xvid.Page) error // returns when the page is stored
	// reached is called while all is proven: every record with a smaller key
	// has been handed over. The page is the one that showed it.
	reached func(key K, page *xvid.Page) error
}

// walkCount is what a walk counts.
type walkCount struct {
	pages  uint64 // accepted
	breaks uint64 // of contiguity
}

// newWalk makes a walk from a key on, which looks at an offset first.
func newWalk[K cmp.Ordered](order *order[K], pages *pager, key K, start int, sink walkSink[K]) *walk[K] {
	pages.sort = order.sort
	return &walk[K]{order: order, pages: pages, sink: sink, from: start, overlap: 1, key: key, proven: true}
}

const (
	// maxBreaks bounds how often in a row a page may not fit.
	maxBreaks = 50
	// maxDoubts bounds how often an answer that contradicts itself is asked
	// for again.
	maxDoubts = 3
)

// errStart is an API that lists the same wherever it is asked to begin.
var errStart = errors.New("the API seems not to follow the parameter start")

// run walks to the end of the list.
func (w *walk[K]) run(ctx context.Context) error {
	defer w.pages.close()
	for {
		if done, err := w.turn(ctx); done || err != nil {
			return err
		}
	}
}

// turn reads one page, or all of a tie once, and says whether the list is at its end.
// Between two turns the walk's fields, with those of its pager, are all that it goes
// by: a test plays on from there.
func (w *walk[K]) turn(ctx context.Context) (done bool, err error) {
	if w.tie != nil {
		return false, w.passTie(ctx)
	}
	page, limit, err := w.pages.next(ctx, w.from, w.overlap)
	if err != nil {
		return false, err
	}
	keys, err := w.keys(ctx, page)
	if err != nil {
		return false, err
	}
	if len(page.Backtraces) == 0 && page.Start == 0 {
		if empty, err := w.atEnd(ctx, 0); empty || err != nil {
			return empty, err
		}
	}
	if len(page.Backtraces) == 0 || !w.contiguous(page, keys) {
		w.from, err = w.backtrack(ctx, page.Start)
		w.overlap = 1
		page.Release()
		return false, err
	}
	if err := w.accept(page, keys); err != nil {
		return false, err
	}
	// Not released if it could not be stored: something may still be sending it.
	w.from, w.overlap, done, err = w.forward(ctx, page, keys, limit)
	page.Release()
	return done, err
}

// keys gives the keys of a page. A record without one lies before all others only
// if the list begins with such a record. Elsewhere it has a value that cannot be
// read, or the store puts nulls last: then it says nothing of its place.
func (w *walk[K]) keys(ctx context.Context, page *xvid.Page) (pageKeys[K], error) {
	keys := w.order.keys(page)
	null := placeKey[K]{key: w.order.null, known: true}
	if page.Start == 0 || len(keys) == 0 || keys[0] != null {
		return keys, nil
	}
	if w.nulls == nil {
		first, err := w.pages.list(ctx, 0, 1)
		if err != nil {
			return nil, fmt.Errorf("look for records without %s: %w", w.order.sort, err)
		}
		keys := w.order.keys(first)
		w.nulls = new(len(keys) > 0 && keys[0] == null)
	}
	for i := range keys {
		if keys[i] == null && !*w.nulls {
			keys[i] = placeKey[K]{}
		}
	}
	return keys, nil
}

// contiguous says whether nothing can lie between the page and what was read.
func (w *walk[K]) contiguous(page *xvid.Page, keys pageKeys[K]) bool {
	if !keys.ascending() {
		return false
	}
	first, _, known := keys.ends()
	if !known {
		// Not one key to go by. Before anything was read, a search finds one.
		if w.count.pages == 0 && w.breaks == 0 && page.Start > 0 {
			return false
		}
		w.proven = w.proven && page.Start == 0
		return true
	}
	if page.Start == 0 || first < w.key {
		return true
	}
	// In doubt anyway: adjacent is as good as it gets.
	return !w.proven && (first == w.key || page.Start <= w.end)
}

// backtrack finds where to read on after a page that does not fit.
func (w *walk[K]) backtrack(ctx context.Context, from int) (int, error) {
	if w.count.pages > 0 { // before, it was only a stale hint
		w.count.breaks++
	}
	if w.breaks++; w.breaks > maxBreaks {
		return 0, fmt.Errorf("read the list at start=%d: it moved under %d pages in a row, or is not in order of %s", from, w.breaks, w.order.sort)
	}
	// Elements without a key that the source puts among ties, each time in
	// another place, can hide what proves a page for ever.
	if w.stalls++; w.stalls > maxBreaks {
		w.proven = false
	}
	w.pages.drop()
	at, err := w.seek(ctx, from)
	w.step = max(4*w.step, seekStep)
	return at, err
}

// accept hands a contiguous page over.
func (w *walk[K]) accept(page *xvid.Page, keys pageKeys[K]) error {
	w.breaks, w.step = 0, 0
	w.count.pages++
	if err := w.sink.page(page); err != nil {
		return err
	}
	w.end = page.Start + len(page.Backtraces)
	if _, last, known := keys.ends(); known && last > w.key {
		w.key, w.stalls, w.idle = w.order.keep(last), 0, 0
	} else if err := w.idling(page); err != nil {
		return err
	}
	w.start = page.Start
	if !w.proven {
		return nil
	}
	return w.sink.reached(w.key, page)
}

// idling ends a walk on which page after page lies further on in the list and
// brings no larger key, though each begins among the last records read.
func (w *walk[K]) idling(page *xvid.Page) error {
	if w.proven && page.Start > w.start {
		w.idle++
	}
	if w.idle > maxBreaks {
		return fmt.Errorf("read the list at start=%d: %d pages in a row bring nothing new: %w", page.Start, w.idle, errStart)
	}
	return nil
}

// forward says where to read on after an accepted page, how many of the records
// there are known, and whether the list is at its end.
func (w *walk[K]) forward(ctx context.Context, page *xvid.Page, keys pageKeys[K], limit int) (at, overlap int, done bool, err error) {
	end := page.Start + len(page.Backtraces)
	short := len(page.Backtraces) < limit
	at, overlap = end-1, 1
	behind := keys.behind(w.key)
	if w.proven {
		below := max(keys.lastBelow(w.key), 0)
		at, overlap = page.Start+below, len(page.Backtraces)-below
	}
	// Asking for the same again would not show more: the list ends here, or
	// the server cuts its pages, or a tie is wider than a page can be.
	stuck := at == page.Start && (short || w.pages.limit(overlap) <= limit)
	if short && (stuck || page.Total < 0 || end >= page.Total) {
		if done, err = w.atEnd(ctx, end); done || err != nil {
			return at, overlap, done, err
		}
	}
	if _, _, known := keys.ends(); stuck && !known {
		w.proven = false // as many as one answer can show, and not one key
	}
	switch {
	case stuck && w.proven:
		w.pages.drop()
		err = w.meetTie(ctx, max(end-1, 0))
		overlap = 1
	case stuck:
		at, overlap = max(end-1, page.Start+1), 1
	case behind:
		at, err = w.skipAhead(ctx, at)
	}
	if short {
		w.pages.cutTo(len(page.Backtraces) - overlap)
	}
	return at, overlap, false, err
}

// atEnd makes sure that the list ends at an offset. One empty answer is not
// believed while the API's own count says that there is more.
func (w *walk[K]) atEnd(ctx context.Context, end int) (bool, error) {
	total := 0
	for range maxDoubts {
		probe, err := w.pages.list(ctx, end, 1)
		if err != nil {
			return false, err
		}
		if len(probe.Backtraces) > 0 {
			return false, nil
		}
		if total = probe.Total; total < 0 {
			total = end // it does not say, and here is the end
		}
		if total <= end {
			w.pages.total = total
			return true, nil
		}
	}
	if end == 0 {
		return false, fmt.Errorf("read the list: the API counts %d records and lists none", total)
	}
	w.proven = false
	return true, nil
}
