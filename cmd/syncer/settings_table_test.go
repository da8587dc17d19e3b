package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// The README's table of settings lists what the program reads, and nothing
// else.
func TestSettingsTable(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| *`([A-Z][A-Z0-9_]*)` *\\|").FindAllStringSubmatch(string(readme), -1) {
		listed[row[1]] = true
	}
	for field := range reflect.TypeFor[environment]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		if !listed[name] {
			t.Errorf("README.md's settings table lacks %s", name)
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("README.md's settings table lists %s, which is not read", name)
	}
}
