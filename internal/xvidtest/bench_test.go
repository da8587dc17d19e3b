package xvidtest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"syncer/internal/xvidtest"
)

// discard is a client that takes everything and keeps nothing.
type discard struct {
	header http.Header
	bytes  int64
}

func (d *discard) Header() http.Header { return d.header }
func (d *discard) WriteHeader(int)     {}
func (d *discard) Write(p []byte) (int, error) {
	d.bytes += int64(len(p))
	return len(p), nil
}

func BenchmarkList5000(b *testing.B) {
	w := newWorld(xvidtest.Generate(1, 200_000, xvidtest.GenerateOptions{TieShare: 0.2})...)
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			s := xvidtest.NewServer(w, xvidtest.ServerOptions{UnstableTies: true})
			const url = "/v1/backtraces/?sort=updated_at&start=100000&limit=5000&human=true&show_null=true"
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, url, http.NoBody)
			r.Header.Set("Accept-Encoding", encoding)
			d := &discard{header: http.Header{}}
			s.ServeHTTP(d, r) // builds the index
			d.bytes = 0
			b.ReportAllocs()
			for b.Loop() {
				s.ServeHTTP(d, r)
			}
			b.ReportMetric(float64(d.bytes)/float64(b.N), "B/page")
		})
	}
}

func BenchmarkUpdate(b *testing.B) {
	records := xvidtest.Generate(1, 200_000, xvidtest.GenerateOptions{})
	w := newWorld(records...)
	for _, sort := range []string{"updated_at", "id", "created_at"} {
		w.List(xvidtest.ListQuery{Sort: sort, Limit: 1})
	}
	i := 0
	for b.Loop() {
		w.Update(records[i%len(records)].ID, func(b *xvidtest.Backtrace) { b.Version++ })
		i++
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		xvidtest.Generate(1, 10_000, xvidtest.GenerateOptions{})
	}
}
