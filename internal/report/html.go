package report

import (
	"bytes"
	"fmt"
	"html"
)

// markup is HTML that is right as it is; every other text is escaped. html/template
// would do the same, and make syncer 6 MB larger.
type markup string

// document is HTML in the making.
type document struct{ bytes.Buffer }

// put writes a format whose arguments are escaped, unless they are markup. Inside a
// tag they must stand in double quotes.
func (d *document) put(format string, args ...any) {
	for i, arg := range args {
		if _, right := arg.(markup); !right {
			args[i] = html.EscapeString(fmt.Sprint(arg))
		}
	}
	fmt.Fprintf(&d.Buffer, format, args...)
}
