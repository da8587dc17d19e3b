package main

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCgroupLimit(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no Linux":        {nil, 0},
		"version 1 only":  {map[string]string{"proc/self/cgroup": "4:memory:/a\n"}, 0},
		"no bound":        {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, 0},
		"a container's":   {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "134217728\n"}, 134217728},
		"its own":         {map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "1000\n"}, 1000},
		"one around it":   {map[string]string{"proc/self/cgroup": "1:x:/\n0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "500\n"}, 500},
		"the smallest":    {map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "900\n", "sys/fs/cgroup/a/memory.max": "500\n", "sys/fs/cgroup/memory.max": "700\n"}, 500},
		"an odd content":  {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "many\n"}, 0},
		"a relative path": {map[string]string{"proc/self/cgroup": "0::/../a\n", "sys/fs/cgroup/memory.max": "700\n"}, 700},
	} {
		root := t.TempDir()
		writeFiles(t, root, test.files)
		if got := cgroupLimit(root); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// Who bounds the memory or has the collector run at other times gets what was asked for.
func TestFitMemory(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(math.MaxInt64)
	t.Cleanup(func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) })
	root := t.TempDir()
	writeFiles(t, root, map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "134217728\n"})
	const (
		none = math.MaxInt64
		nine = 120795955 // nine tenths of the container's
		own  = 100 << 20 // what GOMEMLIMIT says, which the runtime has read
	)
	for _, test := range []struct {
		given   string
		limit   int64
		percent int
	}{
		{"GOGC", nine, 100},
		{"GOGC GOMEMLIMIT", own, 100},
		{"", nine, 800},
		{"GOMEMLIMIT", own, 800},
	} {
		isGiven := func(name string) (string, bool) { return "", slices.Contains(strings.Fields(test.given), name) }
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(none)
		if _, set := isGiven("GOMEMLIMIT"); set {
			debug.SetMemoryLimit(own)
		}
		stop := fitMemory(isGiven, root)
		if got := debug.SetMemoryLimit(-1); got != test.limit {
			t.Errorf("with %q: a limit of %d, want %d", test.given, got, test.limit)
		}
		if got := collectorPercent(); got != test.percent {
			t.Errorf("with %q: %d per cent, want %d", test.given, got, test.percent)
		}
		stop()
	}
}

// What little is in use may grow to the least heap before the collector runs, and what
// is much by a fifth.
func TestPercentFor(t *testing.T) {
	for live, want := range map[uint64]int{
		0: gcPercent, leastHeap / 8: 700, leastHeap / 2: 100, leastHeap: gcPercent, 1 << 30: gcPercent, leastHeap * 9 / 10: gcPercent,
	} {
		if got := percentFor(live); got != want {
			t.Errorf("%d bytes in use: %d per cent, want %d", live, got, want)
		}
	}
}

// The callback comes after the second collection as well.
func TestAfterEachCollection(t *testing.T) {
	calls := make(chan struct{}, 100)
	stop := afterEachCollection(func() { calls <- struct{}{} })
	defer stop()
	for range 3 {
		runtime.GC()
		select {
		case <-calls:
		case <-time.After(time.Minute):
			t.Fatal("nobody was called")
		}
	}
}

// collectorPercent is what GOGC is set to.
func collectorPercent() int {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

// writeFiles writes files below a folder.
func writeFiles(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for path, content := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
