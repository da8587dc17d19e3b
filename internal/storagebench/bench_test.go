package storagebench

import (
	"embed"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

//go:embed sql
var files embed.FS

var records = flag.Int("records", 2_000_000, "backtraces, with about 3 accesses each")

func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }

// leaks is the analyst's question, over a relation of accesses.
const leaks = `SELECT ip_country, count(), uniqExact(autograph_tag) FROM (%s) GROUP BY ip_country ORDER BY 2 DESC, 1`

// questions are asked of each design; those of leaks must have one answer.
var questions = []struct{ name, query string }{
	{"leaks by country: flat table", fmt.Sprintf(leaks, "SELECT * FROM access_stats")},
	{"leaks by country: _live view", fmt.Sprintf(leaks, "SELECT * FROM access_stats_live")},
	{"leaks by country: three tables", fmt.Sprintf(leaks, "SELECT * FROM three_access FINAL")},
	{"leaks by country: versioned children", fmt.Sprintf(leaks, `SELECT a.* FROM versioned_access AS a
		INNER JOIN (SELECT id, max(version) AS version FROM three_backtraces GROUP BY id) AS p ON a.backtrace_id = p.id AND a.version = p.version`)},
	{"one backtrace: backtraces", "SELECT * FROM backtraces WHERE id = '%[1]s'"},
	{"one backtrace's accesses: _live view", "SELECT * FROM access_stats_live WHERE backtrace_id = '%[1]s'"},
	{"one backtrace's accesses: flat table", "SELECT * FROM access_stats WHERE backtrace_id = '%[1]s'"},
	{"one backtrace's accesses: three tables", "SELECT * FROM three_access FINAL WHERE backtrace_id = '%[1]s'"},
	{"count of backtraces", "SELECT count() FROM backtraces"},
}

// BenchmarkStorage loads once through the product and prints a table.
func BenchmarkStorage(b *testing.B) {
	if b.N > 1 {
		b.Skip("one round is enough")
	}
	mirror := load(b)
	exec(b, mirror, `INSERT INTO backtraces_store SELECT * REPLACE (version + 1 AS version,
		arrayResize(`+"`access.ip_country`, intDiv(length(`access.ip_country`), 2)) AS `access.ip_country`"+shrink()+`)
		FROM backtraces_store FINAL WHERE cityHash64(id) % 5 = 0`)
	began := time.Now()
	if err := mirror.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	fmt.Printf("%-45s %8d ms\n", "refresh of both flat tables", time.Since(began).Milliseconds())
	for _, name := range []string{"three_tables", "versioned_children"} {
		text, err := files.ReadFile("sql/" + name + ".sql")
		if err != nil {
			b.Fatal(err)
		}
		for statement := range strings.SplitSeq(string(text), ";\n") {
			if strings.TrimSpace(statement) != "" {
				exec(b, mirror, statement)
			}
		}
	}
	sizes(b, mirror)
	answers := map[string]string{}
	id := text(b, mirror, "SELECT id FROM backtraces LIMIT 1 OFFSET 1000")
	for _, question := range questions {
		query := strings.ReplaceAll(question.query, "%[1]s", id)
		best := time.Hour
		for range 5 {
			began := time.Now()
			exec(b, mirror, query+" FORMAT Null")
			best = min(best, time.Since(began))
		}
		fmt.Printf("%-45s %8.1f ms\n", question.name, float64(best.Microseconds())/1000)
		if strings.HasPrefix(question.name, "leaks") {
			answers[text(b, mirror, "SELECT toString(groupArray(tuple(*))) FROM ("+query+")")] = question.name
		}
	}
	if len(answers) != 1 {
		for answer, name := range answers {
			b.Errorf("the designs do not agree: %.300s: %s", name, answer)
		}
	}
	known(b, mirror)
}

