package embeddedtest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"syncer/internal/embedded/embeddedtest"
)

func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }

// A test gets a database that is not there yet, is its own, and is gone after
// the test.
func TestDSNGivesADatabasePerTest(t *testing.T) {
	var first string
	t.Run("first with a Näme & more", func(t *testing.T) {
		dsn := embeddedtest.DSN(t)
		first = dsn[strings.LastIndex(dsn, "/")+1:]
		if exists(t, first) {
			t.Errorf("the database %s exists before it was created", first)
		}
		conn := connect(t)
		if err := conn.Exec(t.Context(), "CREATE DATABASE "+first); err != nil {
			t.Fatal(err)
		}
		if !exists(t, first) {
			t.Errorf("the database %s was not created", first)
		}
	})
	if exists(t, first) {
		t.Errorf("the database %s is still there after its test", first)
	}
	if second := embeddedtest.DSN(t); strings.HasSuffix(second, first) {
		t.Errorf("two tests share the database %s", first)
	}
}

// exists asks the server whether it has the database.
func exists(t *testing.T, name string) bool {
	t.Helper()
	var count uint64
	row := connect(t).QueryRow(t.Context(), "SELECT count() FROM system.databases WHERE name = ?", name)
	if err := row.Scan(&count); err != nil {
		t.Fatal(err)
	}
	return count > 0
}

// connect opens the server's default database.
func connect(t *testing.T) clickhouse.Conn {
	t.Helper()
	dsn := embeddedtest.DSN(t)
	options, err := clickhouse.ParseDSN(dsn[:strings.LastIndex(dsn, "/")] + "/default")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}
