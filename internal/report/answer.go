package report

import (
	"fmt"
	"reflect"
	"time"

	"syncer/schema"
)

// answer is an analysis' answer, its values found by the columns' names.
type answer struct {
	*schema.Answer
	columns map[string]int
}

func newAnswer(found *schema.Answer) *answer {
	a := &answer{Answer: found, columns: map[string]int{}}
	for i, column := range found.Columns {
		a.columns[column.Name] = i
	}
	return a
}

// row is a row of an answer.
type row struct {
	answer *answer
	values []any
}

func (a *answer) row(i int) row { return row{a, a.Rows[i]} }

// value gives the value of a column, nil for NULL. A column that an analysis has not
// is a slip of this package.
func (r row) value(name string) any {
	i, known := r.answer.columns[name]
	if !known {
		panic("report: the analysis has no column " + name)
	}
	return r.values[i]
}

func (r row) text(name string) string {
	if value := r.value(name); value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

// number gives a number, 0 for NULL.
func (r row) number(name string) float64 {
	switch value := reflect.ValueOf(r.value(name)); {
	case value.CanUint():
		return float64(value.Uint())
	case value.CanInt():
		return float64(value.Int())
	case value.CanFloat():
		return value.Float()
	}
	return 0
}

func (r row) time(name string) (at time.Time, known bool) {
	at, known = r.value(name).(time.Time)
	return at.UTC(), known
}
