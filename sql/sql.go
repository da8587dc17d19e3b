// Package sql holds the analyses: questions that a rights owner asks, each a file
// of SQL that runs in every client of ClickHouse. A file begins with comments that
// say what it answers and what it wants to know:
//
//	-- Title
//	--
//	-- What it answers, and how to read it.
//	--
//	-- param tag String: required, as it has no default
//	-- param since DateTime('UTC') = 1970-01-01: with a default
//	-- param step day|month = day: one of these words, a String to ClickHouse
//	-- bar accesses
//
// and its one statement uses each parameter as ClickHouse's own {since:DateTime('UTC')}.
package sql

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed *.sql
var files embed.FS

// extension ends the name of an analysis' file.
const extension = ".sql"

// Analysis is a question and the statement that answers it.
type Analysis struct {
	Name        string // of its file
	Title       string
	Description string // what it answers, and how to read it
	Parameters  []Parameter
	Bar         string // the column that a table draws bars for; "" if none
	Statement   string
}

// All gives every analysis, by name.
func All() ([]Analysis, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("list the analyses: %w", err)
	}
	all := make([]Analysis, 0, len(entries))
	for _, entry := range entries {
		text, err := files.ReadFile(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read an analysis: %w", err)
		}
		analysis, err := parse(strings.TrimSuffix(entry.Name(), extension), string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, *analysis)
	}
	return all, nil
}

// Find gives the analysis of a name.
func Find(name string) (*Analysis, error) {
	all, err := All()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(a Analysis) bool { return a.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("no analysis is called %q", name)
	}
	return &all[i], nil
}

// Parameter gives the parameter of a name, nil if there is none.
func (a *Analysis) Parameter(name string) *Parameter {
	i := slices.IndexFunc(a.Parameters, func(p Parameter) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &a.Parameters[i]
}
