package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

// reported writes a report at the small world's moment and gives the page.
func (p *program) reported(t *testing.T, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	r := p.at(t, analysesNow, append([]string{"report", "-o", path}, args...)...)
	if !strings.Contains(r.stdout, path) {
		t.Errorf("it does not say where the page is: %q", r.stdout)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the page, which holds personal data, has the mode %s", info.Mode())
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// reportedAll writes a report of the whole small world, which must have the figures
// that TestAnalyses works out by hand.
func (p *program) reportedAll(t *testing.T) {
	t.Helper()
	all := p.reported(t, "--since", "1970-01-01")
	for _, want := range []string{
		`data-total="accesses" data-value="10"`, `data-total="tags" data-value="4"`, `data-total="titles" data-value="3"`,
		`data-total="addresses" data-value="8"`, `data-total="countries" data-value="5"`, `data-total="complete" data-value="5"`,
		"Mirror as of 2026-03-10 11:30 UTC, 30 minutes old",
		"World map of accesses in 4 countries; most in Estonia (3), Germany (2), Korea, Republic of (2).",
		"Not on the map: 2 accesses (20 % of all) from (unknown), Atlantis.",
		"The worst leak: anna", "opened from 3 addresses in 2 countries within 8.5 days",
		`{"code":"EE","name":"Estonia","accesses":3,`, `{"code":"KR","name":"Korea, Republic of","accesses":2,`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if sum := sumOf(t, all, "timeline"); sum != 10 {
		t.Errorf("the time line holds %d accesses", sum)
	}
}

// The page of the small world has the figures that TestAnalyses works out by hand.
func TestReport(t *testing.T) {
	p := newAnalysedProgram(t)
	p.reportedAll(t)
	// From 1 March on: #7, #8, #9 by its backtrace's time, #10.
	march := p.reported(t, "--since", "2026-03-01")
	if !strings.Contains(march, `data-total="accesses" data-value="4"`) || !strings.Contains(march, "2026-03-01 00:00 – 2026-03-10 12:00 UTC") {
		t.Error("the page of March has not March's figures")
	}
	if quiet := p.reported(t, "--since", "1h"); !strings.Contains(quiet, "Nothing in this period.") || strings.Contains(quiet, "The worst leak") {
		t.Error("a page without any access does not say so")
	}
	if r := p.at(t, analysesNow, "report", "--since", "2026-03-01", "-o", "-"); r.stdout != march {
		t.Error("the standard output gets another page")
	}
}

var accessesCell = regexp.MustCompile(`class="number barred" data-value="(\d+)"`)

// sumOf adds up the accesses of a table.
func sumOf(t *testing.T, page, table string) (sum int) {
	t.Helper()
	_, rest, _ := strings.Cut(page, `<table id="`+table+`"`)
	rows, _, _ := strings.Cut(rest, "</table>")
	for _, found := range accessesCell.FindAllStringSubmatch(rows, -1) {
		accesses, err := strconv.Atoi(found[1])
		if err != nil {
			t.Fatal(err)
		}
		sum += accesses
	}
	return sum
}

// A mirror that never got anything, and one with a single record, give pages.
func TestReportOfLittle(t *testing.T) {
	p := newProgram(t, 0)
	p.at(t, analysesNow, "migrate")
	if page := p.reported(t); !strings.Contains(page, "Nothing has been mirrored yet") {
		t.Error("the page of an empty mirror does not say that it is")
	}
	p.world.Insert(xvidtest.Samples()[0])
	p.at(t, analysesNow, "once")
	if page := p.reported(t, "--since", "1970-01-01"); !strings.Contains(page, `data-total="accesses" data-value="1"`) {
		t.Error("the page of one access does not count it")
	}
}

// However many tags, titles and countries there are, the page stays one that a
// phone can show.
func TestReportOfMuch(t *testing.T) {
	p := newProgram(t, 0)
	p.at(t, analysesNow, "migrate")
	err := p.mirror(t).Conn().Exec(t.Context(), `
		INSERT INTO access_stats (backtrace_id, autograph_tag, ip_address, ip_country, first_accessed_at, file_id, input_name, backtrace_created_at)
		SELECT toString(number), 'tag ' || toString(number), toString(number), 'Country ' || toString(number % 3000),
			toDateTime64('2026-03-10 00:00:00', 3, 'UTC') - number * 60, 'title ' || toString(number), 'a', now64(3)
		FROM numbers(100000)`)
	if err != nil {
		t.Fatal(err)
	}
	page := p.reported(t, "--since", "1970-01-01")
	if len(page) > 2<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
	for _, want := range []string{`data-total="tags" data-value="100000"`, "Not on the map: 100,000 accesses (100 % of all)", "1,000 of 3,000 countries"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// Texts of strangers stand in the page as texts.
func TestHostileReport(t *testing.T) {
	const hostile = `</script><img src=x onerror=alert(1)>"'&`
	p := newProgram(t, 0)
	p.world.Insert(traced(1, hostile, "2026-03-09 00:00", tag(hostile,
		access(hostile, hostile, hostile, hostile, hostile, "2026-03-08 00:00", "100%", "1080p", "no"))))
	p.at(t, analysesNow, "once")
	page := p.reported(t)
	if strings.Contains(page, "<img") || strings.Count(page, "</script>") != 4 {
		t.Error("a text has become an element")
	}
	if strings.Count(page, "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&#34;&#39;&amp;") < 4 {
		t.Error("the hostile texts are not shown")
	}
	if !strings.Contains(page, `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;sha256-`) {
		t.Error("the page has no policy that forbids all but its own")
	}
}

func TestReportUsage(t *testing.T) {
	for _, line := range [][]string{{"report", "now"}, {"report", "--since", "yesterday"}, {"report", "--since", ""}} {
		if r := execute(t.Context(), nil, line...); r.code != exitUsage || !strings.Contains(r.stderr, "report --help") {
			t.Errorf("%q: exit code %d, %s", line, r.code, r.stderr)
		}
	}
	p := newProgram(t, 0)
	p.at(t, time.Now(), "migrate")
	missing := filepath.Join(t.TempDir(), "no", "such", "page.html")
	if r := p.execute(t, "report", "-o", missing); r.code != exitFailed || !strings.Contains(r.stderr, "write the report") {
		t.Errorf("a folder that is not there: exit code %d, %s", r.code, r.stderr)
	}
}
