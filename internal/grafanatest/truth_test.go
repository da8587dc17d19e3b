package grafanatest

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// flat are the relations that a refresh rebuilds. Whatever makes them fast, the _live
// views have nothing of it: they unfold the truth row by row.
var flat = regexp.MustCompile(`\b(access_stats|extracted_data)\b`)

// Every analysis and every panel says of the flat tables exactly what it says of the
// truth, also after backtraces have lost accesses, changed them or gone.
func TestQueriesEqualTheTruth(t *testing.T) {
	mirror := openMirror(t)
	fillWorld(t, mirror, 30_000)
	for _, statement := range []string{
		"INSERT INTO backtraces_store (id, version, is_deleted) SELECT id, version + 1, 1 FROM backtraces_store WHERE sipHash64(id) % 10 = 0",
		"INSERT INTO backtraces_store (id, version, status, created_at) SELECT id, version + 1, 'QUEUED', created_at FROM backtraces_store WHERE sipHash64(id) % 10 = 1",
	} {
		if err := mirror.Conn().Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	questions := append(analyses(t, mirror), panels(t, mirror, 200)...)
	compared := 0
	for _, one := range questions {
		if !flat.MatchString(one.query) {
			continue
		}
		compared++
		fast, err := mirror.Ask(t.Context(), one.query, one.parameters)
		if err != nil {
			t.Fatalf("%s: %v", one.name, err)
		}
		slow, err := mirror.Ask(t.Context(), flat.ReplaceAllString(one.query, "${1}_live"), one.parameters)
		if err != nil {
			t.Fatalf("%s: %v", one.name, err)
		}
		if difference := cmp.Diff(slow, fast); difference != "" {
			t.Errorf("%s (-truth +flat table):\n%s", one.name, difference)
		}
		if len(fast.Rows) == 0 && !slices.Contains([]string{"unmapped_countries", "new_countries"}, one.name) {
			t.Errorf("%s: nothing to compare", one.name)
		}
	}
	if compared < 30 {
		t.Errorf("only %d queries were compared", compared)
	}
}
