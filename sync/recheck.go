package sync

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"syncer/internal/xvid"
	"syncer/schema"
)

// recheckChunk bounds how many single records are held at a time.
const recheckChunk = 200

// recheck asks for single records and stores what they are now: gone if the
// source says so. The mirror is looked at before the source is, so each answer
// is newer than what the mirror held, whatever the clocks say.
func (s *storer) recheck(ctx context.Context, ids []string) error {
	for chunk := range slices.Chunk(ids, recheckChunk) {
		known, err := s.mirror.Known(ctx, chunk)
		if err != nil {
			return err
		}
		answers := make([]answer, len(chunk))
		group, groupCtx := errgroup.WithContext(ctx)
		group.SetLimit(s.concurrency)
		for i, id := range chunk {
			group.Go(func() error {
				return guard(func() (err error) {
					answers[i], err = s.ask(groupCtx, id)
					return err
				})
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if err := s.settle(ctx, answers, known); err != nil {
			return err
		}
	}
	return nil
}

// answer is what the source says of one id: a reading, or that it is gone.
type answer struct {
	id      string
	reading *xvid.Reading // nil: gone
	askedAt time.Time
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
		now := s.reading(&one.reading.Backtrace, uint64(one.reading.SentAt.UnixMicro()))
		if ok && !held.Deleted && held.ContentHash == now.row.ContentHash {
			s.count.unchanged++
			continue
		}
		now.row.Version = max(now.row.Version, held.Version+1)
		changed = append(changed, now)
	}
	s.count.tombstones += uint64(len(gone))
	if err := s.write(ctx, gone); err != nil {
		return err
	}
	return s.insert(ctx, changed)
}
