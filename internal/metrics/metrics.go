// Package metrics shows what syncer does in the form that Prometheus reads. The
// figures of a run are those of its row in sync_runs.
package metrics

import (
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"syncer/schema"
)

// Metrics are the figures of one process, in registries of their own.
type Metrics struct {
	registry *prometheus.Registry
	// living holds what means something only while the process lives, and so
	// is served and not pushed.
	living *prometheus.Registry

	runs      *prometheus.CounterVec // by kind and outcome
	duration  *prometheus.HistogramVec
	requests  *prometheus.CounterVec // by the API's status code
	panics    prometheus.Counter
	counts    []count
	gauges    []gauge
	kept      *prometheus.GaugeVec // dead letters
	shapes    *prometheus.GaugeVec // of drift
	succeeded *prometheus.GaugeVec // by kind

	// lastSuccess and checkpoint are epoch milliseconds; 0 while unknown.
	lastSuccess, checkpoint atomic.Int64
}

// New makes the metrics of a program of a version.
func New(version string, now func() time.Time) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), living: prometheus.NewRegistry()}
	m.runs = m.counter("syncer_runs_total", "Runs that ended, by kind and outcome.", "kind", "outcome")
	m.requests = m.counter("syncer_api_requests_total", "Requests sent to the API, by the status code of the answer; error if none came.", "code")
	m.panics = m.counter("syncer_panics_total", "Bugs that ended a run and not the process.").WithLabelValues()
	m.duration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "syncer_run_duration_seconds", Help: "How long runs took, by kind.",
		Buckets: []float64{.1, .5, 1, 5, 10, 30, 60, 300, 900, 3600},
	}, []string{"kind"})
	m.registry.MustRegister(m.duration)
	m.kept = m.gauge("syncer_dead_letters", "Elements of the list that are no backtrace, as kept in dead_letters.")
	m.shapes = m.gauge("syncer_schema_drift_shapes", "Shapes of records that the decoder does not know, as listed in schema_drift.")
	m.succeeded = m.gauge("syncer_last_run_success", "1 if the last run ended well or was stopped on request, 0 if it failed, by kind.", "kind")
	m.gauge("syncer_build_info", "Always 1; the versions are labels.", "version", "go_version").WithLabelValues(version, runtime.Version()).Set(1)
	for _, c := range counts {
		m.counts = append(m.counts, count{Counter: m.counter(c.name, c.help).WithLabelValues(), of: c.of})
	}
	for _, g := range gauges {
		m.gauges = append(m.gauges, gauge{GaugeVec: m.gauge(g.name, g.help, g.labels...), figure: g})
	}
	m.living.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newLag("syncer_checkpoint_lag_seconds", "Time since the checkpoint. It grows while nothing changes at the source.", now, &m.checkpoint),
		newLag("syncer_success_lag_seconds", "Time since the last run that ended well ended.", now, &m.lastSuccess))
	return m
}

func (m *Metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(vec)
	return vec
}

// gauge is a vector, though it may have no label: so it is not shown, as 0,
// before its value is known.
func (m *Metrics) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(vec)
	return vec
}

// Ended takes in a run of this process.
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

// Failed takes in a run that did not come to be, and so has no row.
func (m *Metrics) Failed(kind string) {
	m.runs.WithLabelValues(kind, schema.Failed).Inc()
	m.succeeded.WithLabelValues(kind).Set(0)
}

// Panicked takes in a bug that was kept from ending the process.
func (m *Metrics) Panicked() { m.panics.Inc() }

// Answered takes in the status of a request to the API, 0 if no answer came.
func (m *Metrics) Answered(status int) {
	code := "error"
	if status != 0 {
		code = strconv.Itoa(status)
	}
	m.requests.WithLabelValues(code).Inc()
}

// Recorded takes in how a run left the mirror; the newest comes last.
func (m *Metrics) Recorded(run *schema.Run) {
	if run.EndedAt != nil && run.Outcome == schema.OK {
		m.lastSuccess.Store(run.EndedAt.UnixMilli())
	}
	if at := run.CursorTo.UnixMilli(); at > 0 {
		m.checkpoint.Store(at)
	}
	success := 1.0
	if run.Outcome == schema.Failed {
		success = 0
	}
	m.succeeded.WithLabelValues(run.Kind).Set(success)
	for _, g := range m.gauges {
		if value, known := g.of(run); known {
			var labels []string
			if len(g.labels) > 0 {
				labels = []string{run.Kind}
			}
			g.WithLabelValues(labels...).Set(value)
		}
	}
}

// Odd takes in what the mirror keeps of what did not fit.
func (m *Metrics) Odd(oddities schema.Oddities) {
	m.kept.WithLabelValues().Set(float64(oddities.DeadLetters))
	m.shapes.WithLabelValues().Set(float64(oddities.Shapes))
}

// LastSuccess is when the last run that ended well did; zero if none has.
func (m *Metrics) LastSuccess() time.Time {
	if at := m.lastSuccess.Load(); at > 0 {
		return time.UnixMilli(at)
	}
	return time.Time{}
}
