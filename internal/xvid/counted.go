package xvid

import (
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// counted counts the requests that are really sent, those included that net/http
// sends again by itself: a GET whose kept-alive connection turned out dead, and
// what a redirect leads to.
type counted struct {
	next   http.RoundTripper
	client *Client
}

func (t counted) RoundTrip(request *http.Request) (*http.Response, error) {
	t.client.requests.Add(1)
	var sent atomic.Int64 // counted by the connections' own goroutines
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) {
		if sent.Add(1) > 1 {
			t.client.requests.Add(1)
			t.client.retries.Add(1)
			t.client.answered(0) // the one before
		}
	}}
	answer, err := t.next.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil {
		t.client.answered(0)
		return nil, err
	}
	t.client.answered(answer.StatusCode)
	return answer, nil
}

func (c *Client) answered(status int) {
	if c.options.Answered != nil {
		c.options.Answered(status)
	}
}
