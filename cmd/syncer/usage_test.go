package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// A wrong command line is told apart from a failure, does nothing, and says
// where to look.
func TestWrongUsage(t *testing.T) {
	tomorrow := time.Now().Add(24 * time.Hour).Format(time.RFC3339)
	for _, line := range [][]string{
		{"sync"},
		{"--records", "5"},
		{"once", "--fast"},
		{"once", "now"},
		{"run", "now"},
		{"reconcile", "now"},
		{"reconcile", "--dry-run=perhaps"},
		{"migrate", "now"},
		{"check", "now"},
		{"status", "now"},
		{"status", "--json=perhaps"},
		{"checkpoint", "move"},
		{"checkpoint", "show", "now"},
		{"checkpoint", "reset", "now"},
		{"checkpoint", "set"},
		{"checkpoint", "set", "2026-01-31", "00:00"},
		{"checkpoint", "set", "yesterday"},
		{"checkpoint", "set", "2026-02-30"},
		{"checkpoint", "set", tomorrow},
		{"checkpoint", "set", "1969-12-31"},
		{"forget"},
		{"forget", "one", "two"},
		{"forget", ""},
		{"forget", "--list", "one"},
		{"forget", "--dry-run", "--undo", "one"},
		{"demo", "now"},
		{"demo", "--records", "0"},
		{"demo", "--records", "1000001"},
		{"demo", "--records", "many"},
	} {
		// Without a setting: usage is looked at first.
		r := execute(t.Context(), nil, line...)
		if r.code != exitUsage || r.stdout != "" {
			t.Errorf("%v: exit code %d, want %d; stdout %q", line, r.code, exitUsage, r.stdout)
		}
		if !strings.HasPrefix(r.stderr, "syncer: ") || !strings.Contains(r.stderr, "see `syncer") || !strings.Contains(r.stderr, "--help`") {
			t.Errorf("%v: no hint at --help: %q", line, r.stderr)
		}
	}
}

// Every command explains itself with an example, and needs no setting to.
func TestHelp(t *testing.T) {
	var commands int
	var walk func(*cobra.Command)
	walk = func(command *cobra.Command) {
		commands++
		path := strings.Fields(command.CommandPath())[1:]
		r := execute(t.Context(), nil, append(path, "--help")...)
		if r.code != exitOK || r.stderr != "" {
			t.Errorf("%s --help: exit code %d, stderr %q", command.CommandPath(), r.code, r.stderr)
		}
		if command.Example == "" || !strings.Contains(r.stdout, "Examples:\n"+command.Example) {
			t.Errorf("%s --help shows no example:\n%s", command.CommandPath(), r.stdout)
		}
		if !strings.Contains(command.Example, command.CommandPath()) {
			t.Errorf("the example of %s shows another command: %s", command.CommandPath(), command.Example)
		}
		for _, child := range command.Commands() {
			walk(child)
		}
	}
	walk(new(app).rootCommand())
	if commands < 11 {
		t.Errorf("%d commands were looked at", commands)
	}
}
