package bitest

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed clients
var clientFiles embed.FS

// clients gives a folder with the scripts and what they need, installed by npm where
// the user's cache does not have it: once for each package.json.
func clients(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := clientFiles.ReadFile("clients/package.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "syncer", fmt.Sprintf("bi-clients-%x", sha256.Sum256(manifest))[:27])
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := installClients(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// installClients puts the packages at dir, whole or not at all.
func installClients(ctx context.Context, dir string) (err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o750); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "bi-clients-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	files, err := fs.Sub(clientFiles, "clients")
	if err != nil {
		return err
	}
	if err := os.CopyFS(work, files); err != nil {
		return err
	}
	install := exec.CommandContext(ctx, "npm", "install", "--no-package-lock", "--ignore-scripts", "--install-links",
		"--no-audit", "--no-fund", "--loglevel=error", "--no-update-notifier")
	install.Dir = work
	if output, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("install the clients with npm: %w\n%s", err, output)
	}
	if err := os.Rename(work, dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// ask runs a script, and reads what it prints.
func ask(t *testing.T, script string, args ...string) answer {
	t.Helper()
	dir := clients(t)
	text, err := clientFiles.ReadFile("clients/" + script)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), script)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", append([]string{path}, args...)...)
	node.Dir = dir
	output, err := node.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("%s: %v\n%s", script, err, exit.Stderr)
		}
		t.Fatalf("%s: %v", script, err)
	}
	var found answer
	if err := json.Unmarshal(output, &found); err != nil {
		t.Fatalf("%s printed no JSON: %v\n%s", script, err, output)
	}
	return found
}

// answer is what a script prints. Numbers come as either form that JSON allows for
// 64 bits.
type answer struct {
	Columns []struct {
		Table, Name, Type, Comment string
	}
	ByCountry []struct {
		Name, Code, Region string
		Accesses           json.Number
	}
	Filtered []struct{ Accesses json.Number }
	Series   []struct {
		Month    string
		Accesses json.Number
	}
	Types  []struct{ Name, Type string }
	Sample []map[string]any
}
