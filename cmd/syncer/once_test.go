package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvidtest"
	"syncer/schema"
)

// text is how a figure reads.
func text(value any) string { return fmt.Sprint(value) }

// number is a figure of a log line.
func number(t *testing.T, value any) int {
	t.Helper()
	n, err := strconv.Atoi(text(value))
	if err != nil {
		t.Fatalf("%v is not a number", value)
	}
	return n
}

// A first run copies everything, and one with nothing new writes nothing and
// hardly asks.
func TestOnce(t *testing.T) {
	p := newProgram(t, 3000)
	p.env["SYNC_PAGE_SIZE"] = "700"
	first := p.once(t)
	p.equalSource(t)
	if text(first["rows_written"]) != "3000" || text(first["source_total"]) != "3000" || text(first["mirror_total"]) != "3000" {
		t.Errorf("the first run: %v", first)
	}
	p.api.ResetCounts()
	second := p.once(t)
	if text(second["rows_written"]) != "0" {
		t.Errorf("a run with nothing new wrote %v rows", second["rows_written"])
	}
	if sent := p.api.Counts().Total; sent > 3 || number(t, second["requests"]) != sent {
		t.Errorf("a run with nothing new sent %d requests and told of %v, want at most 3", sent, second["requests"])
	}
}

// The line that ends a run and its row in sync_runs say the same.
func TestLineEqualsRow(t *testing.T) {
	p := newProgram(t, 500)
	p.env["SYNC_PAGE_SIZE"] = "100"
	p.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.N != 2 {
			return nil
		}
		return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 502} // so that there is a retry to tell of
	})
	line := p.once(t)
	if number(t, line["retries"]) != 1 {
		t.Errorf("%v retries, want 1", line["retries"])
	}
	var rows []schema.Run
	if err := p.mirror(t).Conn().Select(t.Context(), &rows, "SELECT * FROM sync_runs"); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Outcome != schema.OK || rows[0].Source != p.api.URL() || rows[0].SyncerVersion != version {
		t.Fatalf("sync_runs: %+v", rows)
	}
	row := reflect.ValueOf(rows[0])
	for i := range row.NumField() {
		name := row.Type().Field(i).Tag.Get("ch")
		switch name {
		case "source", "deadline_at", "error", "syncer_version":
			continue // not of the line: settings, or empty in a good run
		}
		if told, stored := text(line[name]), figure(row.Field(i)); atPrecision(told) != stored {
			t.Errorf("%s: the line tells %s, the row %s", name, told, stored)
		}
	}
}

// figure is a column's value as the line writes it.
func figure(value reflect.Value) string {
	if value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	if at, ok := reflect.TypeAssert[time.Time](value); ok {
		return at.UTC().Format(time.RFC3339Nano)
	}
	return text(value.Interface())
}

// atPrecision cuts a time to the milliseconds that the relations keep.
func atPrecision(value string) string {
	at, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return value
	}
	return at.Truncate(time.Millisecond).Format(time.RFC3339Nano)
}

// A run that takes too long is cut off and says so; what it was doing is no
// excuse to hang.
func TestTimeout(t *testing.T) {
	p := newProgram(t, 10)
	p.env["SYNC_TIMEOUT"] = "1s"
	p.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault { return &xvidtest.Fault{Kind: xvidtest.FaultHang} })
	r := p.execute(t, "once")
	line := lastLine(t, r.stderr)
	if r.code != exitFailed || line["outcome"] != schema.Failed || strings.Count(text(line["error"]), "SYNC_TIMEOUT") != 1 || strings.Contains(text(line["error"]), "\n") {
		t.Errorf("exit code %d, line %v; want %d and SYNC_TIMEOUT, once and in one line", r.code, line, exitFailed)
	}
	runs, err := p.mirror(t).LastRuns(t.Context(), 2)
	if err != nil || len(runs) != 1 || runs[0].Outcome != schema.Failed || runs[0].Error != line["error"] {
		t.Errorf("sync_runs: %+v, error %v; want the line's failure", runs, err)
	}
}
