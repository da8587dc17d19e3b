package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"syncer/internal/embedded"
)

const member = "package/libchdb.so"

func TestInstall(t *testing.T) {
	archive := packageOf(t, map[string]string{"package/index.js": "other", member: "the library"})
	fakeNPM(t, archive)
	target := filepath.Join(t.TempDir(), "cache", "libchdb.so")
	if err := install(t.Context(), pinned(archive), target); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != "the library" {
		t.Errorf("installed %q", got)
	}
	wantOnly(t, filepath.Dir(target), "libchdb.so")
}

func TestInstallRefuses(t *testing.T) {
	good := packageOf(t, map[string]string{member: "the library"})
	empty := packageOf(t, map[string]string{"package/index.js": "other"})
	for name, c := range map[string]struct {
		served []byte
		pinned []byte
		want   string
	}{
		"another package":     {served: packageOf(t, map[string]string{member: "evil"}), pinned: good, want: "not what was pinned"},
		"half a package":      {served: good[:len(good)/2], pinned: good, want: "not what was pinned"},
		"one without library": {served: empty, pinned: empty, want: "has no " + member},
		"one that is no gzip": {served: []byte("<html>"), pinned: []byte("<html>"), want: "read the package"},
		"a failing download":  {served: nil, pinned: good, want: "download name@1 with npm"},
	} {
		t.Run(name, func(t *testing.T) {
			fakeNPM(t, c.served)
			dir := t.TempDir()
			err := install(t.Context(), pinned(c.pinned), filepath.Join(dir, "libchdb.so"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %q", err, c.want)
			}
			wantOnly(t, dir)
		})
	}
}

func TestInstallWithoutNPM(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := install(t.Context(), pinned(nil), filepath.Join(t.TempDir(), "libchdb.so"))
	if err == nil || !strings.Contains(err.Error(), "npm is needed") {
		t.Errorf("got %v, want an error that asks for npm", err)
	}
}

// fakeNPM puts an npm on PATH that packs the given content, or fails if there
// is none.
func fakeNPM(t *testing.T, content []byte) {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\nexec cp " + filepath.Join(dir, "content") + " name-1.tgz\n"
	if err := os.WriteFile(filepath.Join(dir, "npm"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if content != nil {
		if err := os.WriteFile(filepath.Join(dir, "content"), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// pinned is a library whose package must have this content.
func pinned(archive []byte) embedded.Library {
	sum := sha512.Sum512(archive)
	return embedded.Library{
		Package:   "name@1",
		Member:    member,
		Integrity: "sha512-" + base64.StdEncoding.EncodeToString(sum[:]),
	}
}

// packageOf is an npm package of these files.
func packageOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for name, content := range files {
		header := &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o600, Size: int64(len(content))}
		if err := archive.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// wantOnly fails if the directory holds anything else than these names.
func wantOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("left in the directory: %q, want %q", got, names)
	}
}
