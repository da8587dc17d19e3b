package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvidtest"
)

// BenchmarkFirstCopy measures the first copy of 100,000 backtraces by the real
// binary: wall time, CPU time and peak memory of syncer alone, with the API and
// ClickHouse on the same machine.
func BenchmarkFirstCopy(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "syncer")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, output)
	}
	world := xvidtest.NewWorld(time.Now)
	world.Insert(xvidtest.Generate(1, 100_000, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour)})...)
	api, err := xvidtest.Listen(world, xvidtest.ServerOptions{Token: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = api.Close() })
	for b.Loop() {
		once := exec.CommandContext(b.Context(), binary, "once")
		once.Env = []string{"XVID_API_URL=" + api.URL(), "XVID_API_TOKEN=bench", "CLICKHOUSE_URL=" + embeddedtest.DSN(b)}
		if output, err := once.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, output)
		}
		usage, ok := once.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			b.Fatal("no usage of the process is known here")
		}
		b.ReportMetric(float64(usage.Maxrss)/1024, "MiB-peak") // Linux counts KiB
		cpu := once.ProcessState.UserTime() + once.ProcessState.SystemTime()
		b.ReportMetric(cpu.Seconds(), "cpu-s")
	}
}
