package main

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"syncer/sql"
)

// What a source dates before 1970 is counted as all else is, unless a time is given:
// sixty years earlier there are as many accesses, backtraces and failures.
func TestAnalysesBefore1970(t *testing.T) {
	now, before := newAnalysedProgram(t), newProgram(t, 0)
	earlier := -60 * 365 * 24 * time.Hour.Milliseconds()
	for _, b := range smallWorld() {
		b.CreatedAt += earlier
		for i := range b.ExtractedData {
			for j := range b.ExtractedData[i].AccessStats {
				if a := &b.ExtractedData[i].AccessStats[j]; a.FirstAccessedAt != nil {
					a.FirstAccessedAt = new(*a.FirstAccessedAt + earlier)
				}
			}
		}
		before.world.Insert(b)
	}
	before.at(t, analysesNow, "once")
	all, err := sql.All()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if since := all[i].Parameter("since"); since == nil || since.Default != "1970-01-01" {
			continue
		}
		var params []string
		if all[i].Parameter("tag") != nil {
			params = []string{"tag=anna"}
		}
		line := queryLine(all[i].Name, params, "csv")
		table := before.at(t, analysesNow, line...).stdout
		want, got := counted(t, now.at(t, analysesNow, line...).stdout), counted(t, table)
		if want == 0 || got != want {
			t.Errorf("%s counts %d, and %d before 1970", all[i].Name, want, got)
		}
		if later.MatchString(table) {
			t.Errorf("%s shows a time to come:\n%s", all[i].Name, table)
		}
	}
}

// later is a day after the small world's: one before 1970 that did not fit its type.
var later = regexp.MustCompile(`\b2(02[7-9]|0[3-9]\d|[1-9]\d\d)-\d\d-\d\d`)

// counted adds up what a table counts.
func counted(t *testing.T, table string) (sum int) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%q: %v", table, err)
	}
	for _, name := range []string{"accesses", "failures", "traced"} {
		column := slices.Index(rows[0], name)
		if column < 0 {
			continue
		}
		for _, row := range rows[1:] {
			n, err := strconv.Atoi(row[column])
			if err != nil {
				t.Fatalf("%q: %v", table, err)
			}
			sum += n
		}
		return sum
	}
	t.Fatalf("nothing is counted: %q", rows[0])
	return 0
}
