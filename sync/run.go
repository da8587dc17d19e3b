package sync

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"syncer/internal/privacy"
	"syncer/internal/xvid"
	"syncer/schema"
)

// Options configure a [Syncer].
type Options struct {
	Source Source
	// SourceName is the collection's URL, the key of the checkpoint.
	SourceName  string
	Mirror      Mirror
	PageSize    int           // new records a page, 1 to [xvid.MaxLimit]
	Concurrency int           // pages in flight at most
	Lookback    time.Duration // how far before the checkpoint a run begins to read
	Timeout     time.Duration // bound on a run
	// PendingMaxAge is how long after its creation a record in a state that is
	// not final is followed.
	PendingMaxAge time.Duration
	// MaxDeletePercent is the share of the mirror that a reconcile may
	// tombstone unasked.
	MaxDeletePercent int
	// Retention is how long after its creation a backtrace's data is kept; 0
	// for ever.
	Retention time.Duration
	// Policy is told the tags that are to be forgotten; nil forgets none. It
	// rewrites what Source answers.
	Policy *privacy.Policy
	// Grace is how long a run that is interrupted may take to store the page
	// in hand, and again to say that it ended: 8 s.
	Grace time.Duration
	// Progress is told, after each page, how many places of the list have been
	// read and how many there are; nil for nobody.
	Progress func(done, total int)
	Now      func() time.Time
	Version  string // of this program

	eager bool // pages are asked for ahead as many as may be from the start; see [pager]
}

// Syncer mirrors one source into one mirror. Its runs must not overlap, though
// no row is lost if those of two processes do.
type Syncer struct{ options Options }

// New makes a syncer.
func New(options Options) *Syncer {
	if options.Grace == 0 {
		options.Grace = 8 * time.Second
	}
	return &Syncer{options: options}
}

// stats counts requests; nothing that is only erased needs a source.
func (o *Options) stats() xvid.Stats {
	if o.Source == nil {
		return xvid.Stats{}
	}
	return o.Source.Stats()
}

// errTimeout is the cause of a run's end at its bound, which [Syncer.end] names.
var errTimeout = errors.New("time is up")

// RunOnce makes one incremental run and gives its row in sync_runs. A run that
// is interrupted through ctx ends without an error if all that it stored is
// whole; its outcome tells.
func (s *Syncer) RunOnce(ctx context.Context) (schema.Run, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.options.Timeout, errTimeout)
	defer cancel()
	storeCtx, stop := graceful(ctx, s.options.Grace)
	defer stop()

	r := s.begin(schema.Incremental)
	err := guard(func() error {
		if err := r.start(ctx); err != nil {
			return err
		}
		return r.incremental(ctx, storeCtx)
	})
	return s.end(ctx, storeCtx, r, err)
}

// begin makes the run and its row.
func (s *Syncer) begin(kind string) *run {
	now := s.options.Now().UTC()
	// Ids sort by start, and two processes that start at once differ.
	id := now.Format("20060102T150405.000000Z") + "-" + strings.ToLower(rand.Text()[:4])
	return &run{
		Options: s.options,
		before:  s.options.stats(),
		storer: &storer{
			source: s.options.Source, mirror: s.options.Mirror, runID: id,
			concurrency: s.options.Concurrency, retention: s.options.Retention, now: s.options.Now,
		},
		row: schema.Run{
			ID:            id,
			Kind:          kind,
			Source:        s.options.SourceName,
			StartedAt:     now,
			DeadlineAt:    now.Add(s.options.Timeout + 2*s.options.Grace),
			Outcome:       schema.Running,
			CursorFrom:    time.UnixMilli(0),
			CursorTo:      time.UnixMilli(0),
			SyncerVersion: s.options.Version,
		},
	}
}

// end decides the outcome and records it.
func (s *Syncer) end(ctx, storeCtx context.Context, r *run, err error) (schema.Run, error) {
	switch {
	case err == nil:
		r.row.Outcome = schema.OK
	case errors.Is(context.Cause(ctx), errTimeout):
		r.row.Outcome, err = schema.Failed, fmt.Errorf("the run was cut off by SYNC_TIMEOUT after %s: %w", s.options.Timeout, err)
	case ctx.Err() != nil && storeCtx.Err() == nil && errors.Is(err, context.Canceled):
		r.row.Outcome, err = schema.Interrupted, nil
	default:
		r.row.Outcome = schema.Failed
	}
	if err != nil {
		r.row.Error = err.Error()
	}
	r.finish()
	if !r.recorded {
		return r.row, err
	}
	// A statement that nobody answered may have used the grace up, and what
	// became of the run is still to be known.
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		storeCtx, cancel = context.WithTimeout(context.WithoutCancel(ctx), s.options.Grace)
		defer cancel()
	}
	return r.row, errors.Join(err, s.options.Mirror.EndRun(storeCtx, r.row))
}

// graceful gives a context that outlives ctx by the grace, so that what is being
// stored when a run is interrupted can be stored to its end.
func graceful(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, cancel)
		context.AfterFunc(lasting, func() { timer.Stop() })
	})
	return lasting, func() { stop(); cancel() }
}

// run is one turn.
type run struct {
	Options
	row    schema.Run
	before xvid.Stats
	storer *storer
	saved  schema.Checkpoint
	// forgotten are the hashes of the tags that the policy was told of.
	forgotten []string
	// refreshed is set once the flat tables hold all that was written.
	refreshed bool
	recorded  bool // in sync_runs
}

