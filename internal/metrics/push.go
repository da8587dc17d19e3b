package metrics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus/push"
)

const (
	// pushTimeout bounds a push: a Pushgateway that is away holds no run up.
	pushTimeout = 10 * time.Second
	// longestAnswer bounds what is told of a Pushgateway's answer.
	longestAnswer = 500
)

// Gateway is a Pushgateway, for processes that are gone before they are scraped.
type Gateway struct {
	base *url.URL
	user *url.Userinfo
}

// ParseGateway reads a Pushgateway's URL, which may hold a user and a password.
// The error never holds them.
func ParseGateway(text string) (*Gateway, error) {
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("it must be a URL such as http://pushgateway:9091, with nothing behind a ? or #")
	}
	user := base.User
	base.User = nil
	return &Gateway{base: base, user: user}, nil
}

// SetPassword takes a password that is kept elsewhere than in the URL.
func (g *Gateway) SetPassword(password string) {
	g.user = url.UserPassword(g.user.Username(), password)
}

// Push gives the gateway the figures of a job on a database. What it holds of
// them and this process does not know stays, such as the last success.
func (m *Metrics) Push(ctx context.Context, to *Gateway, job, database string) error {
	// What ended the run must not keep its end from being told.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pushTimeout)
	defer cancel()
	pusher := push.New(to.base.String(), job).Grouping("database", database).Gatherer(m.registry).Client(doer{&http.Client{}})
	if to.user != nil {
		password, _ := to.user.Password()
		pusher.BasicAuth(to.user.Username(), password)
	}
	if err := pusher.AddContext(ctx); err != nil {
		return fmt.Errorf("push metrics: %w", err)
	}
	return nil
}

// doer cuts answers short, since package push repeats them in its errors.
type doer struct{ *http.Client }

func (d doer) Do(request *http.Request) (*http.Response, error) {
	answer, err := d.Client.Do(request) //nolint:gosec // the operator names the gateway
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, longestAnswer), answer.Body}
	return answer, nil
}
