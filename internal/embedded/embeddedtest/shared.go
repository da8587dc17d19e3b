// Package embeddedtest gives tests a real ClickHouse: one engine per test
// package, a database of its own for each test.
package embeddedtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"

	"syncer/internal/embedded"
)

// shared is the engine of the package under test.
var shared sharedEngine

// sharedEngine starts at its first use: a package whose chosen tests need no
// database pays nothing.
type sharedEngine struct {
	mu     stdsync.Mutex
	ready  bool // Main is running
	dir    string
	engine *embedded.Engine
	err    error // why it did not start, kept so that each test says so at once
}

// Main runs the tests of a package with one shared engine:
//
//	func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }
func Main(m *testing.M) int {
	if err := usePath(); err != nil {
		fmt.Fprintln(os.Stderr, "embeddedtest:", err)
		return 1
	}
	shared.open()
	code := m.Run()
	if err := shared.close(); err != nil {
		fmt.Fprintln(os.Stderr, "embeddedtest:", err)
		return max(code, 1)
	}
	return code
}

func (s *sharedEngine) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = true
}

// get gives the engine, starting it if need be.
func (s *sharedEngine) get() (*embedded.Engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ready {
		return nil, errors.New("no shared engine: TestMain must call embeddedtest.Main")
	}
	if s.engine == nil && s.err == nil {
		s.engine, s.err = s.start()
	}
	return s.engine, s.err
}

func (s *sharedEngine) start() (*embedded.Engine, error) {
	dir, err := os.MkdirTemp("", "syncer-clickhouse-")
	if err != nil {
		return nil, fmt.Errorf("create a data directory: %w", err)
	}
	s.dir = dir
	return embedded.Start(context.Background(), embedded.Options{DataDir: dir})
}

// close stops the engine and removes its data.
func (s *sharedEngine) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = false
	var err error
	if s.engine != nil {
		err = s.engine.Stop(context.Background())
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

// usePath puts the module's bin/ first on PATH, where the launcher is looked
// for; a test binary has no launcher beside it.
func usePath() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	path := filepath.Join(root, "bin") + string(os.PathListSeparator) + os.Getenv("PATH")
	if err := os.Setenv("PATH", path); err != nil {
		return fmt.Errorf("set PATH: %w", err)
	}
	return nil
}

// moduleRoot is the directory of syncer's own module: the farthest above with a
// go.mod of syncer's, since tests with heavy dependencies are modules inside of it.
func moduleRoot() (root string, err error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for {
		if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && strings.HasPrefix(string(mod), "module syncer") {
			root = dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	if root == "" {
		return "", errors.New("find the module: no go.mod of syncer above the working directory")
	}
	return root, nil
}
