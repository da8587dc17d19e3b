package xvid

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// What a caller may have to decide on; test with [errors.Is].
var (
	// ErrBadRequest is the document's 400 `0050001`: a retry cannot help.
	ErrBadRequest = errors.New("the API calls the request invalid")
	// ErrRefused is the document's 403 `0x0000003` (and 401, should a gateway
	// send it): the token is wrong, and a retry with it cannot help.
	ErrRefused = errors.New("the API refuses the token")
	// ErrNotFound is the document's 404 `0x0300007`, and nothing else: a 404
	// from a gateway or a wrong URL says nothing about a backtrace.
	ErrNotFound = errors.New("the API has no such backtrace")
	// ErrBody is an answer that broke off, is not JSON or is too large. Asking
	// for a smaller page may help.
	ErrBody = errors.New("the API's answer cannot be read")
)

// codeNotFound is the document's error_code of 'Backtrace does not exist'.
const codeNotFound = "0x0300007"

// APIError is an answer other than 200 OK, with what the API says about it.
type APIError struct {
	Status  int    // the HTTP status
	Code    string // error_code, "" if the body is not the document's JSON
	Message string // error_message, likewise
	// RetryAfter is how long the API asks to wait; 0 if it does not say.
	RetryAfter time.Duration
}

// Error names the status and, where the API gave them, its code and message.
func (e *APIError) Error() string {
	text := fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))
	if e.Code != "" || e.Message != "" {
		text += fmt.Sprintf(": %s (error_code %s)", e.Message, e.Code)
	}
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" (asks to wait %s)", e.RetryAfter)
	}
	return text
}

// Is makes the document's errors findable by the sentinels above.
func (e *APIError) Is(target error) bool {
	switch target {
	case ErrBadRequest:
		return e.Status == http.StatusBadRequest
	case ErrRefused:
		return e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized
	case ErrNotFound:
		return e.Status == http.StatusNotFound && e.Code == codeNotFound
	}
	return false
}

// As tells package backoff how long the API asked to wait.
func (e *APIError) As(target any) bool {
	wait, ok := target.(**backoff.RetryAfterError)
	if ok && e.RetryAfter > 0 {
		*wait = &backoff.RetryAfterError{Duration: e.RetryAfter}
		return true
	}
	return false
}

// retryable says whether the same request may succeed later: 429 and 5xx may,
// the other statuses are the request's own fault.
func (e *APIError) retryable() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout || e.Status >= 500
}

// SmallerMayHelp says whether the same page may succeed if fewer records are
// asked for: the answer broke off, came too late, or failed inside the API.
func SmallerMayHelp(err error) bool {
	if answer, ok := errors.AsType[*APIError](err); ok {
		return answer.Status >= 500 && answer.RetryAfter == 0
	}
	var timeout interface{ Timeout() bool }
	return errors.Is(err, ErrBody) || errors.As(err, &timeout) && timeout.Timeout()
}
