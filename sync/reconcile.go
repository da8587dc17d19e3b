package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"syncer/internal/xvid"
	"syncer/schema"
)

// ErrTooManyDeletions is a reconcile that found more records gone than it may
// take away unasked.
var ErrTooManyDeletions = errors.New("too many records are gone from the source")

// ReconcileOptions say how far a reconcile may go.
type ReconcileOptions struct {
	DryRun bool // change nothing, only count
	Force  bool // tombstone however many the source confirms gone
}

// Reconcile compares the whole source with the whole mirror: it adds what is
// missing, rewrites what differs, and tombstones what the source confirms gone.
// Its memory does not grow with the source but for the ids that seem gone, which
// are bounded by the share that may be deleted.
func (s *Syncer) Reconcile(ctx context.Context, options ReconcileOptions) (schema.Run, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.options.Timeout, errTimeout)
	defer cancel()
	storeCtx, stop := graceful(ctx, s.options.Grace)
	defer stop()

	r := s.begin(schema.Reconcile)
	r.storer.dry = options.DryRun
	err := guard(func() error {
		if !options.DryRun {
			if err := r.start(ctx); err != nil {
				return err
			}
		}
		return r.reconcile(ctx, storeCtx, options)
	})
	return s.end(ctx, storeCtx, r, err)
}

func (r *run) reconcile(ctx, storeCtx context.Context, options ReconcileOptions) error {
	unrefreshed, err := r.prepare(ctx)
	if err != nil {
		return err
	}
	counts, err := r.Mirror.Counts(ctx)
	if err != nil {
		return err
	}
	limit := int(counts.Backtraces) * r.MaxDeletePercent / 100 //nolint:gosec // a count
	c := &comparison{run: r, limit: limit, force: options.Force}
	pages := r.pager()
	walk := newWalk(&byID, pages, "", 0, walkSink[string]{
		page: func(page *xvid.Page) error { return c.page(storeCtx, page) },
		reached: func(key string, _ *xvid.Page) error {
			if key == "" {
				return nil // only unreadable elements yet; "" would compare all
			}
			return c.compareUpTo(ctx, key)
		},
	})
	err = walk.run(ctx)
	r.counted(walk.count, pages.total, !walk.proven)
	if errors.Is(err, xvid.ErrBadRequest) {
		err = fmt.Errorf("the API does not list by sort=%s, and no other order stays the same while a reconcile reads: %w", byID.sort, err)
	}
	if err != nil {
		return err
	}
	deleteErr := c.delete(ctx, walk.proven)
	if deleteErr != nil && !errors.Is(deleteErr, ErrTooManyDeletions) {
		return deleteErr
	}
	if options.DryRun {
		return deleteErr
	}
	// What was added and rewritten is right, whatever may not be deleted.
	if err := c.advance(storeCtx, walk.proven); err != nil {
		return err
	}
	return errors.Join(deleteErr, r.conclude(ctx, unrefreshed))
}

// comparison goes through source and mirror side by side, in order of id.
type comparison struct {
	run   *run
	limit int // most records that may seem gone
	force bool

	compared string          // all ids up to this one have been compared
	listed   map[string]bool // ids that the source listed beyond it
	any      bool            // the source listed anything at all
	gone     []string        // mirrored, not listed
	surplus  int             // of these, not kept: more than the limit
	began    int64           // the clock when the first page was asked for
}

// page stores a page of the source.
func (c *comparison) page(ctx context.Context, page *xvid.Page) error {
	if c.began == 0 {
		c.began = clock(page)
	}
	if c.listed == nil {
		c.listed = map[string]bool{}
	}
	for i := range page.Backtraces {
		if id := page.Backtraces[i].ID; id > c.compared {
			c.listed[strings.Clone(id)] = true // the page does not last
			c.any = true
		}
	}
	return c.run.store(ctx, page)
}

// heldChunk bounds how much of the mirror is held at a time.
const heldChunk = 10_000

// compareUpTo looks for mirrored records, up to an id ("" for all), that the
// source has not listed.
func (c *comparison) compareUpTo(ctx context.Context, upTo string) error {
	for {
		held, err := c.run.Mirror.HeldBetween(ctx, c.compared, upTo, heldChunk)
		if err != nil {
			return err
		}
		for _, one := range held {
			if !c.listed[one.ID] {
				c.miss(one.ID)
			}
		}
		if len(held) < heldChunk {
			break
		}
		c.compared = held[len(held)-1].ID
	}
	c.compared = max(c.compared, upTo)
	for id := range c.listed {
		if id <= c.compared {
			delete(c.listed, id)
		}
	}
	return nil
}

func (c *comparison) miss(id string) {
	if !c.force && len(c.gone) >= c.limit {
		c.surplus++
		return
	}
	c.gone = append(c.gone, id)
}

// delete asks the source for each record that it did not list, and tombstones
// those that it says are gone. An empty list or a doubtful one deletes nothing.
func (c *comparison) delete(ctx context.Context, proven bool) error {
	if !proven {
		return nil
	}
	if err := c.compareUpTo(ctx, ""); err != nil {
		return err
	}
	missing := len(c.gone) + c.surplus
	switch {
	case missing == 0:
		return nil
	case !c.any:
		return fmt.Errorf("%w: the source lists no record at all and the mirror holds %d: nothing is deleted; check XVID_API_URL and the token's account", ErrTooManyDeletions, missing)
	case c.surplus > 0:
		return fmt.Errorf("%w: %d, and at most %d may be (SYNC_MAX_DELETE_PERCENT=%d): nothing is deleted; check XVID_API_URL and the token's account, then insist with `syncer reconcile --force`",
			ErrTooManyDeletions, missing, c.limit, c.run.MaxDeletePercent)
	}
	return c.run.storer.recheck(ctx, c.gone)
}

// advance moves the checkpoint to the beginning of the reconcile: all that was
// there then has been read. So a stretch that incremental runs could not prove
// does not hold them up for ever.
func (c *comparison) advance(ctx context.Context, proven bool) error {
	saved := c.run.saved
	if !proven || c.began <= saved.UpdatedAt {
		return nil
	}
	return c.run.save(ctx, schema.Checkpoint{UpdatedAt: c.began, StartHint: saved.StartHint, Generation: saved.Generation})
}
