package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvidtest"
)

var benchRecords = flag.Int("records", 100_000, "backtraces to copy in benchmarks")

// BenchmarkFirstCopy measures the first copy by the real binary: wall time, CPU
// time and peak memory of syncer alone, with the API and ClickHouse on the same
// machine.
func BenchmarkFirstCopy(b *testing.B) {
	binary, api := benchSource(b)
	for b.Loop() {
		measure(b, binary, api.URL(), embeddedtest.DSN(b), "once")
	}
}

// BenchmarkReconcile measures a reconcile that finds nothing to do.
func BenchmarkReconcile(b *testing.B) {
	binary, api := benchSource(b)
	dsn := embeddedtest.DSN(b)
	measure(b, binary, api.URL(), dsn, "once")
	for b.Loop() {
		measure(b, binary, api.URL(), dsn, "reconcile")
	}
}

// benchSource builds the binary and starts the API.
func benchSource(b *testing.B) (binary string, api *xvidtest.Running) {
	b.Helper()
	world := xvidtest.NewWorld(time.Now)
	world.Insert(xvidtest.Generate(1, *benchRecords, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour)})...)
	api, err := xvidtest.Listen(world, xvidtest.ServerOptions{Token: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = api.Close() })
	return buildSyncer(b), api
}

// buildSyncer builds the program as it is deployed: static.
func buildSyncer(tb testing.TB) (binary string) {
	tb.Helper()
	binary = filepath.Join(tb.TempDir(), "syncer")
	build := exec.CommandContext(tb.Context(), "go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("%v: %s", err, output)
	}
	return binary
}

// measure runs one command and reports what it took.
func measure(b *testing.B, binary, source, dsn, command string) {
	b.Helper()
	process := exec.CommandContext(b.Context(), binary, command)
	process.Env = []string{"XVID_API_URL=" + source, "XVID_API_TOKEN=bench", "CLICKHOUSE_URL=" + dsn}
	var output bytes.Buffer
	process.Stdout, process.Stderr = &output, &output
	if err := process.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	var peak float64
	for running := true; running; {
		select {
		case err := <-ended:
			if err != nil {
				b.Fatalf("%v: %s", err, &output)
			}
			running = false
		case <-time.After(20 * time.Millisecond):
			peak = max(peak, memory(process.Process.Pid, "VmHWM"))
		}
	}
	b.ReportMetric(peak, "MiB-peak")
	cpu := process.ProcessState.UserTime() + process.ProcessState.SystemTime()
	b.ReportMetric(cpu.Seconds(), "cpu-s")
}

// memory is a figure of a process's memory, in MiB; 0 if nothing is known. The
// usage that the system gives at a process's end is of no use: it counts the
// memory that the process which started it had then.
func memory(pid int, figure string) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kib float64
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, figure+": %f kB", &kib); err == nil {
			break
		}
	}
	return kib / 1024
}
