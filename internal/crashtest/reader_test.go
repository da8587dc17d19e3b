package crashtest

import (
	"errors"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// tornReadings counts backtraces with children of another reading, or not all of
// their own.
const tornReadings = `SELECT count() FROM {db:Identifier}.backtraces AS b
	LEFT JOIN (SELECT backtrace_id, count() AS n, countIf(autograph_tag != input_name) AS foreign
		FROM {db:Identifier}.extracted_data_live GROUP BY backtrace_id) AS e ON e.backtrace_id = b.id
	LEFT JOIN (SELECT backtrace_id, count() AS n, countIf(autograph_tag != input_name) AS foreign
		FROM {db:Identifier}.access_stats_live GROUP BY backtrace_id) AS a ON a.backtrace_id = b.id
	WHERE e.foreign + a.foreign > 0 OR e.n != toUInt32(b.input_name) % 3 OR a.n != e.n * (toUInt32(b.input_name) % 4)`

// ClickHouse's codes for what is not there.
const (
	unknownTable    = 60
	unknownDatabase = 81
)

// wholeReadings looks at the mirror as a reader does while syncer lies dead.
func (b *bench) wholeReadings(t *testing.T) {
	t.Helper()
	// Whoever connects to a database that is not there yet brings the embedded
	// engine down.
	options, err := clickhouse.ParseDSN(b.engine.DSN("default"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ctx := clickhouse.Context(t.Context(), clickhouse.WithParameters(clickhouse.Parameters{"db": b.database}))
	var torn uint64
	err = conn.QueryRow(ctx, tornReadings).Scan(&torn)
	if missing, ok := errors.AsType[*clickhouse.Exception](err); ok && (missing.Code == unknownTable || missing.Code == unknownDatabase) {
		return // died before there was anything to read
	}
	if err != nil {
		t.Fatal(err)
	}
	if torn != 0 {
		t.Fatalf("%d backtraces with children of another reading", torn)
	}
}
