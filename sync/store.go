package sync

import (
	"context"

	"syncer/internal/xvid"
	"syncer/schema"
)

// storer writes pages to the mirror: flatten, leave out what the mirror holds
// already, insert the rest.
type storer struct {
	mirror Mirror
	runID  string
	count  storeCount
	// previous holds the hashes of the last page's records. Pages overlap, and
	// what was just stored need not be looked up again.
	previous map[string]uint64
	// dirty is set before the first insert: from then on the mirror may hold
	// what the flat tables do not, even if the insert seems to fail.
	dirty bool
}

// storeCount is what a storer counts.
type storeCount struct {
	read, changed, unchanged, written uint64
	unreadable                        uint64
	drift                             map[xvid.Drift]uint64
}

// page stores the records of one page.
func (s *storer) page(ctx context.Context, page *xvid.Page) error {
	version := uint64(page.SentAt.UnixMicro())
	rows := make([]schema.Backtrace, 0, len(page.Backtraces))
	hashes := make(map[string]uint64, len(page.Backtraces))
	for i := range page.Backtraces {
		backtrace := &page.Backtraces[i]
		if backtrace.Unreadable != "" {
			s.count.unreadable++
			continue
		}
		row, drift := flatten(backtrace)
		row.Version, row.RunID = version, s.runID
		s.noteDrift(drift)
		_, doubled := hashes[row.ID]
		hashes[row.ID] = row.ContentHash
		if hash, seen := s.previous[row.ID]; seen && hash == row.ContentHash && !doubled {
			continue
		}
		rows = append(rows, row)
	}
	s.previous = hashes
	return s.store(ctx, lastOfEach(rows))
}

// store writes those of the rows that differ from the mirror.
func (s *storer) store(ctx context.Context, rows []schema.Backtrace) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	known, err := s.mirror.Known(ctx, ids)
	if err != nil {
		return err
	}
	changed := rows[:0]
	for _, row := range rows {
		if held, ok := known[row.ID]; !ok || held.ContentHash != row.ContentHash {
			changed = append(changed, row)
		}
	}
	read := uint64(len(ids))
	s.dirty = s.dirty || len(changed) > 0
	if err := s.mirror.Insert(ctx, changed); err != nil {
		return err
	}
	written := uint64(len(changed))
	s.count.read += read
	s.count.changed += written
	s.count.unchanged += read - written
	s.count.written += written
	return nil
}

func (s *storer) noteDrift(drift []xvid.Drift) {
	for _, one := range drift {
		if s.count.drift == nil {
			s.count.drift = map[xvid.Drift]uint64{}
		}
		s.count.drift[one]++
	}
}

// lastOfEach keeps the last row of an id that a page lists twice.
func lastOfEach(rows []schema.Backtrace) []schema.Backtrace {
	last := make(map[string]int, len(rows))
	for i := range rows {
		last[rows[i].ID] = i
	}
	if len(last) == len(rows) {
		return rows
	}
	kept := rows[:0]
	for i, row := range rows {
		if last[row.ID] == i {
			kept = append(kept, row)
		}
	}
	return kept
}
