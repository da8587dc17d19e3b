package report

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"syncer/schema"
)

// A failing query names the analysis, and no page is written.
func TestFailingQuery(t *testing.T) {
	failure := errors.New("no such luck")
	r := New(Options{
		Ask: func(context.Context, string, map[string]string) (*schema.Answer, error) { return nil, failure },
		Now: time.Now,
	})
	var page strings.Builder
	err := r.Write(t.Context(), &page, time.Unix(0, 0))
	if !errors.Is(err, failure) || !strings.Contains(err.Error(), "freshness") || page.Len() > 0 {
		t.Errorf("%v, and %d bytes", err, page.Len())
	}
}
