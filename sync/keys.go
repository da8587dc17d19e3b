package sync

import (
	"cmp"
	"math"
	"slices"

	"syncer/internal/xvid"
)

// nullKey is the key of a record without updated_at: the store behind the API
// sorts null before everything else.
const nullKey = math.MinInt64

// placeKey is the sort key at one place of a page. It is not known where the
// element is unreadable, or where a null stands among other keys, which no known
// order puts there.
type placeKey struct {
	key   int64
	known bool
}

// pageKeys are the sort keys of a page, place by place.
type pageKeys []placeKey

func keysOf(page *xvid.Page) pageKeys {
	keys := make(pageKeys, len(page.Backtraces))
	begun := false // whether a key other than null was seen
	for i := range page.Backtraces {
		backtrace := &page.Backtraces[i]
		switch {
		case backtrace.Unreadable != "":
		case backtrace.UpdatedAt != nil:
			keys[i] = placeKey{key: *backtrace.UpdatedAt, known: true}
			begun = true
		case !begun:
			keys[i] = placeKey{key: nullKey, known: true}
		}
	}
	return keys
}

// ascending says whether the known keys are in order.
func (k pageKeys) ascending() bool {
	known := slices.DeleteFunc(slices.Clone(k), func(place placeKey) bool { return !place.known })
	return slices.IsSortedFunc(known, func(a, b placeKey) int {
		return cmp.Compare(a.key, b.key)
	})
}

// ends gives the first and the last known key; known is false if there is none.
func (k pageKeys) ends() (first, last int64, known bool) {
	at := slices.IndexFunc(k, func(place placeKey) bool { return place.known })
	if at < 0 {
		return 0, 0, false
	}
	return k[at].key, k[k.last()].key, true
}

// last is the place of the last known key; -1 if there is none.
func (k pageKeys) last() int {
	return k.lastWhere(func(int64) bool { return true })
}

// lastBelow is the last place whose key is known and smaller than a limit; -1 if
// there is none.
func (k pageKeys) lastBelow(limit int64) int {
	return k.lastWhere(func(key int64) bool { return key < limit })
}

func (k pageKeys) lastWhere(fits func(key int64) bool) int {
	for i, place := range slices.Backward(k) {
		if place.known && fits(place.key) {
			return i
		}
	}
	return -1
}

// behind says whether all that is known lies below a key.
func (k pageKeys) behind(key int64) bool {
	_, last, known := k.ends()
	return known && last < key
}
