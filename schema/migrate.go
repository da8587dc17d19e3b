package schema

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/cenkalti/backoff/v5"
)

//go:embed migrations
var migrationFiles embed.FS

// Migration is one step of the schema. Each of its statements can be repeated,
// so that a step that died half-way, or that two processes take at once, does
// no harm.
type Migration struct {
	Version    uint32
	Name       string
	Statements []string
}

// Migrate creates the database and brings its schema up to date. It returns the
// names of the steps it took.
func Migrate(ctx context.Context, options Options) (applied []string, err error) {
	// The database may not exist yet, and a connection to it would be refused.
	conn, err := dial(ctx, options.ClickHouse, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	layout, current, err := found(ctx, conn, options)
	if err != nil {
		return nil, err
	}
	if newest, err := layout.compare(current); err != nil || current == newest {
		return nil, err
	}
	if err := prepare(ctx, conn, options); err != nil {
		return nil, err
	}
	// Another program may have made it in the meantime, and a server may choose a layout.
	if layout, current, err = found(ctx, conn, options); err != nil {
		return nil, err
	}
	if _, err := layout.compare(current); err != nil {
		return nil, err
	}
	steps, err := layout.Migrations()
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		if step.Version <= current {
			continue
		}
		if err := step.apply(ctx, conn, layout); err != nil {
			return applied, err
		}
		applied = append(applied, step.Name)
	}
	return applied, nil
}

// prepare creates the database and the table in which the steps are recorded.
func prepare(ctx context.Context, conn driver.Conn, options Options) error {
	database := options.ClickHouse.Auth.Database
	create := "CREATE DATABASE IF NOT EXISTS " + quote(database)
	if options.Cluster != "" {
		create += " ON CLUSTER " + quote(options.Cluster)
	}
	if err := conn.Exec(ctx, create); err != nil {
		return explain("create the database "+database, err)
	}
	layout, err := layoutOf(ctx, conn, options)
	if err != nil {
		return err
	}
	record, err := layout.Record()
	if err != nil {
		return err
	}
	for _, statement := range record {
		if err := conn.Exec(ctx, statement); err != nil {
			return explain("create the record of migrations in "+database, err)
		}
	}
	return nil
}

// found is the layout of a schema and the number of the last step taken: 0 where
// there is none yet.
func found(ctx context.Context, conn driver.Conn, options Options) (layout Layout, current uint32, err error) {
	if layout, err = layoutOf(ctx, conn, options); err != nil {
		return layout, 0, err
	}
	if err = layout.checkMade(ctx, conn); err != nil {
		return layout, 0, err
	}
	current, err = layout.version(ctx, conn)
	if number := code(err); number == codeUnknownTable || number == codeUnknownDatabase {
		return layout, 0, nil
	}
	return layout, current, err
}

// recordTable is where the steps that were taken are recorded.
const recordTable = "schema_migrations"

// Record renders the statements that make the table of the steps taken.
func (l Layout) Record() ([]string, error) {
	return l.render(`CREATE TABLE IF NOT EXISTS {sharded ` + recordTable + ` by version}
		(
			version    UInt32   COMMENT 'Number of the step',
			name       String   COMMENT 'What it made',
			applied_at DateTime DEFAULT now() COMMENT 'When it was taken'
		)
		ENGINE = {engine ReplacingMergeTree} ORDER BY version
		COMMENT 'Steps of the schema that were taken'`)
}

// checkMade refuses a schema that was made for another cluster or for none: its
// tables would be read and refreshed on the wrong servers.
func (l Layout) checkMade(ctx context.Context, conn driver.Conn) error {
	var engine string
	err := conn.QueryRow(ctx, "SELECT any(engine_full) FROM system.tables WHERE database = ? AND name = ?", l.Database, recordTable).Scan(&engine)
	if err != nil {
		return explain("look up how the schema was made", err)
	}
	if engine == "" { // there is none yet
		return nil
	}
	made := ""
	if arguments, distributed := strings.CutPrefix(engine, "Distributed('"); distributed {
		made, _, _ = strings.Cut(arguments, "'")
	}
	if made == l.Cluster {
		return nil
	}
	return fmt.Errorf("database %s: %w: CLICKHOUSE_CLUSTER is %q, and it was made for %q", l.Database, ErrSchema, l.Cluster, made)
}

