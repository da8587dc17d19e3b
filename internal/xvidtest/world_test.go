package xvidtest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

func byUpdate(w *xvidtest.World) string {
	records, _ := w.List(xvidtest.ListQuery{Sort: "updated_at"})
	return strings.Join(ids(records), " ")
}

func TestUpdateMovesToTheEndAndFinishDoesNot(t *testing.T) {
	w := newWorld(few()...)
	if got := byUpdate(w); got != "e d c b a" {
		t.Fatal(got)
	}
	finish := func(b *xvidtest.Backtrace) { b.Status, b.ID, b.UpdatedAt = "SUCCESS", "other", 99 }
	if !w.Finish("c", finish) {
		t.Error("c was not found")
	}
	if got, _ := w.Get("c"); byUpdate(w) != "e d c b a" || got.Status != "SUCCESS" || got.UpdatedAt != 30 {
		t.Errorf("after Finish: %s, %+v", byUpdate(w), got)
	}
	if !w.Update("c", func(b *xvidtest.Backtrace) { b.Version, b.UpdatedAt = 2, 1 }) {
		t.Error("c was not found")
	}
	if got, _ := w.Get("c"); byUpdate(w) != "e d b a c" || got.Version != 2 || got.UpdatedAt != 1_700_000_000_000 {
		t.Errorf("after Update: %s, %+v", byUpdate(w), got)
	}
	if w.Update("nobody", finish) || w.Finish("nobody", finish) || w.Delete("nobody") {
		t.Error("a record that does not exist was found")
	}
	if !w.Delete("d") || byUpdate(w) != "e b a c" || w.Len() != 4 {
		t.Errorf("after Delete: %s", byUpdate(w))
	}
}

func TestInsertReplaces(t *testing.T) {
	w := newWorld(few()...)
	w.Insert(xvidtest.Backtrace{ID: "a", UpdatedAt: 35})
	if got := byUpdate(w); got != "e d c a b" {
		t.Error(got)
	}
}

func TestLateVisible(t *testing.T) {
	c := newClock()
	w := xvidtest.NewWorld(c.now)
	w.Insert(few()...)
	late := xvidtest.Backtrace{ID: "late", UpdatedAt: 25, VisibleAt: c.now().Add(time.Minute).UnixMilli()}
	w.Insert(late)
	s := listen(t, w, xvidtest.ServerOptions{})
	look := func() (list string, status int) {
		return askList(t, s.URL()+"?sort=updated_at").ids(), ask(t, s.URL()+"late").status
	}
	if list, status := look(); list != "e d c b a" || status != 404 || w.Len() != 5 || len(w.All()) != 5 {
		t.Errorf("too early: %s, status %d", list, status)
	}
	w.Finish("late", func(b *xvidtest.Backtrace) { b.Status = "SUCCESS" })
	c.ms.Add(time.Minute.Milliseconds())
	if list, status := look(); list != "e d late c b a" || status != 200 || w.Len() != 6 {
		t.Errorf("too late: %s, status %d", list, status)
	}
	if got, _ := w.Get("late"); got.Status != "SUCCESS" {
		t.Errorf("a change before it was visible is lost: %+v", got)
	}
}

func TestRawIsServedAsItIs(t *testing.T) {
	w := newWorld(few()...)
	w.Insert(xvidtest.Backtrace{ID: "bb", UpdatedAt: 35, Raw: []byte(`{"id":"bb","odd":[1,{}]}`)})
	s := listen(t, w, xvidtest.ServerOptions{})
	if got := askList(t, s.URL()+"?sort=updated_at").ids(); got != "e d c bb b a" {
		t.Error(got)
	}
	if got := ask(t, s.URL()+"bb?human=true").body; got != `{"backtrace":{"id":"bb","odd":[1,{}]}}` {
		t.Error(got)
	}
}

func TestSnapshotsAreDeep(t *testing.T) {
	mine := xvidtest.Samples()
	w := newWorld(mine...)
	spoil := func(b *xvidtest.Backtrace) {
		*b.FinishedAt, *b.PercentageCompleted = 1, 1
		b.ExtractedData[0].AccessStats[0].IPCountry = "spoiled"
		*b.ExtractedData[0].AccessStats[0].FirstAccessedAt = 1
	}
	got, _ := w.Get(mine[0].ID)
	listed, _ := w.List(xvidtest.ListQuery{})
	for _, b := range []*xvidtest.Backtrace{&mine[0], &got, &listed[0], &w.All()[0]} {
		spoil(b)
		if diff := cmp.Diff(xvidtest.Samples(), w.All()); diff != "" {
			t.Fatal(diff)
		}
	}
	before := w.All()
	w.Finish(mine[0].ID, spoil)
	if diff := cmp.Diff(xvidtest.Samples(), before); diff != "" {
		t.Error(diff)
	}
}

// The indexes are kept up change by change; a world that is told the outcome at
// once must list the same.
func TestIndexesFollowChanges(t *testing.T) {
	c := newClock()
	queries := []xvidtest.ListQuery{
		{Sort: "updated_at"},
		{Sort: "id", Direction: -1},
		{Sort: "status"},
		{Sort: "updated_at", Status: "QUEUED"},
		{Sort: "extracted_data.autograph_tag", AutographTag: "an"},
	}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := xvidtest.NewWorld(c.now)
		w.Insert(few()...)
		for range 30 {
			changeSomething(r, w)
			c.ms.Add(int64(r.IntN(2)))
			fresh := xvidtest.NewWorld(c.now)
			fresh.Insert(w.All()...)
			for _, q := range queries {
				got, total := w.List(q)
				want, wantTotal := fresh.List(q)
				if !slices.Equal(ids(got), ids(want)) || total != wantTotal {
					t.Fatalf("seed %d, %+v: %v of %d, want %v of %d", seed, q, ids(got), total, ids(want), wantTotal)
				}
			}
		}
	}
}

func changeSomething(r *rand.Rand, w *xvidtest.World) {
	id := string(rune('a' + r.IntN(10)))
	status := []string{"QUEUED", "SUCCESS", "FAILURE"}[r.IntN(3)]
	change := func(b *xvidtest.Backtrace) {
		b.Status = status
		b.ExtractedData = []xvidtest.Extracted{{AutographTag: []string{"anna", "hanna", "mia"}[r.IntN(3)]}}
	}
	switch r.IntN(4) {
	case 0:
		b := xvidtest.Backtrace{ID: id, UpdatedAt: r.Int64N(60), VisibleAt: 1_700_000_000_000 + r.Int64N(30)}
		change(&b)
		w.Insert(b)
	case 1:
		w.Update(id, change)
	case 2:
		w.Finish(id, change)
	case 3:
		w.Delete(id)
	}
}

func TestConcurrentUse(t *testing.T) {
	w := newWorld(few()...)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := range 200 {
				w.Insert(xvidtest.Backtrace{ID: fmt.Sprint(i, j), UpdatedAt: int64(j)})
				w.Update("a", func(b *xvidtest.Backtrace) { b.Version++ })
				w.List(xvidtest.ListQuery{Sort: "updated_at", Limit: 10, TieSeed: uint64(j)})
			}
		})
	}
	group.Wait()
	if a, _ := w.Get("a"); w.Len() != 805 || a.Version != 801 {
		t.Errorf("%d records, a at version %d", w.Len(), a.Version)
	}
}
