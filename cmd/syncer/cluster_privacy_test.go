package main

import (
	"strconv"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvidtest"
	"syncer/schema"
)

// heldLocally counts what a server itself holds of a tag, superseded rows too.
func (c *clustered) heldLocally(t *testing.T, shard int, tag string) uint64 {
	t.Helper()
	return c.number(t, shard, `SELECT (SELECT count() FROM backtraces_store_local WHERE position(raw, '"`+tag+`"') > 0 OR has(`+"`extracted.autograph_tag`, '"+tag+`'))
		+ (SELECT count() FROM extracted_data_local WHERE autograph_tag = '`+tag+`') + (SELECT count() FROM access_stats_local WHERE autograph_tag = '`+tag+`')`)
}

// heldNowhere is an error for each shard that holds something of a tag.
func (c *clustered) heldNowhere(t *testing.T, when, tag string) {
	t.Helper()
	for shard := range c.shards {
		if n := c.heldLocally(t, shard, tag); n != 0 {
			t.Errorf("%s: shard %d holds %d rows with the tag", when, shard, n)
		}
	}
	if n := c.number(t, 0, `SELECT count() FROM dead_letters_store WHERE position(raw, '"`+tag+`"') > 0`); n != 0 {
		t.Errorf("%s: %d dead letters with the tag", when, n)
	}
}

// insertTaggedTwice mirrors backtraces with a tag so that each shard has current and
// superseded readings of some.
func (c *clustered) insertTaggedTwice(t *testing.T, first int, tag string, created time.Time) {
	t.Helper()
	const n = 40
	ids := c.insertTagged(first, n, tag, created)
	c.connect(0)
	c.mustExecute(t, "reconcile")
	for _, id := range ids {
		c.world.Update(id, func(b *xvidtest.Backtrace) { b.InputName = "tagged anew" })
	}
	c.once(t)
	c.equalSource(t, 0, 1)
	for shard := range c.shards {
		if n := c.heldLocally(t, shard, tag); n < 10 {
			t.Fatalf("shard %d holds only %d rows with the tag", shard, n)
		}
	}
}

// A tag is erased on all shards, whichever the command connects to, and what runs
// read afterwards does not have it.
func (c *clustered) testForget(t *testing.T) {
	const tag = "forgotten one"
	c.insertTaggedTwice(t, 1000, tag, time.Now())
	others := c.number(t, 0, "SELECT count() FROM access_stats WHERE autograph_tag != '"+tag+"'")
	c.connect(1)
	c.mustExecute(t, "forget", "--yes", tag)
	c.heldNowhere(t, "after the command", tag)
	c.connect(0)
	c.once(t)
	if line := lastLine(t, c.mustExecute(t, "reconcile").stderr); number(t, line["rows_written"]) != 0 {
		t.Errorf("a reconcile writes: %v", line)
	}
	c.heldNowhere(t, "after a reconcile", tag)
	if n := c.number(t, 1, "SELECT count() FROM access_stats"); n != others {
		t.Errorf("%d accesses are left, there were %d under other tags", n, others)
	}
	c.connect(0)
	c.mustExecute(t, "forget", "--undo", tag)
	c.connect(1)
	c.mustExecute(t, "reconcile")
	c.equalSource(t, 0, 1)
}

// setRetention sets a retention through a shard, and waits until all have applied it.
func (c *clustered) setRetention(t *testing.T, shard int, keep time.Duration) (changed bool) {
	t.Helper()
	c.connect(shard)
	target, err := schema.ParseDSN(c.env["CLICKHOUSE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := schema.Open(t.Context(), schema.Options{ClickHouse: target, Cluster: embeddedtest.ClusterName, Retention: keep})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mirror.Close() }()
	if changed, err = mirror.SetRetention(t.Context()); err != nil {
		t.Fatal(err)
	}
	for shard := range c.shards {
		for deadline := time.Now().Add(patience); c.number(t, shard, "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done") > 0; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("shard %d does not apply the retention", shard)
			}
		}
	}
	return changed
}

// A retention empties what is past it on all shards, and runs neither bring that
// back nor write it again.
func (c *clustered) testRetention(t *testing.T) {
	const keep = 120 * 24 * time.Hour // all that was generated is younger
	const tag = "old one"
	c.insertTaggedTwice(t, 2000, tag, time.Now().Add(-keep-time.Hour))
	young := c.number(t, 0, "SELECT count() FROM access_stats WHERE backtrace_created_at > now() - INTERVAL 120 DAY")
	c.env["PRIVACY_RETENTION"] = keep.String()
	for shard := range c.shards {
		c.connect(shard)
		if r := c.execute(t, "once"); r.code != exitSettings {
			t.Errorf("shard %d: a run before the retention is set: exit code %d, %s", shard, r.code, r.stderr)
		}
	}
	if !c.setRetention(t, 0, keep) || c.setRetention(t, 1, keep) {
		t.Error("the retention is not set once on all shards")
	}
	for _, when := range []string{"before a run", "after a run", "after a reconcile"} {
		for shard := range c.shards {
			if n := c.heldLocally(t, shard, tag); n != 0 {
				t.Errorf("%s: shard %d holds %d rows past the retention", when, shard, n)
			}
		}
		command := "once"
		if when == "after a run" {
			command = "reconcile"
		}
		c.connect(1)
		line := lastLine(t, c.mustExecute(t, command).stderr)
		if number(t, line["rows_written"]) != 0 || number(t, line["tombstones"]) != 0 {
			t.Errorf("%s: %s writes: %v", when, command, line)
		}
	}
	if n := c.number(t, 0, "SELECT count() FROM access_stats"); n != young {
		t.Errorf("%d accesses are left, %d are young", n, young)
	}
	delete(c.env, "PRIVACY_RETENTION")
	if !c.setRetention(t, 1, 0) {
		t.Error("the retention is not taken away")
	}
	c.mustExecute(t, "reconcile")
	c.equalSource(t, 0, 1)
}

// No view of a server asks those who read it for a grant on what is below, but for
// backtraces and those that are true at every instant.
func (c *clustered) testDefiners(t *testing.T) {
	for shard := range c.shards {
		const views = "SELECT count() FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%View'" +
			" AND name NOT LIKE '%\\_live\\_local' AND name != 'backtraces_local'"
		if n := c.number(t, shard, views+" AND create_table_query NOT LIKE '%SQL SECURITY DEFINER%'"); n != 0 || c.number(t, shard, views) < 8 {
			t.Errorf("shard %d: %d views read as who reads them", shard, n)
		}
	}
}

// A page is stored on each shard by one part, so that a reader sees all or nothing
// of it there.
func (c *clustered) testPage(t *testing.T) {
	const blocks = "SELECT toUInt64(max(max_block_number)) FROM system.parts WHERE database = currentDatabase() AND table = 'backtraces_store_local'"
	rows := make([]schema.Backtrace, xvidtest.MaxLimit)
	for i := range rows {
		rows[i] = schema.Backtrace{ID: "page " + strconv.Itoa(i), Version: 1}
	}
	before := []uint64{c.number(t, 0, blocks), c.number(t, 1, blocks)}
	if err := c.mirror(t).Insert(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	for shard := range c.shards {
		if n := c.number(t, shard, blocks) - before[shard]; n != 1 {
			t.Errorf("shard %d: a page is %d parts", shard, n)
		}
	}
	if n := c.number(t, 0, "SELECT count() FROM backtraces WHERE startsWith(id, 'page ')"); n != xvidtest.MaxLimit {
		t.Errorf("%d rows of the page, want %d", n, xvidtest.MaxLimit)
	}
}
