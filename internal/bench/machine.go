package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// headline says on what, and of what, the tables are.
func (p plan) headline(ctx context.Context) (line string, err error) {
	e, err := startEngine(ctx)
	if err != nil {
		return "", err
	}
	clickHouse := e.Version()
	if err := e.stop(ctx); err != nil {
		return "", err
	}
	describe := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty")
	describe.Dir = p.root
	commit, err := describe.Output()
	if err != nil {
		commit = []byte("unknown") // an archive without its history
	}
	return fmt.Sprintf("%s: %d cores (%s), %s, %s; ClickHouse %s, syncer %s; pages of %s, %d in flight.\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), system("/proc/cpuinfo", "model name"),
		system("/proc/meminfo", "MemTotal"), runtime.Version(), clickHouse, strings.TrimSpace(string(commit)),
		grouped(p.pageSize), p.concurrency), nil
}

// system reads a value of one of the system's lists.
func system(file, name string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(content)) {
		if label, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(label) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
