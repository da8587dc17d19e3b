package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"runtime"
	"strconv"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sethvargo/go-envconfig"

	"syncer/internal/xvidtest"
)

var weeksRuns = flag.Int("runs", 60, "runs of the daemon in TestDaemonOverWeeks")

// What the daemon of TestDaemonOverWeeks may have grown by, however many runs it
// made: a slack that the runtime and the fake API on the same heap need.
const (
	growthBytes      = 1 << 20
	growthGoroutines = 10
)

// soon is a schedule with a turn so often, where cron's own begin at a second.
type soon time.Duration

func (s soon) Next(at time.Time) time.Time { return at.Add(time.Duration(s)) }

// TestDaemonOverWeeks makes the daemon's runs one after another: most find nothing
// new, some find changes, some fail, some meet a bug; reconciles and scrapes come in
// between. The process may not grow.
func TestDaemonOverWeeks(t *testing.T) {
	p := newProgram(t, 50)
	p.env["METRICS_ADDR"] = "127.0.0.1:0"
	log := newRunLog()
	var bugs atomic.Bool
	a := &app{env: envconfig.MapLookuper(p.env), stdout: io.Discard, stderr: log, now: func() time.Time {
		if bugs.CompareAndSwap(true, false) {
			panic(runBug)
		}
		return time.Now()
	}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- a.withService(ctx, func(s *service) error {
			s.schedule, s.reconcileSchedule = soon(20*time.Millisecond), soon(30*time.Second)
			return s.daemon(ctx)
		})
	}()

	first := log.await(t, *weeksRuns/10)
	get(t, log.address+"/metrics") // its connection stays open
	before := log.holds(t)
	runs := first
	for step := 0; runs < *weeksRuns; step++ {
		p.disturb(step, &bugs)
		runs = log.await(t, runs+1)
		if step%10 == 0 {
			get(t, log.address+"/metrics")
			p.api.ResetCounts() // else the fake API remembers each request
		}
		if step%1000 == 999 {
			t.Logf("after %d runs: %s", runs, log.holds(t))
		}
	}
	p.disturb(0, &bugs)
	after := log.holds(t)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	t.Logf("from %s to %s in %d runs, of which %d ended well", before, after, runs-first, log.count(runOK))
	if after.heap > before.heap+growthBytes || after.goroutines > before.goroutines+growthGoroutines {
		t.Errorf("the process grew from %s to %s", before, after)
	}
	for _, outcome := range []string{runOK, runFailed, runBug} {
		if log.count(outcome) == 0 {
			t.Errorf("no run with %s", outcome)
		}
	}
	p.mustExecute(t, "once")
	p.equalSource(t)
}

// disturb does something before some of the runs. The failure lasts for two steps, as
// a run may be past its requests at the first.
func (p *program) disturb(step int, bugs *atomic.Bool) {
	p.api.OnRequest(nil)
	switch step % 20 {
	case 5, 15:
		all := p.world.All()
		p.world.Update(all[step%len(all)].ID, func(b *xvidtest.Backtrace) { b.Raw, b.InputName = nil, strconv.Itoa(step) })
	case 9, 10:
		p.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
			return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: http.StatusInternalServerError, RetryAfter: "3600"}
		})
	case 17:
		bugs.Store(true)
	}
}

// held is what a process holds.
type held struct {
	heap       uint64
	goroutines int
}

func (h held) String() string {
	return fmt.Sprintf("%d KiB and %d goroutines", h.heap>>10, h.goroutines)
}

// holds looks after the ends of some runs, when the next one may not have begun yet,
// and after the garbage is gone.
func (l *runLog) holds(t *testing.T) held {
	t.Helper()
	least := held{heap: math.MaxUint64, goroutines: math.MaxInt}
	for range 5 {
		l.await(t, l.count(runEnded)+1)
		for range 3 {
			time.Sleep(10 * time.Millisecond)
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			least.heap, least.goroutines = min(least.heap, memory.HeapAlloc), min(least.goroutines, runtime.NumGoroutine())
		}
	}
	return least
}

// runLog counts what a log says, and keeps none of it.
type runLog struct {
	mu      stdsync.Mutex
	said    map[string]int
	address string
	grown   chan struct{} // closed at the next end of a run
}

// What runLog counts.
const (
	runEnded  = `"msg":"run ended"`
	runOK     = `"outcome":"ok"`
	runFailed = `"outcome":"failed"`
	runBug    = "a bug of the test"
)

func newRunLog() *runLog { return &runLog{said: map[string]int{}, grown: make(chan struct{})} }

// Write takes a line of the log.
func (l *runLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, text := range []string{runEnded, runOK, runFailed, runBug} {
		if bytes.Contains(line, []byte(text)) {
			l.said[text]++
		}
	}
	if bytes.Contains(line, []byte("metrics are served")) {
		l.address = "http://" + servedAt.FindStringSubmatch(string(line))[1]
	}
	if bytes.Contains(line, []byte(runEnded)) {
		close(l.grown)
		l.grown = make(chan struct{})
	}
	return len(line), nil
}

func (l *runLog) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said[text]
}

// await waits until so many runs have ended, and gives how many did.
func (l *runLog) await(t *testing.T, runs int) int {
	t.Helper()
	for {
		l.mu.Lock()
		ended, grown := l.said[runEnded], l.grown
		l.mu.Unlock()
		if ended >= runs {
			return ended
		}
		select {
		case <-grown:
		case <-time.After(patience):
			t.Fatalf("no run has ended for %s, after %d", patience, ended)
		}
	}
}
