package main

import (
	"strings"
	"testing"
)

// Migrations can be run again, and a program that may not migrate says what to
// run.
func TestMigrate(t *testing.T) {
	p := newProgram(t, 5)
	p.env["CLICKHOUSE_MIGRATE"] = "false"
	for _, command := range [][]string{{"once"}, {"run"}, {"status"}, {"checkpoint", "show"}, {"checkpoint", "reset"}} {
		r := p.execute(t, command...)
		if r.code != exitSettings || !strings.Contains(r.stderr, "`syncer migrate`") {
			t.Errorf("%v without a schema: exit code %d, want %d and what to do:\n%s", command, r.code, exitSettings, r.stderr)
		}
	}
	if sent := p.api.Counts().Total; sent > 0 {
		t.Errorf("the API was asked %d times for rows that could not be stored", sent)
	}
	first := p.mustExecute(t, "migrate").stdout
	if len(linesWith(first, "applied ")) == 0 || len(linesWith(first, "is up to date")) != 1 {
		t.Errorf("the first migration says:\n%s", first)
	}
	second := p.mustExecute(t, "migrate").stdout
	if len(linesWith(second, "applied ")) != 0 || len(linesWith(second, "is up to date")) != 1 {
		t.Errorf("the second migration says:\n%s", second)
	}
	p.once(t)
	p.equalSource(t)
}
