package alerttest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// interval lies between two samples, and between two evaluations of a rule.
const interval = time.Minute

// sample is one of a series, as the storage gives it.
type sample struct {
	chunks.Sample
	at    int64
	value float64
}

func (s sample) T() int64                { return s.at }
func (s sample) ST() int64               { return 0 }
func (s sample) F() float64              { return s.value }
func (sample) Type() chunkenc.ValueType  { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample     { return s }
func at(minute int) time.Time            { return time.Unix(0, 0).UTC().Add(time.Duration(minute) * interval) }
func minutes(duration time.Duration) int { return int(duration / interval) }
func newParser() parser.Parser           { return parser.NewParser(parser.Options{}) }

// load reads series in the notation of promtool's tests, from time 0 on.
func load(t *testing.T, series []string) storage.Queryable {
	t.Helper()
	var loaded []storage.Series
	for _, text := range series {
		name, values, err := newParser().ParseSeriesDesc(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var samples []chunks.Sample
		for i, value := range values {
			if !value.Omitted {
				samples = append(samples, sample{at: at(i).UnixMilli(), value: value.Value})
			}
		}
		loaded = append(loaded, storage.NewListSeries(name, samples))
	}
	return &storage.MockQueryable{MockQuerier: &storage.MockQuerier{
		SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
			matches := func(s storage.Series) bool {
				return !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(s.Labels().Get(m.Name)) })
			}
			return &seriesSet{series: slices.DeleteFunc(slices.Clone(loaded), func(s storage.Series) bool { return !matches(s) })}
		},
	}}
}

// seriesSet goes through series.
type seriesSet struct {
	series []storage.Series
	next   int
}

func (s *seriesSet) Next() bool                      { s.next++; return s.next <= len(s.series) }
func (s *seriesSet) At() storage.Series              { return s.series[s.next-1] }
func (*seriesSet) Err() error                        { return nil }
func (*seriesSet) Warnings() annotations.Annotations { return nil }

// query asks Prometheus' own engine, and gives the labels of the answer's series.
func query(t *testing.T, engine *promql.Engine, from storage.Queryable, expression string, minute int) (found []string) {
	t.Helper()
	asked, err := engine.NewInstantQuery(context.Background(), from, nil, expression, at(minute))
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	answer := asked.Exec(t.Context())
	vector, err := answer.Vector()
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	for _, one := range vector {
		found = append(found, one.Metric.String())
	}
	slices.Sort(found)
	return found
}

// firing are the labels with which a rule fires at a minute: those that its
// expression gave at every evaluation of as long as its "for" is.
func firing(t *testing.T, engine *promql.Engine, from storage.Queryable, expression string, hold time.Duration, minute int) []string {
	t.Helper()
	found := query(t, engine, from, expression, minute)
	for earlier := max(0, minute-minutes(hold)); earlier < minute && len(found) > 0; earlier++ {
		then := query(t, engine, from, expression, earlier)
		found = slices.DeleteFunc(found, func(labels string) bool { return !slices.Contains(then, labels) })
	}
	if minute < minutes(hold) {
		return nil
	}
	return found
}
