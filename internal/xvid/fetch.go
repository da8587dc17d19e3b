package xvid

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// maxErrorBody bounds what is read of an error's body.
const maxErrorBody = 64 << 10

// response is an answer's body with what its headers and its sending tell.
type response struct {
	body   []byte
	memory *memory   // that the body and its records live in
	sentAt time.Time // when the request was sent, by our clock
	date   time.Time // the API's Date header; zero if there is none
}

// fetch sends a request until it is answered, decoded or hopeless. Decoding is
// part of a try, since a body that breaks off is as passing as a refused
// connection.
//
// The answer is read into memory, which the result is a part of.
func fetch[T any](ctx context.Context, c *Client, target *url.URL, memory *memory, decode func(response) (T, error)) (T, error) {
	tries := 0
	var last error
	try := func() (result T, err error) {
		if tries++; tries > 1 {
			c.retries.Add(1)
		}
		defer func() { last = err }()
		memory.clear()
		got, err := c.sendAuthorized(ctx, target, memory)
		if err != nil {
			return result, c.classify(err)
		}
		if c.options.Rewrite != nil {
			if got.body, err = c.options.Rewrite(got.body); err != nil {
				return result, fmt.Errorf("%w: %w", ErrBody, err)
			}
		}
		return decode(got)
	}
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = c.options.Backoff
	waits.MaxInterval = 60 * c.options.Backoff
	waits.Multiplier = 2
	result, err := backoff.Retry(ctx, try,
		backoff.WithBackOff(waits),
		backoff.WithMaxTries(uint(c.options.Tries)),
		backoff.WithMaxElapsedTime(0))
	switch {
	case err == nil:
	case ctx.Err() != nil && !errors.Is(last, err):
		// Retry gives only the context's cause, and not what it was up against.
		err = fmt.Errorf("%w, while being tried again after: %w", err, last)
	case tries > 1:
		err = fmt.Errorf("gave up after %d tries: %w", tries, err)
	}
	return result, err
}

// classify marks what a retry cannot help as permanent.
func (c *Client) classify(err error) error {
	var answer *APIError
	var redirect *redirectError
	switch {
	case errors.As(err, &redirect):
		return backoff.Permanent(err)
	case errors.As(err, &answer) && (!answer.retryable() || answer.RetryAfter > c.options.MaxRetryAfter):
		return backoff.Permanent(err)
	}
	return err
}

// sendAuthorized sends a request; if its token is refused and the token's file
// holds another one by now, it sends it once more with that.
func (c *Client) sendAuthorized(ctx context.Context, target *url.URL, memory *memory) (response, error) {
	token := c.options.Token.current()
	got, err := c.send(ctx, target, token, memory)
	if !errors.Is(err, ErrRefused) {
		return got, err
	}
	if reloadErr := c.options.Token.reload(); reloadErr != nil {
		return response{}, fmt.Errorf("%w; and the token's file is no help: %w", err, reloadErr)
	}
	// Another request may have been refused as well, and have read the file first.
	renewed := c.options.Token.current()
	if renewed == token {
		return response{}, err
	}
	c.retries.Add(1)
	return c.send(ctx, target, renewed, memory)
}

// send makes one try and reads the whole answer.
func (c *Client) send(ctx context.Context, target *url.URL, token string, memory *memory) (response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.AttemptTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), http.NoBody)
	if err != nil {
		return response{}, fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.options.UserAgent)

	sentAt := c.sentAt()
	answer, err := c.http.Do(request)
	if err != nil {
		return response{}, withoutURL(err)
	}
	defer func() { _ = answer.Body.Close() }() // the body was only read
	date, _ := http.ParseTime(answer.Header.Get("Date"))
	if answer.StatusCode != http.StatusOK {
		return response{}, c.apiError(answer, token)
	}
	err = memory.read(answer, c.options.MaxBody)
	body := memory.body
	switch {
	case err != nil:
		return response{}, fmt.Errorf("%w: it breaks off after %d bytes: %w", ErrBody, len(body), err)
	case int64(len(body)) > c.options.MaxBody:
		return response{}, fmt.Errorf("%w: it is larger than %d MiB", ErrBody, c.options.MaxBody>>20)
	}
	return response{body: body, memory: memory, sentAt: sentAt, date: date}, nil
}

// apiError reads the document's error body, as far as there is one. A token that
// it repeats goes no further.
func (c *Client) apiError(answer *http.Response, token string) error {
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxErrorBody)) // what there is of it
	body = bytes.ReplaceAll(body, []byte(token), []byte("[token]"))
	code, message := decodeError(body)
	return &APIError{
		Status:     answer.StatusCode,
		Code:       code,
		Message:    message,
		RetryAfter: retryAfter(answer.Header.Get("Retry-After"), c.options.Now()),
	}
}

// retryAfter reads both forms of the header: seconds and a date.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 1<<30)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// withoutURL drops the method and URL that net/http puts before an error: the
// caller names the request in its own words.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
