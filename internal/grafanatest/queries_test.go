package grafanatest

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"syncer/schema"
)

// mayBeEmpty are panels that have nothing to show in a mirror that is well.
var mayBeEmpty = []string{"Odd shapes in the API's answers", "Dead letters"}

// Every query of every panel and variable is understood by ClickHouse, with All, and
// with values of each variable chosen; each gives what its panel can show.
func TestQueries(t *testing.T) {
	mirror := newMirror(t)
	for _, path := range paths(t) {
		board := read(t, path)
		all := view{from: time.Now().Add(-90 * 24 * time.Hour), to: time.Now().Add(time.Minute), interval: time.Hour}
		views := map[string]view{"All": all}
		for _, variable := range board.Templating.List {
			if variable.Type != "query" {
				continue
			}
			values, texts := choices(t, mirror, &variable, all)
			for i := range min(2, len(values)) {
				chosen := all
				chosen.chosen = map[string][]string{variable.Name: values[:i+1]}
				views[variable.Name+"="+strings.Join(texts[:i+1], ",")] = chosen
			}
		}
		for name, v := range views {
			for _, one := range targets(t, board) {
				t.Run(filepath.Base(path)+"/"+*one.panel.Title+"/"+name, func(t *testing.T) { one.show(t, mirror, v) })
			}
		}
	}
}

// choices are the values of a variable and what a person sees of them: the data
// source takes the first column for the value and the second for the text.
func choices(t *testing.T, mirror *schema.Mirror, variable *dashboard.VariableModel, v view) (values, texts []string) {
	t.Helper()
	if variable.Query == nil || variable.Query.String == nil {
		t.Fatalf("the variable %s has no query", variable.Name)
	}
	answer := ask(t, mirror, expand(t, *variable.Query.String, v))
	for _, row := range answer.Rows {
		values, texts = append(values, fmt.Sprint(row[0])), append(texts, fmt.Sprint(row[len(row)-1]))
	}
	if len(values) == 0 {
		t.Errorf("the variable %s has no value", variable.Name)
	}
	return values, texts
}

func ask(t *testing.T, mirror *schema.Mirror, query string) *schema.Answer {
	t.Helper()
	answer, err := mirror.Ask(t.Context(), query, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	return answer
}

// show fails if a panel could not show what its query gives.
func (one *target) show(t *testing.T, mirror *schema.Mirror, v view) {
	t.Helper()
	answer := ask(t, mirror, expand(t, one.sql, v))
	title := *one.panel.Title
	if len(answer.Rows) == 0 && !slices.Contains(mayBeEmpty, title) && one.panel.Type != "geomap" {
		t.Errorf("nothing to show\n%s", one.sql)
	}
	has := func(name, kind string) bool {
		return slices.ContainsFunc(answer.Columns, func(c schema.Column) bool {
			return c.Name == name && strings.HasPrefix(strings.TrimPrefix(c.Type, "Nullable("), kind)
		})
	}
	switch one.panel.Type {
	case "timeseries":
		if !has("time", "DateTime") {
			t.Errorf("a time line without a time: %v", answer.Columns)
		}
	case "geomap":
		if !has("latitude", "Float64") || !has("longitude", "Float64") {
			t.Errorf("a map without places: %v", answer.Columns)
		}
	case "stat":
		if len(answer.Columns) != 1 || len(answer.Rows) != 1 {
			t.Errorf("one figure is %d rows of %v", len(answer.Rows), answer.Columns)
		}
	}
}

// A chosen value filters by exactly itself, whatever characters it has.
func TestHostileChoice(t *testing.T) {
	mirror := newMirror(t)
	board := read(t, paths(t)[0])
	v := view{from: time.Now().Add(-90 * 24 * time.Hour), to: time.Now().Add(time.Minute), interval: time.Hour}
	for _, name := range []string{"tag", "title"} {
		v.chosen = map[string][]string{name: {strings.ToUpper(hex.EncodeToString([]byte(hostile)))}}
		for _, one := range targets(t, board) {
			if *one.panel.Title != "Accesses" {
				continue
			}
			if got := ask(t, mirror, expand(t, one.sql, v)).Rows[0][0]; got != uint64(500) {
				t.Errorf("%s %s: %v accesses, want 500", name, hostile, got)
			}
		}
	}
}

// A backtrace past the retention is as final as one that succeeded or failed.
func TestJobsNotFinal(t *testing.T) {
	mirror := openMirror(t)
	for id, status := range []string{"SUCCESS", "FAILURE", schema.Expired, "QUEUED", "A_NEW_STATUS"} {
		if err := mirror.Conn().Exec(t.Context(), "INSERT INTO backtraces_store (id, version, status) VALUES (?, 1, ?)", fmt.Sprint(id), status); err != nil {
			t.Fatal(err)
		}
	}
	// Of others there are superseded readings, and only the last one counts.
	for _, statement := range []string{
		"INSERT INTO backtraces_store (id, version, status) VALUES ('5', 1, 'QUEUED'), ('6', 1, 'QUEUED'), ('7', 2, 'QUEUED'), ('7', 1, 'SUCCESS')",
		"INSERT INTO backtraces_store (id, version, status, is_deleted) VALUES ('5', 2, 'SUCCESS', 0), ('6', 2, '', 1)",
	} {
		if err := mirror.Conn().Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range panels(t, 90) {
		if one.name == "operations: Jobs not final" {
			if got := ask(t, mirror, one.query).Rows; len(got) != 1 || fmt.Sprint(got[0][0]) != "3" {
				t.Errorf("got %v, want 3 jobs", got)
			}
			return
		}
	}
	t.Error("there is no such panel")
}
