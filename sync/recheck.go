package sync

import (
	"context"
	"errors"
	"slices"
	stdsync "sync"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/internal/xvid"
	"syncer/schema"
)

// recheckChunk bounds how many single records are held at a time.
const recheckChunk = 200

// maxFailed bounds how many single records may fail before the rest is not asked
// for any more: so many may be the records' own fault, more are the API's.
const maxFailed = 3

// errKnowsNone is an API whose word that records are gone is worth nothing.
var errKnowsNone = errors.New("the API says of a record that it lists that it does not exist, so nothing is deleted: check XVID_API_URL")

// recheck asks for single records and stores what they are now: gone if the
// source says so. The mirror is looked at before the source is, so each answer
// is newer than what the mirror held, whatever the clocks say. One that the API
// cannot give does not keep the others from being stored.
func (s *storer) recheck(ctx context.Context, ids []string) error {
	var failed []error
	for chunk := range slices.Chunk(ids, recheckChunk) {
		if len(failed) > maxFailed {
			break
		}
		known, err := s.mirror.Known(ctx, chunk)
		if err != nil {
			return err
		}
		answers, errs := s.askEach(ctx, chunk)
		failed = append(failed, errs...)
		if err := s.settle(ctx, answers, known); err != nil {
			return errors.Join(append(failed, err)...)
		}
	}
	return errors.Join(failed...)
}

// answer is what the source says of one id: a reading, or that it is gone.
type answer struct {
	id      string
	reading *xvid.Reading // nil: gone
	askedAt time.Time
}

// askEach asks for each id, until too many fail.
func (s *storer) askEach(ctx context.Context, ids []string) (answers []answer, failed []error) {
	var mu stdsync.Mutex
	var group errgroup.Group
	group.SetLimit(s.concurrency)
	for _, id := range ids {
		group.Go(func() error {
			mu.Lock()
			hopeless := len(failed) > maxFailed
			mu.Unlock()
			if hopeless {
				return nil
			}
			var one answer
			err := guard(func() (err error) { one, err = s.ask(ctx, id); return err })
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = append(failed, err)
			} else {
				answers = append(answers, one)
			}
			return nil
		})
	}
	_ = group.Wait() // each keeps its own error
	return answers, failed
}

func (s *storer) ask(ctx context.Context, id string) (answer, error) {
	askedAt := s.now()
	got, err := s.source.Get(ctx, id)
	if errors.Is(err, xvid.ErrNotFound) {
		return answer{id: id, askedAt: askedAt}, nil
	}
	return answer{id: id, reading: got, askedAt: askedAt}, err
}

// settle stores answers that are newer than what is known.
func (s *storer) settle(ctx context.Context, answers []answer, known map[string]schema.Known) error {
	s.flattener.reset() // all rows made before are stored
	var changed []reading
	var gone []schema.Backtrace
	for _, one := range answers {
		held, ok := known[one.id]
		if one.reading == nil {
			if ok && !held.Deleted {
				// Above every older reading that another run may yet store.
				version := max(uint64(one.askedAt.UnixMicro()), held.Version+1)
				gone = append(gone, schema.Backtrace{ID: one.id, Version: version, Deleted: true, RunID: s.runID})
			}
			continue
		}
		s.count.read++
		s.given = true
		now := s.reading(&one.reading.Backtrace, uint64(one.reading.SentAt.UnixMicro()))
		if ok && !held.Deleted && held.ContentHash == now.row.ContentHash {
			s.count.unchanged++
			continue
		}
		now.row.Version = max(now.row.Version, held.Version+1)
		changed = append(changed, now)
	}
	if err := s.insert(ctx, changed); err != nil {
		return err
	}
	if len(gone) == 0 {
		return nil
	}
	if given, err := s.givesListed(ctx); err != nil || !given {
		return err
	}
	s.count.tombstones += uint64(len(gone))
	return s.write(ctx, gone)
}

// givesListed says whether the source gives by id what it lists. A wrong
// collection, or a gateway that makes up bodies, may know no record by its id: then
// all seem gone. A source that lists nothing proves nothing either.
func (s *storer) givesListed(ctx context.Context) (bool, error) {
	if s.given {
		return true, nil
	}
	page, err := s.source.List(ctx, xvid.Query{Limit: 1})
	if err != nil {
		return false, err
	}
	at := slices.IndexFunc(page.Backtraces, func(b xvid.Backtrace) bool { return b.Unreadable == "" })
	if at < 0 {
		return false, nil
	}
	one, err := s.ask(ctx, page.Backtraces[at].ID)
	if err == nil && one.reading == nil {
		err = errKnowsNone
	}
	s.given = err == nil
	return s.given, err
}
