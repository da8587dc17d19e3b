package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The demo shows the whole way with nothing set up, and can be shown again.
func TestDemo(t *testing.T) {
	env := map[string]string{"SYNC_DATA_DIR": t.TempDir()}
	for range 2 {
		r := execute(t.Context(), env, "demo", "--records", "300")
		if r.code != exitOK || strings.Contains(r.stderr, "ERROR") {
			t.Fatalf("exit code %d: %s\n%s", r.code, r.stderr, r.stdout)
		}
		source, mirror := countsOf(t, r.stdout, "source"), countsOf(t, r.stdout, "mirror")
		if source != mirror {
			t.Errorf("source %s, mirror %s", source, mirror)
		}
		if !strings.HasPrefix(source, "301 ") { // one more came while it went on
			t.Errorf("300 records and a new one are counted as %s", source)
		}
		if runs := linesWith(r.stdout, "• Run: "); len(runs) != 3 ||
			!strings.Contains(runs[0], " 300 rows written") || !strings.Contains(runs[2], " 0 rows written") {
			t.Errorf("want a first copy, a change and nothing new: %q", runs)
		}
		if !strings.Contains(r.stdout, "Leaks by country") || strings.Count(r.stdout, "█") < demoShownCountries {
			t.Errorf("no leaks by country:\n%s", r.stdout)
		}
		if dir := filepath.Join(env["SYNC_DATA_DIR"], "demo"); !strings.Contains(r.stdout, dir) {
			t.Errorf("it does not tell that the data lies in %s", dir)
		}
		page := filepath.Join(env["SYNC_DATA_DIR"], "demo-report.html")
		if info, err := os.Stat(page); err != nil || info.Size() < 500_000 || !strings.Contains(r.stdout, "file://"+page) {
			t.Errorf("no report, or it is not told of: %v", err)
		}
	}
}

// countsOf gives the figures of a row of the demo's table.
func countsOf(t *testing.T, output, name string) string {
	t.Helper()
	for line := range strings.Lines(output) {
		if words := strings.Fields(line); len(words) == 4 && words[0] == name {
			return strings.Join(words[1:], " ")
		}
	}
	t.Fatalf("no counts of the %s:\n%s", name, output)
	return ""
}
