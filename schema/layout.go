package schema

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Kind is how ClickHouse spreads a database over servers.
type Kind string

// The kinds of a database. They differ in how a migration is written, and in
// nothing else: what people and this program read and write has the same names.
const (
	// Single is one server.
	Single Kind = "single"
	// Cluster is shards with replicas, told of each change of the schema by ON
	// CLUSTER: replicated tables on each shard, and Distributed ones over them.
	Cluster Kind = "cluster"
	// Replicated is a database with the engine Replicated, which tells its
	// replicas of each change of the schema by itself.
	Replicated Kind = "replicated"
	// Shared is a database of ClickHouse Cloud, where every table is shared.
	Shared Kind = "shared"
)

// Layout is what decides how the schema is written.
type Layout struct {
	Kind     Kind
	Database string
	Cluster  string // its name in remote_servers, for the kind Cluster
	// Definer is the user who migrates, as whom views read and refresh.
	Definer string
}

// layoutOf finds the layout of a database, which may not exist yet.
func layoutOf(ctx context.Context, conn driver.Conn, options Options) (Layout, error) {
	auth := options.ClickHouse.Auth
	layout := Layout{Kind: Single, Database: auth.Database, Cluster: options.Cluster, Definer: cmp.Or(auth.Username, "default")}
	if layout.Cluster != "" {
		layout.Kind = Cluster
	}
	var engine string
	err := conn.QueryRow(ctx, "SELECT any(engine) FROM system.databases WHERE name = ?", layout.Database).Scan(&engine)
	if err != nil {
		return layout, explain("look up the database "+layout.Database, err)
	}
	switch engine {
	case "Replicated":
		layout.Kind = Replicated
		err = layout.checkOneShard(ctx, conn)
	case "Shared":
		layout.Kind = Shared
	default:
		return layout, nil
	}
	if layout.Cluster != "" {
		err = fmt.Errorf("database %s: %w: its engine is %s, which needs no CLICKHOUSE_CLUSTER: unset it", layout.Database, ErrSchema, engine)
	}
	return layout, err
}

// layout is the layout as far as it decides what a relation on one server is called.
func (m *Mirror) layout() Layout {
	layout := Layout{Kind: Single, Database: m.database, Cluster: m.options.Cluster}
	if layout.Cluster != "" {
		layout.Kind = Cluster
	}
	return layout
}

// checkOneShard refuses a Replicated database that is sharded: it is a cluster of
// its own name.
func (l Layout) checkOneShard(ctx context.Context, conn driver.Conn) error {
	var shards uint64
	err := conn.QueryRow(ctx, "SELECT uniqExact(shard_num) FROM system.clusters WHERE cluster = ?", l.Database).Scan(&shards)
	if err != nil {
		return explain("count the shards of the database "+l.Database, err)
	}
	if shards > 1 {
		return fmt.Errorf("database %s: %w: it is Replicated over %d shards: take one with a single shard, or an ordinary database and CLICKHOUSE_CLUSTER", l.Database, ErrSchema, shards)
	}
	return nil
}

// local names the relation that one server holds.
func (l Layout) local(name string) string {
	if l.Kind == Cluster {
		name += localSuffix
	}
	return l.across(name)
}

// localSuffix marks, in a cluster, what one server holds of a relation.
const localSuffix = "_local"

// across names the relation that holds the rows of all shards.
func (l Layout) across(name string) string {
	return quote(l.Database) + "." + name
}

func (l Layout) onCluster() string {
	if l.Kind != Cluster {
		return ""
	}
	return " ON CLUSTER " + quote(l.Cluster)
}

// engine writes the engine of a table that holds what exists nowhere else.
func (l Layout) engine(plain string) string {
	name, arguments, _ := strings.Cut(strings.TrimSuffix(plain, ")"), "(")
	switch l.Kind {
	case Single, Shared: // as it is
	case Cluster:
		path := "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
		if arguments != "" {
			path += ", "
		}
		return "Replicated" + name + "(" + path + arguments + ")"
	case Replicated:
		return "Replicated" + plain
	}
	return plain
}

// rebuilt writes the engine of a table that a refreshable view rebuilds: on each
// server of a cluster, and for all of a Replicated database at once.
func (l Layout) rebuilt(plain string) string {
	if l.Kind == Replicated {
		return "Replicated" + plain
	}
	return plain
}

// sequential makes the query of a refreshable view read all that was acknowledged
// by whichever replica, with other settings of that query if there are any.
func (l Layout) sequential(others string) string {
	var settings []string
	if others != "" {
		settings = append(settings, others)
	}
	if l.Kind != Single {
		settings = append(settings, "select_sequential_consistency = 1")
	}
	if len(settings) == 0 {
		return ""
	}
	return "\nSETTINGS " + strings.Join(settings, ", ")
}

// definer makes a view read as the user who migrates. Other servers than the one
// asked must be told who that is.
func (l Layout) definer() string {
	user := "CURRENT_USER"
	if l.Kind != Single {
		user = quote(l.Definer)
	}
	return "DEFINER = " + user + " SQL SECURITY DEFINER"
}

// distributed writes the relation over all shards that belongs to a local one.
func (l Layout) distributed(verb, name, key, comment string) string {
	sharding := ""
	if key != "" {
		sharding = ", cityHash64(" + key + ")"
	}
	return fmt.Sprintf("%s %s%s AS %s\nENGINE = Distributed(%s, %s, %s%s)\n%s",
		verb, l.across(name), l.onCluster(), l.local(name),
		quote(l.Cluster), quote(l.Database), quote(name+localSuffix), sharding, comment)
}
