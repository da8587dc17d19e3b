package main

import (
	"cmp"
	"fmt"
	"strings"

	"syncer/schema"
	"syncer/sql"
)

// list prints the analyses and what each wants to know.
func (q *query) list() error {
	all, err := sql.All()
	if err != nil {
		return err
	}
	t := &table{title: fmt.Sprintf("%d analyses; `syncer query NAME` runs one", len(all))}
	for _, name := range []string{"name", "title", "parameters"} {
		t.Columns = append(t.Columns, schema.Column{Name: name, Type: "String"})
	}
	for i := range all {
		t.Rows = append(t.Rows, []any{all[i].Name, all[i].Title, signature(&all[i])})
	}
	return q.app.write(q.format, t)
}

// signature names the parameters with their defaults.
func signature(analysis *sql.Analysis) string {
	words := make([]string, len(analysis.Parameters))
	for i, param := range analysis.Parameters {
		words[i] = param.Name + "=" + param.Default
		if param.Required {
			words[i] = param.Name + " (required)"
		}
	}
	return cmp.Or(strings.Join(words, ", "), "none")
}

// explanation tells all about an analysis.
func explanation(analysis *sql.Analysis) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", analysis.Title, analysis.Description)
	if len(analysis.Parameters) > 0 {
		b.WriteString("\nParameters:\n")
	}
	for _, param := range analysis.Parameters {
		needed := "default " + cmp.Or(param.Default, "empty")
		if param.Required {
			needed = "required"
		}
		kind := param.Type
		if param.Choices != nil {
			kind = strings.Join(param.Choices, ", ")
		}
		fmt.Fprintf(&b, "  %s (%s; %s)\n      %s\n", param.Name, kind, needed, param.Doc)
	}
	fmt.Fprintf(&b, "\n%s;\n", analysis.Statement)
	return b.String()
}
