package sync

import (
	"context"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvid"
	"syncer/schema"
)

// partlyUnreadable is a list some of whose elements, by their place at first, are
// no backtrace.
type partlyUnreadable struct {
	*toyWorld
	elements string // x for those
}

func (p *partlyUnreadable) List(ctx context.Context, query xvid.Query) (*xvid.Page, error) {
	page, err := p.toyWorld.List(ctx, query)
	if err != nil {
		return nil, err
	}
	for i := range page.Backtraces {
		if p.elements[strings.Index(toyNames, page.Backtraces[i].ID)] == 'x' {
			page.Backtraces[i] = xvid.Backtrace{Unreadable: "it has no id"}
		}
	}
	return page, nil
}

// toyNames are the names of the toy list's records in the order of their ids.
const toyNames = "abcdefghijklmnopqrstuvwxyz"

// An unreadable element that stands at another place of its tie at each request
// hides, time and again, the one record that proves a page. Such a walk ends all
// the same. These lists, found among 60,000 random ones, made it go round for ever.
func TestWalkEndsAmongUnreadable(t *testing.T) {
	for _, list := range []struct {
		keys     []int64
		elements string
		from     schema.Checkpoint
		random   uint64
	}{
		{[]int64{2, 3, 4, 5, 6, 6, 7, 7, 7, 7, 7, 8, 9, 10, 11, 12, 13, 14}, "..x.x......x..x...", schema.Checkpoint{UpdatedAt: 6000, StartHint: 11}, 6674},
		{[]int64{2, 3, 4, 4, 5, 5, 5, 5, 5, 6, 6, 7, 8, 8, 8, 9}, "xxx............x", schema.Checkpoint{UpdatedAt: 5000, StartHint: 11}, 11573},
		{[]int64{2, 2, 3, 3, 4, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6}, "..xxx.x....x....", schema.Checkpoint{UpdatedAt: 6000}, 39850},
	} {
		world := &toyWorld{now: toyBegin, order: list.random}
		for id, key := range list.keys {
			world.items = append(world.items, item{id: id, key: 1000 * key})
		}
		source := &partlyUnreadable{toyWorld: world, elements: list.elements}
		seen := map[string]bool{}
		track := newTrack(list.from, 0, func(schema.Checkpoint) error { return nil })
		err := track.walk(newPager(source, 1, 1, time.Now), func(page *xvid.Page) error {
			for _, b := range page.Backtraces {
				seen[b.ID] = true
			}
			return nil
		}).run(t.Context())
		if err != nil {
			t.Errorf("%s: %v", list.elements, err)
		}
		for id, key := range list.keys {
			if 1000*key >= list.from.UpdatedAt && list.elements[id] == '.' && !seen[name(id)] {
				t.Errorf("%s: record %s was not read", list.elements, name(id))
			}
		}
	}
}
