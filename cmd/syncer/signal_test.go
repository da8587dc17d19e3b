package main

import (
	"errors"
	"os"
	"os/exec"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"syncer/internal/xvidtest"
	"syncer/schema"
)

// prompt is how long the program may take to end after a signal: less than
// Kubernetes and systemd wait before they kill.
const prompt = 10 * time.Second

// TestSignals sends signals to the real binary.
func TestSignals(t *testing.T) {
	t.Parallel()
	binary := buildSyncer(t)
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run("once is interrupted by "+signal.String(), func(t *testing.T) { interrupt(t, binary, "once", signal) })
	}
	t.Run("run is interrupted", func(t *testing.T) { interrupt(t, binary, "run", syscall.SIGTERM) })
	t.Run("run is stopped", func(t *testing.T) { stopDaemon(t, binary) })
	t.Run("a second signal ends at once", func(t *testing.T) { signalTwice(t, binary) })
}

// process is a running binary.
type process struct {
	command *exec.Cmd
	stderr  *transcript
	ended   chan error
}

func (p *program) start(t *testing.T, binary, argument string) *process {
	t.Helper()
	started := &process{command: exec.CommandContext(t.Context(), binary, argument), stderr: newTranscript(), ended: make(chan error, 1)}
	started.command.Env = []string{}
	for name, value := range p.env {
		started.command.Env = append(started.command.Env, name+"="+value)
	}
	started.command.Stderr = started.stderr
	if err := started.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { started.ended <- started.command.Wait() }()
	return started
}

func (p *process) signal(t *testing.T, signal os.Signal) {
	t.Helper()
	if err := p.command.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// endsWell waits for the end that a signal asked for.
func (p *process) endsWell(t *testing.T) {
	t.Helper()
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("%v:\n%s", err, p.stderr)
		}
	case <-time.After(prompt):
		t.Fatalf("the process goes on for more than %s after the signal:\n%s", prompt, p.stderr)
	}
}

// An interrupted run is no failure: what it stored is whole, its checkpoint
// says how far that is, and the next run does the rest.
func interrupt(t *testing.T, binary, command string, signal os.Signal) {
	t.Helper()
	p := newProgram(t, 2000)
	p.env["SYNC_PAGE_SIZE"] = "100"
	var midway stdsync.Once
	reached := make(chan struct{})
	p.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.N > 10 {
			midway.Do(func() { close(reached) })
		}
		return &xvidtest.Fault{Kind: xvidtest.FaultDelay, Delay: 50 * time.Millisecond}
	})
	process := p.start(t, binary, command)
	select {
	case <-reached:
	case err := <-process.ended:
		t.Fatalf("the run ended before the signal: %v\n%s", err, process.stderr)
	}
	process.signal(t, signal)
	process.endsWell(t)

	told := linesWith(process.stderr.String(), runEnded)
	if len(told) != 1 {
		t.Fatalf("want one run's end:\n%s", process.stderr)
	}
	if line := lastLine(t, told[0]); line["outcome"] != schema.Interrupted || line["level"] != "INFO" {
		t.Errorf("the last line: %v", line)
	}
	mirror := p.mirror(t)
	runs, err := mirror.LastRuns(t.Context(), 2)
	if err != nil || len(runs) != 1 || runs[0].Outcome != schema.Interrupted || runs[0].Error != "" {
		t.Errorf("sync_runs: %+v, error %v; want one interrupted run", runs, err)
	}
	checkpoint, err := mirror.Checkpoint(t.Context(), p.api.URL())
	if err != nil || checkpoint.UpdatedAt == 0 {
		t.Fatalf("checkpoint %+v, error %v", checkpoint, err)
	}
	stored := storedIDs(t, mirror)
	for _, b := range p.world.All() {
		if b.UpdatedAt < checkpoint.UpdatedAt && !stored[b.ID] {
			t.Errorf("%s lies below the checkpoint and is not stored", b.ID)
		}
	}
	if len(stored) == 0 || len(stored) == p.world.Len() {
		t.Errorf("%d of %d records are stored: the run was not interrupted midway", len(stored), p.world.Len())
	}

	p.api.OnRequest(nil)
	if rest := number(t, p.once(t)["rows_written"]); rest != p.world.Len()-len(stored) {
		t.Errorf("the next run wrote %d rows, want the %d that were missing", rest, p.world.Len()-len(stored))
	}
	p.equalSource(t)
}

func stopDaemon(t *testing.T, binary string) {
	t.Helper()
	p := newProgram(t, 10)
	daemon := p.start(t, binary, "run")
	daemon.stderr.await(t, `"msg":"run ended"`, 1)
	daemon.signal(t, syscall.SIGTERM)
	daemon.endsWell(t)
	if len(linesWith(daemon.stderr.String(), "daemon stopped")) != 1 {
		t.Errorf("no word of the end:\n%s", daemon.stderr)
	}
}

// While a page cannot be stored, the first signal waits for it, in vain here;
// who does not care to wait signals again.
func signalTwice(t *testing.T, binary string) {
	t.Helper()
	p := newProgram(t, 10)
	// The schema and the run's start get through; the rows do not.
	network, dsn := newProxy(t, p.env["CLICKHOUSE_URL"], "INSERT INTO backtraces_store")
	p.env["CLICKHOUSE_URL"] = dsn
	once := p.start(t, binary, "once")
	select {
	case <-network.dead:
	case err := <-once.ended:
		t.Fatalf("the run ended before it stored a row: %v\n%s", err, once.stderr)
	}
	began := time.Now()
	// How soon the program is done with the first signal cannot be seen from
	// outside, so there are as many as it takes.
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		once.signal(t, syscall.SIGTERM)
		select {
		case <-again.C:
			if time.Since(began) > prompt/2 {
				t.Fatalf("the process outlives its signals:\n%s", once.stderr)
			}
		case err := <-once.ended:
			status, ok := once.command.ProcessState.Sys().(syscall.WaitStatus)
			if !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
				t.Errorf("%v, want an end by the signal itself:\n%s", err, once.stderr)
			}
			return
		}
	}
}
