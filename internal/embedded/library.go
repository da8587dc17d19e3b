package embedded

import (
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const (
	libraryVersion = "26.7.3-stable.1"
	libraryFile    = "libchdb.so"
)

// Library is a published package that holds ClickHouse as a shared library.
type Library struct {
	// Package is its npm name and version.
	Package string
	// Member is the library's path inside the package.
	Member string
	// Integrity is the SHA-512 of the package in npm's notation.
	Integrity string
}

// packages are the npm packages by platform. Integrities lists those of them
// whose content has been seen and tried.
var (
	packages = map[string]string{
		"linux/amd64":  "@chdb/lib-linux-x64-gnu",
		"linux/arm64":  "@chdb/lib-linux-arm64-gnu",
		"darwin/amd64": "@chdb/lib-darwin-x64",
		"darwin/arm64": "@chdb/lib-darwin-arm64",
	}
	integrities = map[string]string{
		"linux/amd64": "sha512-XP97mMqnc5tZpKQywR8N7cLTsHNiTmHr30pC5mzo3jWmukjKn2IBa60c2B/gWUNcuFjOMjWoorQICCqBVj5wpw==",
	}
)

// PinnedLibrary is the library for this platform, or an error that says what
// to do where there is none.
func PinnedLibrary() (Library, error) {
	return pinnedLibrary(runtime.GOOS + "/" + runtime.GOARCH)
}

func pinnedLibrary(platform string) (Library, error) {
	integrity, ok := integrities[platform]
	if !ok {
		pinned := strings.Join(slices.Sorted(maps.Keys(integrities)), ", ")
		subject := "there is no ClickHouse library for " + platform
		if name, known := packages[platform]; known {
			subject = fmt.Sprintf("the ClickHouse library for %s (%s) has no pinned hash, so it is not fetched", platform, name)
		}
		return Library{}, fmt.Errorf("%s; pinned: %s. "+
			"Put a clickhouse program on PATH, or set CLICKHOUSE_URL", subject, pinned)
	}
	return Library{
		Package:   packages[platform] + "@" + libraryVersion,
		Member:    "package/" + libraryFile,
		Integrity: integrity,
	}, nil
}

// LibraryPath is where this user's copy of the library is kept.
func LibraryPath() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache directory: %w", err)
	}
	return filepath.Join(cache, "syncer", "chdb-"+libraryVersion, libraryFile), nil
}

// Verify reads a package to its end and refuses it unless it is the pinned one.
func (l Library) Verify(r io.Reader) error {
	hash := sha512.New()
	if _, err := io.Copy(hash, r); err != nil {
		return fmt.Errorf("read %s: %w", l.Package, err)
	}
	got := "sha512-" + base64.StdEncoding.EncodeToString(hash.Sum(nil))
	if subtle.ConstantTimeCompare([]byte(got), []byte(l.Integrity)) != 1 {
		return fmt.Errorf("%s is not what was pinned: its hash is %s, expected %s. "+
			"It was not installed; a proxy or mirror may have changed it", l.Package, got, l.Integrity)
	}
	return nil
}
