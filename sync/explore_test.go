package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"syncer/internal/xvid"
)

// explorer plays every world of a game. Worlds are many, but runs forget: whatever
// led to it, a run that stands at the same place of the same list, with the same
// mirror, goes on the same. So each such position is played on from once, and the
// worlds that go through it are counted.
//
// Behind the last change even less decides: a walk does not look at the mirror, so
// what it will still read depends on where it stands and on the list's keys alone.
type explorer struct {
	game
	tallies map[uint64]tally // of the worlds that go on from a position, by its key
	rests   map[uint64]idSet // what is read from a position on if nothing changes, likewise
	pages   map[uint64]*xvid.Page
	plays   int
	example error // a world in which a record was lost
}

// tally counts worlds, and those of them in which a record was lost.
type tally struct{ worlds, lost uint64 }

func (t *tally) add(more tally) {
	t.worlds += more.worlds
	t.lost += more.lost
}

// position is where a run stands before a request, or at its end. A walk's stack
// holds nothing between two turns; within one, it follows from what the walk was
// answered since the turn began.
type position struct {
	turn    *turnStart
	answers []*xvid.Page // since the turn began
	ended   bool
	trace   hashKey // equal where the walk goes on the same: of the turn and the answers
	query   xvid.Query
	request int // its number
	mirror  toyMirror
	items   toyItems
	changes []change // that led here, in one of the worlds that do
}

// all plays every world of the game.
func (e *explorer) all() (tally, error) {
	e.tallies, e.rests, e.pages = map[uint64]tally{}, map[uint64]idSet{}, map[uint64]*xvid.Page{}
	begin := position{items: e.list()}
	track := begin.mirror.track()
	begin.turn = newTurnStart(track.walk(newPager(nil, e.pageSize, 1, time.Now), nil), track)
	begin.trace = begin.turn.key
	all, err := e.from(&begin)
	if err != nil {
		return all, fmt.Errorf("%s, %w", e, err)
	}
	return all, nil
}

// from plays the worlds that go on from a position.
func (e *explorer) from(p *position) (tally, error) {
	if len(p.changes) == e.changes {
		return e.last(p)
	}
	key := p.key()
	if known, ok := e.tallies[key]; ok {
		return known, nil
	}
	var (
		met   []*position
		sum   tally
		later []tally
		err   error
	)
	if p.ended {
		met = []*position{p}
		sum, err = e.last(p)
	} else {
		s := &scout{explorer: e}
		if err = s.play(p); err == nil {
			met, sum = s.met, s.behind
			if s.at.ended {
				sum, err = e.from(&s.at)
			}
		}
	}
	for _, at := range slices.Backward(met) {
		if err != nil {
			return sum, err
		}
		if later, err = e.branch(at, later); err == nil {
			for _, more := range later {
				sum.add(more)
			}
			e.tallies[at.key()] = sum
		}
	}
	return sum, err
}

// branch plays the worlds that go on from a position with one change more, choice by
// choice. Later are those of the next position, if they are at hand: a last change
// that the answer between the two does not show is the same before it and after.
func (e *explorer) branch(at *position, later []tally) ([]tally, error) {
	choices := e.choices(at.request)
	tallies := make([]tally, len(choices))
	for i, choice := range choices {
		items, any := at.items.apply(len(at.changes), choice)
		if !any {
			continue
		}
		if later != nil && len(at.changes) == e.changes-1 && e.same(at, items) {
			tallies[i] = later[i]
			continue
		}
		next := *at
		next.items, next.changes = items, append(slices.Clip(at.changes), choice)
		var err error
		if tallies[i], err = e.from(&next); err != nil {
			return nil, err
		}
	}
	return tallies, nil
}

// same says whether another list gives a position's request the same answer.
func (e *explorer) same(at *position, items toyItems) bool {
	was := at.items.page(at.request%toyOrders, 0, at.query, e.cut)
	is := items.page(at.request%toyOrders, 0, at.query, e.cut)
	return slices.Equal(was, is) && (len(is) == at.query.Limit || len(at.items) == len(items))
}