// start records that the run starts.
func (r *run) start(ctx context.Context) error {
	if err := r.Mirror.StartRun(ctx, r.row); err != nil {
		return err
	}
	r.recorded = true
	return nil
}

// incremental reads what is new since the checkpoint and stores it.
func (r *run) incremental(ctx, storeCtx context.Context) error {
	unrefreshed, err := r.prepare(ctx)
	if err != nil {
		return err
	}
	if err := r.read(ctx, storeCtx); err != nil {
		return err
	}
	// One record that the API cannot give must not keep the flat tables old.
	pendingErr := r.followPending(ctx)
	return errors.Join(pendingErr, r.conclude(ctx, unrefreshed))
}

// prepare looks up where the last runs have left things, and what is to be
// forgotten.
func (r *run) prepare(ctx context.Context) (unrefreshed []schema.Run, err error) {
	if err := r.learnForgotten(ctx); err != nil {
		return nil, err
	}
	if unrefreshed, err = r.Mirror.UnrefreshedRuns(ctx, r.row.ID); err != nil {
		return nil, err
	}
	if r.saved, err = r.Mirror.Checkpoint(ctx, r.SourceName); err != nil {
		return nil, err
	}
	r.row.CursorFrom = time.UnixMilli(r.saved.UpdatedAt).UTC()
	r.row.CursorTo = r.row.CursorFrom
	return unrefreshed, nil
}

// read walks the list from the checkpoint's place to its end.
func (r *run) read(ctx, storeCtx context.Context) error {
	// The page in hand is stored to its end although the run is interrupted
	// meanwhile.
	track := newTrack(r.saved, r.Lookback, func(next schema.Checkpoint) error { return r.save(storeCtx, next) })
	pages := r.pager()
	walk := track.walk(pages, func(page *xvid.Page) error { return r.store(storeCtx, page) })
	err := walk.run(ctx)
	r.counted(walk.count, pages.total, !walk.proven)
	return err
}

// counted notes what a walk did.
func (r *run) counted(count walkCount, total int, doubtful bool) {
	r.row.Pages = count.pages
	r.row.ContiguityBreaks = count.breaks
	r.row.Doubtful = doubtful
	if total >= 0 {
		source := uint64(total)
		r.row.SourceTotal = &source
	}
}

// conclude makes what was stored visible everywhere, and compares the counts.
func (r *run) conclude(ctx context.Context, unrefreshed []schema.Run) error {
	if err := r.forgetAgain(ctx, unrefreshed); err != nil {
		return err
	}
	if err := r.refresh(ctx, unrefreshed); err != nil {
		return err
	}
	return r.audit(ctx)
}

func (r *run) store(ctx context.Context, page *xvid.Page) error {
	if err := r.storer.page(ctx, page); err != nil {
		return err
	}
	if r.Progress != nil {
		r.Progress(page.Start+len(page.Backtraces), page.Total)
	}
	return nil
}

// save saves a checkpoint that has moved.
func (r *run) save(ctx context.Context, next schema.Checkpoint) error {
	next.RunID = r.row.ID
	if err := r.Mirror.SaveCheckpoint(ctx, r.SourceName, next); err != nil {
		return err
	}
	r.saved = next
	r.row.CursorTo = time.UnixMilli(next.UpdatedAt).UTC()
	return nil
}

// refresh rebuilds the flat tables if this run changed anything, if another one did
// that never got to it, or if what accesses are looked up in has changed.
func (r *run) refresh(ctx context.Context, unrefreshed []schema.Run) error {
	due := r.storer.dirty || len(unrefreshed) > 0
	filled, err := r.Mirror.FillLookups(ctx, due)
	r.storer.dirty = r.storer.dirty || filled
	if err != nil {
		return err
	}
	if !due && !filled {
		return nil
	}
	if err := r.Mirror.Refresh(ctx); err != nil {
		return err
	}
	r.refreshed = true
	// A run that may still be writing stays open: it refreshes by itself, or
	// a later run does it for the dead.
	closed := unrefreshed[:0]
	for _, other := range unrefreshed {
		if other.Outcome != schema.Running {
			closed = append(closed, other)
		}
	}
	return r.Mirror.CloseRuns(ctx, closed)
}

// audit compares what the source and the mirror count.
func (r *run) audit(ctx context.Context) error {
	counts, err := r.Mirror.Counts(ctx)
	if err != nil {
		return err
	}
	r.row.MirrorTotal = &counts.Backtraces
	return nil
}

// finish fills the row's figures.
func (r *run) finish() {
	now := r.Now().UTC()
	r.row.EndedAt = &now
	stats := r.stats()
	r.row.Requests = uint64(stats.Requests - r.before.Requests) //nolint:gosec // a count
	r.row.Retries = uint64(stats.Retries - r.before.Retries)    //nolint:gosec // a count
	count := &r.storer.count
	r.row.RecordsRead = count.read
	r.row.RecordsChanged = count.changed
	r.row.RecordsUnchanged = count.unchanged
	r.row.RowsWritten = count.written
	r.row.Tombstones = count.tombstones
	r.row.DeadLetters = count.unreadable
	r.row.Refreshed = r.refreshed || !r.storer.dirty
}
