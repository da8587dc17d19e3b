package sync

import (
	"context"
	"fmt"
	stdsync "sync"
	"time"

	"syncer/internal/xvid"
)

// pager fetches pages, some ahead of the reader. Memory is bounded by the pages
// in flight and not by the list.
type pager struct {
	source      Source
	sort        string // the list's order
	concurrency int    // pages in flight at most
	maxSize     int    // new records a page, as configured
	size        int    // new records a page, for now
	good        int    // pages since the size was last changed
	total       int    // the API's last count; -1 before the first answer
	now         func() time.Time

	began  time.Time     // when the first page was there
	waited time.Duration // for pages since then
	eager  bool          // as many are asked for ahead as may be

	queue   []*pending // ahead of the reader, ascending
	fetches stdsync.WaitGroup
}

// pending is a page that was asked for.
type pending struct {
	start, limit int
	cancel       context.CancelFunc
	done         chan struct{} // closed when page or err is there; nil if they are from the beginning
	page         *xvid.Page
	err          error
}

// growAfter is how many good pages it takes until a size that was halved is
// doubled again.
const growAfter = 4

// A reader who waited for pages for so long, and for so large a part of its time, has
// as many asked for ahead as may be from then on. Where the API is near, one is there in
// time, or soon after, and more would only take memory.
const (
	longWait  = 500 * time.Millisecond
	waitShare = 5 // a fifth
)

func newPager(source Source, size, concurrency int, now func() time.Time) *pager {
	return &pager{source: source, concurrency: max(concurrency, 1), maxSize: size, size: size, total: -1, now: now}
}

// pager makes the one that a run reads its list with.
func (r *run) pager() *pager {
	pages := newPager(r.Source, r.PageSize, r.Concurrency, r.Now)
	pages.eager = r.eager
	return pages
}

// close drops what is in flight.
func (p *pager) close() {
	p.drop()
	p.fetches.Wait()
}

// drop forgets the pages ahead: the reader goes on elsewhere.
func (p *pager) drop() {
	for _, ahead := range p.queue {
		ahead.cancel()
	}
	p.queue = nil
}

// limit is how many records to ask for when the first overlap of them are known.
func (p *pager) limit(overlap int) int { return min(p.size+overlap, xvid.MaxLimit) }

// next gives the page at an offset, whose first overlap records are known
// already. It may begin earlier, if such a page is at hand. The second result is
// how many records it was asked for.
//
// A page that breaks or times out is asked for again with half the records.
func (p *pager) next(ctx context.Context, start, overlap int) (*xvid.Page, int, error) {
	for {
		head := p.take(ctx, start, overlap)
		depth := p.depth()
		p.ahead(ctx, head, overlap, depth-1)
		asked := p.now()
		page, err := head.wait(ctx)
		p.note(asked)
		if err == nil {
			p.grow()
			p.total = page.Total
			if p.concurrency > 1 { // it is in flight no more, and another may be while it is stored
				p.ahead(ctx, head, overlap, depth)
			}
			return page, head.limit, nil
		}
		p.drop()
		if p.size == 1 || ctx.Err() != nil || !xvid.SmallerMayHelp(err) {
			return nil, 0, err
		}
		p.size, p.good = (p.size+1)/2, 0
	}
}

func (p *pager) grow() {
	p.good++
	if p.good >= growAfter && p.size < p.maxSize {
		p.size, p.good = min(2*p.size, p.maxSize), 0
	}
}

// cutTo follows a server that gives fewer new records than asked for, so that
// the pages ahead fit together; the size grows back by and by.
func (p *pager) cutTo(size int) { p.size, p.good = max(1, min(size, p.size)), 0 }

// depth is how many pages may be in flight.
func (p *pager) depth() int {
	if p.eager {
		return p.concurrency
	}
	return 1
}

// take gives the fetch that serves an offset: the first one ahead if it covers
// the offset and something new, or else a new one.
func (p *pager) take(ctx context.Context, start, overlap int) *pending {
	if len(p.queue) > 0 {
		head := p.queue[0]
		if head.start <= start && head.start+head.limit > start+overlap {
			p.queue = p.queue[1:]
			return head
		}
	}
	p.drop()
	return p.fetch(ctx, start, p.limit(overlap))
}

// note adds up how long was waited for pages. The first does not count: nobody could
// have asked for it before.
func (p *pager) note(asked time.Time) {
	now := p.now()
	if p.began.IsZero() {
		p.began = now
		return
	}
	p.waited += now.Sub(asked)
	p.eager = p.eager || p.waited > longWait && p.waited > now.Sub(p.began)/waitShare
}

// ahead asks for the pages that will likely come next, so many of them and as far
// as the list is known to reach. Whether they fit together is for the reader to see.
func (p *pager) ahead(ctx context.Context, head *pending, overlap, pages int) {
	last := head
	if len(p.queue) > 0 {
		last = p.queue[len(p.queue)-1]
	}
	overlap = max(overlap, 2) // a strictly smaller key, and the last one read
	for len(p.queue) < pages {
		start := last.start + last.limit - overlap
		if start <= last.start || start+overlap >= p.total {
			return
		}
		last = p.fetch(ctx, start, p.limit(overlap))
		p.queue = append(p.queue, last)
	}
}

func (p *pager) fetch(ctx context.Context, start, limit int) *pending {
	asked := &pending{start: start, limit: limit}
	if p.concurrency == 1 { // nothing is ahead: the answer is waited for here
		asked.page, asked.err = p.list(ctx, start, limit)
		return asked
	}
	ctx, asked.cancel = context.WithCancel(ctx)
	asked.done = make(chan struct{})
	p.fetches.Go(func() {
		defer asked.cancel()
		defer close(asked.done)
		asked.err = guard(func() (err error) {
			asked.page, err = p.list(ctx, start, limit)
			return err
		})
	})
	return asked
}

// list asks for one page of the list.
func (p *pager) list(ctx context.Context, start, limit int) (*xvid.Page, error) {
	return p.source.List(ctx, xvid.Query{Start: start, Limit: limit, Sort: p.sort})
}

func (p *pending) wait(ctx context.Context) (*xvid.Page, error) {
	if p.done == nil {
		return p.page, p.err
	}
	select {
	case <-p.done:
		return p.page, p.err
	case <-ctx.Done():
		p.cancel()
		<-p.done
		if p.err == nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("%w: %w", context.Cause(ctx), p.err) // what it was up against
	}
}