// last plays the one world that goes on from a position without a change, to the
// end of a quiet run, and looks whether the mirror holds all then.
func (e *explorer) last(p *position) (tally, error) {
	read, err := e.rest(p)
	if err != nil {
		return tally{}, fmt.Errorf("changes %+v: %w", p.changes, err)
	}
	for _, it := range p.items {
		if p.mirror.state(it) == toyLost && read&(1<<it.id) == 0 {
			e.example = fmt.Errorf("%s, changes %+v: record %s of %+v is missing or stale", e, p.changes, name(it.id), p.items)
			return tally{worlds: 1, lost: 1}, nil
		}
	}
	return tally{worlds: 1}, nil
}

// rest says what is read from a position on, the quiet run included.
func (e *explorer) rest(p *position) (read idSet, err error) {
	key := p.restKey()
	if known, ok := e.rests[key]; ok {
		return known, nil
	}
	if p.ended {
		w := &toyWorld{now: toyBegin, items: p.items, requests: p.request, cut: e.cut, orders: toyOrders, lies: e.lies}
		mirror := p.mirror // the run saves its checkpoint there
		err := mirror.track().walk(newPager(w, e.pageSize, 1, time.Now), read.add).run(context.Background())
		e.rests[key] = read
		return read, err
	}
	s := &scout{explorer: e, last: true}
	if err := s.play(p); err != nil {
		return 0, err
	}
	if read = s.rest; s.at.ended {
		if read, err = e.rest(&s.at); err != nil {
			return 0, err
		}
	}
	for _, part := range slices.Backward(s.parts) {
		read |= part.read
		e.rests[part.key] = read
	}
	return read, nil
}

// idSet is a set of ids of the toy list.
type idSet uint32

func (s *idSet) add(page *xvid.Page) error {
	for i := range page.Backtraces {
		*s |= 1 << (page.Backtraces[i].ID[0] - 'a')
	}
	return nil
}

// errKnown ends a run that has come to a position which was played on from before.
var errKnown = errors.New("played before")

// scout is a list that answers a run from a position on, without any further change.
type scout struct {
	*explorer
	at     position
	replay []*xvid.Page // what is yet to be answered again
	live   bool         // nothing is, and a request was answered

	met    []*position // that were not known
	behind tally       // of the known one at which it ended

	last  bool       // there is no change any more: what was met does not matter, but
	parts []restPart // what was read, turn by turn
	rest  idSet      // from the known position on at which it ended
}

// restPart is what is read from a position to the end of its turn.
type restPart struct {
	key  uint64
	read idSet
}

// play goes on from a position to the end of the run, or to a position that is known.
func (s *scout) play(p *position) error {
	s.plays++
	s.at, s.replay = *p, p.answers
	s.parts = append(s.parts, restPart{key: p.restKey()})
	walk, track := p.turn.resume(s)
	for {
		done, err := walk.turn(context.Background())
		switch {
		case errors.Is(err, errKnown):
			return nil
		case err != nil:
			return fmt.Errorf("changes %+v: %w", p.changes, err)
		case max(walk.breaks, walk.stalls, walk.idle) > maxBreaks/2:
			return fmt.Errorf("changes %+v: the walk comes near to a bound of which its key says nothing", p.changes)
		}
		if s.at.answers = nil; done {
			s.at.ended, s.at.trace = true, endKey(s.at.mirror.checkpoint)
			return nil
		}
		s.at.turn = newTurnStart(walk, track)
		s.at.trace = s.at.turn.key
		if s.last && s.restKnown() {
			return nil
		}
	}
}

// restKnown begins a new part, unless it is known.
func (s *scout) restKnown() (known bool) {
	key := s.at.restKey()
	if s.rest, known = s.rests[key]; !known {
		s.parts = append(s.parts, restPart{key: key})
	}
	return known
}

