package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"syncer/sql"
)

var update = flag.Bool("update", false, "write docs/analyses.md anew")

const analysesDoc = "../../docs/analyses.md"

// docParams are the parameters of the examples that need some.
var docParams = map[string][]string{
	"countries_over_time": {"countries=2"},
	"tag_spread":          {"tag=anna"},
	"tag_timeline":        {"tag=chloe"},
}

// checkAnalysesDoc compares docs/analyses.md with what the program says.
func checkAnalysesDoc(t *testing.T, p *program, all []sql.Analysis) {
	t.Helper()
	var b strings.Builder
	b.WriteString(docHead)
	for i := range all {
		fmt.Fprintf(&b, "* [`%s`](#%s) – %s\n", all[i].Name, all[i].Name, all[i].Title)
	}
	for i := range all {
		p.documented(t, &b, &all[i])
	}
	if *update {
		if err := os.WriteFile(analysesDoc, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(analysesDoc)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(written), b.String()); diff != "" {
		t.Errorf("docs/analyses.md is not what the program says (-written +said); go test ./cmd/syncer -run TestAnalyses -update writes it:\n%s", diff)
	}
}

// documented writes the section of an analysis.
func (p *program) documented(t *testing.T, b *strings.Builder, analysis *sql.Analysis) {
	t.Helper()
	fmt.Fprintf(b, "\n## %s\n\n**%s** ([SQL](../sql/%s.sql))\n\n%s\n", analysis.Name, analysis.Title, analysis.Name, analysis.Description)
	if len(analysis.Parameters) > 0 {
		b.WriteString("\n| parameter | type | default | |\n| --- | --- | --- | --- |\n")
	}
	for _, param := range analysis.Parameters {
		fmt.Fprintf(b, "| `%s` | `%s` | %s | %s |\n", param.Name, cmp.Or(strings.Join(param.Choices, "`, `"), param.Type),
			cmp.Or(param.Default, "required"), param.Doc)
	}
	line := queryLine(analysis.Name, docParams[analysis.Name], formatTable)
	command := strings.ReplaceAll(strings.Join(line, " "), " --format table", "")
	fmt.Fprintf(b, "\n    $ syncer %s\n", command)
	for row := range strings.Lines(p.at(t, analysesNow, line...).stdout) {
		b.WriteString(strings.TrimRight("    "+row, " \n") + "\n")
	}
}

const docHead = `# Analyses

` + "`syncer query`" + ` lists these analyses and runs them; each is a file of [sql/](../sql), which
runs in ClickHouse's own client too:

    clickhouse-client --database xvid --param_since='2026-01-01 00:00:00' --param_limit=20 --queries-file sql/leaks_by_country.sql

* **Counting.** An access counts once for each backtrace that reports it: a tag that is
  read out of two leaked copies has its accesses listed in both records. Figures are
  exact; nothing is estimated. (Different tags, titles and addresses are told apart by
  hashes of 64 bits: among five million, two are equal by chance with a probability of
  one in a million.)
* **Unknown.** Rows whose country, type or share is not known are counted and shown, as
  ` + "`(unknown)` or `–`" + `; in CSV they are empty, in JSON ` + "`\"\"` or `null`" + `. An access without a
  time counts from the time of its backtrace.
* **Times** are UTC. A parameter takes a date, a date and time, RFC 3339, an age (` + "`30d`, `12h`," + `
  ` + "`90m`" + `) or ` + "`now`" + `.
* **Formats.** ` + "`--format csv`" + ` is RFC 4180, with ` + "`'`" + ` before a text that begins with ` + "`= + - @`" + `, tab or a
  line's end: tags and user agents are chosen by strangers, and a spreadsheet would take
  such a text for a formula. ` + "`--format json`" + ` has every text as it is and 64-bit numbers to
  the last digit. The table quotes what could drive a terminal.
* **Bounds.** A query cannot write, ends after a minute, and gives 100,000 rows at most.

The examples are the answers for a small world of twelve backtraces and ten accesses; a
test works them out by hand.

`
