package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sethvargo/go-envconfig"

	"syncer/internal/xvidtest"
	"syncer/schema"
)

// daemon is a running `syncer run`.
type daemon struct {
	stop   context.CancelFunc
	stderr *transcript
	ended  chan int // its exit code
}

// startDaemon starts one that makes a run every second, with one request at a
// time.
func (p *program) startDaemon(t *testing.T) *daemon {
	t.Helper()
	p.env["SYNC_SCHEDULE"], p.env["SYNC_RECONCILE_SCHEDULE"], p.env["SYNC_CONCURRENCY"] = "@every 1s", "never", "1"
	ctx, stop := context.WithCancel(t.Context())
	d := &daemon{stop: stop, stderr: newTranscript(), ended: make(chan int, 1)}
	a := &app{env: envconfig.MapLookuper(p.env), stdout: newTranscript(), stderr: d.stderr, now: time.Now}
	go func() { d.ended <- a.run(ctx, []string{"run"}) }()
	return d
}

// code waits for the daemon to end.
func (d *daemon) code(t *testing.T) int {
	t.Helper()
	select {
	case code := <-d.ended:
		return code
	case <-time.After(patience):
		t.Fatalf("the daemon does not end:\n%s", d.stderr)
		return 0
	}
}

// The daemon starts at once, goes on by its schedule, makes one run at a time
// however long one takes, and ends well when it is told to.
func TestDaemon(t *testing.T) {
	t.Parallel()
	p := newProgram(t, 20)
	d := p.startDaemon(t)
	d.stderr.await(t, `"msg":"run ended"`, 1)
	p.world.Insert(xvidtest.Generate(2, 5, xvidtest.GenerateOptions{End: time.Now(), Span: time.Second})...)
	d.stderr.await(t, `"msg":"run ended"`, 3)

	// Each answer takes longer than a turn, so that a second run would meet it.
	p.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
		return &xvidtest.Fault{Kind: xvidtest.FaultDelay, Delay: 1500 * time.Millisecond}
	})
	d.stderr.await(t, "turn skipped", 2)
	p.api.OnRequest(nil)
	// The slow run and one on a turn that came after the skipped ones.
	d.stderr.await(t, `"msg":"run ended"`, strings.Count(d.stderr.String(), `"msg":"run ended"`)+2)
	if most := p.api.MaxInFlight(); most != 1 {
		t.Errorf("%d requests at a time, want 1", most)
	}
	d.stop()
	if code := d.code(t); code != exitOK {
		t.Errorf("exit code %d after it was stopped", code)
	}
	p.equalSource(t)
	eachRunByItself(t, p.mirror(t))
	if errors := linesWith(d.stderr.String(), `"level":"ERROR"`); len(errors) > 0 {
		t.Errorf("errors: %v", errors)
	}
}

// eachRunByItself looks for runs that overlap by their rows in sync_runs.
func eachRunByItself(t *testing.T, mirror *schema.Mirror) {
	t.Helper()
	runs, err := mirror.LastRuns(t.Context(), 1000)
	if err != nil || len(runs) < 5 {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	for i, earlier := range runs[1:] {
		later := runs[i]
		if earlier.EndedAt == nil || earlier.EndedAt.After(later.StartedAt) {
			t.Errorf("run %s started before %s had ended (%v)", later.ID, earlier.ID, earlier.EndedAt)
		}
	}
}

// A token that is revoked ends the daemon: each further try would be refused
// as well, and might be counted against the account.
func TestDaemonRefused(t *testing.T) {
	t.Parallel()
	p := newProgram(t, 20)
	d := p.startDaemon(t)
	d.stderr.await(t, `"msg":"run ended"`, 1)
	p.api.SetToken("another")
	if code := d.code(t); code != exitRefused {
		t.Errorf("exit code %d, want %d", code, exitRefused)
	}
	if refused := p.api.Counts().ByStatus[403]; refused != 1 {
		t.Errorf("%d requests were refused, want 1", refused)
	}
	if told := linesWith(d.stderr.String(), "0x0000003"); len(told) != 1 {
		t.Errorf("want one line with the API's code, got %q", told)
	}
	p.equalSource(t)
}

// An API that fails for a while, or hangs, costs runs and not the daemon.
func TestDaemonOutlastsFailures(t *testing.T) {
	t.Parallel()
	p := newProgram(t, 20)
	p.env["SYNC_TIMEOUT"] = "4s"
	for _, fault := range []xvidtest.Fault{
		// A wait that is longer than any client takes: so the run fails at once.
		{Kind: xvidtest.FaultStatus, Status: 500, RetryAfter: "3600"},
		{Kind: xvidtest.FaultStatus, Status: 500},
		{Kind: xvidtest.FaultHang},
	} {
		p.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault { return &fault })
		d := p.startDaemon(t)
		d.stderr.await(t, `"outcome":"failed"`, 2)
		p.api.OnRequest(nil)
		d.stderr.await(t, `"outcome":"ok"`, 1)
		d.stop()
		if code := d.code(t); code != exitOK {
			t.Errorf("%v %d: exit code %d", fault.Kind, fault.Status, code)
		}
	}
	p.equalSource(t)
}
