package sync

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"syncer/internal/privacy"
	"syncer/schema"
)

// Held is what the mirror holds of a tag.
type Held struct {
	schema.Holding
	DeadLetters uint64
}

// Holds counts what the mirror holds of a tag.
func (s *Syncer) Holds(ctx context.Context, tag privacy.TagHash) (held Held, err error) {
	hashes := []string{tag.String()}
	if held.Holding, err = s.options.Mirror.CountHolding(ctx, hashes); err != nil {
		return held, err
	}
	letters, err := lettersWith(ctx, s.options.Mirror, hashes)
	held.DeadLetters = uint64(len(letters))
	return held, err
}

// Forget puts a tag on the list of those that are not mirrored, and erases what
// the mirror holds of it. It asks nothing of the source. Waiting is told the runs
// that it waits for: they began before the tag was on the list, and may still
// bring it back.
//
// It can be repeated at any time, and ends what an earlier one left undone. First
// the tag is put on the list, so that no run which begins from then on brings it.
// Then readings without it are stored above those that have it, and the flat
// tables are rebuilt: nobody sees the tag any more. Only when no older run is left
// are the readings with the tag deleted, all of which are superseded by then: so
// no still older reading comes to light.
func (s *Syncer) Forget(ctx context.Context, tag privacy.TagHash, waiting func([]schema.Run)) (schema.Run, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.options.Timeout, errTimeout)
	defer cancel()
	storeCtx, stop := graceful(ctx, s.options.Grace)
	defer stop()

	r := s.begin(schema.Forget)
	err := guard(func() error {
		if err := r.start(ctx); err != nil {
			return err
		}
		return r.forget(ctx, tag.String(), waiting)
	})
	row, err := s.end(ctx, storeCtx, r, err)
	if row.Outcome == schema.Interrupted {
		// Unlike a run that is cut short, it has not done what it was asked for.
		err = errors.New("interrupted before all was erased: repeat the command")
	}
	return row, err
}

func (r *run) forget(ctx context.Context, hash string, waiting func([]schema.Run)) error {
	if err := r.Mirror.ListTag(ctx, hash, true); err != nil {
		return err
	}
	if err := r.hide(ctx); err != nil {
		return err
	}
	if err := r.rebuild(ctx); err != nil {
		return err
	}
	if err := r.awaitOlder(ctx, waiting); err != nil {
		return err
	}
	written := r.storer.count.written
	if err := r.hide(ctx); err != nil {
		return err
	}
	if r.storer.count.written > written {
		if err := r.rebuild(ctx); err != nil {
			return err
		}
	}
	if err := r.erase(ctx); err != nil {
		return err
	}
	return r.audit(ctx)
}

func (r *run) rebuild(ctx context.Context) error {
	err := r.Mirror.Refresh(ctx)
	r.refreshed = err == nil
	return err
}

// hide puts what has no forgotten tags above what has, for all tags on the list:
// another forget may be at work at the same time, and make its readings from ones
// that hold this one's tag.
func (r *run) hide(ctx context.Context) error {
	hashes, err := r.Mirror.ForgottenTags(ctx)
	if err != nil {
		return err
	}
	r.forgotten = hashes
	if err := r.storer.withoutTags(ctx, hashes); err != nil {
		return err
	}
	letters, err := lettersWith(ctx, r.Mirror, hashes)
	if err != nil {
		return err
	}
	clean := make([]schema.DeadLetter, len(letters))
	for i := range letters {
		clean[i] = letters[i].clean
	}
	return r.Mirror.AddDeadLetters(ctx, clean)
}

// errCameBack is what a run did that was taken for dead.
var errCameBack = errors.New("came back while they were erased: repeat the command")

// erase deletes what is hidden.
func (r *run) erase(ctx context.Context) error {
	letters, err := lettersWith(ctx, r.Mirror, r.forgotten)
	if err != nil {
		return err
	}
	if len(letters) > 0 {
		hashes := make([]uint64, len(letters))
		for i := range letters {
			hashes[i] = letters[i].contentHash
		}
		if err := r.Mirror.EraseDeadLetters(ctx, hashes); err != nil {
			return err
		}
		r.storer.count.unreadable += uint64(len(letters))
	}
	held, err := r.Mirror.CountHolding(ctx, r.forgotten)
	if err != nil || held.Readings == 0 {
		return err
	}
	if held.Backtraces > 0 {
		return fmt.Errorf("%d backtraces with a forgotten tag %w", held.Backtraces, errCameBack)
	}
	r.storer.count.read += held.Readings
	if err := r.Mirror.EraseTags(ctx, r.forgotten); err != nil {
		return err
	}
	if held, err = r.Mirror.CountHolding(ctx, r.forgotten); err == nil && held.Readings > 0 {
		err = fmt.Errorf("%d readings with a forgotten tag %w", held.Readings, errCameBack)
	}
	return err
}

// openPoll is how often it is asked whether older runs have ended.
const openPoll = time.Second

// awaitOlder waits for the end of runs that may not know the list as it is now.
// Another forget reads the list anew before it erases, and erases all that is on it.
func (r *run) awaitOlder(ctx context.Context, waiting func([]schema.Run)) error {
	older, err := r.Mirror.OpenRuns(ctx, r.row.ID)
	older = slices.DeleteFunc(older, func(other schema.Run) bool { return other.Kind == schema.Forget })
	if len(older) > 0 {
		waiting(older)
	}
	poll := time.NewTicker(openPoll)
	defer poll.Stop()
	for err == nil && len(older) > 0 {
		select {
		case <-poll.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		var open []schema.Run
		open, err = r.Mirror.OpenRuns(ctx, r.row.ID)
		older = slices.DeleteFunc(older, func(one schema.Run) bool {
			return !slices.ContainsFunc(open, func(other schema.Run) bool { return other.ID == one.ID })
		})
	}
	return err
}

// letterWith is a dead letter in which there are tags.
type letterWith struct {
	contentHash uint64
	clean       schema.DeadLetter // without them
}

func lettersWith(ctx context.Context, mirror Mirror, hashes []string) (found []letterWith, err error) {
	policy, err := forgetting(hashes)
	if err != nil {
		return nil, err
	}
	err = mirror.EachDeadLetter(ctx, func(contentHash uint64, letter schema.DeadLetter) error {
		if len(letter.Raw) == 0 {
			return nil // past the retention
		}
		raw, err := policy.Rewrite(letter.Raw)
		if err != nil || bytes.Equal(raw, letter.Raw) {
			return err
		}
		letter.Raw = raw
		found = append(found, letterWith{contentHash: contentHash, clean: letter})
		return nil
	})
	return found, err
}
