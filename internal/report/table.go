package report

import (
	"math"
	"time"
)

// table is an answer as people read it: the page's truth, that charts only draw.
type table struct {
	ID      string // of the element
	Caption string
	Step    step // of its rows; "" if they have none
	Columns []column
	Rows    [][]cell
	Empty   string // what is said where there are no rows
}

// column is a column of an analysis and what the page calls it.
type column struct {
	Name, Title string
	Number      bool
	Bar         bool // a bar is drawn for its value
	Code        bool // an id, for machines rather than people
}

// cell is a value of a table.
type cell struct {
	Text  string
	Value string  // as the analysis gave it
	Bar   float64 // its length in per cent; 0: none
}

func newTable(id, caption string, from *answer, columns ...column) table {
	t := table{ID: id, Caption: caption, Columns: columns, Empty: "Nothing in this period."}
	highest := map[string]float64{}
	for i := range from.Rows {
		for _, c := range columns {
			highest[c.Name] = max(highest[c.Name], from.row(i).number(c.Name))
		}
	}
	for i := range from.Rows {
		cells := make([]cell, len(columns))
		for j, c := range columns {
			cells[j] = c.cell(from.row(i), highest[c.Name])
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// class is how the column looks.
func (c column) class() string {
	switch {
	case c.Bar:
		return "number barred"
	case c.Number:
		return "number"
	case c.Code:
		return "code"
	}
	return "text"
}

func (c column) cell(r row, highest float64) cell {
	var made cell
	switch value := r.value(c.Name).(type) {
	case nil:
		made.Text = none
	case time.Time:
		made.Text, made.Value = moment(value), moment(value)
	case string:
		if made.Text = legible(value); value != "" {
			made.Value = made.Text
		}
	default:
		made.Text, made.Value = grouped(r.number(c.Name)), exact(r.number(c.Name))
	}
	if c.Bar && highest > 0 {
		made.Bar = math.Round(1000*r.number(c.Name)/highest) / 10
	}
	return made
}
