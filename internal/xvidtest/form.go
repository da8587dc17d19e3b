package xvidtest

import (
	"slices"
	"strings"
)

// form is how an answer is to look: the parameters common to list and record.
type form struct {
	human    bool
	showNull bool
	xml      bool
	expand   expansion
}

// expansion is the references to embed as objects.
type expansion struct {
	all   bool
	names []string
}

func newExpansion(all bool, list string) expansion {
	e := expansion{all: all}
	if list != "" {
		e.names = strings.Split(list, ",")
	}
	return e
}

// has reports whether a reference is embedded. Names that are no reference of a
// backtrace ask for nothing: the document's own example names a codec.
func (e expansion) has(name string) bool { return e.all || slices.Contains(e.names, name) }
