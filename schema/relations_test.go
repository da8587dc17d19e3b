package schema_test

import (
	"regexp"
	"slices"
	"testing"
)

// plainTypes are those that BI tools understand, LowCardinality and Nullable aside.
var plainTypes = []string{
	"String", "Bool", "UInt8", "UInt16", "UInt32", "UInt64", "Int64", "Float64", "DateTime", "DateTime64(3, 'UTC')",
}

var wrapped = regexp.MustCompile(`^(?:LowCardinality|Nullable)\((.*)\)$`)

// No relation for people has a column that BI tools choke on, such as Nested, Array
// or JSON. Those of syncer itself end in _store and _refresh.
func TestPlainTypes(t *testing.T) {
	mirror := open(t)
	var columns []struct {
		Table string `ch:"table"`
		Name  string `ch:"name"`
		Type  string `ch:"type"`
	}
	err := mirror.Conn().Select(t.Context(), &columns, `SELECT table, name, type FROM system.columns
		WHERE database = currentDatabase() AND NOT endsWith(table, '_store') AND NOT endsWith(table, '_refresh')`)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]bool{}
	for _, column := range columns {
		tables[column.Table] = true
		plain := column.Type
		for found := wrapped.FindStringSubmatch(plain); found != nil; found = wrapped.FindStringSubmatch(plain) {
			plain = found[1]
		}
		if !slices.Contains(plainTypes, plain) {
			t.Errorf("%s.%s is of type %s", column.Table, column.Name, column.Type)
		}
	}
	for _, table := range []string{"backtraces", "extracted_data", "extracted_data_live", "access_stats", "access_stats_live", "countries", "country_names"} {
		if !tables[table] {
			t.Errorf("%s was not looked at", table)
		}
	}
}
