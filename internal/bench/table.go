package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// table is a heading and rows of text, the first column to the left and the others
// to the right.
type table struct {
	title string
	head  []string
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write prints the table in Markdown, whose source reads as well as its page.
func (t *table) write(w io.Writer) error {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", t.title)
	line := func(row []string) {
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString("| " + cell + space)
				continue
			}
			b.WriteString(" | " + space + cell)
		}
		b.WriteString(" |\n")
	}
	line(t.head)
	for i, width := range widths {
		if i == 0 {
			b.WriteString("| " + strings.Repeat("-", width))
			continue
		}
		b.WriteString(" | " + strings.Repeat("-", width-1) + ":")
	}
	b.WriteString(" |\n")
	for _, row := range t.rows {
		line(row)
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// comparison is the table of results of one size and latency.
func comparison(results []result) table {
	first := results[0]
	title := fmt.Sprintf("%s backtraces, %s accesses, all with one result (checksum %016x)", grouped(first.Rows.Backtraces),
		grouped(first.Rows.AccessStats), first.Loaded.AccessChecksum^first.Loaded.ExtractedDataChecksum)
	if first.Latency > 0 {
		least := time.Duration(first.Requests) * first.Latency / time.Duration(first.Concurrency)
		title += fmt.Sprintf("; latency %v: %d requests, %d in flight, wait for %.1f s at least",
			first.Latency, first.Requests, first.Concurrency, least.Seconds())
	}
	t := table{
		title: title,
		head: []string{
			"contender", "wall s", "× " + first.Contender, "loader CPU s", "µs a backtrace", "engine CPU s",
			"loader MiB", "engine MiB", "backtraces/s", "accesses/s", "requests",
		},
	}
	for _, r := range results {
		seconds := r.Loader.Wall.Seconds()
		t.add(r.Contender,
			fmt.Sprintf("%.2f", seconds),
			fmt.Sprintf("%.2f", seconds/first.Loader.Wall.Seconds()),
			fmt.Sprintf("%.2f", r.Loader.CPU.Seconds()),
			fmt.Sprintf("%.1f", r.Loader.CPU.Seconds()*1e6/float64(r.Rows.Backtraces)),
			fmt.Sprintf("%.2f", r.Engine.CPU.Seconds()),
			fmt.Sprintf("%.0f", r.Loader.Peak),
			fmt.Sprintf("%.0f", r.Engine.Peak),
			grouped(int(float64(r.Rows.Backtraces)/seconds)),
			grouped(int(float64(r.Rows.AccessStats)/seconds)),
			fmt.Sprint(r.Requests),
		)
	}
	return t
}

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
