// Package xvid is a client of the backtraces of the Xvid AutoGraph API: it
// lists pages, gets one record, decodes both tolerantly and exactly, and
// retries what a retry can help.
package xvid

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"time"
)

// Options configure a [Client]. Zero values take the defaults named.
type Options struct {
	URL   string // the collection's URL, e.g. https://api.xvid.com/v1/titles/backtraces/
	Token *Token
	// Transport sends the requests; nil takes [NewTransport].
	Transport http.RoundTripper
	Now       func() time.Time // nil takes time.Now
	// Tries is how often one request is sent at most: 6.
	Tries int
	// Backoff is the first wait between tries, doubled (with jitter) each
	// time up to 60 times itself: 500 ms.
	Backoff time.Duration
	// MaxRetryAfter bounds an obeyed Retry-After; longer waits fail: 5 min.
	MaxRetryAfter time.Duration
	// AttemptTimeout bounds one try, its body included: 2 min.
	AttemptTimeout time.Duration
	MaxBody        int64  // bytes of one answer, decompressed: 512 MiB
	UserAgent      string // "syncer"
	// Rewrite is given each answer's body before it is decoded, and gives what
	// is decoded in its place; nil leaves it. An error counts as a broken body.
	Rewrite func(body []byte) ([]byte, error)
	// Answered is told the status of each request that was sent, 0 if no answer
	// came; nil for nobody. It is called from several goroutines.
	Answered func(status int)
}

// Client reads the collection. It is safe for concurrent use.
type Client struct {
	options Options
	base    *url.URL
	http    *http.Client

	requests, retries atomic.Int64
	memories          memories

	mu       stdsync.Mutex
	lastSent int64 // µs; see sentAt
}

// Stats counts what the client did since it was made.
type Stats struct {
	Requests int64 // sent, retries included
	Retries  int64 // sent again after a failure, by us or by net/http
}

// New checks the options and makes a client.
func New(options Options) (*Client, error) {
	if options.Token == nil {
		return nil, errors.New("make an API client: no token")
	}
	base, err := ParseURL(options.URL)
	if err != nil {
		return nil, fmt.Errorf("make an API client: %w", err)
	}
	options.setDefaults()
	client := &Client{options: options, base: base}
	client.http = &http.Client{Transport: counted{next: options.Transport, client: client}, CheckRedirect: sameHost}
	return client, nil
}

func (o *Options) setDefaults() {
	if o.Transport == nil {
		o.Transport = NewTransport(4)
	}
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of the constructor
	}
	setDefault(&o.Tries, 6)
	setDefault(&o.Backoff, 500*time.Millisecond)
	setDefault(&o.MaxRetryAfter, 5*time.Minute)
	setDefault(&o.AttemptTimeout, 2*time.Minute)
	setDefault(&o.MaxBody, 512<<20)
	setDefault(&o.UserAgent, "syncer")
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// ParseURL reads a collection's URL: absolute, http or https, without user name,
// query or fragment. A missing slash at its end is added, since a record's URL
// is the collection's plus its id.
func ParseURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	if err != nil {
		// url.Error repeats the text, which may hold a password.
		return nil, errors.New("the URL cannot be parsed")
	}
	switch {
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("the URL must begin with https:// (or http://)")
	case base.Host == "":
		return nil, errors.New("the URL names no host")
	case base.User != nil:
		return nil, errors.New("the URL must not hold a user name or password")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the URL must not hold a query or fragment")
	}
	if !strings.HasSuffix(base.Path, "/") {
		base.Path += "/"
	}
	return base, nil
}

// List fetches a page of the collection.
func (c *Client) List(ctx context.Context, query Query) (*Page, error) {
	target := *c.base
	target.RawQuery = query.values().Encode()
	memory := c.memories.take()
	page, err := fetch(ctx, c, &target, memory, decodePage)
	if err != nil {
		c.memories.give(memory)
		return nil, fmt.Errorf("fetch page start=%d limit=%d: %w", query.Start, query.Limit, err)
	}
	c.memories.decoded(memory)
	page.Start = query.Start
	page.release = func() { c.memories.give(memory) }
	return page, nil
}

// Get fetches one backtrace; [ErrNotFound] if the API says that there is none.
func (c *Client) Get(ctx context.Context, id string) (*Reading, error) {
	if !validID(id) {
		return nil, fmt.Errorf("fetch backtrace: %q is not an id", id)
	}
	target := *c.base.JoinPath(id)
	target.RawQuery = readable().Encode()
	reading, err := fetch(ctx, c, &target, &memory{}, decodeReading)
	if err != nil {
		return nil, fmt.Errorf("fetch backtrace %s: %w", id, err)
	}
	if reading.Backtrace.ID != id {
		return nil, fmt.Errorf("fetch backtrace %s: the API answers with %q: %w", id, reading.Backtrace.ID, ErrBody)
	}
	return reading, nil
}

// Stats says what the client did so far.
func (c *Client) Stats() Stats {
	return Stats{Requests: c.requests.Load(), Retries: c.retries.Load()}
}

// sentAt is the time of a request about to be sent. It is the version of what
// the request reads, so it never repeats or goes back within a process, even
// when the machine's clock does.
func (c *Client) sentAt() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastSent = max(c.options.Now().UnixMicro(), c.lastSent+1)
	return time.UnixMicro(c.lastSent).UTC()
}
