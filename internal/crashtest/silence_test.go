package crashtest

import (
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/schema"
)

// silenced is what nobody answers, and what becomes of the run.
type silenced struct {
	what  string // the event, by its beginning
	ever  bool   // nothing is answered from then on
	bound time.Duration
	says  string // what the run's last line says it was about
}

// A run ends at SYNC_TIMEOUT, or after the grace in which the page in hand may
// still be stored, and that in which its end is recorded. The slack is for a busy
// machine.
const (
	timeout = 12 * time.Second
	grace   = 8 * time.Second
	slack   = 7 * time.Second
)

// A network that stops answering, and closes no connection, ends a run within its
// bound, and the next run puts everything right.
func TestSilence(t *testing.T) {
	t.Parallel()
	engine := embeddedtest.Start(t, t.TempDir())
	for name, at := range map[string]silenced{
		"list":       {what: "GET list", bound: timeout, says: "fetch page"},
		"get":        {what: "GET get", bound: timeout, says: "fetch backtrace"},
		"lookup":     {what: before + selectKnown, ever: true, bound: timeout + 2*grace, says: "look up mirrored backtraces"},
		"rows":       {what: before + insertRows, ever: true, bound: timeout + 2*grace, says: "store "},
		"stored":     {what: after + insertRows, bound: timeout + grace, says: "store "},
		"checkpoint": {what: after + insertCheckpoint, bound: timeout + grace, says: "save the checkpoint"},
		"refresh":    {what: before + awaitRefresh, bound: timeout, says: "refresh the flat tables"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at.play(t, newBench(t, engine, "silence_"+name, 4))
		})
	}
}

func (at silenced) play(t *testing.T, b *bench) {
	t.Helper()
	b.mustRun(t, "once")
	b.source.change(t, false)
	b.settings = []string{"SYNC_TIMEOUT=" + timeout.String()}
	silent := false
	began := time.Now()
	p := b.run(t, func(_ *process, e event) verdict {
		if silent && at.ever || !silent && e.is(at.what) {
			silent = true
			return swallow
		}
		return pass
	}, "once")
	took := time.Since(began)
	if log := p.log.String(); !silent || p.code() != 1 || !strings.Contains(log, "SYNC_TIMEOUT") || !strings.Contains(log, at.says) {
		t.Errorf("silent: %t, exit code %d; want 1, a word of SYNC_TIMEOUT and %q:\n%s", silent, p.code(), at.says, log)
	}
	if took > at.bound+slack {
		t.Errorf("ended after %s, and the bound is %s", took, at.bound)
	}
	b.wholeReadings(t)
	if !at.ever {
		b.lastFailed(t)
	}
	b.settings = nil
	b.source.change(t, false)
	b.recover(t, false, nil)
}

// lastFailed sees that the end of the last run was recorded.
func (b *bench) lastFailed(t *testing.T) {
	t.Helper()
	mirror := b.mirror(t)
	defer func() { _ = mirror.Close() }()
	runs, err := mirror.LastRuns(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 1 || runs[0].Outcome != schema.Failed || runs[0].Error == "" {
		t.Errorf("recorded as %+v", runs)
	}
}
