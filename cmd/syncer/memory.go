package main

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"
)

const (
	// gcPercent makes the collector run at a fifth more than what is in use: of a
	// page's memory almost all is used again, so that it seldom runs, and what it
	// lets pile up would only be memory.
	gcPercent = 20
	// leastHeap is how much is allocated, what is in use included, before the collector
	// runs. A run that finds little new never needs so much.
	leastHeap = 32 << 20
	// runtimeHeap is the same for the runtime, at 100 per cent ("The collector also has a
	// minimum total heap of 4 MB", says the runtime's guide to the collector).
	runtimeHeap = 4 << 20
	// limitShare of a container's memory is for the Go heap and what belongs to it.
	limitShare = 0.9
)

// fitMemory bounds the memory by what a container allows, where GOMEMLIMIT and GOGC
// say nothing else. What it gives ends that.
func fitMemory(env func(string) (string, bool), root string) (stop func()) {
	stop = func() {}
	if _, set := env("GOGC"); !set {
		debug.SetGCPercent(100 * leastHeap / runtimeHeap)
		stop = afterEachCollection(func() { debug.SetGCPercent(percentFor(liveHeap())) })
	}
	if _, set := env("GOMEMLIMIT"); !set {
		if container := cgroupLimit(root); container > 0 {
			debug.SetMemoryLimit(int64(float64(container) * limitShare))
		}
	}
	return stop
}

// percentFor is the percentage for what is in use, in bytes.
func percentFor(live uint64) int {
	if live == 0 || live >= leastHeap {
		return gcPercent
	}
	return max(gcPercent, int(100*(leastHeap-live)/live)) //nolint:gosec // at most 100 * 2^25
}

// liveHeap is what the last collection found in use, in bytes.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// afterEachCollection calls back each time that the collector has run, until it is
// stopped.
func afterEachCollection(call func()) (stop func()) {
	var stopped atomic.Bool
	var arm func()
	arm = func() {
		// Large enough not to share its memory with others that are in use.
		runtime.AddCleanup(new([64]byte), func(arm func()) {
			if !stopped.Load() {
				arm()
				call()
			}
		}, arm)
	}
	arm()
	return func() { stopped.Store(true) }
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
