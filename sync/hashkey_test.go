package sync

import (
	"syncer/internal/xvid"
	"syncer/schema"
)

// hashKey is the key of a position in the making. Of ten million keys two are equal
// by chance with a probability of 3 in a million.
type hashKey uint64

// add mixes numbers in, each by the finalizer of splitmix64, a bijection.
func (k *hashKey) add(numbers ...int) {
	for _, number := range numbers {
		x := uint64(*k)*0x9e3779b97f4a7c15 + uint64(number) + 0x632be59bd9b4e019
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		*k = hashKey(x ^ x>>31)
	}
}

// answer mixes in what a walk was answered. The ids of a page that is a turn's
// first do not matter to it: it hands the page over and goes by the keys.
func (k *hashKey) answer(query xvid.Query, page *xvid.Page, shown toyItems, first bool) {
	k.add(query.Start, query.Limit, page.Total, len(shown))
	for _, it := range shown {
		k.add(int(it.key))
		if !first {
			k.add(it.id)
		}
	}
}

// tie mixes in how far a tie was read.
func (k *hashKey) tie(t *tie[int64]) {
	var seen idSet
	for id := range t.seen {
		seen |= 1 << (id[0] - 'a')
	}
	k.add(t.from, t.to, int(t.key), flag(t.measured), t.pass, int(seen))
}

// pageKey is equal for equal answers.
func (l toyItems) pageKey(query xvid.Query, total int) uint64 {
	var k hashKey
	k.add(query.Start, flag(len(l) < query.Limit)*(1+total))
	for _, it := range l {
		k.add(it.id<<9|int(it.rev)<<1|flag(it.queued), int(it.key))
	}
	return uint64(k)
}

// endKey is what the next run begins with.
func endKey(checkpoint schema.Checkpoint) (k hashKey) {
	k.add(-1, int(checkpoint.UpdatedAt), int(checkpoint.StartHint))
	return k
}

// key is equal for positions from which the same worlds go on.
func (p *position) key() uint64 {
	k := p.trace
	k.add(len(p.changes), len(p.items))
	for _, it := range p.items {
		k.add(it.id<<3|flag(it.queued)<<2|int(p.mirror.state(it)), int(it.key))
	}
	k.add(p.request % toyOrders)
	return uint64(k)
}

// restKey is equal for positions from which the same is read if nothing changes any
// more.
func (p *position) restKey() uint64 {
	k := p.trace
	tied := false
	for i, it := range p.items {
		k.add(it.id, int(it.key))
		tied = tied || i > 0 && it.key == p.items[i-1].key
	}
	if tied {
		k.add(p.request % toyOrders)
	}
	return uint64(k)
}

func flag(set bool) int {
	if set {
		return 1
	}
	return 0
}
