package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	launcherName   = "syncer-clickhouse"
	clickhouseName = "clickhouse"
)

// ErrNotInstalled means that there is neither the embedded engine nor a
// clickhouse program on this machine.
var ErrNotInstalled = errors.New("no embedded ClickHouse is installed: " +
	"run `make engine`, or put a clickhouse program (26.6 or newer) on PATH, " +
	"or set CLICKHOUSE_URL to use a server")

// find gives the program that runs the engine, with its leading arguments.
func find() ([]string, error) {
	program, missing := findLauncher()
	if missing == nil {
		return program, nil
	}
	clickhouse, err := exec.LookPath(clickhouseName)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNotInstalled, missing)
	}
	return []string{clickhouse, "local"}, nil
}

// findLauncher gives the launcher and the library that it loads.
func findLauncher() ([]string, error) {
	launcher, err := launcherPath()
	if err != nil {
		return nil, err
	}
	library, err := LibraryPath()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(library); err != nil {
		if _, unsupported := PinnedLibrary(); unsupported != nil {
			return nil, unsupported
		}
		return nil, fmt.Errorf("look for the ClickHouse library: %w", err)
	}
	return []string{launcher, library}, nil
}

// launcherPath looks beside our own program, then on PATH.
func launcherPath() (string, error) {
	self, err := os.Executable()
	if err == nil {
		beside := filepath.Join(filepath.Dir(self), launcherName)
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look for the ClickHouse launcher: %w", err)
		}
	}
	found, err := exec.LookPath(launcherName)
	if err != nil {
		return "", fmt.Errorf("look for the ClickHouse launcher: %w", err)
	}
	return filepath.Abs(found)
}
