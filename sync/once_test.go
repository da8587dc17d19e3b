package sync_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// The main promise on real input: a first copy, then mixed changes, then
// nothing new.
func TestMirrorEqualsSource(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{UnstableTies: true, Seed: 1})
	b.world.Insert(xvidtest.Samples()...)
	b.world.Insert(xvidtest.Generate(1, 5000-b.world.Len(), xvidtest.GenerateOptions{
		End: time.Now().Add(-time.Hour), TieShare: 0.2,
	})...)

	pages := func(o *sync.Options) { o.PageSize = 500 }
	first := b.once(t, pages)
	if first.RecordsRead != 5000 || first.RowsWritten != 5000 {
		t.Errorf("first copy read %d records and wrote %d rows, want 5000", first.RecordsRead, first.RowsWritten)
	}
	// Ten pages of 500 new records, which overlap by two or a tie, and the end.
	if first.Requests > 16 {
		t.Errorf("the first copy sent %d requests", first.Requests)
	}
	b.equalSource(t)

	changed := mix(b.world, 500)
	second := b.once(t, pages)
	if second.RowsWritten != uint64(changed) {
		t.Errorf("the second run wrote %d rows for %d changed records", second.RowsWritten, changed)
	}
	b.equalSource(t)

	b.api.ResetCounts()
	third := b.once(t, nil)
	if third.RowsWritten != 0 || third.RecordsChanged != 0 {
		t.Errorf("a run with nothing new wrote %d rows", third.RowsWritten)
	}
	if sent := b.api.Counts().Total; sent > 3 || third.Requests != uint64(sent) {
		t.Errorf("a run with nothing new sent %d requests and counted %d, want at most 3", sent, third.Requests)
	}
}

// mix changes records in all ways that a run can see: new ones, updates that
// grow, shrink, reorder and clear the children. It returns how many records
// differ from before.
func mix(world *xvidtest.World, n int) int {
	random := rand.New(rand.NewPCG(7, 7))
	all := world.All()
	changed := map[string]bool{}
	for range n {
		if random.IntN(4) == 0 {
			for _, b := range xvidtest.Generate(random.Uint64(), 1, xvidtest.GenerateOptions{End: time.Now(), Span: time.Second}) {
				world.Insert(b)
				changed[b.ID] = true
			}
			continue
		}
		id := all[random.IntN(len(all))].ID
		world.Update(id, func(b *xvidtest.Backtrace) { changeChildren(random, b) })
		changed[id] = true
	}
	return len(changed)
}

func changeChildren(random *rand.Rand, b *xvidtest.Backtrace) {
	switch data := b.ExtractedData; {
	case random.IntN(5) == 0:
		b.ExtractedData = nil
	case len(data) > 1 && random.IntN(2) == 0:
		data[0], data[1] = data[1], data[0]
	case len(data) > 0 && len(data[0].AccessStats) > 0 && random.IntN(2) == 0:
		data[0].AccessStats = data[0].AccessStats[1:]
	default:
		b.ExtractedData = append(data, xvidtest.Extracted{AutographTag: "new", AccessStats: []xvidtest.Access{
			{
				IPAddress: "2001:db8::1", IPCountry: "Estonia", IPType: "UNK", UserAgent: "N/A", AcceptLanguage: "N/A",
				PercentageObtained: "97.5%", HighestResolution: "352p", StreamingOnly: "yes",
			},
		}})
	}
}

// The same through pages that the server cuts, with one request at a time.
func TestMirrorThroughCutPages(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{MaxPage: 70, UnstableTies: true})
	b.world.Insert(xvidtest.Generate(2, 2000, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour), TieShare: 0.3})...)
	b.once(t, func(o *sync.Options) { o.Concurrency = 1 })
	b.equalSource(t)
}

// A third of all requests fail, and the list moves under each.
func TestMirrorThroughFaults(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{UnstableTies: true})
	b.world.Insert(xvidtest.Generate(3, 2000, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour), TieShare: 0.3})...)
	random := rand.New(rand.NewPCG(1, 2))
	ids := b.world.All()
	faults := xvidtest.RandomFaults(5, 0.3)
	b.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		for range 3 {
			b.world.Update(ids[random.IntN(len(ids))].ID, func(b *xvidtest.Backtrace) { changeChildren(random, b) })
		}
		return faults(request)
	})
	run := b.once(t, func(o *sync.Options) { o.PageSize = 80 })
	if run.Retries == 0 {
		t.Error("no request was sent again, so no fault was met")
	}
	b.api.OnRequest(nil)
	b.once(t, nil)
	b.equalSource(t)
}

// A run that cannot even be recorded fails, and still has its figures.
func TestRunWithoutClickHouse(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	target := b.target
	target.Patience = 10 * time.Millisecond
	away, err := schema.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if err := away.Close(); err != nil {
		t.Fatal(err)
	}
	run, err := b.syncer(t, func(o *sync.Options) { o.Mirror = away }).RunOnce(t.Context())
	if err == nil || run.Outcome != schema.Failed || run.EndedAt == nil || len(sync.Summary(&run)) == 0 {
		t.Errorf("%s, ended %v, error %v", run.Outcome, run.EndedAt, err)
	}
	if sent := b.api.Counts().Total; sent != 0 {
		t.Errorf("%d requests although nothing can be stored", sent)
	}
}
