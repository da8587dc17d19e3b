// Package metrics shows what syncer does in the form that Prometheus reads. The
// figures of a run are those of its row in sync_runs.
package metrics

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"syncer/schema"
)

// Metrics are the figures of one process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec // by the API's status code
	runs     *prometheus.CounterVec // by kind and outcome
	duration *prometheus.HistogramVec
	counts   []count
	gauges   []gauge
	// lastSuccess is when the last run that ended well did, in epoch
	// milliseconds; 0 if none has.
	lastSuccess atomic.Int64
}

// count is a figure of a run that adds up.
type count struct {
	prometheus.Counter
	of func(*schema.Run) uint64
}

// gauge is a figure of the last run that has it.
type gauge struct {
	prometheus.Gauge
	of func(*schema.Run) (float64, bool)
}

// New makes the metrics of a program of a version.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "syncer_api_requests_total", Help: "Requests that the API answered, by status code.",
		}, []string{"code"}),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "syncer_runs_total", Help: "Runs that ended, by kind and outcome.",
		}, []string{"kind", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "syncer_run_duration_seconds", Help: "How long runs took, by kind.",
			Buckets: []float64{.1, .5, 1, 5, 10, 30, 60, 300, 900, 3600},
		}, []string{"kind"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "syncer_build_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.runs, m.duration, build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.count("syncer_api_retries_total", "Requests that were sent again after a failure.", func(r *schema.Run) uint64 { return r.Retries })
	m.count("syncer_pages_total", "Pages of the list that were accepted.", func(r *schema.Run) uint64 { return r.Pages })
	m.count("syncer_contiguity_breaks_total", "Pages that were read again because the list had moved.", func(r *schema.Run) uint64 { return r.ContiguityBreaks })
	m.count("syncer_records_read_total", "Readings of backtraces.", func(r *schema.Run) uint64 { return r.RecordsRead })
	m.count("syncer_records_changed_total", "Readings that differed from the mirror.", func(r *schema.Run) uint64 { return r.RecordsChanged })
	m.count("syncer_rows_written_total", "Rows of backtraces that were stored.", func(r *schema.Run) uint64 { return r.RowsWritten })
	m.count("syncer_tombstones_total", "Backtraces that were found gone from the source.", func(r *schema.Run) uint64 { return r.Tombstones })
	m.gauge("syncer_last_run_timestamp_seconds", "When the last run ended.", func(r *schema.Run) (float64, bool) { return ended(r), r.EndedAt != nil })
	m.gauge("syncer_last_success_timestamp_seconds", "When the last run that ended well ended.", func(r *schema.Run) (float64, bool) {
		return ended(r), r.EndedAt != nil && r.Outcome == schema.OK
	})
	m.gauge("syncer_checkpoint_timestamp_seconds", "The checkpoint: all with an earlier updated_at is mirrored.", func(r *schema.Run) (float64, bool) {
		return float64(r.CursorTo.UnixMilli()) / 1000, r.CursorTo.UnixMilli() > 0
	})
	m.gauge("syncer_source_backtraces", "Backtraces that the source counted at the end of the last run.", func(r *schema.Run) (float64, bool) { return known(r.SourceTotal) })
	m.gauge("syncer_mirror_backtraces", "Backtraces that the mirror held then.", func(r *schema.Run) (float64, bool) { return known(r.MirrorTotal) })
	m.gauge("syncer_pending_backtraces", "Backtraces whose job had not ended.", func(r *schema.Run) (float64, bool) {
		return float64(r.Pending), r.Kind == "incremental"
	})
	m.gauge("syncer_dead_letters", "Elements of the list that the last run could not read.", func(r *schema.Run) (float64, bool) { return float64(r.DeadLetters), true })
	m.gauge("syncer_doubtful", "1 if the list could not be read without doubt: a reconcile is due.", func(r *schema.Run) (float64, bool) {
		if r.Doubtful {
			return 1, true
		}
		return 0, r.Outcome == schema.OK
	})
	return m
}

func (m *Metrics) count(name, help string, of func(*schema.Run) uint64) {
	c := count{Counter: prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help}), of: of}
	m.registry.MustRegister(c)
	m.counts = append(m.counts, c)
}

func (m *Metrics) gauge(name, help string, of func(*schema.Run) (float64, bool)) {
	g := gauge{Gauge: prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help}), of: of}
	m.registry.MustRegister(g)
	m.gauges = append(m.gauges, g)
}

func ended(r *schema.Run) float64 {
	if r.EndedAt == nil {
		return 0
	}
	return float64(r.EndedAt.UnixMilli()) / 1000
}

func known(total *uint64) (float64, bool) {
	if total == nil {
		return 0, false
	}
	return float64(*total), true
}

// Ended takes a run of this process in.
func (m *Metrics) Ended(run *schema.Run) {
	m.runs.WithLabelValues(run.Kind, run.Outcome).Inc()
	if run.EndedAt != nil {
		m.duration.WithLabelValues(run.Kind).Observe(run.EndedAt.Sub(run.StartedAt).Seconds())
	}
	for _, c := range m.counts {
		c.Add(float64(c.of(run)))
	}
	m.Recorded(run)
}

// LastSuccess is when the last run that ended well did; zero if none has.
func (m *Metrics) LastSuccess() time.Time {
	if at := m.lastSuccess.Load(); at > 0 {
		return time.UnixMilli(at)
	}
	return time.Time{}
}

// Recorded takes in how a run of an earlier process left the mirror; the newest
// comes last.
func (m *Metrics) Recorded(run *schema.Run) {
	if run.Outcome == schema.OK && run.EndedAt != nil {
		m.lastSuccess.Store(run.EndedAt.UnixMilli())
	}
	for _, g := range m.gauges {
		if value, ok := g.of(run); ok {
			g.Set(value)
		}
	}
}

// Transport counts the answers that come through another one.
func (m *Metrics) Transport(next http.RoundTripper) http.RoundTripper {
	return promhttp.InstrumentRoundTripperCounter(m.requests, next)
}
