package crashtest

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	stdsync "sync"
	"testing"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/mirrortest"
	"syncer/schema"
)

var binaryDir string

func TestMain(m *testing.M) {
	var err error
	if binaryDir, err = os.MkdirTemp("", "syncer-crashtest-"); err != nil {
		panic(err)
	}
	// They wait for disks and for bounds more than for processors. Whoever says
	// -parallel has the last word.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	code := embeddedtest.Main(m)
	_ = os.RemoveAll(binaryDir)
	os.Exit(code)
}

// build builds the program as it is deployed: static.
var build = stdsync.OnceValues(func() (string, error) {
	binary := filepath.Join(binaryDir, "syncer")
	command := exec.Command("go", "build", "-o", binary, "syncer/cmd/syncer")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stderr = os.Stderr
	return binary, command.Run()
})

// bench is the program with all that surrounds it.
type bench struct {
	binary   string
	source   *source
	engine   *embedded.Engine
	network  *network
	database string
	settings []string // beyond those that every run needs
}

func newBench(t *testing.T, engine *embedded.Engine, database string, seed uint64) *bench {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return &bench{
		binary: binary, source: newSource(t, seed), engine: engine,
		network: newNetwork(t, engine.HTTPAddr()), database: database,
	}
}

func (b *bench) environment() []string {
	return append([]string{
		"XVID_API_URL=" + b.source.api.URL(),
		"XVID_API_TOKEN=" + token,
		"CLICKHOUSE_URL=" + b.network.proxy.URL + "/" + b.database,
		"SYNC_PAGE_SIZE=3",
		"SYNC_LOOKBACK=0s", // else it would heal a checkpoint that was saved too early
		"SYNC_MAX_DELETE_PERCENT=100",
	}, b.settings...)
}

// recover makes the run that puts everything right, and sees whether it did. A
// reconcile comes after it only where it must, since it would heal what the run
// overlooked.
func (b *bench) recover(t *testing.T, reconcile bool, did []event) {
	t.Helper()
	b.mustRun(t, "once")
	if reconcile {
		b.mustRun(t, "reconcile")
	}
	b.equalSource(t, did)
}

// mirror connects to the mirror itself.
func (b *bench) mirror(t *testing.T) *schema.Mirror {
	t.Helper()
	target, err := schema.ParseDSN(b.engine.DSN(b.database))
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := schema.Open(t.Context(), schema.Options{ClickHouse: target})
	if err != nil {
		t.Fatal(err)
	}
	return mirror
}

// equalSource compares all relations with the source, and shows what the run before
// did if they differ.
func (b *bench) equalSource(t *testing.T, did []event) {
	t.Helper()
	mirror := b.mirror(t)
	defer func() { _ = mirror.Close() }()
	source := mirrortest.Source{World: b.source.world, API: b.source.api, Token: token}
	difference, err := mirrortest.Difference(t.Context(), source, mirror)
	if err != nil {
		t.Fatal(err)
	}
	if difference == "" {
		difference = b.missingDrift(t, mirror)
	}
	if difference != "" {
		t.Fatalf("after a run that did %q\n%s", did, difference)
	}
}

// missingDrift looks for the keys that nobody knows among the reported ones.
func (b *bench) missingDrift(t *testing.T, mirror *schema.Mirror) string {
	t.Helper()
	for _, key := range b.source.drifted() {
		var reported uint64
		if err := mirror.Conn().QueryRow(t.Context(), "SELECT count() FROM schema_drift WHERE path = ?", key).Scan(&reported); err != nil {
			t.Fatal(err)
		}
		if reported == 0 {
			return "schema_drift lacks " + key
		}
	}
	return ""
}

// empty leaves of the mirror nothing but its schema.
func (b *bench) empty(t *testing.T) {
	t.Helper()
	mirror := b.mirror(t)
	defer func() { _ = mirror.Close() }()
	var tables []struct {
		Name string `ch:"name"`
	}
	err := mirror.Conn().Select(t.Context(), &tables, `SELECT name FROM system.tables
		WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'schema_migrations'`)
	if err != nil || len(tables) == 0 {
		t.Fatalf("%d tables, error %v", len(tables), err)
	}
	for _, table := range tables {
		if err := mirror.Conn().Exec(t.Context(), "TRUNCATE TABLE "+table.Name); err != nil {
			t.Fatal(err)
		}
	}
}
