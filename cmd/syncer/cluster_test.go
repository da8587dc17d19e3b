package main

import (
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/mirrortest"
	"syncer/internal/xvidtest"
	"syncer/schema"
)

// clustered is a program whose mirror is spread over shards.
type clustered struct {
	*program
	shards   []*embedded.Engine
	database string
}

func newClustered(t *testing.T, shards []*embedded.Engine, database string, records int) *clustered {
	t.Helper()
	c := &clustered{program: newProgram(t, records), shards: shards, database: database}
	if err := mirrortest.MigrateCluster(t.Context(), shards, database); err != nil {
		t.Fatal(err)
	}
	c.env["CLICKHOUSE_CLUSTER"] = embeddedtest.ClusterName
	c.env["CLICKHOUSE_MIGRATE"] = "false"
	c.connect(0)
	return c
}

// connect makes the program's next command connect to a shard.
func (c *clustered) connect(shard int) { c.env["CLICKHOUSE_URL"] = c.shards[shard].DSN(c.database) }

// equalSource compares all relations with the source as shards show them, column
// by column.
func (c *clustered) equalSource(t *testing.T, shards ...int) {
	t.Helper()
	for _, shard := range shards {
		c.connect(shard)
		source := mirrortest.Source{World: c.world, API: c.api, Token: testToken}
		difference, err := mirrortest.Difference(t.Context(), source, c.mirror(t))
		if err != nil || difference != "" {
			t.Errorf("shard %d: %s %v", shard, difference, err)
		}
	}
}

// number asks a shard for one number.
func (c *clustered) number(t *testing.T, shard int, query string) (value uint64) {
	t.Helper()
	c.connect(shard)
	if err := c.mirror(t).Conn().QueryRow(t.Context(), query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// A mirror on two shards: see mirrortest.MigrateCluster for what of a cluster is
// not there.
func TestCluster(t *testing.T) {
	t.Parallel()
	shards := embeddedtest.StartCluster(t, 2, "")
	t.Run("analyses", func(t *testing.T) {
		c := newClustered(t, shards, "analyses", 0)
		c.analysed(t)
		c.connect(1)
		c.answers(t)
		c.reportedAll(t)
	})
	c := newClustered(t, shards, "xvid", 300)
	t.Run("equals the source", c.testEqualsSource)
	t.Run("commands", c.testCommands)
	t.Run("forget", c.testForget)
	t.Run("retention", c.testRetention)
	t.Run("another cluster", c.testOtherCluster)
	t.Run("views read as who made them", c.testDefiners)
	t.Run("a page is one part on each shard", c.testPage)
	t.Run("a shard is away", c.testShardAway)
}

// The mirror equals the source, whichever shard a run connects to, and each shard
// holds its part once.
func (c *clustered) testEqualsSource(t *testing.T) {
	c.once(t)
	c.equalSource(t, 0, 1)
	held := c.number(t, 0, "SELECT count() FROM backtraces_store_local") + c.number(t, 1, "SELECT count() FROM backtraces_store_local")
	if held != 300 {
		t.Errorf("the shards hold %d rows, want 300", held)
	}
	for shard := range c.shards {
		for _, relation := range []string{"backtraces_store_local", "access_stats_local"} {
			if c.number(t, shard, "SELECT count() FROM "+relation) == 0 {
				t.Errorf("shard %d holds nothing in %s", shard, relation)
			}
		}
	}

	// Changes, found from the other shard.
	all := c.world.All()
	for i, b := range all[:100] {
		c.world.Update(b.ID, func(b *xvidtest.Backtrace) {
			b.ExtractedData, b.InputName = b.ExtractedData[:min(i%2, len(b.ExtractedData))], "changed"
		})
	}
	c.connect(1)
	if line := c.once(t); number(t, line["rows_written"]) != 100 {
		t.Errorf("a run after 100 changes: %v", line)
	}
	c.equalSource(t, 0)           // and not the one that the run asked
	for shard := range c.shards { // both know what the other stored
		c.connect(shard)
		if line := c.once(t); number(t, line["rows_written"]) != 0 {
			t.Errorf("shard %d: a run with nothing new: %v", shard, line)
		}
	}

	// Deletions and silent changes, found by a reconcile.
	for _, b := range all[200:250] {
		c.world.Delete(b.ID)
	}
	c.connect(0)
	if line := lastLine(t, c.mustExecute(t, "reconcile").stderr); number(t, line["tombstones"]) != 50 {
		t.Errorf("a reconcile after 50 deletions: %v", line)
	}
	c.equalSource(t, 0, 1)
	runs := c.number(t, 1, "SELECT count() FROM sync_runs WHERE outcome = '"+schema.OK+"'")
	if runs != 5 {
		t.Errorf("%d good runs are recorded, want 5", runs)
	}
}

// What else reads or writes the mirror works.
func (c *clustered) testCommands(t *testing.T) {
	c.connect(1)
	for _, args := range [][]string{
		{"check"},
		{"status"},
		{"forget", "--list"},
		{"checkpoint", "show"},
		{"checkpoint", "set", "2026-01-01T00:00:00Z"},
	} {
		c.mustExecute(t, args...)
	}
	c.connect(0)
	if shown := c.mustExecute(t, "checkpoint", "show").stdout; !strings.Contains(shown, "2026-01-01T00:00:00Z") {
		t.Errorf("the checkpoint that was set through the other shard: %s", shown)
	}
}

// A schema that was made for one cluster is not used for another one, or for none.
func (c *clustered) testOtherCluster(t *testing.T) {
	for _, cluster := range []string{"", "other"} {
		env := maps.Clone(c.env)
		env["CLICKHOUSE_CLUSTER"] = cluster
		for _, migrate := range []string{"true", "false"} {
			env["CLICKHOUSE_MIGRATE"] = migrate
			r := execute(t.Context(), env, "once")
			// A cluster that is not there cannot be told to create the database.
			if r.code != exitSettings && (cluster == "" || migrate == "false") || r.code == exitOK {
				t.Errorf("cluster %q, migrate %s: exit code %d: %s", cluster, migrate, r.code, r.stderr)
			}
		}
	}
}

// A shard that does not answer makes every answer an error, and none a wrong one,
// whatever the DSN says.
func (c *clustered) testShardAway(t *testing.T) {
	if err := c.shards[1].Kill(); err != nil {
		t.Fatal(err)
	}
	c.connect(0)
	target, err := schema.ParseDSN(c.env["CLICKHOUSE_URL"] + "?skip_unavailable_shards=1")
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := schema.Open(t.Context(), schema.Options{ClickHouse: target, Cluster: embeddedtest.ClusterName, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mirror.Close() }()
	rows := make([]schema.Backtrace, 20)
	for i := range rows {
		rows[i] = schema.Backtrace{ID: strconv.Itoa(i), Version: 1}
	}
	for what, try := range map[string]func() error{
		"known":   func() error { _, err := mirror.Known(t.Context(), []string{"a"}); return err },
		"held":    func() error { _, err := mirror.HeldBetween(t.Context(), "", "", 10); return err },
		"counts":  func() error { _, err := mirror.Counts(t.Context()); return err },
		"insert":  func() error { return mirror.Insert(t.Context(), rows) },
		"refresh": func() error { return mirror.Refresh(t.Context()) },
	} {
		if err := try(); err == nil {
			t.Errorf("%s: no error though a shard is away", what)
		}
	}
}
