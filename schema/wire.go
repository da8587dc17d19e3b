package schema

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"
	"unsafe"

	"github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/ext"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
)

// wireColumn writes one column of a block straight from the rows into the
// connection's buffer, in ClickHouse's native format. clickhouse-go's own columns
// would hold each value once more, in memory that is made anew for each block: that
// took most of a load's time.
type wireColumn struct {
	column.Interface // nil: sending needs no more than what is below

	target string // the column of the table that it is for
	name   string // within its block, where no name may need quotes
	kind   string
	rows   int
	words  bool // LowCardinality, whose values have a prefix
	put    func(into *proto.Buffer)
}

func (c *wireColumn) Name() string                { return c.name }
func (c *wireColumn) Type() column.Type           { return column.Type(c.kind) }
func (c *wireColumn) Rows() int                   { return c.rows }
func (c *wireColumn) Encode(buffer *proto.Buffer) { c.put(buffer) }

// ReadStatePrefix is never called: nothing is read into these columns.
func (c *wireColumn) ReadStatePrefix(*proto.Reader) error { return nil }

// WriteStatePrefix writes what comes before a column's values.
func (c *wireColumn) WriteStatePrefix(buffer *proto.Buffer) error {
	if c.words {
		buffer.PutUInt64(wordsVersion)
	}
	return nil
}

// externalTable makes a table of columns that a statement takes along.
func externalTable(name string, rows int, columns []*wireColumn) (*ext.Table, error) {
	table, err := ext.NewTable(name)
	if err != nil {
		return nil, err
	}
	for _, one := range columns {
		one.rows = rows
		table.Block().Columns = append(table.Block().Columns, one)
	}
	return table, nil
}

// text is a column of String.
func text[T string | []byte](target string, values iter.Seq[T]) *wireColumn {
	return &wireColumn{target: target, kind: "String", put: func(into *proto.Buffer) {
		size := 0
		for value := range values {
			size += len(value) + binary.MaxVarintLen32
		}
		// At once, and with some room for the next page, since a page's raw records
		// are large.
		into.Buf = slices.Grow(into.Buf, size+size/16)
		for value := range values {
			into.Buf = binary.AppendUvarint(into.Buf, uint64(len(value)))
			into.Buf = append(into.Buf, value...)
		}
	}}
}

// fixed is a column of values of a fixed size.
func fixed[T number](target, kind string, values iter.Seq[T]) *wireColumn {
	return &wireColumn{target: target, kind: kind, put: func(into *proto.Buffer) {
		for value := range values {
			into.Buf = appendNumber(into.Buf, value)
		}
	}}
}

// nullable is a column of values of a fixed size or NULL.
func nullable[T number](target, kind string, values iter.Seq[*T]) *wireColumn {
	return &wireColumn{target: target, kind: "Nullable(" + kind + ")", put: func(into *proto.Buffer) {
		for value := range values {
			into.Buf = append(into.Buf, flag(value == nil))
		}
		for value := range values {
			var zero T
			if value == nil {
				value = &zero
			}
			into.Buf = appendNumber(into.Buf, *value)
		}
	}}
}

type number interface {
	uint8 | uint16 | uint32 | uint64 | int64 | float64 | bool
}

func appendNumber[T number](into []byte, value T) []byte {
	switch value := any(value).(type) {
	case uint8:
		return append(into, value)
	case uint16:
		return binary.LittleEndian.AppendUint16(into, value)
	case uint32:
		return binary.LittleEndian.AppendUint32(into, value)
	case uint64:
		return binary.LittleEndian.AppendUint64(into, value)
	case int64:
		return binary.LittleEndian.AppendUint64(into, uint64(value)) //nolint:gosec // the same bits
	case float64:
		return binary.LittleEndian.AppendUint64(into, math.Float64bits(value))
	case bool:
		return append(into, flag(value))
	}
	return into
}

