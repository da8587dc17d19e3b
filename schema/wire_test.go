package schema

import (
	"fmt"
	"testing"

	"github.com/ClickHouse/ch-go/proto"
)

// encode writes a block of rows into a buffer that was used before and gives how
// many allocations that took.
func encode(rows []Backtrace) float64 {
	buffer := &proto.Buffer{}
	return testing.AllocsPerRun(3, func() {
		buffer.Reset()
		for _, column := range storeColumns(rows) {
			_ = column.WriteStatePrefix(buffer) // never fails
			column.Encode(buffer)
		}
	})
}

// What is made to send a block does not grow with its rows.
func TestEncodeAllocations(t *testing.T) {
	rows := make([]Backtrace, 10_000)
	for i := range rows {
		rows[i] = Backtrace{ID: fmt.Sprint(i), Raw: []byte(`{"id":"x"}`), Status: "SUCCESS", FinishedAt: new(int64(1))}
		rows[i].Extracted = []Extracted{{AutographTag: "tag", AccessCount: 3}}
		rows[i].Access = make([]Access, 3)
		for j := range rows[i].Access {
			rows[i].Access[j] = Access{IPCountry: "Estonia", UserAgent: fmt.Sprint("agent ", i%200), StreamingOnly: new(true)}
		}
	}
	few, many := encode(rows[:100]), encode(rows)
	if many > few+200 {
		t.Errorf("%.0f allocations for 10,000 rows, and %.0f for 100", many, few)
	}
}
