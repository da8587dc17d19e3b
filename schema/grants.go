package schema

import (
	"context"
	"slices"
	"strings"
)

// Grant is a privilege as ClickHouse names it, and what it is on.
type Grant struct{ Privilege, On string }

func (g Grant) String() string { return g.Privilege + " ON " + g.On }

// all is every relation of the database, those to come too.
func (l Layout) all() string { return quote(l.Database) + ".*" }

// MigrateGrants are what `syncer migrate` needs. Views read, and refresh, as the
// user who migrated, so it needs them for as long as there is a schema.
func (l Layout) MigrateGrants() ([]Grant, error) {
	grants := []Grant{
		{"CREATE DATABASE", l.all()},
		{"CREATE TABLE", l.all()}, // views too
		{"DROP TABLE", l.all()},
		{"ALTER", l.all()},
		{"SELECT", l.all()},
		{"INSERT", l.all()},
	}
	switch l.Kind {
	case Single, Shared: // nothing more
	case Cluster:
		grants = append(grants, Grant{"CLUSTER", "*.*"}, Grant{"SELECT", "system.clusters"})
	case Replicated:
		grants = append(grants, Grant{"SELECT", "system.clusters"})
	}
	engines, err := l.engines()
	for _, engine := range engines {
		grants = append(grants, Grant{"TABLE ENGINE", engine})
	}
	return grants, err
}

// SyncGrants are what runs and reconciles need, and `syncer checkpoint` with them.
func (l Layout) SyncGrants() ([]Grant, error) {
	relations, err := relations()
	var written []string
	for _, relation := range relations {
		if relation.written && relation.name != forgottenTable {
			written = append(written, relation.name)
		}
	}
	return l.writerGrants(written), err
}

// ForgetGrants are what `syncer forget` needs.
func (l Layout) ForgetGrants() []Grant {
	grants := l.writerGrants(append([]string{"sync_runs_store", forgottenTable}, erasedTables...))
	for _, name := range erasedTables {
		grants = append(grants, Grant{"ALTER DELETE", l.local(name)})
	}
	return grants
}

// writerGrants are those to write to tables, and to have the flat tables rebuilt.
func (l Layout) writerGrants(written []string) []Grant {
	grants := []Grant{{"SELECT", l.all()}}
	if l.Kind == Cluster || l.Kind == Replicated {
		grants = append(grants, Grant{"SELECT", "system.clusters"})
	}
	for _, name := range written {
		grants = append(grants, l.on("INSERT", name)...)
	}
	for _, view := range refreshViews {
		grants = append(grants, Grant{"SYSTEM VIEWS", l.across(view)})
	}
	return grants
}

// readAsAsker is the table below the relations that are true at every instant.
// Those read it as who asks, unlike all other views: ClickHouse (26.7) gives one
// query one state of a table, whichever of its views it goes through, only where all
// of them read as the same user. Joined, they would else disagree with each other.
const readAsAsker = "backtraces_store"

// ReaderGrants are what people and their BI tools need: the relations that are
// right by a plain SELECT, and of what is below them [readAsAsker]. With the first
// one, which is the record of migrations, they suffice for `syncer status` and `query`.
func (l Layout) ReaderGrants() ([]Grant, error) {
	grants := l.on("SELECT", recordTable)
	relations, err := relations()
	for _, relation := range relations {
		if !strings.HasSuffix(relation.name, storeSuffix) || relation.name == readAsAsker {
			grants = append(grants, l.on("SELECT", relation.name)...)
		}
	}
	return grants, err
}

// storeSuffix marks the tables that hold superseded rows.
const storeSuffix = "_store"

// on grants something on a relation. In a cluster also on what a server holds of
// it: the query that one server sends to another is the user's as well.
func (l Layout) on(privilege, name string) []Grant {
	grants := []Grant{{privilege, l.across(name)}}
	if l.Kind == Cluster {
		grants = append(grants, Grant{privilege, l.local(name)})
	}
	return grants
}

// relation is one that the migrations make.
type relation struct {
	name    string
	written bool // by the program, and not by ClickHouse
}

// relations lists what the migrations make, but for refreshable views.
func relations() (found []relation, err error) {
	files, err := migrations()
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := migrationFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, head := range shardedHead().FindAllStringSubmatch(string(text), -1) {
			one := relation{name: head[2], written: head[3] != ""}
			if strings.HasPrefix(head[1], "CREATE ") && !slices.Contains(found, one) {
				found = append(found, one)
			}
		}
	}
	return found, nil
}

var engineClause = lazy(`\bENGINE = (\w+)`)

// engines lists the table engines that the schema uses.
func (l Layout) engines() ([]string, error) {
	statements, err := l.Record()
	if err != nil {
		return nil, err
	}
	steps, err := l.Migrations()
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		statements = append(statements, step.Statements...)
	}
	var engines []string
	for _, statement := range statements {
		if clause := engineClause().FindStringSubmatch(statement); clause != nil {
			engines = append(engines, clause[1])
		}
	}
	slices.Sort(engines)
	return slices.Compact(engines), nil
}

// MissingGrants says which grants the user of the connection lacks for runs and,
// if wanted, for migrations. It changes nothing.
func (m *Mirror) MissingGrants(ctx context.Context, migrate bool) (missing []Grant, err error) {
	layout, err := layoutOf(ctx, m.conn, m.options)
	if err != nil {
		return nil, err
	}
	needed, err := layout.SyncGrants()
	if err == nil && migrate {
		var more []Grant
		more, err = layout.MigrateGrants()
		needed = append(needed, more...)
	}
	if err != nil {
		return nil, err
	}
	for _, grant := range needed {
		var granted uint8
		if err := m.conn.QueryRow(ctx, "CHECK GRANT "+grant.String()).Scan(&granted); err != nil {
			return nil, explain("check the grant "+grant.String(), err)
		}
		if granted == 0 && !slices.Contains(missing, grant) {
			missing = append(missing, grant)
		}
	}
	return missing, nil
}
