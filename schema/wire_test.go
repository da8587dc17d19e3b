package schema

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ClickHouse/ch-go/proto"
)

// encode writes a block of rows into a buffer that was used before and gives how
// many allocations that took.
func encode(rows []Backtrace) float64 {
	buffer := &proto.Buffer{}
	return testing.AllocsPerRun(3, func() {
		buffer.Reset()
		for _, column := range storeColumns(rows, newWords()) {
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

// Where texts lie in memory says nothing of what is written, few of them or more than
// are remembered at a time: the same texts, each in a place of its own, are the same
// bytes. Two columns take turns, so that what one learnt would show in the other.
func TestWordsByPlace(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, distinct := range []int{1, 3, 300, 5000, 70_000} {
		list := make([]string, distinct)
		for i := range list {
			list[i] = strings.Repeat("x", i%3) + fmt.Sprint(i)
		}
		list[0] = ""
		var one, other [2][]string
		for range 100_000 {
			column, word := random.IntN(2), list[random.IntN(distinct)]
			one[column] = append(one[column], word)
			other[column] = append(other[column], strings.Clone(word))
		}
		blocks := func(columns [2][]string, next func(*words) *words) []byte {
			var into proto.Buffer
			w := newWords()
			for range 2 {
				for _, column := range columns {
					w.column("", slices.Values(column)).put(&into)
				}
				w = next(w)
			}
			return into.Buf
		}
		again := func(w *words) *words {
			w.forget()
			held := slices.ContainsFunc(w.list[:cap(w.list)], func(word string) bool { return word != "" })
			if held || len(w.places) > 0 || w.recent != [recentWords]recentWord{} {
				t.Errorf("%d words: some are held after they were forgotten", distinct)
			}
			return w
		}
		anew := func(*words) *words { return newWords() }
		if !bytes.Equal(blocks(one, anew), blocks(other, anew)) {
			t.Errorf("%d words are written otherwise where each has one place in memory", distinct)
		}
		if !bytes.Equal(blocks(one, again), blocks(other, anew)) {
			t.Errorf("%d words are written otherwise in memory that is used again", distinct)
		}
	}
}
