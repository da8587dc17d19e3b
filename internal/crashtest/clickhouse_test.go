package crashtest

import (
	"context"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
)

const (
	selectKnown      = "SELECT id, content_hash, version, is_deleted" // what the mirror holds of a page's records
	insertRows       = "INSERT INTO backtraces_store"
	insertCheckpoint = "INSERT INTO sync_checkpoints_store"
	refresh          = "SYSTEM REFRESH VIEW"
	awaitRefresh     = "SYSTEM WAIT VIEW"
)

// TestClickHouseKilled kills ClickHouse as a power cut does, in the middle of what
// syncer has it do.
func TestClickHouseKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := newBench(t, embeddedtest.Start(t, dir), "killed", 3)
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := b.engine.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	b.mustRun(t, "once")
	for _, at := range []string{
		amid + insertRows, after + insertRows, before + insertCheckpoint, amid + insertCheckpoint, after + insertCheckpoint,
		after + refresh, before + awaitRefresh,
	} {
		t.Run("back soon "+at, func(t *testing.T) { b.backSoon(t, dir, at) })
	}
	for _, at := range []string{amid + insertRows, after + insertCheckpoint} {
		t.Run("back late "+at, func(t *testing.T) { b.backLate(t, dir, at) })
	}
}

// The run goes on by itself when ClickHouse is back, and ends well.
func (b *bench) backSoon(t *testing.T, dir, at string) {
	t.Helper()
	nextSecond()
	b.source.change(t, false)
	killed, back := make(chan struct{}), make(chan error, 1)
	go func() {
		<-killed
		back <- b.revive(dir)
	}()
	p := b.runOverKill(t, at, killed)
	if err := <-back; err != nil {
		t.Fatal(err)
	}
	if p.code() != 0 {
		t.Fatalf("the run did not go on: exit code %d\n%s", p.code(), &p.log)
	}
	b.equalSource(t, nil)
}

// The run gives up, and the next one puts everything right.
func (b *bench) backLate(t *testing.T, dir, at string) {
	t.Helper()
	nextSecond()
	b.source.change(t, false)
	b.settings = []string{"SYNC_TIMEOUT=2s"}
	p := b.runOverKill(t, at, make(chan struct{}))
	b.settings = nil
	if p.code() != 1 || !strings.Contains(p.log.String(), "SYNC_TIMEOUT") {
		t.Errorf("exit code %d\n%s", p.code(), &p.log)
	}
	if err := b.revive(dir); err != nil {
		t.Fatal(err)
	}
	b.wholeReadings(t)
	b.recover(t, false, nil)
}

// runOverKill makes a run in which ClickHouse is killed, once, at a moment of a
// statement; killed is closed then.
func (b *bench) runOverKill(t *testing.T, at string, killed chan struct{}) *process {
	t.Helper()
	engine := b.engine
	kill := stdsync.OnceFunc(func() {
		_ = engine.Kill() // that it is gone is seen by who connects
		close(killed)
	})
	b.network.interrupt(func(statement string) {
		if event(amid + statement).is(at) {
			kill()
		}
	})
	defer b.network.interrupt(nil)
	p := b.run(t, func(_ *process, e event) verdict {
		if e.is(at) && !isClosed(killed) {
			kill()
			return cut
		}
		return pass
	}, "once")
	if !isClosed(killed) {
		t.Errorf("the run came to no %q", at)
		kill() // who waits for it must not wait for ever
	}
	return p
}

// nextSecond waits for it: the API's clock, beyond which no checkpoint goes, tells
// whole seconds, and the checkpoint is to move.
func nextSecond() {
	now := time.Now()
	time.Sleep(now.Truncate(time.Second).Add(time.Second).Sub(now))
}

func isClosed(channel <-chan struct{}) bool {
	select {
	case <-channel:
		return true
	default:
		return false
	}
}

// revive starts ClickHouse again on the same data, and leads syncer there.
func (b *bench) revive(dir string) (err error) {
	if b.engine, err = embedded.Start(context.Background(), embedded.Options{DataDir: dir}); err != nil {
		return err
	}
	b.network.point(b.engine.HTTPAddr())
	return nil
}
