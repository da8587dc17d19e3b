package xvidtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

// spoiled starts a server of few records whose every request goes wrong.
func spoiled(t *testing.T, f xvidtest.Fault) *xvidtest.Running {
	t.Helper()
	s := listen(t, newWorld(few()...), xvidtest.ServerOptions{})
	s.OnRequest(func(xvidtest.Request) *xvidtest.Fault { return &f })
	return s
}

func TestFaultStatus(t *testing.T) {
	tests := []struct {
		status     int
		retryAfter string
		body       string // a part of it
	}{
		{400, "", "0050001"},
		{403, "", "0x0000003"},
		{404, "", "0x0300007"},
		{500, "", "0x0000001"},
		{429, "2", "429 Too Many Requests"},
		{429, "Tue, 14 Nov 2023 22:13:22 GMT", "<html>"},
		{503, "soon", "503 Service Unavailable"},
		{502, "", "502 Bad Gateway"},
		{504, "", "504 Gateway Timeout"},
	}
	for _, tt := range tests {
		s := spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: tt.status, RetryAfter: tt.retryAfter})
		got := ask(t, s.URL())
		if got.status != tt.status || got.header.Get("Retry-After") != tt.retryAfter || !strings.Contains(got.body, tt.body) {
			t.Errorf("want %+v, got %+v", tt, got)
		}
	}
}

func TestFaultsInPlaceOfTheAnswer(t *testing.T) {
	html := ask(t, spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultHTML}).URL())
	if html.status != 200 || !strings.HasPrefix(html.header.Get("Content-Type"), "text/html") || html.body[0] != '<' {
		t.Errorf("html: %+v", html)
	}
	empty := ask(t, spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultEmptyBody}).URL())
	if empty.status != 200 || empty.body != "" {
		t.Errorf("empty body: %+v", empty)
	}
	redirect := ask(t, spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultRedirect, URL: "http://elsewhere.example/x"}).URL())
	if redirect.status != 302 || redirect.header.Get("Location") != "http://elsewhere.example/x" {
		t.Errorf("redirect: %+v", redirect)
	}
	moved := ask(t, spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultRedirect, URL: "/y", Status: 308}).URL())
	if moved.status != 308 || moved.header.Get("Location") != "/y" {
		t.Errorf("permanent redirect: %+v", moved)
	}
	called := ask(t, spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultContentType}).URL())
	if !strings.HasPrefix(called.header.Get("Content-Type"), "text/html") || !json.Valid([]byte(called.body)) {
		t.Errorf("content type: %+v", called)
	}
}

func TestFaultsOfThePage(t *testing.T) {
	const whole = "b c d"
	tests := map[string]struct {
		fault xvidtest.Fault
		ids   string
		total *int
	}{
		"empty page":  {xvidtest.Fault{Kind: xvidtest.FaultEmptyPage}, "", new(5)},
		"short page":  {xvidtest.Fault{Kind: xvidtest.FaultShortPage, Records: 2}, "b c", new(5)},
		"total":       {xvidtest.Fault{Kind: xvidtest.FaultTotal, Total: 3}, whole, new(3)},
		"total delta": {xvidtest.Fault{Kind: xvidtest.FaultTotalDelta, Total: -1}, whole, new(4)},
		"no total":    {xvidtest.Fault{Kind: xvidtest.FaultNoTotal}, whole, nil},
		"null total":  {xvidtest.Fault{Kind: xvidtest.FaultNullTotal}, whole, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := spoiled(t, tt.fault)
			got := askList(t, s.URL()+"?start=1&limit=3")
			if got.ids() != tt.ids || !cmp.Equal(got.Total, tt.total) {
				t.Errorf("got %q of %v", got.ids(), got.Total)
			}
			body := ask(t, s.URL()+"?start=1&limit=3").body
			if has := strings.Contains(body, `"total":`); has != (name != "no total") {
				t.Errorf("body %s", body)
			}
			if name == "empty page" && body != `{"backtraces":[],"total":5}` {
				t.Errorf("body %s", body)
			}
			if record := ask(t, s.URL()+"a"); record.status != 200 || !strings.Contains(record.body, `"id":"a"`) {
				t.Errorf("a get is spoiled too: %+v", record)
			}
		})
	}
}

