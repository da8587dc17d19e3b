package schema

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Answer is what a query gave.
type Answer struct {
	Columns []Column
	Rows    [][]any // a value for each column; nil for NULL
}

// Column is a column of an answer.
type Column struct {
	Name string
	Type string // ClickHouse's
}

// Bounds on a query of people, so that a slip of theirs burdens neither the
// server nor this process.
const (
	AnswerTimeout = time.Minute
	MaxAnswerRows = 100_000
)

// ErrTooLong is a query that gave no answer within [AnswerTimeout].
var ErrTooLong = fmt.Errorf("no answer within %s", AnswerTimeout)

// Ask runs a query that cannot write, with values for its {name:Type} parameters.
// It is not tried again: somebody waits, and can ask again.
func (m *Mirror) Ask(ctx context.Context, query string, parameters map[string]string) (*Answer, error) {
	bounded, cancel := context.WithTimeout(ctx, AnswerTimeout)
	defer cancel()
	answer, err := m.ask(bounded, query, parameters)
	if err != nil && ctx.Err() == nil && errors.Is(bounded.Err(), context.DeadlineExceeded) {
		err = ErrTooLong // however the driver puts it
	}
	return answer, explain("ask ClickHouse", err)
}

func (m *Mirror) ask(ctx context.Context, query string, parameters map[string]string) (_ *Answer, err error) {
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{
		"readonly":             2, // 1 would refuse these settings themselves
		"max_result_rows":      MaxAnswerRows,
		"result_overflow_mode": "throw",
	}))
	named := make([]any, 0, len(parameters))
	for name, value := range parameters {
		named = append(named, clickhouse.Named(name, value))
	}
	rows, err := m.conn.Query(ctx, query, named...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	answer := &Answer{Rows: [][]any{}}
	for _, column := range rows.ColumnTypes() {
		answer.Columns = append(answer.Columns, Column{Name: column.Name(), Type: column.DatabaseTypeName()})
	}
	for rows.Next() {
		row, err := scanRow(rows)
		if err != nil {
			return nil, err
		}
		answer.Rows = append(answer.Rows, row)
	}
	return answer, rows.Err()
}

// scanRow reads a row whatever its columns are.
func scanRow(rows driver.Rows) ([]any, error) {
	types := rows.ColumnTypes()
	places := make([]any, len(types))
	for i, column := range types {
		places[i] = reflect.New(column.ScanType()).Interface()
	}
	if err := rows.Scan(places...); err != nil {
		return nil, err
	}
	for i, place := range places {
		value := reflect.ValueOf(place).Elem()
		for value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem()
		}
		if places[i] = value.Interface(); value.Kind() == reflect.Pointer {
			places[i] = nil
		}
	}
	return places, nil
}
