package schema

import (
	"context"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Drift is a shape that the decoder does not know, as one run met it.
type Drift struct {
	Path, Kind string
	Count      uint64
	SampleID   string // a backtrace with it
}

// AddDrift adds to schema_drift.
func (m *Mirror) AddDrift(ctx context.Context, drift []Drift) error {
	if len(drift) == 0 {
		return nil
	}
	return m.retry(ctx, "record drift of shape", func(ctx context.Context) error {
		batch, err := m.conn.PrepareBatch(ctx, "INSERT INTO schema_drift_store (path, kind, first_seen, last_seen, count, sample_id)")
		if err != nil {
			return err
		}
		defer func() { _ = batch.Close() }() // after Send it has nothing left to say
		now := m.options.Now()
		for _, one := range drift {
			if err := batch.Append(one.Path, one.Kind, now, now, one.Count, one.SampleID); err != nil {
				return err
			}
		}
		return batch.Send()
	})
}

// DeadLetter is an element of the list that is no backtrace.
type DeadLetter struct {
	Reason string
	Raw    []byte
	SeenAt time.Time
	RunID  string
}

// AddDeadLetters keeps elements that are no backtrace. The same element again
// only moves its time; under a retention not even that, since its age counts from
// when it was first seen.
func (m *Mirror) AddDeadLetters(ctx context.Context, letters []DeadLetter) (err error) {
	if m.options.Retention > 0 && len(letters) > 0 {
		if letters, err = m.newLetters(ctx, letters); err != nil {
			return err
		}
	}
	if len(letters) == 0 {
		return nil
	}
	return m.retry(ctx, "keep unreadable elements", func(ctx context.Context) error {
		batch, err := m.conn.PrepareBatch(ctx, "INSERT INTO dead_letters_store (content_hash, reason, raw, seen_at, run_id)")
		if err != nil {
			return err
		}
		defer func() { _ = batch.Close() }() // after Send it has nothing left to say
		for _, letter := range letters {
			if err := batch.Append(xxhash.Sum64(letter.Raw), letter.Reason, string(letter.Raw), letter.SeenAt, letter.RunID); err != nil {
				return err
			}
		}
		return batch.Send()
	})
}

// newLetters are those that are not kept yet.
func (m *Mirror) newLetters(ctx context.Context, letters []DeadLetter) (unknown []DeadLetter, err error) {
	hashes := make([]uint64, len(letters))
	for i := range letters {
		hashes[i] = xxhash.Sum64(letters[i].Raw)
	}
	err = m.retry(ctx, "look up kept dead letters", func(ctx context.Context) error {
		var kept []struct {
			ContentHash uint64 `ch:"content_hash"`
		}
		err := m.conn.Select(ctx, &kept, "SELECT DISTINCT content_hash FROM dead_letters_store WHERE content_hash IN (?)", hashes)
		known := make(map[uint64]bool, len(kept))
		for _, one := range kept {
			known[one.ContentHash] = true
		}
		unknown = nil
		for i := range letters {
			if !known[hashes[i]] {
				unknown = append(unknown, letters[i])
			}
		}
		return err
	})
	return unknown, err
}

// Oddities count what did not fit: unreadable elements that are kept, and shapes
// that the decoder does not know.
type Oddities struct {
	DeadLetters uint64 `ch:"dead_letters"`
	Shapes      uint64 `ch:"shapes"`
}

// Oddities counts what did not fit, ever.
func (m *Mirror) Oddities(ctx context.Context) (found Oddities, err error) {
	err = m.retry(ctx, "count what did not fit", func(ctx context.Context) error {
		return m.conn.QueryRow(ctx, `SELECT (SELECT count() FROM dead_letters) AS dead_letters,
			(SELECT count() FROM schema_drift) AS shapes`).ScanStruct(&found)
	})
	return found, err
}

// DeadLetterCount counts the kept elements that are no backtrace.
func (m *Mirror) DeadLetterCount(ctx context.Context) (count uint64, err error) {
	err = m.retry(ctx, "count unreadable elements", func(ctx context.Context) error {
		return m.conn.QueryRow(ctx, "SELECT count() FROM dead_letters").Scan(&count)
	})
	return count, err
}
