package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
)

func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }

// The bench itself works: contenders load the same, and every part is measured.
func TestBench(t *testing.T) {
	var tables bytes.Buffer
	chosen, err := choose([]string{"syncer", "plain", "url-single"})
	if err != nil {
		t.Fatal(err)
	}
	p := plan{
		root: "../..", sizes: []int{1000}, latencies: []time.Duration{0}, contenders: chosen,
		pageSize: 300, concurrency: 2, repetitions: 1, out: &tables, log: t.Output(),
		parts: map[string]bool{"compare": true, "floor": true, "incremental": true},
	}
	if err := p.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Log(&tables)
	for _, line := range []string{
		"| syncer ", "| plain ", "| url-single ", "| limit: ", "| nothing new ", "| 100 changes ", "| reconcile ",
	} {
		if !strings.Contains(tables.String(), line) {
			t.Errorf("the tables lack %q", line)
		}
	}
}

// A contender that loads something else is told from the others.
func TestDifferenceIsSeen(t *testing.T) {
	e, err := startEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	load := func(streaming string) contents {
		t.Helper()
		err := e.exec(t.Context(), tables+`;
			INSERT INTO bench.extracted_data (backtrace_id) VALUES ('a');
			INSERT INTO bench.access_stats (backtrace_id, streaming_only) VALUES ('a', `+streaming+`)`)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.contents(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := e.exec(t.Context(), "DROP DATABASE bench SYNC"); err != nil {
			t.Fatal(err)
		}
		return c
	}
	null, same, no := result{Loaded: load("NULL")}, result{Loaded: load("NULL")}, result{Loaded: load("false")}
	if err := equal([]result{null, same}); err != nil {
		t.Error(err)
	}
	if err := equal([]result{null, same, no}); err == nil {
		t.Error("NULL and false are taken for the same")
	}
	if err := null.Loaded.check(rowCounts{Backtraces: 1, ExtractedData: 1, AccessStats: 2}); err == nil {
		t.Error("a missing row is not seen")
	}
}
