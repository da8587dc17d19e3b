package mirrortest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
	"syncer/schema"
)

// replicated is an engine that wants Keeper.
var replicated = regexp.MustCompile(`Replicated(\w*MergeTree\()'[^']*', '[^']*'(?:, )?`)

// MigrateCluster makes the schema of a cluster on the engines of
// [embeddedtest.StartCluster]. These have neither ON CLUSTER nor Keeper, so each
// is told each statement by itself, and tables have no replicas; all else is what
// [schema.Migrate] sends to a real cluster.
func MigrateCluster(tb testing.TB, engines []*embedded.Engine, database string) {
	tb.Helper()
	layout := schema.Layout{Kind: schema.Cluster, Database: database, Cluster: embeddedtest.ClusterName, Definer: "default"}
	statements, err := layout.Record()
	if err != nil {
		tb.Fatal(err)
	}
	steps, err := layout.Migrations()
	if err != nil {
		tb.Fatal(err)
	}
	var taken []string
	for _, step := range steps {
		statements = append(statements, step.Statements...)
		taken = append(taken, fmt.Sprintf("(%d, '%s')", step.Version, step.Name))
	}
	statements = append([]string{"CREATE DATABASE `" + database + "`"}, statements...)
	for i, statement := range statements {
		statement = strings.ReplaceAll(statement, " ON CLUSTER `"+layout.Cluster+"`", "")
		statements[i] = replicated.ReplaceAllString(statement, "$1")
	}
	for _, engine := range engines {
		tell(tb, engine, statements...)
	}
	tell(tb, engines[0], "INSERT INTO `"+database+"`.schema_migrations (version, name) SETTINGS distributed_foreground_insert = 1 VALUES "+strings.Join(taken, ", "))
}

// tell makes an engine do statements.
func tell(tb testing.TB, engine *embedded.Engine, statements ...string) {
	tb.Helper()
	options, err := clickhouse.ParseDSN(engine.DSN("default"))
	if err != nil {
		tb.Fatal(err)
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, statement := range statements {
		if err := conn.Exec(context.WithoutCancel(tb.Context()), statement); err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
	}
}
