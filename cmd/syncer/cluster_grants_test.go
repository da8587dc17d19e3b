package main

import (
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/schema"
)

// In a cluster, too, each command works with what docs/privileges.md grants for it:
// what one server asks another is asked as the same user.
func TestClusterLeastPrivilege(t *testing.T) {
	t.Parallel()
	layout := schema.Layout{Kind: schema.Cluster, Database: "xvid", Cluster: embeddedtest.ClusterName, Definer: "default"}
	reads := must(layout.ReaderGrants())(t)
	users := userGrants{"syncer": must(layout.SyncGrants())(t), "forgetter": layout.ForgetGrants(), "reader": reads}
	shards := embeddedtest.StartCluster(t, 2, users.config(t))
	c := newClustered(t, shards, "xvid", 40)
	const tag = "forgotten one"
	c.insertTagged(0, 10, tag, time.Now())
	asAdmin := c.env
	do := func(user string, args ...string) {
		t.Helper()
		c.env = c.as(shards[0], user, "false")
		c.mustExecute(t, args...)
		c.env = asAdmin
	}
	do("syncer", "check")
	do("syncer", "once")
	do("syncer", "reconcile")
	c.equalSource(t, 0, 1)
	do("forgetter", "forget", "--yes", tag)
	c.heldNowhere(t, "after a forget", tag)
	do("syncer", "once")
	for _, user := range []string{"syncer", "reader"} {
		do(user, "status")
		do(user, "query", "leaks_by_country")
	}
	readsOnly(t, c.mirror(t), c.as(shards[0], "reader", "false"), reads)
}
