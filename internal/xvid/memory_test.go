package xvid

import (
	"testing"
	"time"
	"unsafe"

	"syncer/internal/xvidtest"
)

// A page decoded into memory that another one left makes next to nothing anew: what
// is made for a page does not grow with its records.
func TestDecodeAllocations(t *testing.T) {
	body := generated(t, 1000)
	memory := (&memories{}).take()
	decode := func() {
		memory.clear()
		if _, err := decodePage(response{body: body, memory: memory}); err != nil {
			t.Fatal(err)
		}
	}
	decode() // the first finds nothing to use again
	decode()
	if made := testing.AllocsPerRun(5, decode); made > 20 {
		t.Errorf("%.0f allocations for 1000 records, want at most 20", made)
	}
}

// A released page's memory serves the next one, and a page that is not released
// keeps its own.
func TestPagesUseMemoryAgain(t *testing.T) {
	world := xvidtest.NewWorld(time.Now)
	world.Insert(xvidtest.Generate(3, 60, xvidtest.GenerateOptions{})...)
	api, err := xvidtest.Listen(world, xvidtest.ServerOptions{Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Close() })
	token, err := StaticToken("t")
	if err != nil {
		t.Fatal(err)
	}
	transport := NewTransport(1)
	t.Cleanup(transport.CloseIdleConnections)
	client, err := New(Options{URL: api.URL(), Token: token, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	list := func(start int) *Page {
		page, err := client.List(t.Context(), Query{Start: start, Limit: 20, Sort: "id"})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Backtraces) != 20 {
			t.Fatalf("%d records", len(page.Backtraces))
		}
		return page
	}
	kept, released := list(0), list(20)
	first, place := string(kept.Backtraces[0].Raw), unsafe.SliceData(released.Backtraces)
	released.Release()
	next := list(40)
	if unsafe.SliceData(next.Backtraces) != place {
		t.Error("the memory of a released page is not used again")
	}
	if string(kept.Backtraces[0].Raw) != first || next.Backtraces[0].ID == kept.Backtraces[0].ID {
		t.Error("a page that is in use has changed")
	}
}
