package xvid_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "s3cret-t0ken"

// api is a fake API with some records and a client of it.
type api struct {
	*xvidtest.Running
	world  *xvidtest.World
	client *xvid.Client
}

func newAPI(t *testing.T, change func(*xvid.Options)) *api {
	t.Helper()
	world := xvidtest.NewWorld(time.Now)
	world.Insert(xvidtest.Samples()...)
	running, err := xvidtest.Listen(world, xvidtest.ServerOptions{Token: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	transport := xvid.NewTransport(2)
	t.Cleanup(transport.CloseIdleConnections)
	options := xvid.Options{
		URL: running.URL(), Token: static(t), Transport: transport,
		Backoff: time.Millisecond, AttemptTimeout: 300 * time.Millisecond, MaxBody: 1 << 20, Tries: 3,
	}
	if change != nil {
		change(&options)
	}
	client, err := xvid.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return &api{Running: running, world: world, client: client}
}

func static(t *testing.T) *xvid.Token {
	t.Helper()
	token, err := xvid.StaticToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// first makes the first n requests go wrong.
func first(n int, fault xvidtest.Fault) func(xvidtest.Request) *xvidtest.Fault {
	return func(request xvidtest.Request) *xvidtest.Fault {
		if request.N <= n {
			return &fault
		}
		return nil
	}
}

// What a retry can help is tried again, and no more often than said.
func TestRetries(t *testing.T) {
	for name, fault := range map[string]xvidtest.Fault{
		"500":         {Kind: xvidtest.FaultStatus, Status: 500},
		"502":         {Kind: xvidtest.FaultStatus, Status: 502},
		"503":         {Kind: xvidtest.FaultStatus, Status: 503, RetryAfter: "0"},
		"429":         {Kind: xvidtest.FaultStatus, Status: 429, RetryAfter: "0"},
		"HTML":        {Kind: xvidtest.FaultHTML},
		"empty body":  {Kind: xvidtest.FaultEmptyBody},
		"cut body":    {Kind: xvidtest.FaultCutBody},
		"cut JSON":    {Kind: xvidtest.FaultCutJSON},
		"reset":       {Kind: xvidtest.FaultReset},
		"hang":        {Kind: xvidtest.FaultHang},
		"stall":       {Kind: xvidtest.FaultStall},
		"oversized":   {Kind: xvidtest.FaultOversized},
		"nonsense RA": {Kind: xvidtest.FaultStatus, Status: 503, RetryAfter: "soon"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, nil)
			a.OnRequest(first(2, fault))
			page, err := a.client.List(t.Context(), xvid.Query{Sort: "updated_at"})
			if err != nil || len(page.Backtraces) != 3 {
				t.Fatalf("after two faults: %v", err)
			}
			if stats := a.client.Stats(); stats.Requests != 3 || stats.Retries != 2 {
				t.Errorf("stats %+v, want 3 requests and 2 retries", stats)
			}
			a.ResetCounts()
			a.OnRequest(func(xvidtest.Request) *xvidtest.Fault { return &fault })
			if _, err = a.client.List(t.Context(), xvid.Query{}); err == nil || !strings.Contains(err.Error(), "3 tries") {
				t.Errorf("when it stays so: %v", err)
			}
		})
	}
}

// What a retry cannot help is sent once, and the API's own words are kept.
func TestNoRetries(t *testing.T) {
	for status, want := range map[int]struct {
		is            error
		code, message string
	}{
		400: {xvid.ErrBadRequest, "0050001", "Invalid Input"},
		403: {xvid.ErrRefused, "0x0000003", "Invalid access token"},
	} {
		a := newAPI(t, nil)
		a.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
			return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: status}
		})
		_, err := a.client.List(t.Context(), xvid.Query{})
		answer, ok := errors.AsType[*xvid.APIError](err)
		if !ok || !errors.Is(err, want.is) || answer.Code != want.code || answer.Message != want.message || answer.Status != status {
			t.Errorf("%d: %v", status, err)
		}
		if sent := a.Counts().Total; sent != 1 {
			t.Errorf("%d: %d requests, want 1", status, sent)
		}
	}
}

// Only the document's 404 says that a backtrace is gone.
func TestNotFound(t *testing.T) {
	a := newAPI(t, nil)
	if _, err := a.client.Get(t.Context(), "000000000000000000000000"); !errors.Is(err, xvid.ErrNotFound) {
		t.Errorf("an unknown id: %v", err)
	}
	strange, err := xvid.New(xvid.Options{
		URL: strings.Replace(a.URL(), "backtraces", "elsewhere", 1), Token: static(t), Transport: noBody{404},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := strange.Get(t.Context(), "000000000000000000000000"); err == nil || errors.Is(err, xvid.ErrNotFound) {
		t.Errorf("a gateway's 404: %v", err)
	}
	for _, id := range []string{"", "..", "a/b", "a?b", "ü", strings.Repeat("a", 65)} {
		if _, err := strange.Get(t.Context(), id); err == nil {
			t.Errorf("the id %q was asked for", id)
		}
	}
}

// noBody answers everything with a status.
type noBody struct{ status int }

func (n noBody) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: n.status, Body: http.NoBody, Header: http.Header{}, Request: request}, nil
}

