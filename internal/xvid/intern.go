package xvid

// internSlots is how many texts of a page are remembered at a time.
const internSlots = 1024

// interner gives texts that a page has many times, such as countries and user agents,
// one place in memory. Who works on them later, when the processor's caches hold the
// page no more, can tell that two are equal without reading them. A nil one does nothing,
// as for a single record.
type interner struct{ slots [internSlots]string }

// same gives a text, or an equal one that came before. Its hash says where to look: of
// two texts with one slot the later is remembered.
func (in *interner) same(text string, hash uint64) string {
	if in == nil {
		return text
	}
	slot := &in.slots[hash%internSlots]
	if *slot != text {
		*slot = text
	}
	return *slot
}

// clear forgets all texts.
func (in *interner) clear() {
	if in != nil {
		clear(in.slots[:])
	}
}
