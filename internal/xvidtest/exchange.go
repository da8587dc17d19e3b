package xvidtest

import (
	"net/http"
)

// exchange is one request on its way to an answer.
type exchange struct {
	server  *Server
	w       http.ResponseWriter
	r       *http.Request
	req     Request
	form    form
	invalid bool // a parameter has a value that the document does not allow
	fault   Fault
	left    bool // no longer in flight
}

// answer is what is to be sent.
type answer struct {
	status      int
	contentType string
	body        []byte
}

const (
	jsonType = "application/json; charset=utf-8"
	xmlType  = "application/xml; charset=utf-8"
	htmlType = "text/html; charset=utf-8"
)

// leave ends the request's time in flight. It comes before the last bytes go out:
// a client that has them may send its next request at once.
func (x *exchange) leave() {
	if !x.left {
		x.left = true
		x.server.ledger.leave()
	}
}

func (x *exchange) run() {
	defer x.leave()
	x.w.Header().Set("Date", x.server.world.now().UTC().Format(http.TimeFormat))
	if x.replaced() {
		return
	}
	a := x.answer()
	switch x.fault.Kind {
	case FaultCutJSON:
		a.body = a.body[:x.cutAt(len(a.body))]
	case FaultContentType:
		a.contentType = htmlType
	default:
	}
	x.send(a)
}

// answer is the right answer, but for the faults of a page.
func (x *exchange) answer() answer {
	switch {
	case !x.server.authorized(x.r):
		return x.error(http.StatusForbidden)
	case x.r.Method != http.MethodGet || x.invalid:
		return x.error(http.StatusBadRequest)
	case x.req.Kind == KindGet:
		return x.get()
	default:
		return x.list()
	}
}

func (x *exchange) get() answer {
	b, ok := x.server.world.get(x.req.ID)
	if !ok {
		return x.error(http.StatusNotFound)
	}
	return x.render(http.StatusOK, func(w *writer) {
		w.raw(`{"backtrace":`)
		w.record(b)
		w.raw("}")
	})
}

func (x *exchange) list() answer {
	q := x.req.Query
	q.TieSeed = x.server.tieSeed(x.req.N)
	records, total := x.server.world.list(q)
	p := &page{
		records: records,
		total:   total,
		start:   q.Start,
		limit:   q.Limit,
		rest:    otherParameters(x.r.URL.RawQuery),
	}
	if most := x.server.options.MaxPage; most > 0 {
		p.cut(most)
	}
	x.fault.spoil(p)
	return x.render(http.StatusOK, func(w *writer) {
		// About a record's size: a buffer that grows step by step is copied many times.
		w.buf = make([]byte, 0, 1024+2048*len(p.records))
		w.page(p)
	})
}

func (x *exchange) error(status int) answer {
	return x.render(status, func(w *writer) { w.buf = append(w.buf, errorBody(status)...) })
}

// render makes an answer in the format that was asked for. A record of odd shape
// may be one that XML cannot say.
func (x *exchange) render(status int, write func(*writer)) answer {
	w := writer{form: x.form}
	write(&w)
	if !x.form.xml {
		return answer{status: status, contentType: jsonType, body: w.buf}
	}
	body, err := toXML(w.buf)
	if err != nil {
		return answer{status: http.StatusInternalServerError, contentType: jsonType, body: error500}
	}
	return answer{status: status, contentType: xmlType, body: body}
}

func (p *page) cut(most int) { p.records = p.records[:min(most, len(p.records))] }
