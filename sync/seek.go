package sync

import (
	"context"
	"fmt"
)

// seekStep is the first step back of a search. Most lists move by a few places
// between two requests.
const seekStep = 4

// seek finds an offset at or before another one whose record has a key below
// the walk's, so that reading on from there misses nothing; 0 if there is none
// such. It steps back in growing steps and then halves, so it takes
// O(log distance) requests for one record each.
func (w *walk) seek(ctx context.Context, from int) (int, error) {
	low, high := from, from
	for step := max(seekStep, w.step); ; step *= 4 {
		low = max(0, low-step)
		if low == 0 {
			break
		}
		below, err := w.below(ctx, low)
		if err != nil {
			return 0, err
		}
		if below {
			break
		}
		high = low
	}
	return w.halve(ctx, low, high)
}

// skipAhead finds a later offset to read from than one whose whole page lies
// below the walk's key, as after a checkpoint whose hint is far behind.
func (w *walk) skipAhead(ctx context.Context, from int) (int, error) {
	low, high := from, max(from, w.pages.total)
	for step := w.pages.size; ; step *= 4 {
		at := low + step
		if at >= high {
			break
		}
		below, err := w.below(ctx, at)
		if err != nil {
			return 0, err
		}
		if !below {
			high = at
			break
		}
		low = at
	}
	return w.halve(ctx, low, high)
}

// halve narrows the place of the walk's key down to less than half a page: low
// lies before it, high does not. A page read from low then holds it.
func (w *walk) halve(ctx context.Context, low, high int) (int, error) {
	for high-low > max(w.pages.size/2, 1) {
		middle := low + (high-low)/2
		below, err := w.below(ctx, middle)
		if err != nil {
			return 0, err
		}
		if below {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}

// below says whether the record at an offset lies before the walk's key. Behind
// the end of the list nothing does.
func (w *walk) below(ctx context.Context, offset int) (bool, error) {
	page, err := w.pages.list(ctx, offset, 1)
	if err != nil {
		return false, fmt.Errorf("seek: %w", err)
	}
	first, _, any := keysOf(page).ends()
	return any && first < w.key, nil
}
