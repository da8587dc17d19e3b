package grafanatest

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// slowly makes of a query one of the _live views, which have nothing of what makes
// the flat tables fast: they unfold the truth row by row.
func slowly(query string) string {
	for _, column := range [][2]string{
		{"accessed_at", "coalesce(first_accessed_at, backtrace_created_at)"},
		{"tag_hash % ", "sipHash64(autograph_tag) % "}, // a sample must be the same one
		{"tag_hash", "autograph_tag"},
		{"title_hash", "file_id"},
		{"address_hash != sipHash64('')", "ip_address != ''"},
		{"address_hash", "ip_address"},
		{"network_hash != sipHash64('')", "ip_address != ''"},
		{"network_hash", "ip_network"},
		{"ip_network AS network", network + " AS network"},
		{"ip_network", network},
	} {
		query = regexp.MustCompile(`\b`+regexp.QuoteMeta(column[0])).ReplaceAllLiteralString(query, column[1])
	}
	return flat.ReplaceAllString(query, "${1}_live")
}

var flat = regexp.MustCompile(`\b(access_stats|extracted_data)\b`)

// network is the block of an address.
const network = `multiIf(
	isIPv4String(replaceRegexpOne(ip_address, '^::ffff:', '')), replaceRegexpOne(replaceRegexpOne(ip_address, '^::ffff:', ''), '[.][^.]*$', '.0/24'),
	isIPv6String(ip_address), toString(IPv6CIDRToRange(toIPv6OrDefault(ip_address), 48).1) || '/48', ip_address)`

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
	questions := append(analyses(t, mirror), panels(t, 200)...)
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
		slow, err := mirror.Ask(t.Context(), slowly(one.query), one.parameters)
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

// A title goes by its last leaked copy, also where only an older one was opened.
func TestTitleGoesByItsLastCopy(t *testing.T) {
	mirror := openMirror(t)
	for _, row := range []string{
		"('a', 1, 'in/old.mp4', 'f', '2026-01-01', [0], ['t'], [1], [0], [0], ['t'], ['198.51.100.7'])",
		"('b', 1, 'in/new.mp4', 'f', '2026-02-01', [0], ['u'], [0], [], [], [], [])",
		"('c', 1, 'in/of-no-tag.mp4', 'f', '2026-03-01', [], [], [], [], [], [], [])",
	} {
		if err := mirror.Conn().Exec(t.Context(), "INSERT INTO backtraces_store (id, version, input_name, file_id, created_at, "+
			"`extracted.extracted_index`, `extracted.autograph_tag`, `extracted.access_count`, "+
			"`access.extracted_index`, `access.access_index`, `access.autograph_tag`, `access.ip_address`) VALUES "+row); err != nil {
			t.Fatal(err)
		}
	}
	if err := mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, one := range analyses(t, mirror) {
		if one.name != "leaks_by_title" {
			continue
		}
		answer, err := mirror.Ask(t.Context(), one.query, one.parameters)
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Rows) != 1 || answer.Rows[0][1] != "new.mp4" {
			t.Errorf("got %v, want one title, found as new.mp4", answer.Rows)
		}
		return
	}
	t.Error("there is no leaks_by_title")
}
