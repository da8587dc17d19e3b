package xvid

import (
	"syscall"
	"testing"
)

// BenchmarkDecode measures a page of made up records, as they are read from memory
// that was used before.
func BenchmarkDecode(b *testing.B) {
	const records = 1000
	body := generated(b, records)
	memory := (&memories{}).take()
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		memory.clear()
		if _, err := decodePage(response{body: body, memory: memory}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpu(b)-before)/float64(b.N)/records, "cpu-ns/record")
}

// BenchmarkOracle measures the library decoder on the same.
func BenchmarkOracle(b *testing.B) {
	const records = 1000
	body := generated(b, records)
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		if _, err := oraclePage(response{body: body}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpu(b)-before)/float64(b.N)/records, "cpu-ns/record")
}

// cpu is the CPU time that this process has used, in nanoseconds: unlike the time
// that passed, others on the machine do not count.
func cpu(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}