// A refused token is read again from its file, once, and only then sent again.
func TestTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write := func(value string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old")
	token, err := xvid.FileToken(path)
	if err != nil {
		t.Fatal(err)
	}
	a := newAPI(t, func(o *xvid.Options) { o.Token = token })
	if _, err := a.client.List(t.Context(), xvid.Query{}); !errors.Is(err, xvid.ErrRefused) || a.Counts().Total != 1 {
		t.Errorf("a wrong token that has not changed: %v after %d requests", err, a.Counts().Total)
	}
	write(secret)
	a.ResetCounts()
	if _, err := a.client.List(t.Context(), xvid.Query{}); err != nil || a.Counts().Total != 2 {
		t.Errorf("a rotated token: %v after %d requests", err, a.Counts().Total)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	a.SetToken("newer")
	if _, err := a.client.List(t.Context(), xvid.Query{}); !errors.Is(err, xvid.ErrRefused) {
		t.Errorf("refused, and the file is gone: %v", err)
	}
}

// The token goes nowhere but into the header of requests to its host.
func TestTokenIsSecret(t *testing.T) {
	other := newAPI(t, nil)
	a := newAPI(t, nil)
	a.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
		return &xvidtest.Fault{Kind: xvidtest.FaultRedirect, URL: other.URL()}
	})
	_, err := a.client.List(t.Context(), xvid.Query{})
	if err == nil || other.Counts().Total != 0 {
		t.Errorf("a redirect to another host: %v, %d requests arrived there", err, other.Counts().Total)
	}
	var printed bytes.Buffer
	token := static(t)
	for _, value := range []any{err, token, xvid.Options{Token: token}} {
		fmt.Fprintf(&printed, "%v %+v %#v %s\n", value, value, value, value)
	}
	if strings.Contains(printed.String(), secret) {
		t.Errorf("the token is printed: %s", printed.String())
	}
	for _, bad := range []string{"", " ", "a b", "a\nb", "ü"} {
		if _, err := xvid.StaticToken(bad); err == nil {
			t.Errorf("the token %q was taken", bad)
		}
	}
}

// inProcess hands requests to a handler without a network, for time that
// stands still.
type inProcess func(request *http.Request) *http.Response

func (f inProcess) RoundTrip(request *http.Request) (*http.Response, error) {
	answer := f(request)
	answer.Request = request
	return answer, nil
}

// Retry-After is obeyed in both forms, and a wait that is too long fails at once.
func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"30":                            30 * time.Second,
		"Sat, 01 Jan 2000 00:02:00 GMT": 2 * time.Minute, // a bubble's time begins with 2000
		"3600":                          0,
	} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			client, err := xvid.New(xvid.Options{
				URL: "https://api.example/backtraces", Token: static(t), MaxRetryAfter: 5 * time.Minute,
				Transport: inProcess(func(*http.Request) *http.Response {
					if sent++; sent == 1 {
						return &http.Response{StatusCode: 429, Body: http.NoBody, Header: http.Header{"Retry-After": {header}}}
					}
					return &http.Response{StatusCode: 403, Body: http.NoBody, Header: http.Header{}}
				}),
			})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			_, err = client.List(t.Context(), xvid.Query{})
			if waited := time.Since(began); waited != want {
				t.Errorf("Retry-After %q: waited %s, want %s (%v)", header, waited, want, err)
			}
		})
	}
}

// Whoever cancels waits for nothing, and SentAt never goes back.
func TestCancelAndClock(t *testing.T) {
	a := newAPI(t, func(o *xvid.Options) {
		o.Now = func() time.Time { return time.Unix(1_700_000_000, 0) }
	})
	one, err := a.client.List(t.Context(), xvid.Query{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := a.client.List(t.Context(), xvid.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if !two.SentAt.After(one.SentAt) || one.Date.IsZero() {
		t.Errorf("sent at %s, then %s; the API's clock %s", one.SentAt, two.SentAt, one.Date)
	}
	ctx, cancel := context.WithCancel(t.Context())
	a.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
		cancel()
		return &xvidtest.Fault{Kind: xvidtest.FaultHang}
	})
	if _, err := a.client.List(ctx, xvid.Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// The parameters are the document's, by name and form.
func TestQuery(t *testing.T) {
	a := newAPI(t, nil)
	_, err := a.client.List(t.Context(), xvid.Query{Start: 1, Limit: 2, Sort: "created_at", Descending: true, Status: "SUCCESS", AutographTag: "test"})
	if err != nil {
		t.Fatal(err)
	}
	got := a.Requests()[0].Params.Encode()
	if want := "direction=-1&extracted_data.autograph_tag=test&human=true&limit=2&show_null=true&sort=created_at&start=1&status=SUCCESS"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// together lets the first n requests go only when all of them are there.
type together struct {
	http.RoundTripper
	n    atomic.Int32
	open chan struct{}
}

func (g *together) RoundTrip(request *http.Request) (*http.Response, error) {
	if g.n.Add(-1) == 0 {
		close(g.open)
	}
	<-g.open
	return g.RoundTripper.RoundTrip(request)
}

// Requests in flight while the token is rotated are refused together, and each is
// sent again with the new one, though only the first finds it new.
func TestTokenRotatedUnderManyRequests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	token, err := xvid.FileToken(path)
	if err != nil {
		t.Fatal(err)
	}
	const requests = 4
	gate := &together{open: make(chan struct{})}
	gate.n.Store(requests)
	a := newAPI(t, func(o *xvid.Options) {
		gate.RoundTripper = o.Transport
		o.Token, o.Transport = token, gate
	})
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for range requests {
		go func() { _, err := a.client.List(t.Context(), xvid.Query{}); errs <- err }()
	}
	for range requests {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
