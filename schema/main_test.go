package schema_test

import (
	"os"
	"testing"

	"syncer/internal/embedded/embeddedtest"
	"syncer/schema"
)

func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }

// options name a database of the test's own, which does not exist yet.
func options(tb testing.TB) schema.Options {
	tb.Helper()
	parsed, err := schema.ParseDSN(embeddedtest.DSN(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return schema.Options{ClickHouse: parsed}
}

// open migrates a new database and connects to it.
func open(tb testing.TB) *schema.Mirror {
	tb.Helper()
	target := options(tb)
	if _, err := schema.Migrate(tb.Context(), target); err != nil {
		tb.Fatal(err)
	}
	mirror, err := schema.Open(tb.Context(), target)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = mirror.Close() })
	return mirror
}

// number asks for one number.
func number(tb testing.TB, mirror *schema.Mirror, query string) uint64 {
	tb.Helper()
	var value uint64
	if err := mirror.Conn().QueryRow(tb.Context(), query).Scan(&value); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return value
}
