package embedded

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	portsFile = "ports"
	// lastWordsSize bounds what of the log is shown in an error.
	lastWordsSize = 2000
)

// engineConfig is the engine's configuration, written anew at each start.
//
//go:embed engine.xml
var engineConfig []byte

// layout knows the places in a data directory.
type layout struct {
	root string // absolute: the engine's working directory
}

// newLayout creates the data directory if it is missing.
func newLayout(dir string) (layout, error) {
	if dir == "" {
		return layout{}, errors.New("the embedded ClickHouse has no data directory: set SYNC_DATA_DIR")
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return layout{}, fmt.Errorf("find the data directory %s: %w", dir, err)
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return layout{}, fmt.Errorf("create the data directory (SYNC_DATA_DIR): %w", err)
	}
	return layout{root: root}, nil
}

func (l layout) data() string   { return filepath.Join(l.root, "clickhouse") }
func (l layout) log() string    { return filepath.Join(l.root, "engine.log") }
func (l layout) ports() string  { return filepath.Join(l.root, portsFile) }
func (l layout) config() string { return filepath.Join(l.root, "engine.xml") }

// extra is the directory whose files ClickHouse merges over config.
func (l layout) extra() string { return filepath.Join(l.root, "engine.d") }

// prepare writes the configuration and forgets the former engine's ports. It
// must be called under the lock.
func (l layout) prepare(configFile string) error {
	if err := os.Remove(l.ports()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the former engine's ports: %w", err)
	}
	if err := os.WriteFile(l.config(), engineConfig, 0o600); err != nil {
		return fmt.Errorf("write the engine's configuration: %w", err)
	}
	if err := os.RemoveAll(l.extra()); err != nil {
		return fmt.Errorf("remove the former engine's extra configuration: %w", err)
	}
	if configFile == "" {
		return nil
	}
	return l.addConfig(configFile)
}

// addConfig puts a copy of a configuration where ClickHouse merges it.
func (l layout) addConfig(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the extra ClickHouse configuration: %w", err)
	}
	if err := os.Mkdir(l.extra(), 0o700); err != nil {
		return fmt.Errorf("create a directory for the extra ClickHouse configuration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(l.extra(), filepath.Base(file)), content, 0o600); err != nil {
		return fmt.Errorf("write the extra ClickHouse configuration: %w", err)
	}
	return nil
}

// lastWords is the end of the engine's log in a form to append to an error;
// "" if there is none.
func (l layout) lastWords() string {
	content, err := os.ReadFile(l.log())
	if err != nil {
		return "" // it only explains another error
	}
	text := strings.TrimSpace(string(content[max(0, len(content)-lastWordsSize):]))
	if text == "" {
		return ""
	}
	return "; it said: " + text
}
