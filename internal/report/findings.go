package report

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"time"

	"syncer/sql"
)

// overview is the analysis that all others are held against.
const overview = "overview"

// Bounds on what a page shows; what they leave out is said on it.
const (
	maxCountries   = 1000 // names are free text: there may be more than countries
	maxRanked      = 10
	namedCountries = 5 // in the time line
)

// errMoved is a run that ended between two queries: their figures would not agree.
var errMoved = errors.New("the mirror changed while its figures were read")

// findings are the answers that a page is made of.
type findings struct {
	since, now time.Time
	step       step // of the time line
	spreadStep step

	freshness, overview, countries, places, timeline, tags, titles, offenders, ways, resolutions *answer
	spread                                                                                       *answer // of the first of tags; nil if there is none
}

// find asks everything, and the overview again at the end.
func (r *Report) find(ctx context.Context, since, now time.Time) (*findings, error) {
	f := &findings{since: since, now: now}
	q := &questions{ctx: ctx, report: r, now: now, since: since.Format(time.DateTime)}
	f.freshness = q.ask("freshness", nil)
	f.overview = q.askSince(overview, nil)
	f.countries = q.askSince("leaks_by_country", map[string]string{"limit": strconv.Itoa(maxCountries)})
	f.places = q.places()
	f.tags = q.askSince("leaks_by_tag", map[string]string{"limit": strconv.Itoa(maxRanked)})
	f.titles = q.askSince("leaks_by_title", map[string]string{"limit": strconv.Itoa(maxRanked)})
	f.offenders = q.askSince("repeat_offenders", map[string]string{"limit": strconv.Itoa(maxRanked)})
	f.ways = q.askSince("streaming_or_download", nil)
	f.resolutions = q.askSince("resolutions", nil)
	if q.err != nil {
		return nil, q.err
	}
	f.step = timelineStep(f.begin(), f.end())
	f.timeline = q.askSince("countries_over_time", map[string]string{"step": string(f.step), "countries": strconv.Itoa(namedCountries)})
	if len(f.tags.Rows) > 0 {
		worst := f.tags.row(0)
		f.spreadStep = spreadStep(time.Duration(worst.number("hours") * float64(time.Hour)))
		f.spread = q.askSince("tag_spread", map[string]string{"tag": worst.text("tag"), "step": string(f.spreadStep)})
	}
	if again := q.askSince(overview, nil); q.err == nil && !reflect.DeepEqual(f.overview.Rows, again.Rows) {
		return nil, errMoved
	}
	return f, q.err
}

// begin and end are those of the time line.
func (f *findings) begin() time.Time {
	if first, known := f.overview.row(0).time("first_access"); known && f.since.Unix() == 0 {
		return first
	}
	return f.since
}

func (f *findings) end() time.Time {
	if last, known := f.overview.row(0).time("last_access"); known && last.After(f.now) {
		return last
	}
	return f.now
}

// questions asks one question after the other until one fails.
type questions struct {
	ctx    context.Context
	report *Report
	now    time.Time
	since  string
	err    error
}

func (q *questions) askSince(name string, given map[string]string) *answer {
	with := map[string]string{"since": q.since}
	maps.Copy(with, given)
	return q.ask(name, with)
}

func (q *questions) ask(name string, given map[string]string) *answer {
	if q.err != nil {
		return nil
	}
	analysis, err := sql.Find(name)
	if err != nil {
		q.err = err
		return nil
	}
	values, err := analysis.Values(given, q.now)
	if err != nil {
		q.err = err
		return nil
	}
	return q.run(name, analysis.Statement, values)
}

func (q *questions) run(name, statement string, values map[string]string) *answer {
	if q.err != nil {
		return nil
	}
	found, err := q.report.options.Ask(q.ctx, statement, values)
	if err != nil {
		q.err = fmt.Errorf("%s: %w", name, err)
		return nil
	}
	return newAnswer(found)
}
