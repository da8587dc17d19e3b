package xvidtest

import (
	"strconv"
	"strings"
)

// page is one answer to a request for the list.
type page struct {
	records []*Backtrace
	total   int
	start   int
	limit   int
	rest    string // the request's other parameters, which the hrefs repeat

	totalForm totalForm
	bare      bool // only backtraces and total
}

// totalForm is how the page says its total.
type totalForm int

const (
	totalGiven totalForm = iota
	totalMissing
	totalNull
)

// page writes p with its keys in the order of the document.
func (w *writer) page(p *page) {
	w.raw(`{"backtraces":[`)
	for i, b := range p.records {
		if i > 0 {
			w.raw(",")
		}
		w.record(b)
	}
	w.raw("]")
	switch p.totalForm {
	case totalGiven:
		w.integer("total", int64(p.total))
	case totalNull:
		w.raw(`,"total":null`)
	case totalMissing:
	}
	if !p.bare {
		w.integer("start", int64(p.start))
		w.integer("limit", int64(p.limit))
		w.hrefs(p)
	}
	w.raw("}")
}

// hrefs writes the links to other pages. Past either end the document's example
// repeats the page at that end.
func (w *writer) hrefs(p *page) {
	last := max(p.total-1, 0) / p.limit * p.limit
	w.pageHref("first", 0, p)
	w.pageHref("last", last, p)
	w.pageHref("next", min(p.start+p.limit, last), p)
	w.pageHref("prev", max(p.start-p.limit, 0), p)
}

func (w *writer) pageHref(name string, start int, p *page) {
	href := origin + "backtraces/?start=" + strconv.Itoa(start) + "&limit=" + strconv.Itoa(p.limit)
	if p.rest != "" {
		href += "&" + p.rest
	}
	w.key(name)
	w.raw("{")
	w.text("href", href)
	w.raw("}")
}

// otherParameters is a query without start and limit, in the order it was asked in.
func otherParameters(rawQuery string) string {
	var rest []string
	for part := range strings.SplitSeq(rawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		if name != "start" && name != "limit" && part != "" {
			rest = append(rest, part)
		}
	}
	return strings.Join(rest, "&")
}
