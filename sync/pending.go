package sync

import (
	"context"
	"errors"

	"syncer/internal/xvid"
)

const (
	// maxPending bounds how many pending records one run looks after, and
	// maxPendingGets how many of them it asks for by their ids. Where there
	// are more, each run takes others.
	maxPending     = 20_000
	maxPendingGets = 500
	// fewPending are asked for by id at once; for more, one page of the list's
	// status filter tells which of them are still waiting.
	fewPending = 3
	queued     = "QUEUED"
)

// followPending reads records again that were mirrored in a state that is not
// final: a job's end does not touch updated_at, so the walk does not see it.
// What the source does not list as waiting any more is asked for by its id.
func (r *run) followPending(ctx context.Context) error {
	pending, err := r.Mirror.Pending(ctx, r.Now().Add(-r.PendingMaxAge), maxPending, r.row.ID)
	if err != nil {
		return err
	}
	r.row.Pending = uint64(len(pending))
	waiting := map[string]bool{}
	if len(pending) > fewPending {
		if waiting, err = r.readQueued(ctx); err != nil {
			return err
		}
	}
	var ended []string
	for _, one := range pending {
		if !waiting[one.ID] && len(ended) < maxPendingGets {
			ended = append(ended, one.ID)
		}
	}
	return r.storer.recheck(ctx, ended)
}

// readQueued stores the records that wait, by the list's filter, and gives their
// ids. That it may miss some, as the list moves, does no harm: those are asked
// for by id.
func (r *run) readQueued(ctx context.Context) (map[string]bool, error) {
	waiting := map[string]bool{}
	for start := 0; start < maxPending; {
		page, err := r.Source.List(ctx, xvid.Query{Start: start, Limit: xvid.MaxLimit, Sort: byID.sort, Status: queued})
		if errors.Is(err, xvid.ErrBadRequest) {
			return waiting, nil // no such filter here
		}
		if err != nil {
			return nil, err
		}
		if err := r.storer.page(ctx, page); err != nil {
			return nil, err
		}
		for i := range page.Backtraces {
			if page.Backtraces[i].Status == queued {
				waiting[page.Backtraces[i].ID] = true
			}
		}
		start += len(page.Backtraces)
		if len(page.Backtraces) == 0 || start >= page.Total {
			break
		}
	}
	return waiting, nil
}
