package sync_test

import (
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

// A run with nothing new brings a mirror up to date whose lookups are of an older
// program, and the next one finds nothing to do.
func TestRunBringsLookupsUpToDate(t *testing.T) {
	b := newBench(t, xvidtest.ServerOptions{})
	b.world.Insert(xvidtest.Generate(3, 200, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour)})...)
	b.once(t, nil)
	b.equalSource(t)
	for _, statement := range []string{
		"TRUNCATE TABLE countries_store", "TRUNCATE TABLE country_names_store", "TRUNCATE TABLE user_agents_store",
		"INSERT INTO country_names_store (name, country_code, version) VALUES ('Estonia', 'ZZ', 0)",
	} {
		if err := b.mirror.Conn().Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if run := b.once(t, nil); run.RowsWritten != 0 || !run.Refreshed {
		t.Errorf("the run wrote %d rows of backtraces, want none; refreshed: %v, want true", run.RowsWritten, run.Refreshed)
	}
	b.equalSource(t)
	refreshed := b.refreshedAt(t)
	b.once(t, nil)
	if again := b.refreshedAt(t); again != refreshed {
		t.Error("a run with nothing new refreshed the flat tables")
	}
}

// refreshedAt is when access_stats was last refreshed, in milliseconds since 1970.
func (b *bench) refreshedAt(tb testing.TB) (millis int64) {
	tb.Helper()
	err := b.mirror.Conn().QueryRow(tb.Context(), `SELECT toUnixTimestamp64Milli(last_refresh_time::DateTime64(3)) FROM system.view_refreshes
		WHERE database = currentDatabase() AND view = 'access_stats_refresh'`).Scan(&millis)
	if err != nil {
		tb.Fatal(err)
	}
	return millis
}
