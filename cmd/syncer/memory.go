package main

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

const (
	// gcPercent makes the collector run at a fifth more than what is in use: of a
	// page's memory almost all is used again, so that it seldom runs, and what it
	// lets pile up would only be memory.
	gcPercent = 20
	// firstPercent puts the first collection off until 40 MiB are in use, which a run that
	// finds little new never needs: the runtime's least heap is 4 MiB at 100 per cent
	// (package runtime, "Environment Variables"; the guide to the collector).
	firstPercent = 1000
	// limitShare of a container's memory is for the Go heap and what belongs to it.
	limitShare = 0.9
)

// fitMemory bounds the memory by what a container allows, where GOMEMLIMIT and GOGC
// say nothing else.
func fitMemory(env func(string) (string, bool), root string) {
	if _, set := env("GOGC"); !set {
		debug.SetGCPercent(firstPercent)
		afterCollection(func() { debug.SetGCPercent(gcPercent) })
	}
	if _, set := env("GOMEMLIMIT"); !set {
		if container := cgroupLimit(root); container > 0 {
			debug.SetMemoryLimit(int64(float64(container) * limitShare))
		}
	}
}

// afterCollection calls back once the collector has run.
func afterCollection(done func()) {
	// Large enough not to share its memory with others that are in use.
	runtime.AddCleanup(new([64]byte), func(done func()) { done() }, done)
}

// cgroupLimit is the smallest bound on the memory of the control group (version 2)
// that this process is in, and of those around it; 0 if there is none.
func cgroupLimit(root string) int64 {
	content, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup")) //nolint:gosec // the root is / but in tests
	if err != nil {
		return 0 // no Linux
	}
	var limit int64
	for line := range strings.Lines(string(content)) {
		group, found := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !found {
			continue
		}
		for group = filepath.Join("/", group); ; group = filepath.Dir(group) {
			if bound := readLimit(filepath.Join(root, "sys/fs/cgroup", group, "memory.max")); bound > 0 && (limit == 0 || bound < limit) {
				limit = bound
			}
			if group == "/" {
				break
			}
		}
	}
	return limit
}

// readLimit reads a bound in bytes; 0 for "max", and where there is none.
func readLimit(path string) int64 {
	content, err := os.ReadFile(path) //nolint:gosec // a file of the system
	if err != nil {
		return 0
	}
	bound, _ := strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64) // "max" is no number
	return bound
}
