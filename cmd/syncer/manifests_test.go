package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notInManifests are the settings that no manifest names, and why.
var notInManifests = map[string]string{
	"XVID_API_TOKEN": "a secret: its file is mounted instead",
	"PRIVACY_IP_KEY": "a secret: its file is mounted instead",
	"SYNC_DATA_DIR":  "of the embedded engine, which the image does not have",
}

// notOurs are the variables of manifests that others read.
var notOurs = []string{"GOMEMLIMIT"}

// manifestVariables gives the variables that the manifests name, with their values:
// lines of files and literals of kustomizations, those that are commented out too,
// and names in a container's env.
func manifestVariables(t *testing.T) map[string][]string {
	t.Helper()
	assignment := regexp.MustCompile(`(?m)^\s*(?:- |# )?([A-Z][A-Z0-9_]+)=(.*)$`)
	named := regexp.MustCompile(`(?m)^\s*- \{?name: ([A-Z][A-Z0-9_]+)\b`)
	found := map[string][]string{}
	err := filepath.WalkDir("../../deploy/k8s", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range assignment.FindAllStringSubmatch(string(text), -1) {
			found[match[1]] = append(found[match[1]], match[2])
		}
		for _, match := range named.FindAllStringSubmatch(string(text), -1) {
			found[match[1]] = append(found[match[1]], "")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A variable that the program does not read would be set in vain, and one that no
// manifest names would not be found by who deploys it.
func TestManifestsKnowTheSettings(t *testing.T) {
	found := manifestVariables(t)
	read := map[string]bool{}
	for field := range reflect.TypeFor[environment]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		read[name] = true
		if why := notInManifests[name]; (found[name] == nil) != (why != "") {
			t.Errorf("%s: named in manifests %q; to be left out because %q", name, found[name], why)
		}
	}
	for name := range found {
		if !read[name] && !slices.Contains(notOurs, name) {
			t.Errorf("a manifest sets %s, which is not read", name)
		}
	}
}

// What settings.env shows as a default is the default.
func TestManifestsShowDefaults(t *testing.T) {
	text, err := os.ReadFile("../../deploy/k8s/base/settings.env")
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]string{}
	for field := range reflect.TypeFor[environment]().Fields() {
		name, value, _ := strings.Cut(field.Tag.Get("env"), ", default=")
		defaults[name] = value
	}
	shown := regexp.MustCompile(`(?m)^# ([A-Z][A-Z0-9_]+)=(.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(shown) < 10 {
		t.Fatalf("only %d defaults are shown", len(shown))
	}
	for _, line := range shown {
		// A file or an address that is shown says where it would be.
		if defaults[line[1]] != "" && line[2] != defaults[line[1]] {
			t.Errorf("%s is shown as %s, its default is %s", line[1], line[2], defaults[line[1]])
		}
	}
}
