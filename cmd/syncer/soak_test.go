package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"syncer/internal/mirrortest"
	"syncer/internal/xvidtest"
)

var soakFor = flag.Duration("soak", 0, "how long TestSoak watches the daemon (make soak)")

// What TestSoak begins with, and what the peak of the process's memory (that of the
// first copy, at the start) and its goroutines may have grown by at the end.
const (
	soakRecords    = 5_000
	soakGrowthMiB  = 32
	soakGoroutines = 10
)

// TestSoak watches the real daemon for as long as it is told to, while the source
// changes and fails now and then, and tells the process's memory and goroutines at
// the start, in between and at the end.
func TestSoak(t *testing.T) {
	if *soakFor == 0 {
		t.Skip("takes as long as it is told to: make soak")
	}
	p := newProgram(t, soakRecords)
	p.env["SYNC_SCHEDULE"], p.env["SYNC_RECONCILE_SCHEDULE"], p.env["METRICS_ADDR"] = "@every 5s", "@every 3m", "127.0.0.1:0"
	daemon := p.start(t, buildSyncer(t), "run")
	base := addressIn(t, daemon.stderr)
	daemon.stderr.await(t, `"msg":"run ended"`, 2) // the first copy and one run more

	start := soakFigures(t, daemon, base)
	t.Logf("at the start     %s", start)
	began := time.Now()
	changes := time.NewTicker(time.Second)
	defer changes.Stop()
	tell := time.NewTicker(max(*soakFor/10, time.Second))
	defer tell.Stop()
	p.api.OnRequest(nowAndThen)
	for time.Since(began) < *soakFor {
		select {
		case <-changes.C:
			p.changeSource()
		case <-tell.C:
			t.Logf("after %-10s %s", time.Since(began).Round(time.Second), soakFigures(t, daemon, base))
			p.api.ResetCounts() // so that the fake API does not grow either
		case err := <-daemon.ended:
			t.Fatalf("the daemon ended: %v\n%s", err, daemon.stderr)
		}
	}
	p.api.OnRequest(nil)
	// The first of these may have begun before the last change.
	daemon.stderr.await(t, `"kind":"incremental","outcome":"ok"`, strings.Count(daemon.stderr.String(), `"kind":"incremental","outcome":"ok"`)+2)
	end := soakFigures(t, daemon, base)
	t.Logf("at the end       %s", end)
	daemon.signal(t, syscall.SIGTERM)
	daemon.endsWell(t)

	if end.goroutines > start.goroutines+soakGoroutines || end.peak > start.peak+soakGrowthMiB {
		t.Errorf("the daemon grew from %s to %s", start, end)
	}
	log := daemon.stderr.String()
	t.Logf("%d runs ended well, %d were made to fail", strings.Count(log, `"outcome":"ok"`), strings.Count(log, `"outcome":"failed"`))
	p.mustExecute(t, "reconcile") // deletions
	difference, err := mirrortest.Difference(t.Context(), mirrortest.Source{World: p.world, API: p.api, Token: testToken}, p.mirror(t))
	if err != nil || difference != "" {
		t.Errorf("the mirror differs from the source: %s, error %v", difference, err)
	}
}

// nowAndThen lets a twentieth of the requests fail; a twentieth of those so that
// the run fails with them.
func nowAndThen(xvidtest.Request) *xvidtest.Fault {
	switch n := rand.IntN(400); {
	case n == 0:
		// A wait that is longer than any client takes.
		return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 500, RetryAfter: "3600"}
	case n < 20:
		return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 503, RetryAfter: "0"}
	}
	return nil
}

// changeSource inserts, updates and deletes, so that there are about as many
// records as before.
func (p *program) changeSource() {
	all := p.world.All()
	for range 3 {
		p.world.Update(all[rand.IntN(len(all))].ID, func(b *xvidtest.Backtrace) { b.Raw, b.InputName = nil, strconv.Itoa(rand.Int()) })
	}
	p.world.Delete(all[rand.IntN(len(all))].ID)
	p.world.Insert(xvidtest.Generate(rand.Uint64(), 1, xvidtest.GenerateOptions{End: time.Now(), Span: time.Second})...)
}

// figures are what a process holds.
type figures struct {
	rss, peak  float64 // MiB
	heap       float64 // MiB, in use as the Go runtime counts
	goroutines int
	files      int // open ones, connections too
	runs       int
}

func (f figures) String() string {
	return fmt.Sprintf("VmRSS %.1f MiB, VmHWM %.1f MiB, heap %.1f MiB, %d goroutines, %d open files, %d runs",
		f.rss, f.peak, f.heap, f.goroutines, f.files, f.runs)
}

func soakFigures(t *testing.T, daemon *process, base string) figures {
	t.Helper()
	_, served := get(t, base+"/metrics")
	number := func(name string) float64 {
		found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(served)
		if found == nil {
			t.Fatalf("no %s in:\n%s", name, served)
		}
		value, err := strconv.ParseFloat(found[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	pid := daemon.command.Process.Pid
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return figures{
		rss: memory(pid, "VmRSS"), peak: memory(pid, "VmHWM"), heap: number("go_memstats_heap_inuse_bytes") / (1 << 20),
		goroutines: int(number("go_goroutines")), files: len(open), runs: strings.Count(daemon.stderr.String(), `"msg":"run ended"`),
	}
}
