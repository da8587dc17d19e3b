package crashtest

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
)

// TestKilledAtEveryEvent kills a run at each of its events in turn.
func TestKilledAtEveryEvent(t *testing.T) {
	t.Parallel()
	engine := embeddedtest.Start(t, t.TempDir())
	t.Run("migrate", func(t *testing.T) { t.Parallel(); killMigrations(t, engine) })
	t.Run("first copy", func(t *testing.T) { t.Parallel(); killFirstCopies(t, engine) })
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		killWhileChanging(t, engine, "once", "GET list", "GET get", insertRows, refresh, awaitRefresh,
			"INSERT INTO dead_letters_store", "INSERT INTO schema_drift_store", "INSERT INTO sync_runs_store")
	})
	t.Run("reconcile", func(t *testing.T) {
		t.Parallel()
		killWhileChanging(t, engine, "reconcile", "GET list", insertRows, refresh, awaitRefresh)
	})
}

// A statement that only reads changes nothing, and syncer keeps nothing on its own
// disk: who dies at it leaves what the event before it left.
var atReads = flag.Bool("crash.reads", false, "TestKilledAtEveryEvent kills at statements that only read, too")

// One request at a time, so that a run's events come in the same order each time.
var inOrder = []string{"SYNC_CONCURRENCY=1"}

// fatal chooses the event at which a run is killed, by its number, from 1, and by
// what it is.
type fatal func(n int, e event) bool

// killAt kills a run at an event, if it comes to that, and gives what it did, that
// event last.
func (b *bench) killAt(t *testing.T, here fatal, command string) (p *process, did []event) {
	t.Helper()
	p = b.run(t, func(p *process, e event) verdict {
		if e.reads() && !*atReads {
			return pass
		}
		if did = append(did, e); !here(len(did), e) {
			return pass
		}
		p.kill()
		return cut
	}, command)
	if !p.killed() && p.code() != 0 {
		t.Fatalf("exit code %d\n%s", p.code(), &p.log)
	}
	return p, did
}

// killAtAll kills runs, one a round, at the first event, at the second, and so on
// until one ends. As no two runs are alike, it goes on with what none of them was
// killed at though there is such an event in each.
func killAtAll(t *testing.T, round func(n int, here fatal) (p *process, did []event), kinds ...string) {
	t.Helper()
	var at []event
	for killed := true; killed; {
		n := len(at) + 1
		p, did := round(n, func(i int, _ event) bool { return i == n })
		if killed = p.killed(); killed {
			at = append(at, did[n-1])
		}
	}
	t.Logf("killed at each of %d events", len(at))
	for _, kind := range kinds {
		isOne := func(e event) bool { return strings.Contains(string(e), kind) }
		if slices.ContainsFunc(at, isOne) {
			continue
		}
		if p, _ := round(len(at), func(_ int, e event) bool { return isOne(e) }); !p.killed() {
			t.Errorf("a run came to no %s", kind)
		}
	}
}

// A migration is killed at each event that none was killed at before, and the next one
// goes on from what the dead one left. A step that was recorded is not taken again, so
// that all before it is known.
func killMigrations(t *testing.T, engine *embedded.Engine) {
	t.Helper()
	whole := newBench(t, engine, "whole", 1)
	whole.mustRun(t, "migrate")
	b := newBench(t, engine, "migrated", 1)
	killedAt := map[event]bool{}
	for number := 0; ; number++ {
		p, did := b.killAt(t, func(_ int, e event) bool { return !killedAt[e] }, "migrate")
		if !p.killed() {
			t.Logf("killed at each of %d events", number)
			break
		}
		last := did[len(did)-1]
		if last.is(after + "INSERT INTO `migrated`.schema_migrations") {
			clear(killedAt) // the next step may have the same statements
		}
		killedAt[last] = true
	}
	if got, want := b.tables(t), whole.tables(t); got != want {
		t.Errorf("the schema differs from one that was made at once:\n%s\n\n%s", got, want)
	}
	b.source.change(t, true)
	b.recover(t, false, nil)
}

// tables are the statements that would make them.
func (b *bench) tables(t *testing.T) (statements string) {
	t.Helper()
	mirror := b.mirror(t)
	defer func() { _ = mirror.Close() }()
	row := mirror.Conn().QueryRow(t.Context(), `SELECT arrayStringConcat(arraySort(groupArray(
		replaceAll(create_table_query, database || '.', ''))), '\n') FROM system.tables WHERE database = currentDatabase()`)
	if err := row.Scan(&statements); err != nil {
		t.Fatal(err)
	}
	return statements
}

// The first run of all is killed at each event. The source stays as it is, so that
// the next run has nothing new to write: what the dead one left undone must be noticed
// by itself.
func killFirstCopies(t *testing.T, engine *embedded.Engine) {
	t.Helper()
	b := newBench(t, engine, "first", 1)
	b.settings = inOrder
	b.source.change(t, true)
	b.mustRun(t, "migrate")
	killAtAll(t, func(_ int, here fatal) (*process, []event) {
		p, did := b.killAt(t, here, "once")
		b.wholeReadings(t)
		b.mustRun(t, "once")
		b.equalSource(t, did)
		b.empty(t)
		return p, did
	}, insertRows, insertCheckpoint, refresh, awaitRefresh)
}

// A mirror that is kept is killed at each event of a run, while the source changes
// before each run.
func killWhileChanging(t *testing.T, engine *embedded.Engine, command string, kinds ...string) {
	t.Helper()
	b := newBench(t, engine, "kept_"+command, 2)
	// Short, so that the dead are known for dead in the course of the test.
	b.settings = append([]string{"SYNC_TIMEOUT=15s"}, inOrder...)
	b.mustRun(t, "once")
	killAtAll(t, func(n int, here fatal) (*process, []event) {
		reconcile := n%3 == 0
		b.source.change(t, reconcile)
		p, did := b.killAt(t, here, command)
		b.wholeReadings(t)
		b.source.change(t, reconcile)
		b.recover(t, reconcile, did)
		return p, did
	}, kinds...)
}
