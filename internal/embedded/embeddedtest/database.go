package embeddedtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"syncer/internal/embedded"
)

const (
	// longestStem keeps database names, and so paths, short.
	longestStem = 40
	dropTimeout = 30 * time.Second
)

// DSN gives the address of a database for this test alone, on the package's
// shared engine or, where CLICKHOUSE_TEST_URL names one, on another server.
// The database does not exist yet, as the product creates its own; it is
// dropped at the end of the test.
func DSN(tb testing.TB) string {
	tb.Helper()
	name := databaseName(tb.Name())
	server, err := serverURL()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := drop(withDatabase(server, "default"), name); err != nil {
			tb.Errorf("drop the test's database %s: %v", name, err)
		}
	})
	return withDatabase(server, name)
}

// Start starts an engine for this test alone, with its data in dir, and stops
// it at the end of the test if it still runs.
func Start(tb testing.TB, dir string) *embedded.Engine {
	tb.Helper()
	engine, err := embedded.Start(tb.Context(), embedded.Options{DataDir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		// The test's own context has ended by now.
		if err := engine.Stop(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return engine
}

// serverURL is the server that the tests use.
func serverURL() (*url.URL, error) {
	address := os.Getenv("CLICKHOUSE_TEST_URL")
	if address == "" {
		engine, err := shared.get()
		if err != nil {
			return nil, err
		}
		address = engine.DSN("default")
	}
	server, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read CLICKHOUSE_TEST_URL: %w", err)
	}
	return server, nil
}

// withDatabase is the address of a database of the server.
func withDatabase(server *url.URL, name string) string {
	address := *server
	address.Path = "/" + name
	return address.String()
}

// databaseName makes a name that needs no quoting from a test's name.
func databaseName(test string) string {
	stem := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(test))
	return stem[:min(len(stem), longestStem)] + "_" + strings.ToLower(rand.Text()[:8])
}

// drop removes a database and waits until its data is gone.
func drop(dsn, name string) error {
	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		return err
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
	defer cancel()
	return conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" SYNC")
}
