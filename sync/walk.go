package sync

import (
	"context"
	"fmt"
	"math"
	"time"

	"syncer/internal/xvid"
	"syncer/schema"
)

// walk reads the list upwards by updated_at, page by page, so that no record is
// missed although the list moves between two requests: whatever is updated
// leaves its place for the end, and all behind it moves one place down.
//
// It keeps one promise: every record whose key (its updated_at) is smaller than
// the walk's key has been handed over. A page extends the promise if its first
// key is strictly smaller than the walk's key, or if it begins the list: then
// nothing can lie between the page and what was read before, wherever the list
// moved to. So pages overlap by the last records read and one before them. What
// the page holds beyond is in order and without a hole, since one answer shows
// one state of the list. Any other page shows that the list moved, and is read
// again from further back.
//
// It does not matter when a page was fetched: a record that lay in the page's
// stretch at any time either still has its key, and was on the page, or was
// updated since, and has a later key. So pages may be fetched ahead.
type walk struct {
	pages    *pager
	sink     walkSink
	lookback int64 // milliseconds
	start    int   // offset to look at first

	key int64 // every record with a smaller one has been handed over
	// proven is false once the list could not be read without doubt: then
	// reading goes on, but the checkpoint stays.
	proven     bool
	checkpoint schema.Checkpoint
	marks      marks

	step   int // of the next search for lost contiguity
	breaks int // in a row
	end    int // offset behind the last accepted page

	count walkCount
}

// walkSink is where a walk hands things over, in their order.
type walkSink struct {
	page   func(*xvid.Page) error        // returns when the page is stored
	cursor func(schema.Checkpoint) error // called when the checkpoint has moved
}

// walkCount is what a walk counts.
type walkCount struct {
	pages  uint64 // accepted
	breaks uint64 // of contiguity
}

// newWalk makes a walk that reads on from a checkpoint, less the lookback.
func newWalk(pages *pager, from schema.Checkpoint, lookback time.Duration, sink walkSink) *walk {
	w := &walk{
		pages: pages, sink: sink, lookback: lookback.Milliseconds(),
		proven: true, checkpoint: from, start: int(min(from.StartHint, math.MaxInt32)),
	}
	w.key = w.from(from.UpdatedAt)
	if w.key == nullKey {
		w.start = 0
	}
	return w
}

// from is the key at which to begin to read for a checkpoint's time.
func (w *walk) from(updatedAt int64) int64 {
	if updatedAt <= 0 {
		return nullKey
	}
	return updatedAt - w.lookback
}

const (
	// maxBreaks bounds how often in a row a page may not fit.
	maxBreaks = 50
	// maxDoubts bounds how often an answer that contradicts itself is asked
	// for again.
	maxDoubts = 3
)

// run walks to the end of the list.
func (w *walk) run(ctx context.Context) error {
	defer w.pages.close()
	at, overlap := w.start, 1
	for {
		page, limit, err := w.pages.next(ctx, at, overlap)
		if err != nil {
			return err
		}
		keys := keysOf(page)
		if len(page.Backtraces) == 0 && page.Start == 0 {
			if empty, err := w.atEnd(ctx, 0); empty || err != nil {
				return err
			}
			continue
		}
		if len(page.Backtraces) == 0 || !w.contiguous(page, keys) {
			if at, err = w.backtrack(ctx, page.Start); err != nil {
				return err
			}
			overlap = 1
			continue
		}
		if err := w.accept(page, keys); err != nil {
			return err
		}
		var done bool
		if at, overlap, done, err = w.forward(ctx, page, keys, limit); err != nil || done {
			return err
		}
	}
}

// contiguous says whether nothing can lie between the page and what was read.
func (w *walk) contiguous(page *xvid.Page, keys pageKeys) bool {
	if !keys.ascending() {
		return false
	}
	first, _, any := keys.ends()
	if !any {
		// Not one key to go by.
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
func (w *walk) backtrack(ctx context.Context, from int) (int, error) {
	if w.count.pages > 0 { // before, it was only a stale hint
		w.count.breaks++
	}
	if w.breaks++; w.breaks > maxBreaks {
		return 0, fmt.Errorf("read the list at start=%d: it moved under %d pages in a row, or is not in order of updated_at", from, w.breaks)
	}
	w.pages.drop()
	at, err := w.seek(ctx, from)
	w.step = max(4*w.step, seekStep)
	return at, err
}

// accept hands a contiguous page over and moves the checkpoint.
func (w *walk) accept(page *xvid.Page, keys pageKeys) error {
	w.breaks, w.step = 0, 0
	w.count.pages++
	if err := w.sink.page(page); err != nil {
		return err
	}
	w.end = page.Start + len(page.Backtraces)
	w.marks.add(page.Start, keys)
	_, last, any := keys.ends()
	if !any {
		return nil
	}
	w.key = max(w.key, last)
	if !w.proven {
		return nil
	}
	next := schema.Checkpoint{UpdatedAt: w.key, Generation: w.checkpoint.Generation}
	if last == w.key {
		next.ID = page.Backtraces[keys.last()].ID
	}
	// A record from the future moves no cursor: what comes before it is yet
	// to be written.
	if now := clock(page); next.UpdatedAt > now {
		next.UpdatedAt, next.ID = now, ""
	}
	if next.UpdatedAt <= w.checkpoint.UpdatedAt {
		return nil
	}
	next.StartHint = uint64(w.marks.before(w.from(next.UpdatedAt))) //nolint:gosec // an offset
	w.checkpoint = next
	return w.sink.cursor(next)
}

// clock is the earlier of the API's clock and ours, in epoch milliseconds.
func clock(page *xvid.Page) int64 {
	if page.Date.IsZero() {
		return page.SentAt.UnixMilli()
	}
	return min(page.SentAt.UnixMilli(), page.Date.UnixMilli())
}

// forward says where to read on after an accepted page, how many of the records
// there are known, and whether the list is at its end.
func (w *walk) forward(ctx context.Context, page *xvid.Page, keys pageKeys, limit int) (at, overlap int, done bool, err error) {
	end := page.Start + len(page.Backtraces)
	short := len(page.Backtraces) < limit
	at, overlap = end-1, 1
	behind := keys.behind(w.key)
	if w.proven && !behind {
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
	if stuck {
		w.proven = false
		at, overlap = max(end-1, page.Start+1), 1
	}
	if short {
		w.pages.cutTo(len(page.Backtraces) - overlap)
	}
	if !stuck && behind {
		at, err = w.skipAhead(ctx, at)
	}
	return at, overlap, false, err
}

// atEnd makes sure that the list ends at an offset. One empty answer is not
// believed while the API's own count says that there is more.
func (w *walk) atEnd(ctx context.Context, end int) (bool, error) {
	total := 0
	for range maxDoubts {
		probe, err := w.pages.list(ctx, end, 1)
		if err != nil {
			return false, err
		}
		if len(probe.Backtraces) > 0 {
			return false, nil
		}
		if total = probe.Total; total <= end {
			w.pages.total = total
			return true, nil
		}
	}
	if end == 0 {
		return false, fmt.Errorf("read the list: the API counts %d records and lists none", total)
	}
	return true, nil
}
