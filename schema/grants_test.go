package schema_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"syncer/schema"
)

const privilegesDoc = "../docs/privileges.md"

// docs/privileges.md grants what `syncer check` looks for.
func TestPrivilegesDoc(t *testing.T) {
	content, err := os.ReadFile(privilegesDoc)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for _, layout := range layouts {
		if layout.Kind != schema.Single && layout.Kind != schema.Cluster {
			continue // told in words
		}
		want := grantStatements(t, layout)
		place := regexp.MustCompile(`(?s)<!-- ` + string(layout.Kind) + ` -->\n.*?<!-- end -->`)
		block := "<!-- " + string(layout.Kind) + " -->\n" + want + "<!-- end -->"
		if found := place.FindString(text); found != block && !*update {
			t.Errorf("%s: the grants of the layout %s are\n%s(-update writes them)", privilegesDoc, layout.Kind, want)
		}
		text = place.ReplaceAllLiteralString(text, block)
	}
	if *update {
		if err := os.WriteFile(privilegesDoc, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// grantStatements are the grants of a layout to each user.
func grantStatements(t *testing.T, layout schema.Layout) string {
	t.Helper()
	var text strings.Builder
	for _, user := range []struct {
		name   string
		grants func() ([]schema.Grant, error)
	}{
		{"syncer_migrate", layout.MigrateGrants},
		{"syncer", layout.SyncGrants},
		{"syncer_forget", func() ([]schema.Grant, error) { return layout.ForgetGrants(), nil }},
		{"bi", layout.ReaderGrants},
	} {
		grants, err := user.grants()
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString("\n")
		for _, grant := range grants {
			fmt.Fprintf(&text, "    GRANT %s TO %s;\n", strings.ReplaceAll(grant.String(), "`", ""), user.name)
		}
	}
	return text.String() + "\n"
}