// shrink halves the other access columns alike.
func shrink() string {
	var list strings.Builder
	for _, column := range []string{
		"extracted_index", "access_index", "autograph_tag", "ip_address", "ip_type", "user_agent",
		"accept_language", "first_accessed_at", "percentage_obtained", "highest_resolution", "streaming_only",
	} {
		fmt.Fprintf(&list, ", arrayResize(`access.%[1]s`, intDiv(length(`access.ip_country`), 2)) AS `access.%[1]s`", column)
	}
	return list.String()
}

// load mirrors a generated source through the product.
func load(b *testing.B) *schema.Mirror {
	b.Helper()
	world := xvidtest.NewWorld(time.Now)
	world.Insert(xvidtest.Generate(1, *records, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour)})...)
	api, err := xvidtest.Listen(world, xvidtest.ServerOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = api.Close() })
	target, err := schema.ParseDSN(embeddedtest.DSN(b))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := schema.Migrate(b.Context(), schema.Options{ClickHouse: target}); err != nil {
		b.Fatal(err)
	}
	mirror, err := schema.Open(b.Context(), schema.Options{ClickHouse: target})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = mirror.Close() })
	token, err := xvid.StaticToken("bench")
	if err != nil {
		b.Fatal(err)
	}
	client, err := xvid.New(xvid.Options{URL: api.URL(), Token: token})
	if err != nil {
		b.Fatal(err)
	}
	run, err := sync.New(sync.Options{
		Source: client, SourceName: api.URL(), Mirror: mirror, PageSize: 5000, Concurrency: 2,
		Lookback: 10 * time.Minute, Timeout: 2 * time.Hour, Now: time.Now,
	}).RunOnce(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	fmt.Printf("%-45s %8.0f s, %d backtraces\n", "first copy, refresh included", run.EndedAt.Sub(run.StartedAt).Seconds(), run.RowsWritten)
	return mirror
}

func exec(b *testing.B, mirror *schema.Mirror, statement string) {
	b.Helper()
	if err := mirror.Conn().Exec(b.Context(), statement); err != nil {
		b.Fatalf("%s: %v", statement, err)
	}
}

func text(b *testing.B, mirror *schema.Mirror, query string) (value string) {
	b.Helper()
	if err := mirror.Conn().QueryRow(b.Context(), query).Scan(&value); err != nil {
		b.Fatalf("%s: %v", query, err)
	}
	return value
}

// sizes prints the bytes on disk of each table, in all and by its rows.
func sizes(b *testing.B, mirror *schema.Mirror) {
	b.Helper()
	var tables []struct {
		Table string `ch:"table"`
		Rows  uint64 `ch:"rows"`
		Bytes uint64 `ch:"bytes"`
	}
	err := mirror.Conn().Select(b.Context(), &tables, `SELECT table, sum(p.rows) AS rows, sum(bytes_on_disk) AS bytes
		FROM system.parts AS p WHERE active AND database = currentDatabase() GROUP BY table HAVING rows > 1000 ORDER BY table`)
	if err != nil {
		b.Fatal(err)
	}
	for _, table := range tables {
		fmt.Printf("%-45s %8.1f MB, %d rows, %.1f bytes a row\n", "size of "+table.Table, float64(table.Bytes)/1e6, table.Rows, float64(table.Bytes)/float64(table.Rows))
	}
}

// known times the lookup of a page's ids.
func known(b *testing.B, mirror *schema.Mirror) {
	b.Helper()
	var rows []struct {
		ID string `ch:"id"`
	}
	if err := mirror.Conn().Select(b.Context(), &rows, "SELECT id FROM backtraces ORDER BY cityHash64(id) LIMIT 5000"); err != nil {
		b.Fatal(err)
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	best := time.Hour
	for range 5 {
		began := time.Now()
		if _, err := mirror.Known(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(began))
	}
	fmt.Printf("%-45s %8.1f ms\n", fmt.Sprintf("lookup of %d ids", len(ids)), float64(best.Microseconds())/1000)
}
