package crashtest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"testing"

	"syncer/internal/xvidtest"
)

// event is a moment of a run that is seen from outside: a request to the API, or a
// moment of a statement to ClickHouse.
type event string

// A statement is seen when it is sent, and when it was carried out, but the answer
// has not gone out. One that only reads has no after, as nothing has happened by
// then. Amid is when half of it has been passed on, and no event: syncer is not
// there to be seen.
const (
	before = "before "
	amid   = "amid "
	after  = "after "
)

// reads says whether a statement changes nothing.
func (e event) reads() bool {
	return e.is(before+"SELECT") || e.is(before+"DESCRIBE")
}

// is says whether an event begins with a text.
func (e event) is(what string) bool { return strings.HasPrefix(string(e), what) }

// verdict is what becomes of an event.
type verdict int

const (
	pass    verdict = iota
	cut             // the connection ends, with no answer
	swallow         // nobody answers, ever
)

// network stands between syncer and ClickHouse's HTTP interface, and sees the
// requests to the API too.
type network struct {
	proxy *httptest.Server
	ended chan struct{} // closed at the end of the test

	server atomic.Value // ClickHouse's address

	mu    stdsync.Mutex
	watch func(event) verdict
	amid  func(statement string) // nil if nobody cares
}

func newNetwork(t *testing.T, server string) *network {
	t.Helper()
	w := &network{ended: make(chan struct{})}
	w.point(server)
	w.proxy = httptest.NewServer(w)
	t.Cleanup(func() {
		close(w.ended)
		w.proxy.Close()
	})
	return w
}

// put lets watch decide from now on; nil passes everything.
func (w *network) put(watch func(event) verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watch = watch
}

// point leads to another server.
func (w *network) point(server string) { w.server.Store(server) }

// interrupt has a function called amid each statement; nil ends that.
func (w *network) interrupt(call func(statement string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.amid = call
}

// see lets watch decide, on one event at a time.
func (w *network) see(e event) verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watch == nil {
		return pass
	}
	return w.watch(e)
}

// asked is the API's OnRequest.
func (w *network) asked(request xvidtest.Request) *xvidtest.Fault {
	e := fmt.Sprintf("GET %s %s start=%d limit=%d", request.Kind, request.ID, request.Query.Start, request.Query.Limit)
	switch w.see(event(e)) {
	case cut:
		return &xvidtest.Fault{Kind: xvidtest.FaultReset}
	case swallow:
		return &xvidtest.Fault{Kind: xvidtest.FaultHang}
	default:
		return nil
	}
}

// ServeHTTP passes one statement on.
func (w *network) ServeHTTP(out http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return // syncer is gone, in the middle of a word
	}
	statement := statementOf(request, body)
	e := event(before + statement)
	w.obey(w.see(e), request)
	answer, err := w.forward(request, statement, body)
	if err != nil {
		panic(http.ErrAbortHandler) // what a lost connection looks like
	}
	if !e.reads() {
		w.obey(w.see(event(after+statement)), request)
	}
	maps.Copy(out.Header(), answer.Header)
	out.WriteHeader(answer.StatusCode)
	_, _ = out.Write(answer.body) // syncer may be gone
}

// statementOf is what a statement begins with: an insert's body holds its rows, and
// a migration begins with comments. One that takes tables along is a field of a form.
func statementOf(request *http.Request, body []byte) string {
	text := cmp.Or(request.URL.Query().Get("query"), string(body))
	if kind, parameters, err := mime.ParseMediaType(request.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		form, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).ReadForm(int64(len(body)) + 1)
		if err != nil {
			return "" // syncer is gone, in the middle of a word
		}
		text = strings.Join(form.Value["query"], "")
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "--") {
			return strings.TrimSpace(line)[:min(len(strings.TrimSpace(line)), 100)]
		}
	}
	return text
}

// obey ends the exchange unless the verdict is to pass.
func (w *network) obey(v verdict, request *http.Request) {
	if v == pass {
		return
	}
	if v == swallow {
		select {
		case <-request.Context().Done():
		case <-w.ended:
		}
	}
	panic(http.ErrAbortHandler)
}

// whole is an answer that was read to its end.
type whole struct {
	*http.Response
	body []byte
}

// forward gives a statement to ClickHouse and waits until it is carried out. As
// without a proxy, the statement is broken off if syncer leaves.
func (w *network) forward(request *http.Request, statement string, body []byte) (*whole, error) {
	w.mu.Lock()
	call := w.amid
	w.mu.Unlock()
	var reader io.Reader = bytes.NewReader(body)
	if call != nil {
		half := len(body) / 2
		reader = io.MultiReader(bytes.NewReader(body[:half]), tripwire(func() { call(statement) }), bytes.NewReader(body[half:]))
	}
	target := *request.URL
	target.Scheme, target.Host = "http", w.server.Load().(string)
	onward, err := http.NewRequestWithContext(request.Context(), request.Method, target.String(), reader)
	if err != nil {
		return nil, err
	}
	onward.Header = request.Header.Clone()
	answer, err := http.DefaultTransport.RoundTrip(onward)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	return &whole{answer, content}, err
}

// tripwire is an empty reader that says when it is reached.
type tripwire func()

func (t tripwire) Read([]byte) (int, error) {
	t()
	return 0, io.EOF
}
