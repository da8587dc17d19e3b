// Package report draws what the analyses of sql/ say as one HTML page that needs
// nothing but a browser: no server, no network, not even a script for its figures.
package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"syncer/schema"
	"syncer/sql"
)

// Options are what a report needs of the world.
type Options struct {
	// Ask runs a query that cannot write, as [schema.Mirror.Ask] does.
	Ask     func(ctx context.Context, query string, parameters map[string]string) (*schema.Answer, error)
	Now     func() time.Time
	Version string // of syncer
}

// Report reads the mirror and writes pages.
type Report struct{ options Options }

// New makes a report.
func New(options Options) *Report { return &Report{options} }

// ParseSince checks and reads the beginning of a report's period, in the forms that
// parameters of analyses have.
func ParseSince(text string, now time.Time) (time.Time, error) {
	analysis, err := sql.Find(overview)
	if err != nil {
		return time.Time{}, err
	}
	values, err := analysis.Values(map[string]string{"since": text}, now)
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.DateTime, values["since"])
}

// attempts is how often the figures are read before they are taken though a run
// changed them in the middle.
const attempts = 3

// Write writes the page for the accesses from a moment on.
func (r *Report) Write(ctx context.Context, to io.Writer, since time.Time) error {
	now := r.options.Now().UTC()
	var found *findings
	for range attempts {
		var err error
		if found, err = r.find(ctx, since, now); err == nil {
			break
		} else if !errors.Is(err, errMoved) {
			return err
		}
	}
	if found == nil {
		return fmt.Errorf("read the figures, %d times: %w", attempts, errMoved)
	}
	return render(to, newPage(found, r.options.Version))
}
