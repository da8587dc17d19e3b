package xvid

import (
	"errors"
	"fmt"
	"os"
	"strings"
	stdsync "sync"
)

// Token is where the bearer token comes from. It is safe for concurrent use and
// never prints its value.
type Token struct {
	path string

	mu    stdsync.Mutex
	value string
}

// StaticToken is a token that never changes.
func StaticToken(value string) (*Token, error) {
	value, err := cleanToken(value)
	if err != nil {
		return nil, err
	}
	return &Token{value: value}, nil
}

// FileToken is a token kept in a file, as Kubernetes mounts a Secret. The file
// is read now, and again whenever the API refuses the token, so that a rotated
// Secret needs no restart.
func FileToken(path string) (*Token, error) {
	token := &Token{path: path}
	if err := token.reload(); err != nil {
		return nil, err
	}
	return token, nil
}

// String hides the value from logs and error texts.
func (*Token) String() string { return "[token]" }

// GoString hides the value from %#v.
func (*Token) GoString() string { return "[token]" }

func (t *Token) current() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.value
}

// reload reads the file again, if there is one.
func (t *Token) reload() error {
	if t.path == "" {
		return nil
	}
	content, err := os.ReadFile(t.path)
	if err != nil {
		// Without the path, which may be a token put into the wrong variable.
		if failed, ok := errors.AsType[*os.PathError](err); ok {
			err = failed.Err
		}
		return fmt.Errorf("read the token's file: %w", err)
	}
	value, err := cleanToken(string(content))
	if err != nil {
		return fmt.Errorf("read the token's file: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.value = value
	return nil
}

// cleanToken drops the white space that editors and `echo` leave around a
// secret, and refuses what cannot stand in a header.
func cleanToken(value string) (string, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", errors.New("the token is empty")
	}
	for _, char := range []byte(value) {
		if char <= ' ' || char >= 0x7f {
			return "", errors.New("the token holds white space or characters outside ASCII")
		}
	}
	return value, nil
}
