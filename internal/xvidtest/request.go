package xvidtest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a request asks for.
type Kind string

// The kinds of request.
const (
	KindList Kind = "list"
	KindGet  Kind = "get"
)

// Request is one request to the API, as it was understood.
type Request struct {
	N      int // counts all requests from 1; ResetCounts starts anew
	Kind   Kind
	Query  ListQuery  // of a list, with the document's defaults filled in
	ID     string     // of a get
	Params url.Values // as sent
}

// collections are the two paths by which the document knows the collection.
var collections = []string{"/v1/titles/backtraces", "/v1/backtraces"}

// route says what a path asks for, if it is one of the API's.
func route(path string) (kind Kind, id string, ok bool) {
	for _, collection := range collections {
		rest, found := strings.CutPrefix(path, collection)
		switch {
		case !found:
		case rest == "" || rest == "/":
			return KindList, "", true
		case rest[0] == '/':
			return KindGet, rest[1:], true
		}
	}
	return "", "", false
}

// parameters reads a query by the document: the first value that it does not
// allow is remembered, and answered with 400.
type parameters struct {
	values url.Values
	err    error
}

// parse fills in the request's query and says how the answer is to look.
func parse(r *http.Request, req *Request) (form, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	p := parameters{values: values, err: err}
	req.Params = values
	f := form{
		human:    p.boolean("human"),
		showNull: p.boolean("show_null"),
		expand:   newExpansion(p.boolean("expand_all"), values.Get("expand")),
		xml:      p.oneOf("format", accepted(r.Header), "json", "xml") == "xml",
	}
	if req.Kind == KindList {
		req.Query = p.listQuery()
	}
	return f, p.err
}

// accepted is the format that the Accept header asks for.
func accepted(h http.Header) string {
	accept := h.Get("Accept")
	if strings.Contains(accept, "application/xml") && !strings.Contains(accept, "application/json") {
		return "xml"
	}
	return "json"
}

func (p *parameters) listQuery() ListQuery {
	q := ListQuery{
		Start:        p.atLeast("start", 0, 0),
		Limit:        min(p.atLeast("limit", 1, DefaultLimit), MaxLimit),
		Sort:         p.values.Get("sort"),
		Direction:    1,
		Status:       p.oneOf("status", "", "SUCCESS", "QUEUED", "FAILURE"),
		AutographTag: p.values.Get("extracted_data.autograph_tag"),
	}
	if p.oneOf("direction", "1", "1", "-1") == "-1" {
		q.Direction = -1
	}
	if p.values.Has("sort") && comparison(q.Sort) == nil {
		p.refuse("sort", q.Sort)
	}
	return q
}

func (p *parameters) boolean(name string) bool {
	return p.oneOf(name, "false", "true", "false") == "true"
}

func (p *parameters) oneOf(name, missing string, allowed ...string) string {
	if !p.values.Has(name) {
		return missing
	}
	value := p.values.Get(name)
	if !slices.Contains(allowed, value) {
		p.refuse(name, value)
	}
	return value
}

func (p *parameters) atLeast(name string, least, missing int) int {
	if !p.values.Has(name) {
		return missing
	}
	n, err := strconv.Atoi(p.values.Get(name))
	if err != nil || n < least {
		p.refuse(name, p.values.Get(name))
		return missing
	}
	return n
}

func (p *parameters) refuse(name, value string) {
	p.err = errors.Join(p.err, fmt.Errorf("%s=%q is not allowed", name, value))
}
