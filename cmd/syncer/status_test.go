package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

// statusOf decodes `syncer status --json` by the names that scripts rely on.
func statusOf(t *testing.T, p *program) (found struct {
	Source     string     `json:"source"`
	Database   string     `json:"database"`
	Checkpoint *time.Time `json:"checkpoint"`
	LagSeconds *float64   `json:"lag_seconds"`
	Mirrored   struct {
		Backtraces, ExtractedData, AccessStats uint64
	} `json:"mirrored"`
	SourceTotal *int   `json:"source_total"`
	SourceError string `json:"source_error"`
	LastRuns    []struct {
		ID          string `json:"run_id"`
		Outcome     string `json:"outcome"`
		RowsWritten uint64 `json:"rows_written"`
		Error       string `json:"error"`
	} `json:"last_runs"`
},
) {
	t.Helper()
	output := p.mustExecute(t, "status", "--json").stdout
	if err := json.Unmarshal([]byte(output), &found); err != nil {
		t.Fatalf("%v:\n%s", err, output)
	}
	return found
}

func TestStatus(t *testing.T) {
	p := newProgram(t, 50)
	p.mustExecute(t, "migrate")
	empty := statusOf(t, p)
	if empty.Checkpoint != nil || empty.LagSeconds != nil || empty.Mirrored.Backtraces != 0 || len(empty.LastRuns) != 0 {
		t.Errorf("before the first run: %+v", empty)
	}
	first, second := p.once(t), p.once(t)
	found := statusOf(t, p)
	if found.Source != p.api.URL() || !strings.HasSuffix(p.env["CLICKHOUSE_URL"], "/"+found.Database) {
		t.Errorf("status of %s in %s", found.Source, found.Database)
	}
	if found.Checkpoint == nil || found.Checkpoint.Format(time.RFC3339Nano) != first["cursor_to"] {
		t.Errorf("checkpoint %v, want %v", found.Checkpoint, first["cursor_to"])
	}
	if found.LagSeconds == nil || *found.LagSeconds < 0 || *found.LagSeconds > patience.Seconds() {
		t.Errorf("lag %v right after a run", found.LagSeconds)
	}
	if found.SourceTotal == nil || *found.SourceTotal != 50 || found.Mirrored.Backtraces != 50 || found.SourceError != "" {
		t.Errorf("counts: %+v", found)
	}
	if runs := found.LastRuns; len(runs) != 2 || runs[0].ID != second["run_id"] || runs[1].ID != first["run_id"] ||
		runs[0].RowsWritten != 0 || runs[1].RowsWritten != 50 {
		t.Errorf("want the two runs, the newest first: %+v", runs)
	}

	people := p.mustExecute(t, "status").stdout
	for _, word := range []string{p.api.URL(), found.Database, text(first["cursor_to"]), "50 here, 50 at the source", "incremental"} {
		if !strings.Contains(people, word) {
			t.Errorf("status does not tell %q:\n%s", word, people)
		}
	}
}

// Names of countries that lie on no map are told where there are some, of which the
// small world has one.
func TestStatusOfCountries(t *testing.T) {
	mapped := newProgram(t, 50)
	mapped.once(t)
	if told := mapped.mustExecute(t, "status").stdout; strings.Contains(told, "not mapped") {
		t.Errorf("all are known: %s", told)
	}
	if told := newAnalysedProgram(t).mustExecute(t, "status").stdout; len(linesWith(told, "not mapped   1 of")) != 1 {
		t.Errorf("Atlantis is on no map: %s", told)
	}
}

// An API that does not answer is told, and hides nothing of the mirror.
func TestStatusWithoutAPI(t *testing.T) {
	p := newProgram(t, 50)
	p.once(t)
	p.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
		return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 500, RetryAfter: "3600"}
	})
	found := statusOf(t, p)
	if found.SourceTotal != nil || !strings.Contains(found.SourceError, "500") || found.Mirrored.Backtraces != 50 {
		t.Errorf("got %+v", found)
	}
	if people := p.mustExecute(t, "status").stdout; !strings.Contains(people, "50 here, unknown: ") {
		t.Errorf("status does not tell what is unknown:\n%s", people)
	}
}
