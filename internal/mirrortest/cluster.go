package mirrortest

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"golang.org/x/sync/errgroup"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
	"syncer/schema"
)

// replicated is an engine that wants Keeper.
var replicated = regexp.MustCompile(`Replicated(\w*MergeTree\()'[^']*', '[^']*'(?:, )?`)

// MigrateCluster makes the schema of a cluster on the engines of
// [embeddedtest.StartCluster], by two programs at once. These engines have neither
// ON CLUSTER nor Keeper, so each is told each statement by itself, and tables have
// no replicas; all else is what [schema.Migrate] sends to a real cluster.
func MigrateCluster(ctx context.Context, engines []*embedded.Engine, database string) error {
	layout := schema.Layout{Kind: schema.Cluster, Database: database, Cluster: embeddedtest.ClusterName, Definer: "default"}
	statements, err := layout.Record()
	if err != nil {
		return err
	}
	steps, err := layout.Migrations()
	if err != nil {
		return err
	}
	taken := make([]string, len(steps))
	for i, step := range steps {
		statements = append(statements, step.Statements...)
		taken[i] = fmt.Sprintf("(%d, '%s')", step.Version, step.Name)
	}
	statements = append([]string{"CREATE DATABASE IF NOT EXISTS `" + database + "`"}, statements...)
	for i, statement := range statements {
		statement = strings.ReplaceAll(statement, " ON CLUSTER `"+layout.Cluster+"`", "")
		statements[i] = replicated.ReplaceAllString(statement, "$1")
	}
	var group errgroup.Group
	for range 2 {
		group.Go(func() error {
			for _, engine := range engines {
				if err := tell(ctx, engine, statements...); err != nil {
					return err
				}
			}
			return tell(ctx, engines[0], "INSERT INTO `"+database+"`.schema_migrations (version, name)"+
				" SETTINGS distributed_foreground_insert = 1 VALUES "+strings.Join(taken, ", "))
		})
	}
	return group.Wait()
}

// tell makes an engine do statements.
func tell(ctx context.Context, engine *embedded.Engine, statements ...string) error {
	options, err := clickhouse.ParseDSN(engine.DSN("default"))
	if err != nil {
		return err
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it has nothing left to say
	for _, statement := range statements {
		if err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
