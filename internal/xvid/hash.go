package xvid

import (
	"math/bits"

	"github.com/cespare/xxhash/v2"
)

// The hash of a record's content is made while the record is read. It is equal for
// equal content: the order of an object's members, white space and how a text is
// escaped do not count; the order of an array's elements and how a number is
// written do. Members of one name count in their order. It is stored, so it must
// never change without need: each record would be written anew.

// Odd constants, which keep the kinds of values apart.
const (
	saltLiteral = 0x9e3779b97f4a7c15
	saltObject  = 0xa0761d6478bd642f
	saltArray   = 0xe7037ed1a0b428db
	saltTimes   = 0xd6e8feb86659fd93
	mixOne      = 0x8ebc6af09c88c6e3
	mixOther    = 0x589965cc75374cc3
)

// mix makes one number of two, so that each bit of either counts everywhere, as
// wyhash does. The two are added to the product, so that none is lost in it where
// the other factor is 0.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^mixOne, b^mixOther)
	return high ^ low ^ a ^ bits.RotateLeft64(b, 32)
}

func hashText(text string) uint64 { return hashBytes(text, 0) }

func hashLiteral(text string) uint64 { return hashBytes(text, saltLiteral) }

// hashBytes hashes a text. Most are short: of up to 16 bytes the first and the last
// eight (or four) are all of it.
func hashBytes(text string, salt uint64) uint64 {
	size := uint64(len(text))
	salt += size * saltTimes
	switch {
	case size > 16:
		return mix(xxhash.Sum64String(text), salt)
	case size >= 8:
		return mix(eight(text)^salt, eight(text[size-8:]))
	case size >= 4:
		return mix(four(text)^salt, four(text[size-4:]))
	}
	var few uint64
	for i := range len(text) {
		few = few<<8 | uint64(text[i])
	}
	return mix(few^salt, salt)
}

func eight(text string) uint64 {
	_ = text[7]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

func four(text string) uint64 {
	_ = text[3]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24
}

// membersHash adds up an object's members, so that their order does not count.
type membersHash struct {
	total, count uint64
	before       map[uint64]uint64 // how often a name came before, as far as that must be known
}

// add adds a member whose name has not come before.
func (h *membersHash) add(name, value uint64) {
	h.total += mix(name, value)
	h.count++
}

// addOther adds a member whose name may have come before.
func (h *membersHash) addOther(name, value uint64) { h.addAgain(name, value, 0) }

// addAgain adds a member whose name has come before, at least so often.
func (h *membersHash) addAgain(name, value, least uint64) {
	if h.before == nil {
		h.before = map[uint64]uint64{}
	}
	times := max(h.before[name], least)
	h.before[name] = times + 1
	h.add(name+times*saltTimes, value)
}

func (h *membersHash) sum() uint64 { return mix(h.total, saltObject+h.count) }

// elementsHash adds up an array's elements in their order.
type elementsHash struct{ total, count uint64 }

func (h *elementsHash) add(value uint64) {
	h.total = mix(h.total, value)
	h.count++
}

func (h *elementsHash) sum() uint64 { return mix(h.total, saltArray+h.count) }
