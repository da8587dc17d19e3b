package main

import (
	"maps"
	"strings"
	"testing"

	"syncer/internal/xvidtest"
)

// checks are the lines of `syncer check`, in their order.
var checks = []string{"settings", "API", "ClickHouse", "schema", "grants"}

// verdicts gives the first word of each line of a check's output by its second.
func verdicts(t *testing.T, output string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(output) {
		words := strings.Fields(line)
		if len(words) < 3 {
			t.Fatalf("a line that says too little: %q", line)
		}
		found[words[1]] = words[0]
	}
	return found
}

// A check of what is right says so line by line and writes nothing, before the
// first run and after it.
func TestCheck(t *testing.T) {
	p := newProgram(t, 42)
	before := p.mustExecute(t, "check")
	if r := p.execute(t, "checkpoint", "show"); r.code != exitSettings {
		t.Errorf("there is a database after a check alone: exit code %d, %s", r.code, r.stdout)
	}
	p.once(t)
	for _, r := range []result{before, p.mustExecute(t, "check")} {
		found := verdicts(t, r.stdout)
		for _, check := range checks {
			if found[check] != "ok" {
				t.Errorf("%s: %q", check, found[check])
			}
		}
		if len(found) != len(checks) || r.stderr != "" {
			t.Errorf("want %d lines and no other:\n%s%s", len(checks), r.stdout, r.stderr)
		}
		if told := linesWith(r.stdout, "API"); !strings.Contains(told[0], p.api.URL()) || !strings.Contains(told[0], "42 backtraces") {
			t.Errorf("the API's line tells neither where it is nor what it counts: %s", told[0])
		}
	}
}

// What fails has a line, the rest is tried all the same, and the exit code
// tells whether a retry may help.
func TestCheckFails(t *testing.T) {
	p := newProgram(t, 1)
	for _, c := range []struct {
		name, failed, says string
		code               int
		change             func(env map[string]string)
		fault              *xvidtest.Fault
	}{
		{
			name: "wrong token", failed: "API", says: "0x0000003", code: exitRefused,
			change: func(env map[string]string) { env["XVID_API_TOKEN"] = "wrong" },
		},
		{
			name: "failing API", failed: "API", says: "500", code: exitFailed,
			// A wait that is longer than any client takes: so it fails at once.
			fault: &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 500, RetryAfter: "3600"},
		},
		{
			name: "no ClickHouse", failed: "ClickHouse", says: "connect to ClickHouse", code: exitFailed,
			change: func(env map[string]string) { env["CLICKHOUSE_URL"] = "clickhouse://" + closedPort(t) },
		},
		{
			name: "no schema", failed: "schema", says: "syncer migrate", code: exitSettings,
			change: func(env map[string]string) { env["CLICKHOUSE_MIGRATE"] = "false" },
		},
		{
			name: "wrong setting", failed: "settings", says: "SYNC_PAGE_SIZE", code: exitSettings,
			change: func(env map[string]string) { env["SYNC_PAGE_SIZE"] = "none" },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := maps.Clone(p.env)
			if c.change != nil {
				c.change(env)
			}
			p.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault { return c.fault })
			r := execute(t.Context(), env, "check")
			if r.code != c.code || r.stderr != "" {
				t.Errorf("exit code %d, want %d; stderr %q", r.code, c.code, r.stderr)
			}
			failed := linesWith(r.stdout, "FAILED")
			if len(failed) != 1 || strings.Fields(failed[0])[1] != c.failed || !strings.Contains(failed[0], c.says) {
				t.Errorf("want one failed line, of %s, that says %q:\n%s", c.failed, c.says, r.stdout)
			}
			if c.failed != "settings" && verdicts(t, r.stdout)["settings"] != "ok" {
				t.Errorf("the settings are right:\n%s", r.stdout)
			}
			if c.failed == "API" && verdicts(t, r.stdout)["grants"] != "ok" {
				t.Errorf("ClickHouse was not tried after the API failed:\n%s", r.stdout)
			}
		})
	}
}
