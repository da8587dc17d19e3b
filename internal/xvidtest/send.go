package xvidtest

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// send writes the answer, compressed if the client takes it, and plays the faults
// of its way to the client.
func (x *exchange) send(a answer) {
	h := x.w.Header()
	h.Set("Content-Type", a.contentType)
	h.Add("Vary", "Accept-Encoding")
	body := a.body
	if len(body) > 0 && acceptsGzip(x.r.Header) {
		body = compress(body)
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.server.ledger.answered(a.status)
	x.w.WriteHeader(a.status)

	switch x.fault.Kind {
	case FaultCutBody:
		x.leave()
		// net/http closes a connection that got less than it was promised.
		_, _ = x.w.Write(body[:x.cutAt(len(body))])
	case FaultStall:
		_, _ = x.w.Write(body[:x.cutAt(len(body))])
		_ = http.NewResponseController(x.w).Flush()
		x.wait(nil)
	default:
		x.leave()
		_, _ = x.w.Write(body) // a client that left needs no answer
	}
}

func acceptsGzip(h http.Header) bool {
	for part := range strings.SplitSeq(h.Get("Accept-Encoding"), ",") {
		if name, _, _ := strings.Cut(strings.TrimSpace(part), ";"); name == "gzip" {
			return true
		}
	}
	return false
}

var compressors = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails for unknown levels only
	return w
}}

func compress(body []byte) []byte {
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	var out bytes.Buffer
	out.Grow(len(body)/6 + 64)
	w.Reset(&out)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}
