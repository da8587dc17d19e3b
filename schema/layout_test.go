package schema_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

// layouts are one of each kind.
var layouts = []schema.Layout{
	{Kind: schema.Single, Database: "xvid", Definer: "migrator"},
	{Kind: schema.Cluster, Database: "xvid", Cluster: "main", Definer: "migrator"},
	{Kind: schema.Replicated, Database: "xvid", Definer: "migrator"},
	{Kind: schema.Shared, Database: "xvid", Definer: "migrator"},
}

// The schema of each layout, as ClickHouse is told it, is what was reviewed; and
// ClickHouse can read each statement of it. A step that was released never
// changes in the single layout: there are databases that took it. Of what is not a
// cluster only the statements are kept that differ from the single layout's.
func TestLayouts(t *testing.T) {
	mirror := open(t)
	inSingle := map[string]bool{}
	for _, layout := range layouts {
		t.Run(string(layout.Kind), func(t *testing.T) {
			steps, err := layout.Migrations()
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			for _, step := range steps {
				text.WriteString("-- step " + step.Name + "\n")
				for _, statement := range step.Statements {
					if inSingle[statement] {
						continue
					}
					inSingle[statement] = layout.Kind == schema.Single
					text.WriteString(statement + ";\n\n")
					if number(t, mirror, "SELECT toUInt64(formatQueryOrNull("+literal(statement)+") IS NOT NULL)") == 0 {
						t.Errorf("ClickHouse cannot read\n%s", statement)
					}
				}
			}
			golden(t, string(layout.Kind)+".sql", text.String())
		})
	}
}

// golden compares a text with the one that was reviewed.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-reviewed +now; -update writes it anew):\n%s", path, diff)
	}
}

// literal writes a string of ClickHouse's SQL.
func literal(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
