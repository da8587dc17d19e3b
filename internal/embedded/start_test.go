package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
)

func TestStartWithoutAnEngine(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := embedded.Start(t.Context(), embedded.Options{DataDir: t.TempDir()})
	if !errors.Is(err, embedded.ErrNotInstalled) {
		t.Fatalf("got %v, want ErrNotInstalled", err)
	}
	for _, part := range []string{"make engine", "CLICKHOUSE_URL", "syncer-clickhouse"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func TestStartWithoutTheLibrary(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	_, err := embedded.Start(t.Context(), embedded.Options{DataDir: t.TempDir()})
	if !errors.Is(err, embedded.ErrNotInstalled) || !strings.Contains(err.Error(), "libchdb.so") {
		t.Errorf("got %v, want ErrNotInstalled that names the library", err)
	}
}

// Where there is no launcher, a clickhouse program serves with the same
// arguments. The one here is the embedded engine behind a script.
func TestStartWithClickHouseOnPath(t *testing.T) {
	launcher, err := exec.LookPath("syncer-clickhouse")
	if err != nil {
		t.Fatal(err)
	}
	library, err := embedded.LibraryPath()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	script := "#!/bin/sh\n[ \"$1\" = local ] || exit 3\nshift\nexec " + launcher + " " + library + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "clickhouse"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	engine := embeddedtest.Start(t, t.TempDir())
	if got := query(t, engine, "SELECT 1"); got != "1" {
		t.Errorf("got %q", got)
	}
}

func TestConfigFileIsMerged(t *testing.T) {
	config := writeConfig(t, "<clickhouse><macros><shard>07</shard></macros><mark_cache_size>1000000</mark_cache_size></clickhouse>")
	dir := t.TempDir()
	engine, err := embedded.Start(t.Context(), embedded.Options{DataDir: dir, ConfigFile: config})
	if err != nil {
		t.Fatal(err)
	}
	if got := query(t, engine, "SELECT substitution FROM system.macros WHERE macro = 'shard'"); got != "07" {
		t.Errorf("macro %q, want 07", got)
	}
	if got := query(t, engine, "SELECT value FROM system.server_settings WHERE name = 'mark_cache_size'"); got != "1000000" {
		t.Errorf("mark cache %q, want what the file says", got)
	}
	if err := engine.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	plain := embeddedtest.Start(t, dir)
	if got := query(t, plain, "SELECT value FROM system.server_settings WHERE name = 'mark_cache_size'"); got != "268435456" {
		t.Errorf("mark cache %q: the former start's file is still used", got)
	}
}

// Nothing else fails where these are not understood: the engine is slower, or its disk fuller.
func TestEngineIsTuned(t *testing.T) {
	engine := embeddedtest.Start(t, t.TempDir())
	if got := query(t, engine, "SELECT extract(stats, 'opt.dirty_decay_ms: (\\d+)') FROM system.jemalloc_stats"); got != "600000" {
		t.Errorf("memory is kept for %q ms, want ten minutes", got)
	}
	const delay = "SELECT value FROM system.server_settings WHERE name = 'database_atomic_delay_before_drop_table_sec'"
	if got := query(t, engine, delay); got != "5" {
		t.Errorf("dropped tables stay for %q s, want 5", got)
	}
}

// A start that fails says what the engine said and leaves the directory free.
func TestFailedStart(t *testing.T) {
	dir := t.TempDir()
	var stderr bytes.Buffer
	_, err := embedded.Start(t.Context(), embedded.Options{
		DataDir: dir, ConfigFile: writeConfig(t, "<clickhouse><broken"), Stderr: &stderr,
	})
	if err == nil || !strings.Contains(err.Error(), "ended during its start") {
		t.Fatalf("got %v, want an error about the start", err)
	}
	if !strings.Contains(err.Error(), "extra.xml") {
		t.Errorf("%q does not have the engine's words", err)
	}
	if !strings.Contains(stderr.String(), "extra.xml") {
		t.Errorf("Stderr got %q, want the engine's words", stderr.String())
	}
	embeddedtest.Start(t, dir)
}

func TestStartGivesUp(t *testing.T) {
	dir := t.TempDir()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := embedded.Start(cancelled, embedded.Options{DataDir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	_, err := embedded.Start(t.Context(), embedded.Options{DataDir: dir, StartTimeout: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "no answer within 1ms") {
		t.Errorf("got %v, want an error that names the timeout", err)
	}
	embeddedtest.Start(t, dir)
}

// writeConfig puts a configuration into a file of its own.
func writeConfig(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "extra.xml")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
