package main

import (
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/term"

	"syncer/schema"
)

// table is an answer with what a table for people needs beyond it.
type table struct {
	schema.Answer
	title string
	bar   string // column that bars are drawn for; "" for none
	look  look
}

// look is what the output can show.
type look struct {
	colour bool
	width  int // of the terminal; 0 if it is none, so that a pipe gets everything
}

// look finds out about the output. NO_COLOR is what no-color.org says.
func (a *app) look() look {
	file, isFile := a.stdout.(*os.File)
	if !isFile || !isTerminal(file) {
		return look{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0 // then lines are as long as they are
	}
	noColour, _ := a.env.Lookup("NO_COLOR")
	kind, _ := a.env.Lookup("TERM")
	return look{colour: noColour == "" && kind != "dumb", width: width}
}

const (
	barWidth   = 20
	narrowest  = 8 // no column of text gets narrower to fit a terminal
	columnGap  = "  "
	unknown    = "(unknown)" // an empty text: the source does not say
	null       = "–"
	styleTitle = "\x1b[1m"
	styleBar   = "\x1b[36m"
	styleEnd   = "\x1b[0m"
)

// writeTable prints aligned columns with bars.
func writeTable(to io.Writer, t *table) error {
	cells, widths := t.layout()
	bars := t.bars()
	var b strings.Builder
	b.WriteString(t.styled(styleTitle, t.title) + "\n\n")
	for n, row := range cells {
		var line strings.Builder
		for i, text := range row {
			line.WriteString(aligned(text, widths[i], t.isNumber(i)) + columnGap)
		}
		if n > 0 && bars != nil {
			line.WriteString(t.styled(styleBar, bars[n-1]))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	if len(t.Rows) == 0 {
		b.WriteString("(no rows)\n")
	}
	_, err := io.WriteString(to, b.String())
	return err
}

func (t *table) styled(style, text string) string {
	if !t.look.colour || text == "" {
		return text
	}
	return style + text + styleEnd
}

// layout gives the texts of all cells, the head's first, and the columns' widths,
// narrowed to fit the terminal.
func (t *table) layout() (cells [][]string, widths []int) {
	head := make([]string, len(t.Columns))
	widths = make([]int, len(t.Columns))
	for i, column := range t.Columns {
		head[i] = column.Name
	}
	cells = append(cells, head)
	for _, row := range t.Rows {
		texts := make([]string, len(row))
		for i, value := range row {
			texts[i] = shown(value, t.Columns[i])
		}
		cells = append(cells, texts)
	}
	for _, row := range cells {
		for i, text := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(text))
		}
	}
	t.narrow(widths)
	return cells, widths
}

// narrow takes from the widest columns of text until a line fits the terminal.
func (t *table) narrow(widths []int) {
	if t.look.width == 0 {
		return
	}
	total := len(widths) * len(columnGap)
	if t.bar != "" {
		total += barWidth
	}
	for _, width := range widths {
		total += width
	}
	for ; total > t.look.width; total-- {
		widest := -1
		for i, width := range widths {
			if !t.isNumber(i) && width > narrowest && (widest < 0 || width > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

// isNumber says whether a column holds numbers, which stand on the right.
func (t *table) isNumber(i int) bool {
	kind := strings.TrimPrefix(t.Columns[i].Type, "Nullable(")
	return strings.HasPrefix(kind, "UInt") || strings.HasPrefix(kind, "Int") || strings.HasPrefix(kind, "Float")
}

// shown is the text of a cell for people.
func shown(value any, column schema.Column) string {
	switch text := printable(cell(value, column)); {
	case value == nil:
		return null
	case text == "":
		return unknown
	default:
		return text
	}
}

// printable quotes a text that could drive a terminal: control characters, marks
// that turn the direction of writing, what is no UTF-8.
func printable(text string) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return text
	}
	return strconv.Quote(text)
}

// aligned fills or cuts a text to a width of so many cells of a terminal.
func aligned(text string, width int, right bool) string {
	missing := width - uniseg.StringWidth(text)
	if missing < 0 {
		text = cut(text, width-1) + "…"
		missing = width - uniseg.StringWidth(text)
	}
	if right {
		return strings.Repeat(" ", missing) + text
	}
	return text + strings.Repeat(" ", missing)
}

// cut keeps what of a text fits into a width, never half a character.
func cut(text string, width int) string {
	graphemes := uniseg.NewGraphemes(text)
	for end := 0; graphemes.Next(); {
		if width -= graphemes.Width(); width < 0 {
			return text[:end]
		}
		_, end = graphemes.Positions()
	}
	return text
}

// bars draws the column t.bar, the longest bar for its highest value; nil if
// there is none.
func (t *table) bars() []string {
	column := slices.IndexFunc(t.Columns, func(c schema.Column) bool { return c.Name == t.bar })
	if column < 0 {
		return nil
	}
	highest := 0.0
	for _, row := range t.Rows {
		if value, ok := magnitude(row[column]); ok {
			highest = max(highest, value)
		}
	}
	bars := make([]string, len(t.Rows))
	for i, row := range t.Rows {
		if value, ok := magnitude(row[column]); ok && value > 0 {
			bars[i] = drawBar(value / highest)
		}
	}
	return bars
}

// drawBar draws a share of a bar in eighths of a character, at least one.
func drawBar(share float64) string {
	eighths := max(1, int(math.Round(share*barWidth*8)))
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string(rune('█' + 8 - rest)) // ▉ is seven eighths, ▏ one
	}
	return bar
}
