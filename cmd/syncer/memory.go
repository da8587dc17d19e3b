package main

import (
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

const (
	// gcPercent makes the collector run at a fifth more than what is in use: of a
	// page's memory almost all is used again, so that it seldom runs, and what it
	// lets pile up would only be memory.
	gcPercent = 20
	// ballastSize counts as memory in use and is never touched, so that it takes none
	// in truth: a run that finds little new ends with hardly any collection, of which
	// the first megabyte would otherwise bring several.
	ballastSize = 16 << 20
	// limitShare of a container's memory is for the Go heap and what belongs to it.
	limitShare = 0.9
)

// fitMemory bounds the memory by what a container allows, where GOMEMLIMIT and GOGC
// say nothing else. It gives the ballast, which must be kept.
func fitMemory(env func(string) (string, bool), root string) (ballast []byte) {
	if _, set := env("GOGC"); !set {
		debug.SetGCPercent(gcPercent)
		ballast = make([]byte, ballastSize)
	}
	limit := debug.SetMemoryLimit(-1) // as GOMEMLIMIT has it
	if _, set := env("GOMEMLIMIT"); !set {
		if container := cgroupLimit(root); container > 0 {
			limit = int64(float64(container) * limitShare)
		}
	}
	// A bound means what is really taken, and the collector counts the ballast.
	if limit < math.MaxInt64-ballastSize {
		debug.SetMemoryLimit(limit + int64(len(ballast)))
	}
	return ballast
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
