package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// lag shows, at each scrape, how long ago something was; nothing while that is
// not known.
type lag struct {
	desc  *prometheus.Desc
	now   func() time.Time
	since *atomic.Int64 // epoch milliseconds; 0 while unknown
}

func newLag(name, help string, now func() time.Time, since *atomic.Int64) *lag {
	return &lag{desc: prometheus.NewDesc(name, help, nil, nil), now: now, since: since}
}

// Describe is of [prometheus.Collector].
func (l *lag) Describe(to chan<- *prometheus.Desc) { to <- l.desc }

// Collect is of [prometheus.Collector].
func (l *lag) Collect(to chan<- prometheus.Metric) {
	if at := l.since.Load(); at > 0 {
		to <- prometheus.MustNewConstMetric(l.desc, prometheus.GaugeValue, l.now().Sub(time.UnixMilli(at)).Seconds())
	}
}
