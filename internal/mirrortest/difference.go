// Package mirrortest compares a mirror with the fake source that it mirrors, row
// by row and column by column.
package mirrortest

import (
	"context"
	"fmt"
	"reflect"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
	"syncer/schema"
)

// Source is what a mirror must equal.
type Source struct {
	World *xvidtest.World
	API   *xvidtest.Running // over World, and faultless while it is compared
	Token string
}

// Difference says where the mirror differs from the source; "" if nowhere.
func Difference(ctx context.Context, source Source, mirror *schema.Mirror) (string, error) {
	listed, err := source.served(ctx)
	if err != nil {
		return "", err
	}
	backtraces, extracted, accesses := expected(source.World.All(), listed.byID)
	found, err := differentRows(ctx, mirror, backtraces, "SELECT * EXCEPT (content_hash, fetched_at, run_id) FROM backtraces ORDER BY id")
	for _, suffix := range []string{"", "_live"} {
		if err == nil && found == "" {
			found, err = differentRows(ctx, mirror, extracted, "SELECT * FROM extracted_data"+suffix+" ORDER BY backtrace_id, extracted_index")
		}
		if err == nil && found == "" {
			found, err = differentRows(ctx, mirror, accesses, "SELECT * FROM access_stats"+suffix+" ORDER BY backtrace_id, extracted_index, access_index")
		}
	}
	if err == nil && found == "" {
		found, err = missingLetters(ctx, mirror, listed.unreadable)
	}
	return found, err
}

func differentRows[T any](ctx context.Context, mirror *schema.Mirror, want []T, query string) (string, error) {
	var got []T
	if err := mirror.Conn().Select(ctx, &got, query); err != nil {
		return "", fmt.Errorf("%s: %w", query, err)
	}
	for i := range min(len(got), len(want)) {
		if reflect.DeepEqual(want[i], got[i]) { // much faster than cmp
			continue
		}
		if diff := cmp.Diff(want[i], got[i], cmp.AllowUnexported(extractedRow{}, accessRow{})); diff != "" {
			return fmt.Sprintf("%s: row %d (-source +mirror):\n%s", query, i, diff), nil
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%s: %d rows, the source has %d", query, len(got), len(want)), nil
	}
	return "", nil
}

// missingLetters looks for what is no backtrace among the dead letters, which may
// hold more: what is gone from the source is kept.
func missingLetters(ctx context.Context, mirror *schema.Mirror, unreadable []string) (string, error) {
	var letters []struct {
		Raw string `ch:"raw"`
	}
	if err := mirror.Conn().Select(ctx, &letters, "SELECT raw FROM dead_letters"); err != nil {
		return "", fmt.Errorf("read the dead letters: %w", err)
	}
	kept := make(map[string]bool, len(letters))
	for _, letter := range letters {
		kept[letter.Raw] = true
	}
	for _, raw := range unreadable {
		if !kept[raw] {
			return "dead_letters lacks " + raw, nil
		}
	}
	return "", nil
}
