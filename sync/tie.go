package sync

import (
	"cmp"
	"context"
)

// stretch is where the records of one key lie in the list: from, to (exclusive).
type stretch[K cmp.Ordered] struct {
	key      K
	from, to int
}

func (s *stretch[K]) len() int { return s.to - s.from }

// maxTiePasses bounds how often a stretch is read. Where each request orders
// ties anew, a pass of n pages misses a record with probability (1-1/n)^n, about
// 0.37, so that 30 passes find all of a million.
const maxTiePasses = 30

// passTie gets the walk past a key of which no page proves that all its records
// were read: more records than a page can hold have it, or the server gives
// fewer of them at a time. The proof is by count. The stretch of the key is read
// until as many ids were seen as it is long; the length is measured before and
// after by the offsets of its two ends, so it counts only if nobody left it
// meanwhile. Nobody joins it: a record that changes gets the time of its change.
//
// It leaves the offset to read on from. If it finds no proof, the walk goes on
// in doubt.
func (w *walk[K]) passTie(ctx context.Context, near int) (int, error) {
	seen := map[string]bool{}
	tie, ok, err := w.measure(ctx, near)
	for pass := 0; err == nil && pass < maxTiePasses; pass++ {
		if ok && tie.len() == 0 {
			// Nothing has a key as large as the walk's any more.
			return tie.from, nil
		}
		if err = w.readStretch(ctx, tie, seen); err != nil {
			break
		}
		again, measured, measureErr := w.measure(ctx, tie.from)
		if err = measureErr; err != nil {
			break
		}
		same := ok && measured && again.key == tie.key && again.len() == tie.len()
		if same && len(seen) == tie.len() {
			w.key = w.order.after(tie.key)
			return max(again.to-1, 0), w.sink.reached(w.key, w.tiePage)
		}
		if !same {
			clear(seen) // somebody left: what was seen is no count
		}
		tie, ok = again, measured
	}
	w.proven = false
	return max(tie.to-1, 0), err
}

// readStretch reads the stretch once and hands its pages over.
func (w *walk[K]) readStretch(ctx context.Context, tie stretch[K], seen map[string]bool) error {
	for at := tie.from; at < tie.to; {
		page, err := w.pages.list(ctx, at, min(w.pages.maxSize, tie.to-at))
		if err != nil || len(page.Backtraces) == 0 {
			return err
		}
		if err := w.sink.page(page); err != nil {
			return err
		}
		w.count.pages++
		w.tiePage = page
		for i, place := range w.order.keys(page) {
			switch backtrace := &page.Backtraces[i]; {
			case place.known && place.key == tie.key:
				seen[backtrace.ID] = true
			case backtrace.Unreadable != "": // has a place in the stretch as well
				seen["\x00"+string(backtrace.Raw)] = true
			}
		}
		at += len(page.Backtraces)
	}
	return nil
}

// measure finds the stretch of the smallest key that is not below the walk's; an
// empty one at the list's end if there is none. ok is false if the list moved
// while it was measured, or if no key was to be had where it was looked for.
func (w *walk[K]) measure(ctx context.Context, near int) (tie stretch[K], ok bool, err error) {
	under := func(key K) bool { return key < w.key }
	w.blind = false
	low, from, err := w.boundary(ctx, near, under)
	if err != nil {
		return tie, false, err
	}
	key, known, err := w.keyAt(ctx, from)
	if err != nil {
		return tie, false, err
	}
	tie = stretch[K]{key: key, from: from, to: from}
	if known && !under(key) {
		if _, tie.to, err = w.boundary(ctx, from, func(other K) bool { return other <= key }); err != nil {
			return tie, false, err
		}
	}
	// The record before the stretch is still one that was read: nothing came
	// to lie between it and the first of the stretch.
	ok = low < 0
	if !ok {
		ok, err = w.at(ctx, low, under)
	}
	return tie, ok && !w.blind, err
}

// boundary finds the two neighbouring offsets between which a property ends,
// from somewhere near; low is -1 if it never holds.
func (w *walk[K]) boundary(ctx context.Context, near int, holds below[K]) (low, high int, err error) {
	at, err := w.at(ctx, near, holds)
	if err != nil {
		return 0, 0, err
	}
	if at {
		low, high, err = w.up(ctx, near, 1, holds)
	} else {
		low, high, err = w.down(ctx, near, 1, holds)
	}
	if err != nil {
		return 0, 0, err
	}
	return w.halve(ctx, low, high, 1, holds)
}
