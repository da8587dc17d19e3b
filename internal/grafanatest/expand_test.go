package grafanatest

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// view is what a person looks at: a time, and the chosen values of each variable, nil
// for All.
type view struct {
	from, to time.Time
	interval time.Duration
	chosen   map[string][]string
}

// The ClickHouse data source's own code (github.com/grafana/clickhouse-datasource,
// pkg/macros and its engine github.com/grafana/macropro) is not to be had from the
// module proxy, so what its documentation says of the macros that the dashboards use
// is done here. Where an argument would have to be parsed, the test fails instead: a
// macro's column must be a plain name, on which all versions of the plugin agree.
var macros = map[string]func(view, string) string{
	"timeFilter": func(v view, column string) string {
		return fmt.Sprintf("%s >= toDateTime(%d) AND %s <= toDateTime(%d)", column, v.from.Unix(), column, v.to.Unix())
	},
	"timeInterval": func(v view, column string) string {
		return fmt.Sprintf("toStartOfInterval(toDateTime(%s), INTERVAL %d second)", column, max(1, int(v.interval.Seconds())))
	},
}

var (
	macroForm       = regexp.MustCompile(`\$__(\w+)\(([A-Za-z_]\w*)\)`)
	conditionalForm = regexp.MustCompile(`(?s)\$__conditionalAll\((.*?), \$(\w+)\)(?:\s|$)`)
	variableForm    = regexp.MustCompile(`\$\{(\w+):singlequote\}`)
)

// expand makes of a query what the data source sends: first the conditions on
// variables and the variables in the browser, then the macros in its backend.
func expand(tb testing.TB, query string, v view) string {
	tb.Helper()
	query = conditionalForm.ReplaceAllStringFunc(query, func(found string) string {
		parts := conditionalForm.FindStringSubmatch(found)
		phrase := parts[1]
		if strings.Contains(phrase, "$__") || !strings.Contains(phrase, "${"+parts[2]+":") {
			tb.Errorf("a condition that is not one on its variable: %s", found)
		}
		if v.chosen[parts[2]] == nil {
			phrase = "1=1"
		}
		return phrase + "\n"
	})
	query = variableForm.ReplaceAllStringFunc(query, func(found string) string {
		name := variableForm.FindStringSubmatch(found)[1]
		if v.chosen[name] == nil {
			tb.Errorf("with All, %s has no value outside $__conditionalAll: %s", name, query)
		}
		quoted := make([]string, len(v.chosen[name]))
		for i, value := range v.chosen[name] {
			quoted[i] = "'" + strings.ReplaceAll(value, "'", `\'`) + "'"
		}
		return strings.Join(quoted, ",")
	})
	query = macroForm.ReplaceAllStringFunc(query, func(found string) string {
		parts := macroForm.FindStringSubmatch(found)
		macro := macros[parts[1]]
		if macro == nil {
			tb.Errorf("the macro %s is not known here", found)
			return found
		}
		return macro(v, parts[2])
	})
	if strings.Contains(query, "$") {
		tb.Errorf("a query that is not wholly expanded: %s", query)
	}
	return query
}