// List answers as the toy world does.
func (s *scout) List(_ context.Context, query xvid.Query) (*xvid.Page, error) {
	if len(s.replay) > 0 {
		page := s.replay[0]
		s.replay = s.replay[1:]
		return page, nil
	}
	s.live = true
	if !s.last {
		s.at.query = query
		var known bool
		if s.behind, known = s.tallies[s.at.key()]; known {
			return nil, errKnown
		}
		at := s.at
		s.met = append(s.met, &at)
	}
	if s.at.request > 1000 {
		return nil, errors.New("the walk does not end")
	}
	shown := s.at.items.page(s.at.request%toyOrders, 0, query, s.cut)
	page := s.page(query, shown)
	if !s.last {
		s.at.trace.answer(query, page, shown, len(s.at.answers) == 0 && s.at.turn.walk.tie == nil)
		s.at.answers = append(slices.Clip(s.at.answers), page)
	}
	s.at.request++
	return page, nil
}

// page is the answer that shows a part of the list; equal ones are one, which nobody
// changes.
func (s *scout) page(query xvid.Query, shown toyItems) *xvid.Page {
	key := shown.pageKey(query, len(s.at.items))
	page, ok := s.pages[key]
	if !ok {
		page = shown.answer(query, len(s.at.items), toyBegin, s.lies)
		s.pages[key] = page
	}
	return page
}

// store holds a page's readings, but for those that are held already.
func (s *scout) store(page *xvid.Page) error {
	switch {
	case !s.live:
		return nil
	case s.last:
		return s.parts[len(s.parts)-1].read.add(page)
	}
	return s.at.mirror.store(page)
}

// Get is not for the walk.
func (s *scout) Get(context.Context, string) (*xvid.Reading, error) {
	return nil, errors.New("the walk asks for single records")
}

func (s *scout) Stats() xvid.Stats { return xvid.Stats{} }

// turnStart is where a walk stands between two turns.
type turnStart struct {
	walk       walk[int64] // but for its pager and its sink
	size, good int         // of its pager
	track      track
	key        hashKey
}

func newTurnStart(w *walk[int64], t *track) *turnStart {
	turn := &turnStart{walk: *w, size: w.pages.size, good: w.pages.good, track: *t}
	turn.walk.pages, turn.walk.sink, turn.walk.tiePage = nil, walkSink[int64]{}, nil
	turn.walk.tie = w.tie.clone()
	turn.track.marks = t.lasting()
	k := &turn.key
	if !w.proven {
		k.add(w.end)
	}
	if turn.size < w.pages.maxSize {
		k.add(turn.good)
	}
	k.add(w.from, w.overlap, w.step, turn.size, int(w.key), int(t.checkpoint.UpdatedAt), int(t.checkpoint.StartHint))
	k.add(flag(w.proven), flag(w.breaks > 0), flag(w.count.pages > 0))
	for _, at := range turn.track.marks {
		k.add(at.offset, int(at.key))
	}
	if w.tie != nil {
		k.tie(w.tie)
	}
	return turn
}

// clone gives a tie of its own to another walk.
func (t *tie[K]) clone() *tie[K] {
	if t == nil {
		return nil
	}
	other := *t
	other.seen = maps.Clone(t.seen)
	return &other
}

// resume makes a walk that goes on from there.
func (turn *turnStart) resume(s *scout) (*walk[int64], *track) {
	track := turn.track
	track.save = s.at.mirror.save
	pages := newPager(s, s.pageSize, 1, time.Now)
	pages.size, pages.good = turn.size, turn.good
	fresh := track.walk(pages, s.store)
	walk := turn.walk
	walk.pages, walk.sink, walk.tie = pages, fresh.sink, turn.walk.tie.clone()
	return &walk, &track
}

// lasting are those marks that can still matter: the last ones before some time that
// is no earlier than the checkpoint's.
func (t *track) lasting() (kept marks) {
	least := int64(math.MaxInt64)
	for _, at := range slices.Backward(t.marks) {
		if at.key < least {
			least = at.key
			kept = append(kept, at)
		}
		if at.key < t.from(t.checkpoint.UpdatedAt) {
			break
		}
	}
	slices.Reverse(kept)
	return slices.Clip(kept)
}
