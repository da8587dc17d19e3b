package main

import (
	"context"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// bentoFiles are a module that is Bento, and what it is to do. They are no module of
// this repository: Bento's own list of modules is longer than all others together.
//
//go:embed bento
var bentoFiles embed.FS

// bento builds Bento in the user's cache, once.
func bento(ctx context.Context, w workshop) (command, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return command{}, err
	}
	hash := fnv.New64a() // of what is compiled
	folder := filepath.Join(w.folder, "bento")
	if err := unpackBento(folder, func(source []byte) { _, _ = hash.Write(source) }); err != nil {
		return command{}, err
	}
	kept := filepath.Join(cache, "syncer", "bento-"+hex.EncodeToString(hash.Sum(nil)))
	cmd := command{path: kept, args: []string{"--log.level", "ERROR", "-c", filepath.Join(folder, "bento.yaml")}}
	if _, err := os.Stat(kept); !errors.Is(err, fs.ErrNotExist) {
		return cmd, err
	}
	_, _ = fmt.Fprintln(w.log, "building Bento, once; this takes some minutes…")
	process := exec.CommandContext(ctx, "go", "build", "-mod=mod", "-ldflags=-s -w", "-o", kept, ".")
	process.Dir = folder
	process.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := process.CombinedOutput(); err != nil {
		return command{}, fmt.Errorf("build Bento: %w\n%s", err, output)
	}
	return cmd, nil
}

// unpackBento writes the files into a folder.
func unpackBento(folder string, see func(source []byte)) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	entries, err := bentoFiles.ReadDir("bento")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		content, err := bentoFiles.ReadFile("bento/" + entry.Name())
		if err != nil {
			return err
		}
		if strings.HasSuffix(entry.Name(), ".txt") {
			see(content)
		}
		if err := os.WriteFile(filepath.Join(folder, strings.TrimSuffix(entry.Name(), ".txt")), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
