package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
)

// beParent starts an engine, says where it listens, and waits to be killed.
func beParent(dir string) error {
	engine, err := embedded.Start(context.Background(), embedded.Options{DataDir: dir})
	if err != nil {
		return err
	}
	fmt.Println(engine.DSN("default"))
	<-engine.Done()
	return errors.New("the engine ended before its parent")
}

// A parent that is killed cannot stop its engine. The engine ends by itself,
// holds the directory for as long as it lives, and loses nothing.
func TestEngineEndsWithAKilledParent(t *testing.T) {
	dir := t.TempDir()
	parent, dsn := startParent(t, dir)
	run(t, dsn, "CREATE DATABASE x", "CREATE TABLE x.t (n UInt8) ENGINE = MergeTree ORDER BY n", "INSERT INTO x.t VALUES (1), (2), (3)")

	// An engine with an open connection takes its time to end.
	open := dial(t, dsn)
	if err := open.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // "signal: killed"
	wantInUse(t, dir, parent.Process.Pid)
	_ = open.Close()

	next := embeddedtest.Start(t, dir)
	if got := query(t, next, "SELECT count() FROM x.t"); got != "3" {
		t.Errorf("%s rows survived, want 3", got)
	}
	if next.DSN("default") == dsn {
		return // the new engine happens to listen where the old one did
	}
	conn := dial(t, dsn)
	defer func() { _ = conn.Close() }()
	if err := conn.Ping(t.Context()); err == nil {
		t.Errorf("the killed parent's engine still answers at %s", dsn)
	}
}

// startParent runs this test binary as the parent of an engine, and gives the
// engine's address.
func startParent(t *testing.T, dir string) (parent *exec.Cmd, dsn string) {
	t.Helper()
	parent = exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = append(os.Environ(), parentOf+"="+dir)
	parent.Stderr = os.Stderr
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscan(output, &dsn); err != nil {
		t.Fatalf("the parent did not start an engine: %v", err)
	}
	return parent, dsn
}
