package xvid

import (
	"errors"
	"net"
	"net/http"
	"time"
)

const (
	connectTimeout = 10 * time.Second
	// headerTimeout is long, since a store may have to sort before it answers.
	headerTimeout = 60 * time.Second
	maxRedirects  = 3
)

// NewTransport is an HTTP transport with bounds on connecting and on the wait
// for headers, fit for the given number of requests in flight. It asks for gzip
// and unpacks it; proxies are taken from the environment.
func NewTransport(inFlight int) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: headerTimeout,
		MaxIdleConns:          inFlight + 1,
		MaxIdleConnsPerHost:   inFlight + 1,
		IdleConnTimeout:       90 * time.Second,
	}
}

// sameHost follows a redirect only where the token may go: to the same host and
// not from https to http.
func sameHost(request *http.Request, via []*http.Request) error {
	first := via[0].URL
	if request.URL.Host != first.Host || request.URL.Scheme != first.Scheme {
		return &redirectError{to: request.URL.Scheme + "://" + request.URL.Host}
	}
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	return nil
}

// redirectError is a redirect that would carry the token elsewhere.
type redirectError struct{ to string }

func (e *redirectError) Error() string {
	return "the API redirects to " + e.to + ", where the token must not go: set XVID_API_URL to the right address"
}
