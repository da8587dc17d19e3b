package embedded_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
)

// The relations of the product's kind, with rows of two versions and a deletion.
var relations = []string{
	"CREATE DATABASE x",
	"CREATE TABLE x.truth (id String, version UInt64, gone UInt8, n Nested(a String)) " +
		"ENGINE = ReplacingMergeTree(version, gone) ORDER BY id",
	"CREATE TABLE x.flat (id String, a String) ENGINE = MergeTree ORDER BY id",
	"CREATE MATERIALIZED VIEW x.refresh REFRESH EVERY 1 YEAR TO x.flat EMPTY AS " +
		"SELECT id, a FROM x.truth FINAL ARRAY JOIN n.a AS a",
	"INSERT INTO x.truth VALUES ('one', 1, 0, ['old']), ('two', 1, 0, ['two'])",
	"INSERT INTO x.truth VALUES ('one', 2, 0, ['new', 'newer']), ('two', 2, 1, [])",
	"SYSTEM REFRESH VIEW x.refresh",
	"SYSTEM WAIT VIEW x.refresh",
}

const (
	flat     = "SELECT arrayStringConcat(arraySort(groupArray(a)), ' ') FROM x.flat"
	wantFlat = "new newer"
)

func TestRestartKeepsData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's \"new\" data")
	first := embeddedtest.Start(t, dir)
	run(t, first.DSN("default"), relations...)
	if got := query(t, first, flat); got != wantFlat {
		t.Errorf("before the restart: %q, want %q", got, wantFlat)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantDone(t, first)

	second := embeddedtest.Start(t, dir)
	if got := query(t, second, flat); got != wantFlat {
		t.Errorf("after the restart: %q, want %q", got, wantFlat)
	}
	run(t, second.DSN("default"), "INSERT INTO x.truth VALUES ('one', 3, 0, ['newest'])", "SYSTEM REFRESH VIEW x.refresh", "SYSTEM WAIT VIEW x.refresh")
	if got := query(t, second, flat); got != "newest" {
		t.Errorf("after a refresh in the second life: %q", got)
	}
}

func TestKillKeepsDataAndIsNoticed(t *testing.T) {
	dir := t.TempDir()
	engine := embeddedtest.Start(t, dir)
	run(t, engine.DSN("default"), relations...)
	if err := syscall.Kill(engine.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wantDone(t, engine)
	if err := engine.Stop(t.Context()); err != nil {
		t.Errorf("stop after a crash: %v", err)
	}
	if err := engine.Kill(); err != nil {
		t.Errorf("kill after a crash: %v", err)
	}
	if got := query(t, embeddedtest.Start(t, dir), flat); got != wantFlat {
		t.Errorf("after the crash: %q, want %q", got, wantFlat)
	}
}

func TestSecondStartNamesTheHolder(t *testing.T) {
	dir := t.TempDir()
	engine := embeddedtest.Start(t, dir)
	wantInUse(t, dir, os.Getpid())
	if got := query(t, engine, "SELECT 1"); got != "1" {
		t.Error("the first engine no longer answers")
	}
}

// A start that meets a former engine on its way out waits for it.
func TestStartWaitsForTheFormerEngine(t *testing.T) {
	dir := t.TempDir()
	former := embeddedtest.Start(t, dir)
	stopped := make(chan error, 1)
	time.AfterFunc(300*time.Millisecond, func() { stopped <- former.Stop(context.Background()) })
	embeddedtest.Start(t, dir)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestEngineIsALocalServer(t *testing.T) {
	engine := embeddedtest.Start(t, t.TempDir())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+engine.HTTPAddr()+"/play", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Errorf("/play: %s", response.Status)
	}
	for sql, want := range map[string]string{
		"SELECT version()":        engine.Version(),
		"SELECT serverTimezone()": "UTC",
		"SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage_to_ram_ratio'": "0.5",
		"SELECT count() FROM system.tables WHERE database = 'system' AND name LIKE '%\\_log'":          "0",
	} {
		if got := query(t, engine, sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	group, err := syscall.Getpgid(engine.PID())
	if err != nil || group != engine.PID() {
		t.Errorf("process group %d (%v), want the engine's own, %d", group, err, engine.PID())
	}
}

// wantDone waits until the engine says that it has ended.
func wantDone(t *testing.T, e *embedded.Engine) {
	t.Helper()
	select {
	case <-e.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("Done is still open")
	}
}

// wantInUse fails unless the directory is refused because of that process.
func wantInUse(t *testing.T, dir string, pid int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	engine, err := embedded.Start(ctx, embedded.Options{DataDir: dir})
	if err == nil {
		t.Fatalf("a second engine started; stopping it: %v", engine.Stop(t.Context()))
	}
	if _, ok := errors.AsType[*embedded.InUseError](err); !ok {
		t.Fatalf("got %v, want an InUseError", err)
	}
	want := "data directory " + dir + " is in use by another syncer (pid " + strconv.Itoa(pid) +
		"): stop it, or set SYNC_DATA_DIR to another directory"
	if err.Error() != want {
		t.Errorf("got  %q\nwant %q", err, want)
	}
}
