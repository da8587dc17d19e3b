package sync

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"syncer/internal/xvid"
)

// order is an order of the list that a walk can follow.
type order[K cmp.Ordered] struct {
	sort string // the API's name for it
	key  func(*xvid.Backtrace) (K, bool)
	// null is the key of records without one: the store behind the API sorts
	// them before everything else.
	null K
	// after is the smallest key that is larger than another one.
	after func(K) K
	// keep makes a key that outlasts its page.
	keep func(K) K
}

// byUpdatedAt is the order of incremental runs, in epoch milliseconds.
var byUpdatedAt = order[int64]{
	sort: "updated_at",
	key: func(b *xvid.Backtrace) (int64, bool) {
		if b.UpdatedAt == nil {
			return 0, false
		}
		return *b.UpdatedAt, true
	},
	null:  math.MinInt64,
	after: func(key int64) int64 { return key + 1 },
	keep:  func(key int64) int64 { return key },
}

// byID is the order of a reconcile: no change moves a record in it.
var byID = order[string]{
	sort:  "id",
	key:   func(b *xvid.Backtrace) (string, bool) { return b.ID, true },
	after: func(key string) string { return key + "\x00" },
	keep:  strings.Clone,
}

// placeKey is the sort key at one place of a page. It is not known where the
// element is unreadable, or where a null stands among other keys, which no known
// order puts there.
type placeKey[K cmp.Ordered] struct {
	key   K
	known bool
}

// pageKeys are the sort keys of a page, place by place.
type pageKeys[K cmp.Ordered] []placeKey[K]

func (o *order[K]) keys(page *xvid.Page) pageKeys[K] {
	keys := make(pageKeys[K], len(page.Backtraces))
	begun := false // whether a key other than null was seen
	for i := range page.Backtraces {
		backtrace := &page.Backtraces[i]
		if backtrace.Unreadable != "" {
			continue
		}
		if key, ok := o.key(backtrace); ok {
			keys[i] = placeKey[K]{key: key, known: true}
			begun = true
		} else if !begun {
			keys[i] = placeKey[K]{key: o.null, known: true}
		}
	}
	return keys
}

// ascending says whether the known keys are in order.
func (k pageKeys[K]) ascending() bool {
	last := -1 // the known key before
	for i := range k {
		if !k[i].known {
			continue
		}
		if last >= 0 && k[i].key < k[last].key {
			return false
		}
		last = i
	}
	return true
}

// ends gives the first and the last known key; known is false if there is none.
func (k pageKeys[K]) ends() (first, last K, known bool) {
	at := slices.IndexFunc(k, func(place placeKey[K]) bool { return place.known })
	if at < 0 {
		return first, last, false
	}
	return k[at].key, k[k.last()].key, true
}

// last is the place of the last known key; -1 if there is none.
func (k pageKeys[K]) last() int {
	return k.lastWhere(func(K) bool { return true })
}

// lastBelow is the last place whose key is known and smaller than a limit; -1 if
// there is none.
func (k pageKeys[K]) lastBelow(limit K) int {
	return k.lastWhere(func(key K) bool { return key < limit })
}

func (k pageKeys[K]) lastWhere(fits func(K) bool) int {
	for i, place := range slices.Backward(k) {
		if place.known && fits(place.key) {
			return i
		}
	}
	return -1
}

// behind says whether all that is known lies below a key.
func (k pageKeys[K]) behind(key K) bool {
	_, last, known := k.ends()
	return known && last < key
}
