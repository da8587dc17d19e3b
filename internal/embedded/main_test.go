package embedded_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
)

// parentOf makes this test binary a program that starts an engine in the
// named directory and then waits to be killed.
const parentOf = "EMBEDDED_TEST_PARENT_OF"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentOf); dir != "" {
		if err := beParent(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(embeddedtest.Main(m))
}

// query gives the one value of a SELECT as text.
func query(t *testing.T, e *embedded.Engine, sql string) string {
	t.Helper()
	conn := dial(t, e.DSN("default"))
	defer func() { _ = conn.Close() }()
	var value string
	if err := conn.QueryRow(t.Context(), "SELECT toString(("+sql+"))").Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// run runs statements one after the other.
func run(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	conn := dial(t, dsn)
	defer func() { _ = conn.Close() }()
	for _, sql := range statements {
		if err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// dial opens connections for the caller to close: an engine that is stopped
// waits for open ones.
func dial(t *testing.T, dsn string) clickhouse.Conn {
	t.Helper()
	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
