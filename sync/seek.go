package sync

import (
	"context"
	"fmt"
	"math"
)

// seekStep is the first step of a search. Most lists move by a few places
// between two requests.
const seekStep = 4

// below is a property of keys that holds for the first records of the list and
// for no others, such as 'smaller than 5'.
type below[K any] func(key K) bool

// seek finds an offset at or before another one whose record has a key below
// the walk's, less than half a page before the first one that has not, so that
// reading on from there misses nothing; 0 if there is none such.
func (w *walk[K]) seek(ctx context.Context, from int) (int, error) {
	holds := func(key K) bool { return key < w.key }
	low, high, err := w.down(ctx, from, max(seekStep, w.step), holds)
	if err != nil {
		return 0, err
	}
	low, _, err = w.halve(ctx, low, high, w.pages.size/2, holds)
	return max(low, 0), err
}

// skipAhead finds a later offset than one whose page lies wholly below the
// walk's key, as after a checkpoint whose hint is far behind.
func (w *walk[K]) skipAhead(ctx context.Context, from int) (int, error) {
	holds := func(key K) bool { return key < w.key }
	low, high, err := w.up(ctx, from, w.pages.size, holds)
	if err != nil {
		return 0, err
	}
	low, _, err = w.halve(ctx, low, high, w.pages.size/2, holds)
	return low, err
}

// down steps back in growing steps from an offset for which a property does not
// hold to one for which it does, or to -1. high is the last one for which it did
// not.
func (w *walk[K]) down(ctx context.Context, from, step int, holds below[K]) (low, high int, err error) {
	high = from
	for low = from; low > 0; step *= 4 {
		low = max(0, low-step)
		at, err := w.at(ctx, low, holds)
		if err != nil || at {
			return low, high, err
		}
		high = low
	}
	return -1, high, nil
}

// up steps forth from an offset for which a property holds to one for which it
// does not. low is the last one for which it did.
func (w *walk[K]) up(ctx context.Context, from, step int, holds below[K]) (low, high int, err error) {
	step = max(step, 1)
	for low = from; low < math.MaxInt32; step *= 4 {
		at, err := w.at(ctx, low+step, holds)
		if err != nil || !at {
			return low, low + step, err
		}
		low += step
	}
	return 0, 0, fmt.Errorf("seek: the list goes on behind start=%d: %w", low, errStart)
}

// halve narrows the place where a property ends down to a number of records: it
// holds for low (or low is -1) and not for high.
func (w *walk[K]) halve(ctx context.Context, low, high, slack int, holds below[K]) (int, int, error) {
	for high-low > max(slack, 1) {
		middle := low + (high-low)/2
		at, err := w.at(ctx, middle, holds)
		if err != nil {
			return low, high, err
		}
		if at {
			low = middle
		} else {
			high = middle
		}
	}
	return low, high, nil
}

// at says whether a property holds for the record at an offset. Behind the end
// of the list nothing holds.
func (w *walk[K]) at(ctx context.Context, offset int, holds below[K]) (bool, error) {
	key, known, err := w.keyAt(ctx, offset)
	return err == nil && known && holds(key), err
}

// keyWindow is how far behind an unreadable element a known key is looked for.
const keyWindow = 100

// keyAt asks for the key of the record at an offset, or of the first one behind it
// that has a known key: an unreadable element lies before it in any case.
func (w *walk[K]) keyAt(ctx context.Context, offset int) (key K, known bool, err error) {
	for _, limit := range []int{1, keyWindow} {
		page, err := w.pages.list(ctx, offset, limit)
		if err != nil {
			return key, false, fmt.Errorf("seek: %w", err)
		}
		keys, err := w.keys(ctx, page)
		if err != nil {
			return key, false, err
		}
		if key, _, known = keys.ends(); known || len(keys) == 0 {
			return key, known, nil
		}
	}
	w.blind = true
	return key, false, nil
}
