package metrics

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus/push"
)

// pushTimeout bounds a push: a Pushgateway that is away holds no run up.
const pushTimeout = 10 * time.Second

// Gateway is a Pushgateway, for processes that are gone before they are scraped.
type Gateway struct {
	base *url.URL
	user *url.Userinfo
}

// ParseGateway reads a Pushgateway's URL, which may hold a user and a password.
// The error never holds them.
func ParseGateway(text string) (*Gateway, error) {
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errors.New("it must be a URL such as http://pushgateway:9091")
	}
	user := base.User
	base.User = nil
	return &Gateway{base: base, user: user}, nil
}

// Push replaces what the gateway holds of a job.
func (m *Metrics) Push(ctx context.Context, to *Gateway, job string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pushTimeout)
	defer cancel()
	pusher := push.New(to.base.String(), job).Gatherer(m.registry).Client(&http.Client{})
	if to.user != nil {
		password, _ := to.user.Password()
		pusher.BasicAuth(to.user.Username(), password)
	}
	if err := pusher.PushContext(ctx); err != nil {
		return fmt.Errorf("push metrics: %w", err)
	}
	return nil
}
