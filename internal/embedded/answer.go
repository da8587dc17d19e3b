package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// pollEvery is short beside the tenth of a second that a warm start takes.
const pollEvery = 10 * time.Millisecond

// address is what the engine says of itself once it listens.
type address struct {
	tcp, http int
	version   string
}

// awaitAnswer waits until the engine has said where it listens and answers
// there.
func (e *Engine) awaitAnswer(ctx context.Context, timeout time.Duration) error {
	tooLong := fmt.Errorf("no answer within %s", timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, tooLong)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("start the embedded ClickHouse: %w%s", context.Cause(ctx), e.files.lastWords())
		case <-e.done:
			return fmt.Errorf("the embedded ClickHouse ended during its start: %w%s", e.ending(), e.files.lastWords())
		case <-tick.C:
		}
		if e.readAddress() && e.ping(ctx) {
			return nil
		}
	}
}

// ending is how the process ended, also when it believes that it went well.
func (e *Engine) ending() error {
	if e.result == nil {
		return errors.New("exit status 0")
	}
	return e.result
}

// readAddress reads the file in which the engine says where it listens, and
// reports whether it is there and complete.
func (e *Engine) readAddress() bool {
	content, err := os.ReadFile(e.files.ports())
	if err != nil || !strings.HasSuffix(string(content), "\n") {
		return false
	}
	var a address
	if _, err := fmt.Sscan(string(content), &a.tcp, &a.http, &a.version); err != nil {
		return false
	}
	e.address = a
	return true
}

// ping reports whether the engine answers.
func (e *Engine) ping(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+e.HTTPAddr()+"/ping", http.NoBody)
	if err != nil {
		return false
	}
	// A transport of its own: no proxy, and no idle connection left behind.
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode == http.StatusOK
}
