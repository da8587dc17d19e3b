package main

import (
	"testing"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/mirrortest"
	"syncer/internal/xvidtest"
	"syncer/schema"
)

// clustered is a program whose mirror is spread over shards.
type clustered struct {
	*program
	shards []*embedded.Engine
}

const clusterDatabase = "xvid"

func newClustered(t *testing.T, records int) *clustered {
	t.Helper()
	c := &clustered{program: newProgram(t, records), shards: embeddedtest.StartCluster(t, 2)}
	mirrortest.MigrateCluster(t, c.shards, clusterDatabase)
	c.env["CLICKHOUSE_CLUSTER"] = embeddedtest.ClusterName
	c.env["CLICKHOUSE_MIGRATE"] = "false"
	c.at(0)
	return c
}

// at makes the program's next command connect to a shard.
func (c *clustered) at(shard int) { c.env["CLICKHOUSE_URL"] = c.shards[shard].DSN(clusterDatabase) }

// equalSource compares all relations with the source as each shard shows them,
// column by column.
func (c *clustered) equalSource(t *testing.T) {
	t.Helper()
	for shard := range c.shards {
		c.at(shard)
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
	c.at(shard)
	if err := c.mirror(t).Conn().QueryRow(t.Context(), query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// A mirror on two shards equals the source, whichever of them a run connects to,
// and each shard holds its part once.
func TestCluster(t *testing.T) {
	t.Parallel()
	c := newClustered(t, 800)
	c.once(t)
	c.equalSource(t)
	held := c.number(t, 0, "SELECT count() FROM backtraces_store_local") + c.number(t, 1, "SELECT count() FROM backtraces_store_local")
	if held != 800 {
		t.Errorf("the shards hold %d rows, want 800", held)
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
		c.world.Update(b.ID, func(b *xvidtest.Backtrace) { b.ExtractedData, b.InputName = b.ExtractedData[:min(i%2, len(b.ExtractedData))], "changed" })
	}
	c.at(1)
	if line := c.once(t); number(t, line["rows_written"]) != 100 {
		t.Errorf("a run after 100 changes: %v", line)
	}
	c.equalSource(t)
	for shard := range c.shards { // both know what the other stored
		c.at(shard)
		if line := c.once(t); number(t, line["rows_written"]) != 0 {
			t.Errorf("shard %d: a run with nothing new: %v", shard, line)
		}
	}

	// Deletions and silent changes, found by a reconcile.
	for _, b := range all[700:750] {
		c.world.Delete(b.ID)
	}
	c.at(0)
	if line := lastLine(t, c.mustExecute(t, "reconcile").stderr); number(t, line["tombstones"]) != 50 {
		t.Errorf("a reconcile after 50 deletions: %v", line)
	}
	c.equalSource(t)
	runs := c.number(t, 1, "SELECT count() FROM sync_runs WHERE outcome = '"+schema.OK+"'")
	if runs != 5 {
		t.Errorf("%d good runs are recorded, want 5", runs)
	}
	c.commands(t)
}

// commands tries what else reads the mirror.
func (c *clustered) commands(t *testing.T) {
	t.Helper()
	c.at(1)
	for _, args := range [][]string{
		{"check"},
		{"status"},
		{"checkpoint", "show"},
		{"checkpoint", "set", "2026-01-01T00:00:00Z"},
		{"query", "leaks_by_country"},
	} {
		c.mustExecute(t, args...)
	}
}
