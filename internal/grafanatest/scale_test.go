package grafanatest

import (
	_ "embed"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"syncer/schema"
	"syncer/sql"
)

var accesses = flag.Int("accesses", 10_000_000, "accesses over which BenchmarkQueries asks")

//go:embed testdata/world.sql
var worldStatement string

// question is a query with a name.
type question struct {
	name, query string
	parameters  map[string]string
}

// BenchmarkQueries fills a mirror and prints, in Markdown, what each analysis and each
// query of the dashboards takes: the median of five, after one to warm up.
func BenchmarkQueries(b *testing.B) {
	if b.N > 1 {
		b.Skip("one round is enough")
	}
	mirror := openMirror(b)
	fillWorld(b, mirror, *accesses)
	began := time.Now()
	if err := mirror.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	refresh := time.Since(began)
	began = time.Now()
	if err := mirror.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	fmt.Printf("\n%s accesses of %s backtraces; a refresh of the flat tables takes %.1f s, the first %.1f s\n",
		value(b, mirror, "SELECT count() FROM access_stats"), value(b, mirror, "SELECT count() FROM backtraces"),
		time.Since(began).Seconds(), refresh.Seconds())
	printTimes(b, mirror, "analysis", analyses(b, mirror))
	for _, days := range []int{30, 90, 730} {
		printTimes(b, mirror, fmt.Sprintf("dashboard, %d days", days), panels(b, days))
	}
}

// fillWorld stores so many accesses, as runs would have.
func fillWorld(tb testing.TB, mirror *schema.Mirror, accesses int) {
	tb.Helper()
	if _, err := mirror.FillLookups(tb.Context(), false); err != nil {
		tb.Fatal(err)
	}
	const part = 250_000
	for from, left := 0, accesses/3; left > 0; from, left = from+part, left-part {
		ctx := clickhouse.Context(tb.Context(), clickhouse.WithParameters(clickhouse.Parameters{
			"from": fmt.Sprint(from), "count": fmt.Sprint(min(part, left)),
		}))
		if err := mirror.Conn().Exec(ctx, worldStatement); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := mirror.FillLookups(tb.Context(), true); err != nil {
		tb.Fatal(err)
	}
}

func value(tb testing.TB, mirror *schema.Mirror, query string) (text string) {
	tb.Helper()
	if err := mirror.Conn().QueryRow(tb.Context(), "SELECT toString(("+query+"))").Scan(&text); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return text
}

// analyses are all of them with their defaults; those of one tag ask for the worst.
func analyses(tb testing.TB, mirror *schema.Mirror) []question {
	tb.Helper()
	worst := value(tb, mirror, "SELECT autograph_tag FROM access_stats GROUP BY 1 ORDER BY count() DESC LIMIT 1")
	all, err := sql.All()
	if err != nil {
		tb.Fatal(err)
	}
	questions := make([]question, 0, len(all))
	for _, one := range all {
		given := map[string]string{}
		if one.Parameter("tag") != nil {
			given["tag"] = worst
		}
		parameters, err := one.Values(given, time.Now())
		if err != nil {
			tb.Fatal(err)
		}
		questions = append(questions, question{one.Name, one.Statement, parameters})
	}
	return questions
}

// panels are the queries of the dashboards over the last days.
func panels(tb testing.TB, days int) (questions []question) {
	tb.Helper()
	to := time.Now().Add(time.Minute)
	v := view{from: to.AddDate(0, 0, -days), to: to, interval: time.Duration(days) * 24 * time.Hour / 300}
	for _, path := range paths(tb) {
		board := read(tb, path)
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		for _, variable := range board.Templating.List {
			if variable.Type == "query" {
				questions = append(questions, question{name + ": choices of " + variable.Name, expand(tb, *variable.Query.String, v), nil})
			}
		}
		for _, one := range targets(tb, board) {
			questions = append(questions, question{name + ": " + *one.panel.Title, expand(tb, one.sql, v), nil})
		}
	}
	return questions
}

func printTimes(tb testing.TB, mirror *schema.Mirror, kind string, questions []question) {
	tb.Helper()
	fmt.Printf("\n| %s | ms |\n| --- | ---: |\n", kind)
	for _, one := range questions {
		fmt.Printf("| %s | %.0f |\n", one.name, float64(one.median(tb, mirror).Microseconds())/1000)
	}
}

// median is what a question takes, its answer read to the end.
func (q *question) median(tb testing.TB, mirror *schema.Mirror) time.Duration {
	tb.Helper()
	var times []time.Duration
	for range 6 {
		began := time.Now()
		if _, err := mirror.Ask(tb.Context(), q.query, q.parameters); err != nil {
			tb.Fatalf("%s: %v", q.name, err)
		}
		times = append(times, time.Since(began))
	}
	times = times[1:]
	slices.Sort(times)
	return times[len(times)/2]
}
