package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"syncer/schema"
)

const formatTable = "table"

// formats print a table.
var formats = map[string]func(io.Writer, *table) error{
	formatTable: writeTable,
	"csv":       writeCSV,
	formatJSON:  writeJSON,
}

func formatNames() []string { return slices.Sorted(maps.Keys(formats)) }

// writeCSV prints RFC 4180. A text that a spreadsheet would take for a formula
// gets a ' in front: user agents, languages and file names come from strangers.
func writeCSV(to io.Writer, t *table) error {
	writer := csv.NewWriter(to)
	writer.UseCRLF = true
	record := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		record[i] = column.Name
	}
	err := writer.Write(record)
	for _, row := range t.Rows {
		for i, value := range row {
			record[i] = cell(value, t.Columns[i])
			if _, isText := value.(string); isText && strings.ContainsAny(record[i][:min(1, len(record[i]))], "=+-@\t\r\n") {
				record[i] = "'" + record[i]
			}
		}
		if err == nil {
			err = writer.Write(record)
		}
	}
	writer.Flush()
	if err == nil {
		err = writer.Error()
	}
	return err
}

// writeJSON prints an array with an object a row, keys in the order of the
// columns, a row a line.
func writeJSON(to io.Writer, t *table) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	b.WriteString("[")
	for n, row := range t.Rows {
		b.WriteString(separator(n) + "\n  {")
		for i, value := range row {
			b.WriteString(separator(i))
			if err := encoder.Encode(t.Columns[i].Name); err != nil {
				return err
			}
			b.Truncate(b.Len() - 1) // the encoder's line feed
			b.WriteString(":")
			if err := encoder.Encode(jsonValue(value, t.Columns[i])); err != nil {
				return err
			}
			b.Truncate(b.Len() - 1)
		}
		b.WriteString("}")
	}
	b.WriteString("\n]\n")
	_, err := to.Write(b.Bytes())
	return err
}

func separator(n int) string {
	if n == 0 {
		return ""
	}
	return ","
}

// jsonValue is the value as JSON has it: numbers stay numbers, but for those that
// JSON has not.
func jsonValue(value any, column schema.Column) any {
	switch value := value.(type) {
	case float64:
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return nil
		}
	case time.Time:
		if isDate(column) {
			return value.Format(time.DateOnly)
		}
		return value.UTC().Format(time.RFC3339Nano)
	}
	return value
}

// cell is the value as a text.
func cell(value any, column schema.Column) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case time.Time:
		if isDate(column) {
			return value.Format(time.DateOnly)
		}
		return value.UTC().Format("2006-01-02 15:04:05.999")
	}
	return fmt.Sprint(value)
}

func isDate(column schema.Column) bool {
	return strings.HasPrefix(strings.TrimPrefix(column.Type, "Nullable("), "Date") && !strings.Contains(column.Type, "DateTime")
}

// magnitude gives a value that is one.
func magnitude(value any) (float64, bool) {
	switch v := reflect.ValueOf(value); {
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanFloat():
		return v.Float(), true
	}
	return 0, false
}
