package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// An operator sees the checkpoint and moves it; reading again writes nothing.
func TestCheckpoint(t *testing.T) {
	const records = 400
	p := newProgram(t, records)
	first := p.once(t)
	shows := func(moved, want string) {
		t.Helper()
		// Every command shows the checkpoint that is in force afterwards.
		for _, told := range []string{moved, p.mustExecute(t, "checkpoint", "show").stdout} {
			if !strings.Contains(told, p.api.URL()) || !strings.Contains(told, want) {
				t.Errorf("want the source and %q, got:\n%s", want, told)
			}
		}
	}
	shows(text(first["cursor_to"])+p.api.URL(), text(first["cursor_to"]))
	shows(text(first["run_id"])+p.api.URL(), text(first["run_id"]))

	shows(p.mustExecute(t, "checkpoint", "reset").stdout, "none")
	again := p.once(t)
	if text(again["records_read"]) != text(records) || text(again["rows_written"]) != "0" {
		t.Errorf("after a reset: read %v of %d and wrote %v rows, want all and none", again["records_read"], records, again["rows_written"])
	}
	shows(text(first["cursor_to"])+p.api.URL(), text(first["cursor_to"]))

	// To the middle: half is read again, give or take a page.
	const page = 20
	all := p.world.All()
	updated := make([]int64, 0, len(all))
	for _, b := range all {
		updated = append(updated, b.UpdatedAt)
	}
	slices.Sort(updated)
	middle := time.UnixMilli(updated[records/2]).UTC().Format(time.RFC3339Nano)
	shows(p.mustExecute(t, "checkpoint", "set", middle).stdout, middle)
	p.env["SYNC_LOOKBACK"], p.env["SYNC_PAGE_SIZE"] = "0s", text(page)
	half := number(t, p.once(t)["records_read"])
	if half < records/2 || half > records/2+2*page {
		t.Errorf("from the middle %d of %d records were read", half, records)
	}

	day := "2020-02-29"
	shows(p.mustExecute(t, "checkpoint", "set", day).stdout, day+"T00:00:00Z")
	p.equalSource(t)
}

// Before the first run there is no checkpoint, and that is no failure once the
// schema is there.
func TestNoCheckpoint(t *testing.T) {
	p := newProgram(t, 1)
	p.mustExecute(t, "migrate")
	if told := p.mustExecute(t, "checkpoint", "show").stdout; !strings.Contains(told, "none") {
		t.Errorf("got %s", told)
	}
}
