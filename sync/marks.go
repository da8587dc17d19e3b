package sync

import "slices"

// mark remembers the key of the record at an offset.
type mark struct {
	offset int
	key    int64
}

// marks remember where in the list keys were seen, from which the next run is
// told where to look first.
type marks []mark

// markEvery is how many records lie between two marks of a page.
const markEvery = 100

// maxMarks bounds the marks; older ones are thinned out.
const maxMarks = 1 << 14

func (m *marks) add(start int, keys pageKeys[int64]) {
	for i := 0; i < len(keys); i += markEvery {
		if keys[i].known {
			*m = append(*m, mark{offset: start + i, key: keys[i].key})
		}
	}
	if len(*m) > maxMarks {
		for i := range len(*m) / 2 {
			(*m)[i] = (*m)[2*i]
		}
		*m = (*m)[:len(*m)/2]
	}
}

// before is the offset of the latest mark below a key; 0 if there is none.
func (m marks) before(key int64) int {
	for _, at := range slices.Backward(m) {
		if at.key < key {
			return at.offset
		}
	}
	return 0
}
