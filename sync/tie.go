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

// tie is a key of which no page proves that all its records were read: more of them
// than a page can hold have it, or the server gives fewer at a time. The proof is by
// count. The stretch of the key is read, pass by pass, until as many ids were seen as
// it is long; the length is measured before and after by the offsets of its two ends,
// so it counts only if nobody left it meanwhile. Nobody joins it: a record that changes
// gets the time of its change.
type tie[K cmp.Ordered] struct {
	stretch[K]
	measured bool            // false if the list moved meanwhile
	seen     map[string]bool // ids, since the length last changed
	pass     int             // so many were made
}

// meetTie begins with a tie that lies near an offset.
func (w *walk[K]) meetTie(ctx context.Context, near int) (err error) {
	met := &tie[K]{seen: map[string]bool{}}
	met.stretch, met.measured, err = w.measure(ctx, near)
	w.tie = met
	return err
}

// passTie makes a pass over the tie, and leaves it once it is proven. If no pass proves
// it, the walk goes on in doubt.
func (w *walk[K]) passTie(ctx context.Context) error {
	met := w.tie
	if met.measured && met.len() == 0 {
		// Nothing has a key as large as the walk's any more.
		w.leaveTie(met.from)
		return nil
	}
	if err := w.readStretch(ctx, met); err != nil {
		return err
	}
	again, measured, err := w.measure(ctx, met.from)
	if err != nil {
		return err
	}
	same := met.measured && measured && again.key == met.key && again.len() == met.len()
	if same && len(met.seen) == met.len() {
		w.key = w.order.after(met.key)
		w.leaveTie(max(again.to-1, 0))
		return w.sink.reached(w.key, w.tiePage)
	}
	if !same {
		clear(met.seen) // somebody left: what was seen is no count
	}
	met.stretch, met.measured = again, measured
	if met.pass++; met.pass == maxTiePasses {
		w.proven = false
		w.leaveTie(max(met.to-1, 0))
	}
	return nil
}

// leaveTie goes on with pages at an offset.
func (w *walk[K]) leaveTie(at int) { w.tie, w.from, w.overlap = nil, at, 1 }

// readStretch reads the stretch once and hands its pages over. Each pass begins
// elsewhere, and comes back to the stretch's beginning for what lies before: a server
// whose order of ties follows from the query, or comes again after so many of them,
// would show the same records each time.
func (w *walk[K]) readStretch(ctx context.Context, met *tie[K]) error {
	middle := met.from + met.pass%max(met.len(), 1)
	if err := w.readTie(ctx, met, middle, met.to); err != nil {
		return err
	}
	return w.readTie(ctx, met, met.from, middle)
}

// readTie reads a part of the stretch, from an offset to another (exclusive).
func (w *walk[K]) readTie(ctx context.Context, met *tie[K], from, to int) error {
	for at := from; at < to; {
		page, err := w.pages.list(ctx, at, min(w.pages.maxSize, to-at))
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
			case place.known && place.key == met.key:
				met.seen[backtrace.ID] = true
			case backtrace.Unreadable != "": // has a place in the stretch as well
				met.seen["\x00"+string(backtrace.Raw)] = true
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
