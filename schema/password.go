package schema

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	stdsync "sync"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// UsePasswordFile takes the password of a server from a file, as Kubernetes
// mounts a Secret. The file is read now, and again whenever ClickHouse refuses
// the password, so that a rotated Secret needs no restart.
func UsePasswordFile(options *clickhouse.Options, path string) error {
	password := &passwordFile{path: path}
	if err := password.read(); err != nil {
		return err
	}
	options.Auth.Password = password.current()
	options.DialStrategy = password.dial
	options.TransportFunc = password.transport(options.TransportFunc)
	return nil
}

// errRenewed is a refused password where the file holds another one by now. No
// exception of ClickHouse, so that a statement it meets is tried again.
var errRenewed = errors.New("ClickHouse refuses the password, and its file holds another one now")

// loginCodes are the refusals that another password can help; see refusedCodes.
var loginCodes = map[int32]bool{193: true, 194: true, 516: true}

type passwordFile struct {
	path string

	mu    stdsync.Mutex
	value string
}

func (p *passwordFile) current() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.value
}

func (p *passwordFile) read() error {
	content, err := os.ReadFile(p.path)
	if err != nil {
		return fmt.Errorf("read the password's file: %w", pathless(err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.value = strings.TrimRight(string(content), "\r\n")
	return nil
}

// renewed says whether there is another password than the one refused.
func (p *passwordFile) renewed(refused string) (bool, error) {
	if err := p.read(); err != nil {
		return false, err
	}
	return p.current() != refused, nil
}

// dial connects with the password of now.
func (p *passwordFile) dial(ctx context.Context, id int, options *clickhouse.Options, dial clickhouse.Dial) (clickhouse.DialResult, error) {
	connect := func() (clickhouse.DialResult, string, error) {
		with := *options
		with.Auth.Password = p.current()
		result, err := clickhouse.DefaultDialStrategy(ctx, id, &with, dial)
		return result, with.Auth.Password, err
	}
	result, refused, err := connect()
	if errors.Is(err, errRenewed) {
		result, _, err = connect()
		return result, err
	}
	if !loginCodes[code(err)] {
		return result, err
	}
	renewed, readErr := p.renewed(refused)
	if readErr != nil {
		return result, fmt.Errorf("%w; and its file is no help: %w", err, readErr)
	}
	if renewed {
		result, _, err = connect()
	}
	return result, err
}

// transport gives each request over HTTP the password of now: there, unlike
// with the native protocol, an open connection does not outlive a password.
func (p *passwordFile) transport(inner func(*http.Transport) (http.RoundTripper, error)) func(*http.Transport) (http.RoundTripper, error) {
	return func(base *http.Transport) (http.RoundTripper, error) {
		if inner == nil {
			return &authorized{password: p, next: base}, nil
		}
		next, err := inner(base)
		return &authorized{password: p, next: next}, err
	}
}

// keyHeader is where clickhouse-go puts the password over TLS; without, it takes
// basic authentication.
const keyHeader = "X-ClickHouse-Key"

type authorized struct {
	password *passwordFile
	next     http.RoundTripper
}

func (a *authorized) RoundTrip(request *http.Request) (*http.Response, error) {
	password := a.password.current()
	request = request.Clone(request.Context())
	if request.Header.Get(keyHeader) != "" {
		request.Header.Set(keyHeader, password)
	} else if user, _, ok := request.BasicAuth(); ok {
		request.SetBasicAuth(user, password)
	}
	answer, err := a.next.RoundTrip(request)
	if err != nil || answer.StatusCode == http.StatusOK {
		return answer, err
	}
	number, _ := strconv.ParseInt(answer.Header.Get("X-ClickHouse-Exception-Code"), 10, 32) // 0: somebody else's words
	if !loginCodes[int32(number)] {
		return answer, nil
	}
	if renewed, err := a.password.renewed(password); err != nil || !renewed {
		return answer, nil //nolint:nilerr // the refusal is what the caller is to know
	}
	_ = answer.Body.Close() // nobody reads it
	return nil, errRenewed
}