// CheckSchema says whether the schema is the one this program knows.
func (m *Mirror) CheckSchema(ctx context.Context) error {
	layout, current, err := found(ctx, m.conn, m.options)
	if err != nil {
		return err
	}
	newest, err := layout.compare(current)
	if err == nil && current < newest {
		err = fmt.Errorf("database %s: %w: it is at step %d of %d: run `syncer migrate`", m.database, ErrBehind, current, newest)
	}
	return err
}

// compare gives the number of the last step that this program knows; a schema that is
// further is an error.
func (l Layout) compare(current uint32) (newest uint32, err error) {
	files, err := migrations()
	if err != nil {
		return 0, err
	}
	if newest, err = stepNumber(files[len(files)-1]); err == nil && current > newest {
		err = fmt.Errorf("database %s: %w: it is at step %d, and this one knows only %d: use the newer one", l.Database, ErrNewer, current, newest)
	}
	return newest, err
}

// version is the number of the last step taken.
func (l Layout) version(ctx context.Context, conn driver.Conn) (uint32, error) {
	var version uint32
	err := conn.QueryRow(ctx, "SELECT max(version) FROM "+l.across(recordTable)).Scan(&version)
	return version, explain("read the schema's version", err)
}

func (s *Migration) apply(ctx context.Context, conn driver.Conn, layout Layout) error {
	for i, statement := range s.Statements {
		if err := change(ctx, conn, statement); err != nil {
			return explain(fmt.Sprintf("migrate: step %s, statement %d", s.Name, i+1), err)
		}
	}
	err := conn.Exec(ctx, "INSERT INTO "+layout.across(recordTable)+" (version, name) VALUES (?, ?)", s.Version, s.Name)
	return explain("migrate: record step "+s.Name, err)
}

// change changes the schema, again where another program that migrates at the
// same time was in the way.
func change(ctx context.Context, conn driver.Conn, statement string) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := conn.Exec(ctx, statement)
		if number := code(err); err != nil && !passingCodes[number] && !overtakenCodes[number] {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(statementTimeout))
	return err
}

// Migrations renders the steps for a layout, in their order.
func (l Layout) Migrations() ([]Migration, error) {
	files, err := migrations()
	if err != nil {
		return nil, err
	}
	steps := make([]Migration, 0, len(files))
	for _, file := range files {
		step, err := l.migration(file)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", file, err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// migrations lists the files of the steps, in their order.
func migrations() ([]string, error) {
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list the migrations: %w", err)
	}
	return files, nil
}

// stepNumber is the number of the step that a file holds.
func stepNumber(file string) (uint32, error) {
	digits, _, _ := strings.Cut(path.Base(file), "_")
	version, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("migration %s has no number: %w", file, err)
	}
	return uint32(version), nil
}

func (l Layout) migration(file string) (Migration, error) {
	version, err := stepNumber(file)
	if err != nil {
		return Migration{}, err
	}
	text, err := migrationFiles.ReadFile(file)
	if err != nil {
		return Migration{}, err
	}
	migration := Migration{Version: version, Name: strings.TrimSuffix(path.Base(file), ".sql")}
	for _, statement := range split(string(text)) {
		rendered, err := l.render(statement)
		if err != nil {
			return Migration{}, err
		}
		migration.Statements = append(migration.Statements, rendered...)
	}
	return migration, nil
}

// split parts a step into statements, which end with a semicolon and a new line.
func split(text string) []string {
	var statements []string
	for statement := range strings.SplitSeq(text+"\n", ";\n") {
		if statement = strings.TrimSpace(statement); statement != "" {
			statements = append(statements, statement)
		}
	}
	return statements
}

// quote writes an identifier.
func quote(name string) string {
	return "`" + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), "`", "\\`") + "`"
}

// Drop removes the database with all that is in it.
func Drop(ctx context.Context, options Options) (err error) {
	conn, err := dial(ctx, options.ClickHouse, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	database := options.ClickHouse.Auth.Database
	return explain("drop the database "+database, conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(database)+" SYNC"))
}
