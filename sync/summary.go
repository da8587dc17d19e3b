package sync

import (
	"time"

	"syncer/schema"
)

// Summary is an ended run's row as attributes of its log line, under the names
// of the columns of sync_runs.
func Summary(row *schema.Run) []any {
	attrs := []any{
		"run_id", row.ID,
		"kind", row.Kind,
		"outcome", row.Outcome,
		"started_at", row.StartedAt,
		"ended_at", row.EndedAt,
		"seconds", row.EndedAt.Sub(row.StartedAt).Round(time.Millisecond).Seconds(),
		"requests", row.Requests,
		"retries", row.Retries,
		"pages", row.Pages,
		"records_read", row.RecordsRead,
		"records_changed", row.RecordsChanged,
		"records_unchanged", row.RecordsUnchanged,
		"rows_written", row.RowsWritten,
		"tombstones", row.Tombstones,
	}
	attrs = append(attrs, "pending", row.Pending, "dead_letters", row.DeadLetters,
		"contiguity_breaks", row.ContiguityBreaks, "doubtful", row.Doubtful)
	if row.SourceTotal != nil {
		attrs = append(attrs, "source_total", *row.SourceTotal)
	}
	if row.MirrorTotal != nil {
		attrs = append(attrs, "mirror_total", *row.MirrorTotal)
	}
	attrs = append(attrs, "cursor_from", row.CursorFrom, "cursor_to", row.CursorTo, "refreshed", row.Refreshed)
	if row.Error != "" {
		attrs = append(attrs, "error", row.Error)
	}
	return attrs
}
