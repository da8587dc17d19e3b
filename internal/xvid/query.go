package xvid

import (
	"net/url"
	"strconv"
)

// MaxLimit is the document's largest page ("max: 5000").
const MaxLimit = 5000

// Query selects a page of the list; its fields are the document's parameters.
// The zero value of a field leaves the parameter out, so the API's default holds.
type Query struct {
	Start        int    // offset from 0
	Limit        int    // records a page, at most [MaxLimit]
	Sort         string // "any valid key name"
	Descending   bool   // direction -1
	Status       string // only jobs in this state
	AutographTag string // only backtraces that (also partially) match the tag
}

func (q Query) values() url.Values {
	values := readable()
	values.Set("start", strconv.Itoa(q.Start))
	if q.Limit > 0 {
		values.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Sort != "" {
		values.Set("sort", q.Sort)
		values.Set("direction", "1")
		if q.Descending {
			values.Set("direction", "-1")
		}
	}
	if q.Status != "" {
		values.Set("status", q.Status)
	}
	if q.AutographTag != "" {
		values.Set("extracted_data.autograph_tag", q.AutographTag)
	}
	return values
}

// readable asks for the form that the document shows: without human=true the
// values' form is undocumented, without show_null=true keys come and go.
func readable() url.Values {
	return url.Values{"human": {"true"}, "show_null": {"true"}}
}
