package xvidtest

import (
	"cmp"
	"slices"
	"strings"
)

// maxIndexes bounds what every change has to keep up: a test that asks for very
// many different filters only loses speed.
const maxIndexes = 64

// indexKey names a list the API can be asked for.
type indexKey struct{ sort, status, tag string }

func (k indexKey) matches(b *Backtrace) bool {
	if k.status != "" && b.Status != k.status {
		return false
	}
	if k.tag == "" {
		return true
	}
	return slices.ContainsFunc(b.ExtractedData, func(e Extracted) bool {
		return strings.Contains(e.AutographTag, k.tag)
	})
}

// index is one list in its order: by its sort key, ties by id.
type index struct {
	key     indexKey
	compare func(a, b *Backtrace) int // by the sort key alone: 0 is a tie
	list    []*Backtrace
}

func newIndex(key indexKey, compare func(a, b *Backtrace) int, records map[string]*Backtrace) *index {
	x := &index{key: key, compare: compare}
	for _, b := range records {
		if key.matches(b) {
			x.list = append(x.list, b)
		}
	}
	slices.SortFunc(x.list, x.order)
	return x
}

func (x *index) order(a, b *Backtrace) int {
	return cmp.Or(x.compare(a, b), cmp.Compare(a.ID, b.ID))
}

func (x *index) add(b *Backtrace) {
	if !x.key.matches(b) {
		return
	}
	at, _ := slices.BinarySearchFunc(x.list, b, x.order)
	x.list = slices.Insert(x.list, at, b)
}

func (x *index) remove(b *Backtrace) {
	if at, found := slices.BinarySearchFunc(x.list, b, x.order); found {
		x.list = slices.Delete(x.list, at, at+1)
	}
}

// replace puts b in the place of old, without moving anything where that is b's
// place too: most changes leave most keys as they are.
func (x *index) replace(old, b *Backtrace) {
	if x.key.matches(old) && x.key.matches(b) && x.order(old, b) == 0 {
		if at, found := slices.BinarySearchFunc(x.list, old, x.order); found {
			x.list[at] = b
		}
		return
	}
	x.remove(old)
	x.add(b)
}

// index returns the list of that name, or nil when there is no such sort key.
func (w *World) index(key indexKey) *index {
	if x := w.indexes[key]; x != nil {
		return x
	}
	compare := comparison(key.sort)
	if compare == nil {
		return nil
	}
	if len(w.indexes) >= maxIndexes {
		clear(w.indexes)
	}
	x := newIndex(key, compare, w.visible)
	w.indexes[key] = x
	return x
}
