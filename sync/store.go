package sync

import (
	"context"
	"slices"
	"strings"
	"time"

	"syncer/internal/xvid"
	"syncer/schema"
)

// storer writes readings to the mirror: flatten, leave out what the mirror holds
// already, insert the rest.
type storer struct {
	source      Source
	mirror      Mirror
	runID       string
	concurrency int  // requests for single records at a time
	dry         bool // only count what would be written
	retention   time.Duration
	now         func() time.Time

	count storeCount
	// shapes are the kinds of drift that were reported.
	shapes map[xvid.Drift]bool
	// previous holds the hashes of the last page's records. Pages overlap, and
	// what was just stored need not be looked up again.
	previous, hashes map[string]uint64
	// What a page's rows are made in is used again for the next page's.
	flattener flattener
	readings  []reading
	rows      []schema.Backtrace
	ids       []string
	// dirty is set before the first insert: from then on the mirror may hold
	// what the flat tables do not, even if the insert seems to fail.
	dirty bool
	// given is set once the source gave a record by its id; see givesListed.
	given bool
}

// storeCount is what a storer counts.
type storeCount struct {
	read, changed, unchanged, written, tombstones uint64
	unreadable                                    uint64
}

// reading is a row with what is odd about its record.
type reading struct {
	row   schema.Backtrace
	drift []xvid.Drift
}

// page stores the records of one page.
func (s *storer) page(ctx context.Context, page *xvid.Page) error {
	s.flattener.reset()
	s.readings = slices.Grow(s.readings[:0], len(page.Backtraces))
	s.previous, s.hashes = s.hashes, emptied(s.previous)
	var letters []schema.DeadLetter
	anyDoubled := false
	for i := range page.Backtraces {
		backtrace := &page.Backtraces[i]
		if backtrace.Unreadable != "" {
			letters = append(letters, schema.DeadLetter{
				Reason: backtrace.Unreadable, Raw: backtrace.Raw, SeenAt: page.SentAt, RunID: s.runID,
			})
			continue
		}
		now := contentHash(backtrace)
		others := len(s.hashes)
		s.hashes[strings.Clone(backtrace.ID)] = now // the page does not last
		doubled := len(s.hashes) == others          // told without another look-up
		anyDoubled = anyDoubled || doubled
		if hash, seen := s.previous[backtrace.ID]; seen && hash == now && !doubled {
			continue
		}
		s.readings = append(s.readings, s.reading(backtrace, uint64(page.SentAt.UnixMicro())))
	}
	if anyDoubled {
		s.readings = lastOfEach(s.readings)
	}
	if err := s.bury(ctx, letters); err != nil {
		return err
	}
	return s.store(ctx, s.readings)
}

// emptied gives a map without its entries, ready for others.
func emptied(hashes map[string]uint64) map[string]uint64 {
	if hashes == nil {
		return map[string]uint64{}
	}
	clear(hashes)
	return hashes
}

// reading flattens a record that was asked for at a time.
func (s *storer) reading(backtrace *xvid.Backtrace, version uint64) reading {
	row, drift := s.flattener.flatten(backtrace)
	row.Version, row.RunID = version, s.runID
	return s.retain(reading{row: row, drift: drift})
}

// bury keeps what is no backtrace.
func (s *storer) bury(ctx context.Context, letters []schema.DeadLetter) error {
	s.count.unreadable += uint64(len(letters))
	if s.dry {
		return nil
	}
	return s.mirror.AddDeadLetters(ctx, letters)
}

// store writes those of the readings that differ from the mirror. A reading that
// differs though the mirror's is newer proves nothing: another run may have read
// later, or its clock may be ahead. Such a record is asked for anew.
func (s *storer) store(ctx context.Context, readings []reading) error {
	if len(readings) == 0 {
		return nil
	}
	s.ids = s.ids[:0]
	for i := range readings {
		s.ids = append(s.ids, readings[i].row.ID)
	}
	known, err := s.mirror.Known(ctx, s.ids)
	if err != nil {
		return err
	}
	read := len(readings)
	changed := readings[:0]
	var contested []string
	for i := range readings {
		one := &readings[i]
		held, ok := known[one.row.ID]
		switch {
		case ok && !held.Deleted && held.ContentHash == one.row.ContentHash:
		case ok && held.Version >= one.row.Version:
			contested = append(contested, one.row.ID)
		default:
			changed = append(changed, *one)
		}
	}
	s.count.read += uint64(read - len(contested))                     //nolint:gosec // a part of them
	s.count.unchanged += uint64(read - len(contested) - len(changed)) //nolint:gosec // likewise
	if err := s.insert(ctx, changed); err != nil {
		return err
	}
	return s.recheck(ctx, contested)
}

// insert writes readings that differ from the mirror. What is odd about them goes
// first: a run that dies in between does it again, while one that died after the
// rows would leave readings that the next run finds unchanged, and says nothing of.
func (s *storer) insert(ctx context.Context, changed []reading) error {
	if err := s.report(ctx, changed); err != nil {
		return err
	}
	s.rows = s.rows[:0]
	for i := range changed {
		s.rows = append(s.rows, changed[i].row)
	}
	if err := s.write(ctx, s.rows); err != nil {
		return err
	}
	s.count.changed += uint64(len(changed))
	return nil
}

// write inserts rows, tombstones among them.
func (s *storer) write(ctx context.Context, rows []schema.Backtrace) error {
	if len(rows) == 0 || s.dry {
		return nil
	}
	s.dirty = true
	if err := s.mirror.Insert(ctx, rows); err != nil {
		return err
	}
	s.count.written += uint64(len(rows))
	return nil
}

// maxDrift bounds how many kinds of drift a run reports: a source that makes up
// keys must not fill the mirror with them.
const maxDrift = 1000

// report stores what is odd about readings.
func (s *storer) report(ctx context.Context, readings []reading) error {
	if s.dry {
		return nil
	}
	if s.shapes == nil {
		s.shapes = map[xvid.Drift]bool{}
	}
	var found []schema.Drift
	places := map[xvid.Drift]int{}
	for i := range readings {
		one := &readings[i]
		for _, shape := range one.drift {
			if !s.shapes[shape] && len(s.shapes) == maxDrift {
				continue
			}
			s.shapes[shape] = true
			if _, ok := places[shape]; !ok {
				places[shape] = len(found)
				found = append(found, schema.Drift{Path: shape.Path, Kind: shape.Kind})
			}
			at := &found[places[shape]]
			at.Count++
			at.SampleID = one.row.ID
		}
	}
	return s.mirror.AddDrift(ctx, found)
}

// lastOfEach keeps the last reading of an id that a page lists twice.
func lastOfEach(readings []reading) []reading {
	last := make(map[string]int, len(readings))
	for i := range readings {
		last[readings[i].row.ID] = i
	}
	if len(last) == len(readings) {
		return readings
	}
	kept := readings[:0]
	for i, one := range readings {
		if last[one.row.ID] == i {
			kept = append(kept, one)
		}
	}
	return kept
}
