package sync_test

import (
	"fmt"
	"testing"
	"time"

	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// old is before every lookback, and young enough to be followed.
var old = time.Now().Add(-100 * time.Hour)

// record is a backtrace with some accesses.
func record(i int, status string, accesses int) xvidtest.Backtrace {
	at := old.Add(time.Duration(i) * 20 * time.Minute).UnixMilli()
	b := xvidtest.Backtrace{
		ID: fmt.Sprintf("%08x%016x", old.Unix(), i), Status: status, CreatedAt: at, UpdatedAt: at, Version: 1,
		InputName: "uploads/x.mp4",
	}
	return withAccesses(b, accesses)
}

func withAccesses(b xvidtest.Backtrace, n int) xvidtest.Backtrace {
	b.ExtractedData = []xvidtest.Extracted{{AutographTag: "tag", AccessStats: make([]xvidtest.Access, n)}}
	for i := range b.ExtractedData[0].AccessStats {
		b.ExtractedData[0].AccessStats[i] = xvidtest.Access{
			IPAddress: "192.0.2.1", IPCountry: "Estonia", IPType: "UNK", UserAgent: "N/A", AcceptLanguage: "N/A",
			PercentageObtained: "100%", HighestResolution: "352p", StreamingOnly: "no",
		}
	}
	return b
}

// finish ends a job as the API does: updated_at stays.
func finish(b *xvidtest.Backtrace) {
	b.Status, b.FinishedAt = "SUCCESS", new(time.Now().UnixMilli())
	*b = withAccesses(*b, 3)
}

// reconcile makes a reconcile.
func (b *bench) reconcile(tb testing.TB, options sync.ReconcileOptions) (schema.Run, error) {
	tb.Helper()
	return b.syncer(tb, nil).Reconcile(tb.Context(), options)
}
