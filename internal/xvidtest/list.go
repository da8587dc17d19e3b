package xvidtest

import (
	"cmp"
	"math/rand/v2"
	"sort"
)

// The page sizes of the document.
const (
	DefaultLimit = 1000
	MaxLimit     = 5000
)

// ListQuery asks for a page of the list; zero values are the document's defaults.
type ListQuery struct {
	Start, Limit int
	Sort         string // any key name, nested ones with dots; "" lists by id
	Direction    int    // 1 or -1
	Status       string
	AutographTag string // lists records with a tag that contains it

	// TieSeed, unless 0, picks one of the orders that a store may give records of
	// equal sort keys. Pages of the same TieSeed belong to the same order.
	TieSeed uint64
}

// List returns copies of a page's records, and the number of records that match.
// An unknown sort key lists nothing.
func (w *World) List(q ListQuery) (records []Backtrace, total int) {
	page, total := w.list(q)
	return copies(page), total
}

// list returns the stored records themselves, which nobody may change.
func (w *World) list(q ListQuery) ([]*Backtrace, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reveal()
	x := w.index(indexKey{sort: cmp.Or(q.Sort, "id"), status: q.Status, tag: q.AutographTag})
	if x == nil {
		return nil, 0
	}
	total := len(x.list)
	from := min(max(q.Start, 0), total)
	to := from + min(cmp.Or(q.Limit, DefaultLimit), MaxLimit, total-from)

	page := make([]*Backtrace, 0, max(to-from, 0))
	place := func(i int) int { return i }
	if q.Direction < 0 {
		place = func(i int) int { return total - 1 - i }
	}
	ties := tieOrder{index: x, seed: q.TieSeed}
	for i := from; i < to; i++ {
		page = append(page, ties.at(place(i)))
	}
	return page, total
}

// tieOrder reads an index as a store would that gives equal keys any order: each
// stretch of equal keys is shuffled as a whole, by a seed of its own, so that all
// pages of one seed see one order.
type tieOrder struct {
	index    *index
	seed     uint64
	lo, hi   int // bounds of the shuffled stretch
	shuffled []*Backtrace
}

func (t *tieOrder) at(i int) *Backtrace {
	list := t.index.list
	if t.seed == 0 || !t.tied(i) {
		return list[i]
	}
	if i < t.lo || i >= t.hi {
		t.shuffle(i)
	}
	return t.shuffled[i-t.lo]
}

func (t *tieOrder) tied(i int) bool {
	list := t.index.list
	return i > 0 && t.index.compare(list[i-1], list[i]) == 0 ||
		i+1 < len(list) && t.index.compare(list[i], list[i+1]) == 0
}

func (t *tieOrder) shuffle(i int) {
	list, key := t.index.list, t.index.list[i]
	t.lo = sort.Search(i, func(k int) bool { return t.index.compare(list[k], key) >= 0 })
	t.hi = i + sort.Search(len(list)-i, func(k int) bool { return t.index.compare(list[i+k], key) > 0 })
	t.shuffled = append(t.shuffled[:0], list[t.lo:t.hi]...)
	r := rand.New(rand.NewPCG(t.seed, uint64(t.lo)))
	r.Shuffle(len(t.shuffled), func(a, b int) {
		t.shuffled[a], t.shuffled[b] = t.shuffled[b], t.shuffled[a]
	})
}
