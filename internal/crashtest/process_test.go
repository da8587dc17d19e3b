package crashtest

import (
	"bytes"
	"os/exec"
	"testing"
	"time"
)

// longest bounds every run: none of them is so long.
const longest = 90 * time.Second

// process is a syncer that runs or ran.
type process struct {
	command *exec.Cmd
	log     bytes.Buffer // complete once ended is closed
	started chan struct{}
	ended   chan struct{}
}

// kill ends the process as a power cut does, and returns when it is gone.
func (p *process) kill() {
	<-p.started
	_ = p.command.Process.Kill() // it may have ended
	<-p.ended
}

// code is the exit code; -1 of a process that was killed.
func (p *process) code() int { return p.command.ProcessState.ExitCode() }

func (p *process) killed() bool { return p.code() == -1 }

// start starts a command line. All that it does to the world is put before watch,
// if there is one, until it is awaited.
func (b *bench) start(t *testing.T, watch func(*process, event) verdict, args ...string) *process {
	t.Helper()
	p := &process{
		command: exec.CommandContext(t.Context(), b.binary, args...),
		started: make(chan struct{}), ended: make(chan struct{}),
	}
	p.command.Env = b.environment()
	p.command.Stderr = &p.log
	b.network.put(nil)
	b.source.api.OnRequest(nil)
	b.source.api.ResetCounts() // the order of ties goes by the number of the request
	if watch != nil {
		b.network.put(func(e event) verdict { return watch(p, e) })
		b.source.api.OnRequest(b.network.asked)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	close(p.started)
	go func() {
		defer close(p.ended)
		_ = p.command.Wait() // its exit code says it all
	}()
	return p
}

// await waits for the end.
func (b *bench) await(t *testing.T, p *process) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(longest):
		p.kill()
		t.Fatalf("%v is not done after %s:\n%s", p.command.Args[1:], longest, &p.log)
	}
	b.network.put(nil)
	b.source.api.OnRequest(nil)
}

// run runs a command line to its end.
func (b *bench) run(t *testing.T, watch func(*process, event) verdict, args ...string) *process {
	t.Helper()
	p := b.start(t, watch, args...)
	b.await(t, p)
	return p
}

// mustRun runs a command line that must end well.
func (b *bench) mustRun(t *testing.T, args ...string) {
	t.Helper()
	if p := b.run(t, nil, args...); p.code() != 0 {
		t.Fatalf("syncer %v: exit code %d\n%s", args, p.code(), &p.log)
	}
}

// killAfter kills a run after a time.
func (b *bench) killAfter(t *testing.T, delay time.Duration, command string) *process {
	t.Helper()
	p := b.start(t, nil, command)
	select {
	case <-time.After(delay):
		p.kill()
	case <-p.ended:
	}
	b.await(t, p)
	return p
}
