// Package grafanatest holds deploy/grafana against what Grafana imports and against
// the mirror that its queries read. It is a module of its own, so that Grafana's
// types are no dependency of syncer.
package grafanatest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

const (
	folder     = "../../deploy/grafana"
	sourceType = "grafana-clickhouse-datasource"
	sourceUID  = "${datasource}"
	// columns is how wide Grafana's grid is.
	columns = 24
)

// Formats of the data source's answers: its plugin reads them as numbers.
const (
	formatSeries = 0.0
	formatTable  = 1.0
)

// read decodes a dashboard with Grafana's own types; a key that they do not know is
// an error.
func read(tb testing.TB, path string) *dashboard.Dashboard {
	tb.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	// The strict decoder gives an empty list where nothing is wrong, and takes its own
	// list for an error, so that it leaves the panels out.
	if err := new(dashboard.Dashboard).UnmarshalJSONStrict(raw); err != nil && err.Error() != "" {
		tb.Fatalf("%s: Grafana does not import it: %v", path, err)
	}
	board := new(dashboard.Dashboard)
	if err := json.Unmarshal(raw, board); err != nil {
		tb.Fatalf("%s: Grafana does not import it: %v", path, err)
	}
	if err := board.Validate(); err != nil && err.Error() != "" {
		tb.Fatalf("%s: Grafana does not take it: %v", path, err)
	}
	return board
}

func paths(tb testing.TB) []string {
	tb.Helper()
	plugins.RegisterDefaultPlugins()
	found, err := filepath.Glob(filepath.Join(folder, "dashboards", "*.json"))
	if err != nil || len(found) != 2 {
		tb.Fatalf("dashboards: %v, %v", found, err)
	}
	return found
}

// target is a query of a panel.
type target struct {
	panel  *dashboard.Panel
	query  variants.UnknownDataquery
	sql    string
	format float64
}

// targets gives all queries of a dashboard's panels.
func targets(tb testing.TB, board *dashboard.Dashboard) (all []target) {
	tb.Helper()
	for i := range board.Panels {
		panel := board.Panels[i].Panel
		if panel == nil {
			tb.Fatalf("panel %d is a row: its panels would not be seen here", i)
		}
		for _, query := range panel.Targets {
			fields, known := query.(variants.UnknownDataquery)
			if !known {
				tb.Fatalf("%s: a query of another data source: %T", *panel.Title, query)
			}
			one := target{panel: panel, query: fields}
			one.sql, _ = fields["rawSql"].(string)
			var hasFormat bool
			if one.format, hasFormat = fields["format"].(float64); !hasFormat || one.sql == "" {
				tb.Errorf("%s: a query without its format or its SQL: %v", *panel.Title, fields)
			}
			all = append(all, one)
		}
	}
	return all
}

func TestDashboards(t *testing.T) {
	uids := map[string]string{}
	for _, path := range paths(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			board := read(t, path)
			if board.Uid == nil || *board.Uid == "" || board.Title == nil || *board.Title == "" || board.SchemaVersion < 36 {
				t.Fatalf("uid, title or schema version are missing")
			}
			if other := uids[*board.Uid]; other != "" {
				t.Errorf("it has the uid of %s", other)
			}
			uids[*board.Uid] = path
			if board.Id != nil {
				t.Error("an id belongs to one Grafana: an import would replace another dashboard")
			}
			checkPanels(t, board)
			checkTargets(t, board)
			checkVariables(t, board)
		})
	}
}

func checkPanels(t *testing.T, board *dashboard.Dashboard) {
	t.Helper()
	ids := map[uint32]bool{}
	taken := map[[2]uint32]string{}
	for i := range board.Panels {
		panel := board.Panels[i].Panel
		switch {
		case panel.Id == nil || *panel.Id == 0 || ids[*panel.Id]:
			t.Fatalf("panel %d: its id is missing or stands twice", i)
		case panel.Title == nil || *panel.Title == "" || panel.GridPos == nil:
			t.Fatalf("panel %d: no title or place", *panel.Id)
		}
		ids[*panel.Id] = true
		checkSource(t, *panel.Title, panel.Datasource)
		if panel.GridPos.X+panel.GridPos.W > columns || panel.GridPos.W == 0 || panel.GridPos.H == 0 {
			t.Errorf("%s: it does not fit: %+v", *panel.Title, *panel.GridPos)
		}
		for x := panel.GridPos.X; x < panel.GridPos.X+panel.GridPos.W; x++ {
			for y := panel.GridPos.Y; y < panel.GridPos.Y+panel.GridPos.H; y++ {
				if other := taken[[2]uint32{x, y}]; other != "" {
					t.Fatalf("%s lies over %s", *panel.Title, other)
				}
				taken[[2]uint32{x, y}] = *panel.Title
			}
		}
	}
}

// checkSource fails unless a reference is to the ClickHouse data source that is chosen
// at the head of the dashboard.
func checkSource(t *testing.T, what string, reference any) {
	t.Helper()
	raw, err := json.Marshal(reference)
	if err != nil {
		t.Fatal(err)
	}
	var source struct{ Type, UID string }
	if err := json.Unmarshal(raw, &source); err != nil || source.Type != sourceType || source.UID != sourceUID {
		t.Errorf("%s: its data source is %s, want %s %s", what, raw, sourceType, sourceUID)
	}
}

func checkTargets(t *testing.T, board *dashboard.Dashboard) {
	t.Helper()
	seen := map[string]bool{}
	for _, one := range targets(t, board) {
		title := *one.panel.Title
		checkSource(t, title, one.query["datasource"])
		refID, _ := one.query["refId"].(string)
		if key := fmt.Sprint(*one.panel.Id, refID); refID == "" || seen[key] {
			t.Errorf("%s: the refId %q is missing or stands twice", title, refID)
		} else {
			seen[key] = true
		}
		if one.query["editorType"] != "sql" {
			t.Errorf("%s: the editor would show it as %v", title, one.query["editorType"])
		}
		want := formatTable
		if one.panel.Type == "timeseries" {
			want = formatSeries
		}
		if one.format != want {
			t.Errorf("%s: a %s with the format %v", title, one.panel.Type, one.format)
		}
	}
	if len(seen) < len(board.Panels) {
		t.Errorf("%d queries for %d panels", len(seen), len(board.Panels))
	}
}

var variableUse = regexp.MustCompile(`\$\{?([a-zA-Z]\w*)`)

// checkVariables fails if a variable is used that is not defined, or the other way
// round.
func checkVariables(t *testing.T, board *dashboard.Dashboard) {
	t.Helper()
	used := []string{"datasource"}
	for _, one := range targets(t, board) {
		for _, found := range variableUse.FindAllStringSubmatch(one.sql, -1) {
			used = append(used, found[1])
		}
	}
	var defined []string
	for _, variable := range board.Templating.List {
		defined = append(defined, variable.Name)
		if variable.Type == "query" {
			checkSource(t, "variable "+variable.Name, variable.Datasource)
		}
	}
	slices.Sort(used)
	slices.Sort(defined)
	if used = slices.Compact(used); !slices.Equal(used, defined) {
		t.Errorf("variables used: %s; defined: %s", strings.Join(used, ", "), strings.Join(defined, ", "))
	}
}