// array is a column of lists: where each ends, then their values in one column.
func array(prefix string, lengths iter.Seq[int], values *wireColumn) *wireColumn {
	put := values.put
	values.target, values.kind = prefix+values.target, "Array("+values.kind+")"
	values.put = func(into *proto.Buffer) {
		end := uint64(0)
		for length := range lengths {
			end += uint64(length) //nolint:gosec // a length
			into.Buf = binary.LittleEndian.AppendUint64(into.Buf, end)
		}
		put(into)
	}
	return values
}

// Parts of the native format of LowCardinality, by ClickHouse's
// SerializationLowCardinality.cpp.
const (
	wordsVersion = 1 // shared dictionaries with additional keys
	wordsFlags   = 1<<9 | 1<<10
)

// words writes columns of LowCardinality(String): each distinct word once, and then
// for each value the place of its word. What it remembers serves one column after
// the other.
type words struct {
	places map[string]uint32
	list   []string
	values []uint32
	recent [recentWords]recentWord
	learnt uint32 // columns
}

// recentWord is a text that was numbered. Texts in one place of memory, as a page's
// decoder leaves equal ones, need not be read again, which the processor would have to
// wait for.
type recentWord struct {
	at     *byte
	length int
	place  uint32
	column uint32 // which the place belongs to
}

const recentWords = 1024

func newWords() *words { return &words{places: map[string]uint32{}} }

// forget makes room for the words of another block, and holds none of this one's.
func (w *words) forget() {
	clear(w.places)
	clear(w.list[:cap(w.list)]) // those of the columns before the last lie behind its words
	clear(w.recent[:])
}

func (w *words) column(target string, values iter.Seq[string]) *wireColumn {
	return &wireColumn{target: target, kind: "LowCardinality(String)", words: true, put: func(into *proto.Buffer) {
		w.learn(values)
		w.write(into)
	}}
}

// learn numbers the words of a column. The first is always the empty one.
func (w *words) learn(values iter.Seq[string]) {
	clear(w.places)
	w.places[""] = 0
	w.list, w.values = append(w.list[:0], ""), w.values[:0]
	w.learnt++
	for value := range values {
		if value == "" {
			w.values = append(w.values, 0)
			continue
		}
		at := unsafe.StringData(value)                                                  //nolint:gosec // only where it is
		recent := &w.recent[uint64(uintptr(unsafe.Pointer(at)))*0x9E3779B97F4A7C15>>54] //nolint:gosec // a hash of where it is
		if recent.at != at || recent.length != len(value) || recent.column != w.learnt {
			*recent = recentWord{at: at, length: len(value), place: w.place(value), column: w.learnt}
		}
		w.values = append(w.values, recent.place)
	}
}

// place is the number of a word, the next one if it is new.
func (w *words) place(word string) uint32 {
	place, ok := w.places[word]
	if !ok {
		place = uint32(len(w.list)) //nolint:gosec // a block has fewer than 2^32 values
		w.places[word] = place
		w.list = append(w.list, word)
	}
	return place
}

func (w *words) write(into *proto.Buffer) {
	if len(w.values) == 0 {
		return // nor is there a dictionary then
	}
	width := uint64(2) // of a place: 0 for one byte, 1 for two, 2 for four
	switch {
	case len(w.list) <= math.MaxUint8+1:
		width = 0
	case len(w.list) <= math.MaxUint16+1:
		width = 1
	}
	into.PutUInt64(wordsFlags | width)
	into.PutUInt64(uint64(len(w.list)))
	for _, word := range w.list {
		into.PutString(word)
	}
	into.PutUInt64(uint64(len(w.values)))
	for _, place := range w.values {
		switch width {
		case 0:
			into.Buf = append(into.Buf, uint8(place)) //nolint:gosec // it fits, by the width
		case 1:
			into.Buf = binary.LittleEndian.AppendUint16(into.Buf, uint16(place)) //nolint:gosec // likewise
		default:
			into.Buf = binary.LittleEndian.AppendUint32(into.Buf, place)
		}
	}
}
