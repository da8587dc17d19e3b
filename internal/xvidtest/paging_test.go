package xvidtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

// tied is n records in stretches of equal updated_at.
func tied(n, stretch int) []xvidtest.Backtrace {
	records := make([]xvidtest.Backtrace, n)
	for i := range records {
		records[i] = xvidtest.Backtrace{ID: fmt.Sprintf("%03d", i), UpdatedAt: int64(i / stretch)}
	}
	return records
}

func ids(records []xvidtest.Backtrace) []string {
	out := make([]string, len(records))
	for i, b := range records {
		out[i] = b.ID
	}
	return out
}

// pages reads the whole list in pages of that limit.
func pages(w *xvidtest.World, q xvidtest.ListQuery) (all []string) {
	for {
		records, total := w.List(q)
		all = append(all, ids(records)...)
		q.Start += q.Limit
		if q.Start >= total {
			return all
		}
	}
}

func TestPagesOfAQuietListAreTheList(t *testing.T) {
	w := newWorld(tied(23, 4)...)
	for _, sort := range []string{"id", "updated_at", "created_at", "status"} {
		for _, direction := range []int{1, -1} {
			for _, seed := range []uint64{0, 1, 2} {
				q := xvidtest.ListQuery{Sort: sort, Direction: direction, TieSeed: seed}
				whole, _ := w.List(q)
				if len(whole) != 23 {
					t.Fatalf("%+v: %d records", q, len(whole))
				}
				for q.Limit = 1; q.Limit <= 25; q.Limit++ {
					if diff := cmp.Diff(ids(whole), pages(w, q)); diff != "" {
						t.Errorf("%+v: %s", q, diff)
					}
				}
			}
		}
	}
}

func TestTieSeedPermutesWithinStretches(t *testing.T) {
	w := newWorld(tied(23, 4)...)
	orders := map[string]bool{}
	for seed := range uint64(50) {
		records, _ := w.List(xvidtest.ListQuery{Sort: "updated_at", TieSeed: seed})
		orders[strings.Join(ids(records), " ")] = true
		if !slices.IsSortedFunc(records, func(a, b xvidtest.Backtrace) int { return int(a.UpdatedAt - b.UpdatedAt) }) {
			t.Errorf("seed %d breaks the order of updated_at: %v", seed, ids(records))
		}
		members := ids(records)
		slices.Sort(members)
		if diff := cmp.Diff(ids(w.All()), members); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
	}
	if len(orders) != 50 {
		t.Errorf("50 seeds gave %d orders", len(orders))
	}
}

func TestUnstableTiesDifferBetweenRequests(t *testing.T) {
	w := newWorld(tied(40, 20)...)
	first := listen(t, w, xvidtest.ServerOptions{UnstableTies: true, Seed: 7})
	second := listen(t, w, xvidtest.ServerOptions{UnstableTies: true, Seed: 7})
	orders := map[string]bool{}
	for range 10 {
		got := askList(t, first.URL()+"?sort=updated_at").ids()
		orders[got] = true
		if again := askList(t, second.URL()+"?sort=updated_at").ids(); got != again {
			t.Errorf("the same seed and number gave %s and %s", got, again)
		}
	}
	if len(orders) != 10 {
		t.Errorf("10 requests saw %d orders", len(orders))
	}
	if byID := askList(t, first.URL()+"?sort=id").ids(); byID != strings.Join(ids(w.All()), " ") {
		t.Errorf("a list without ties was shuffled: %s", byID)
	}
}

func TestMaxPage(t *testing.T) {
	s := listen(t, newWorld(few()...), xvidtest.ServerOptions{MaxPage: 2})
	got := askList(t, s.URL()+"?limit=4&start=1")
	if got.ids() != "b c" || *got.Total != 5 || got.Limit != 4 {
		t.Errorf("got %s of %d, limit %d", got.ids(), *got.Total, got.Limit)
	}
}
