package sync

import (
	"testing"

	"syncer/internal/xvid"
)

// The rows of a page are made in what the last page left.
func TestFlattenAllocations(t *testing.T) {
	backtrace := xvid.Backtrace{ID: "a", Raw: []byte("{}"), UpdatedAt: new(int64(1))}
	for range 2 {
		backtrace.ExtractedData = append(backtrace.ExtractedData, xvid.Extracted{
			AutographTag: "tag", AccessStats: make([]xvid.Access, 3),
		})
	}
	var f flattener
	made := testing.AllocsPerRun(10, func() {
		f.reset()
		for range 100 {
			f.flatten(&backtrace)
		}
	})
	if made != 0 {
		t.Errorf("%.0f allocations for 100 rows, want none", made)
	}
}
