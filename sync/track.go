package sync

import (
	"math"
	"strings"
	"time"

	"syncer/internal/xvid"
	"syncer/schema"
)

// track follows an incremental walk with a checkpoint.
type track struct {
	lookback   int64 // milliseconds
	checkpoint schema.Checkpoint
	marks      marks
	// bound is the clock when the walk came within the lookback of it, or beyond;
	// 0 before. From then on records come to lie below the walk's key: those that
	// show late and, once it met one from the future, all new ones. The next run
	// begins to read before any of them.
	bound int64
	// save is called when the checkpoint has moved.
	save func(schema.Checkpoint) error
}

func newTrack(from schema.Checkpoint, lookback time.Duration, save func(schema.Checkpoint) error) *track {
	return &track{lookback: lookback.Milliseconds(), checkpoint: from, save: save}
}

// walk makes the walk that reads on from the checkpoint, less the lookback.
func (t *track) walk(pages *pager, store func(*xvid.Page) error) *walk[int64] {
	key, start := t.from(t.checkpoint.UpdatedAt), 0
	if key != byUpdatedAt.null {
		start = int(min(t.checkpoint.StartHint, math.MaxInt32))
	}
	return newWalk(&byUpdatedAt, pages, key, start, walkSink[int64]{page: store, reached: t.reached})
}

// from is the key at which to begin to read for a checkpoint's time.
func (t *track) from(updatedAt int64) int64 {
	if updatedAt <= 0 {
		return byUpdatedAt.null
	}
	return updatedAt - t.lookback
}

// reached moves the checkpoint.
func (t *track) reached(key int64, page *xvid.Page) error {
	keys := byUpdatedAt.keys(page)
	t.marks.add(page.Start, keys)
	next := schema.Checkpoint{UpdatedAt: key, Generation: t.checkpoint.Generation}
	if last := keys.last(); last >= 0 && keys[last].key == key {
		next.ID = strings.Clone(page.Backtraces[last].ID) // the page does not last
	}
	if now := clock(page); t.bound == 0 && key > now-t.lookback {
		t.bound = now
	}
	if t.bound != 0 && next.UpdatedAt > t.bound {
		next.UpdatedAt, next.ID = t.bound, ""
	}
	if next.UpdatedAt <= t.checkpoint.UpdatedAt {
		return nil
	}
	next.StartHint = uint64(t.marks.before(t.from(next.UpdatedAt))) //nolint:gosec // an offset
	t.checkpoint = next
	return t.save(next)
}

// clock is the earlier of the API's clock and ours, in epoch milliseconds.
func clock(page *xvid.Page) int64 {
	if page.Date.IsZero() {
		return page.SentAt.UnixMilli()
	}
	return min(page.SentAt.UnixMilli(), page.Date.UnixMilli())
}