func TestCutBody(t *testing.T) {
	for _, encoding := range []string{"identity", "gzip"} {
		s := spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultCutBody, Bytes: 70})
		got, err := try(t, s.URL(), "Accept-Encoding", encoding)
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(got.body) != 70 {
			t.Errorf("%s: %d bytes, error %v", encoding, len(got.body), err)
		}
	}
}

func TestCutJSON(t *testing.T) {
	whole := ask(t, listen(t, newWorld(few()...), xvidtest.ServerOptions{}).URL()).body
	got := ask(t, spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultCutJSON}).URL())
	if got.body != whole[:len(whole)/2] {
		t.Errorf("%d bytes of %d: %s", len(got.body), len(whole), got.body)
	}
	if got := ask(t, spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultCutJSON, Bytes: 1 << 20}).URL()); got.body != whole[:len(whole)-1] {
		t.Errorf("a cut beyond the end cuts nothing: %d bytes of %d", len(got.body), len(whole))
	}
}

func TestReset(t *testing.T) {
	s := spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultReset})
	if _, err := try(t, s.URL()); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
	if got := s.Counts().ByStatus[0]; got != 1 {
		t.Errorf("%d requests without a status counted", got)
	}
}

func TestHang(t *testing.T) {
	s := spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultHang})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	resp, err := http.DefaultClient.Do(newRequest(ctx, t, s.URL()))
	if err == nil {
		_ = resp.Body.Close()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the client left with %v", err)
	}

	arrived := make(chan struct{})
	s.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
		close(arrived)
		return &xvidtest.Fault{Kind: xvidtest.FaultHang}
	})
	go func() {
		<-arrived
		s.Server.Close()
	}()
	if got, err := try(t, s.URL()); err == nil {
		t.Errorf("a closed server answered %+v", got)
	}
}

// open sends a request and leaves the body to be read.
func open(t *testing.T, url string, headers ...string) io.Reader {
	t.Helper()
	resp, err := http.DefaultClient.Do(newRequest(t.Context(), t, url, headers...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp.Body
}

func TestStall(t *testing.T) {
	s := spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultStall, Bytes: 20})
	body := open(t, s.URL(), "Accept-Encoding", "identity")
	start := make([]byte, 20)
	if _, err := io.ReadFull(body, start); err != nil || !strings.HasPrefix(string(start), `{"backtraces":[`) {
		t.Fatalf("read %q, %v", start, err)
	}
	rest := make(chan error, 1)
	go func() {
		_, err := body.Read(make([]byte, 1))
		rest <- err
	}()
	select {
	case err := <-rest:
		t.Errorf("the body went on: %v", err)
	case <-time.After(30 * time.Millisecond):
		s.Server.Close()
		if err := <-rest; !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("after the close: %v", err)
		}
	}
}

func TestOversized(t *testing.T) {
	s := spoiled(t, xvidtest.Fault{Kind: xvidtest.FaultOversized})
	const much = 20 << 20
	if n, err := io.CopyN(io.Discard, open(t, s.URL()), much); n != much {
		t.Errorf("the body ended after %d bytes: %v", n, err)
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(few()...)
		s := xvidtest.NewServer(w, xvidtest.ServerOptions{})
		s.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
			return &xvidtest.Fault{Kind: xvidtest.FaultDelay, Delay: time.Hour}
		})
		begin := time.Now()
		got := record(t, s, "/v1/backtraces/a")
		if waited := time.Since(begin); waited != time.Hour || got.Code != http.StatusOK {
			t.Errorf("status %d after %v", got.Code, waited)
		}
	})
}
