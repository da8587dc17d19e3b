package schema

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
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
	database := options.ClickHouse.Auth.Database
	steps, err := Migrations(database)
	if err != nil {
		return nil, err
	}
	// The database may not exist yet, and a connection to it would be refused.
	conn, err := dial(ctx, options.ClickHouse, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	quoted := quote(database)
	for _, statement := range []string{
		"CREATE DATABASE IF NOT EXISTS " + quoted,
		`CREATE TABLE IF NOT EXISTS ` + quoted + `.schema_migrations
		(
			version    UInt32   COMMENT 'Number of the step',
			name       String   COMMENT 'What it made',
			applied_at DateTime DEFAULT now() COMMENT 'When it was taken'
		)
		ENGINE = ReplacingMergeTree ORDER BY version
		COMMENT 'Steps of the schema that were taken'`,
	} {
		if err := conn.Exec(ctx, statement); err != nil {
			return nil, explain("create the database "+database, err)
		}
	}
	current, err := schemaVersion(ctx, conn, quoted)
	if err != nil {
		return nil, err
	}
	if err := notNewer(database, current, steps); err != nil {
		return nil, err
	}
	for _, step := range steps {
		if step.Version <= current {
			continue
		}
		if err := step.apply(ctx, conn, quoted); err != nil {
			return applied, err
		}
		applied = append(applied, step.Name)
	}
	return applied, nil
}

// CheckSchema says whether the schema is the one this program knows.
func (m *Mirror) CheckSchema(ctx context.Context) error {
	steps, err := Migrations(m.database)
	if err != nil {
		return err
	}
	current, err := schemaVersion(ctx, m.conn, quote(m.database))
	if number := code(err); number == codeUnknownTable || number == codeUnknownDatabase {
		current, err = 0, nil
	}
	if err != nil {
		return err
	}
	if newest := steps[len(steps)-1].Version; current < newest {
		return fmt.Errorf("database %s: %w: it is at step %d of %d: run `syncer migrate`", m.database, ErrSchema, current, newest)
	}
	return notNewer(m.database, current, steps)
}

func notNewer(database string, current uint32, steps []Migration) error {
	if newest := steps[len(steps)-1].Version; current > newest {
		return fmt.Errorf("database %s: %w: it is at step %d, and this one knows only %d: use the newer one", database, ErrNewer, current, newest)
	}
	return nil
}

func schemaVersion(ctx context.Context, conn driver.Conn, quoted string) (uint32, error) {
	var version uint32
	err := conn.QueryRow(ctx, "SELECT max(version) FROM "+quoted+".schema_migrations").Scan(&version)
	return version, explain("read the schema's version", err)
}

func (s *Migration) apply(ctx context.Context, conn driver.Conn, quoted string) error {
	for i, statement := range s.Statements {
		if err := conn.Exec(ctx, statement); err != nil {
			return explain(fmt.Sprintf("migrate: step %s, statement %d", s.Name, i+1), err)
		}
	}
	err := conn.Exec(ctx, "INSERT INTO "+quoted+".schema_migrations (version, name) VALUES (?, ?)", s.Version, s.Name)
	return explain("migrate: record step "+s.Name, err)
}

// Migrations renders the steps for a database, in their order.
func Migrations(database string) ([]Migration, error) {
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list the migrations: %w", err)
	}
	steps := make([]Migration, 0, len(files))
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".sql")
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseUint(number, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("migration %s has no number: %w", name, err)
		}
		text, err := render(file, database)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		steps = append(steps, Migration{Version: uint32(version), Name: name, Statements: split(text)})
	}
	return steps, nil
}

var placeholder = regexp.MustCompile(`\{(\w+)(?: (\w+))?\}`)

// render fills a step's placeholders: {database}, and {columns NAME} for the
// list of columns that several relations share.
func render(file, database string) (string, error) {
	text, err := migrationFiles.ReadFile(file)
	if err != nil {
		return "", err
	}
	var failed error
	rendered := placeholder.ReplaceAllStringFunc(string(text), func(found string) string {
		parts := placeholder.FindStringSubmatch(found)
		switch parts[1] {
		case "database":
			return quote(database)
		case "columns":
			columns, err := migrationFiles.ReadFile("migrations/columns/" + parts[2] + ".sql")
			failed = errors.Join(failed, err)
			return strings.TrimRight(string(columns), "\n")
		}
		failed = errors.Join(failed, fmt.Errorf("unknown placeholder %s", found))
		return found
	})
	return rendered, failed
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
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(name) + "`"
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
