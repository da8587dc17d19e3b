package schema

import "iter"

// storeColumns are the columns of backtraces_store for rows to be stored, whose
// types stand in migrations/001_backtraces_store.sql.
func storeColumns(rows []Backtrace, w *words) []*wireColumn {
	return []*wireColumn{
		text("id", of(rows, func(b *Backtrace) string { return b.ID })),
		fixed("version", "UInt64", of(rows, func(b *Backtrace) uint64 { return b.Version })),
		fixed("is_deleted", "UInt8", of(rows, func(b *Backtrace) uint8 { return flag(b.Deleted) })),
		w.column("status", of(rows, func(b *Backtrace) string { return b.Status })),
		nullable("percentage_completed", "Float64", of(rows, func(b *Backtrace) *float64 { return b.PercentageCompleted })),
		text("input_name", of(rows, func(b *Backtrace) string { return b.InputName })),
		w.column("pipeline_id", of(rows, func(b *Backtrace) string { return b.PipelineID })),
		text("file_id", of(rows, func(b *Backtrace) string { return b.FileID })),
		text("job_id", of(rows, func(b *Backtrace) string { return b.JobID })),
		w.column("application_id", of(rows, func(b *Backtrace) string { return b.ApplicationID })),
		w.column("user_id", of(rows, func(b *Backtrace) string { return b.UserID })),
		w.column("error_code", of(rows, func(b *Backtrace) string { return b.ErrorCode })),
		text("error_msg", of(rows, func(b *Backtrace) string { return b.ErrorMsg })),
		nullable("source_version", "Int64", of(rows, func(b *Backtrace) *int64 { return b.SourceVersion })),
		fixed("created_at", typeTime, of(rows, func(b *Backtrace) int64 { return b.CreatedAt })),
		fixed("updated_at", typeTime, of(rows, func(b *Backtrace) int64 { return b.UpdatedAt })),
		nullable("finished_at", typeTime, of(rows, func(b *Backtrace) *int64 { return b.FinishedAt })),

		extracted(rows, fixed("extracted_index", "UInt32", ofExtracted(rows, func(e *Extracted) uint32 { return e.Index }))),
		extracted(rows, text("autograph_tag", ofExtracted(rows, func(e *Extracted) string { return e.AutographTag }))),
		extracted(rows, fixed("access_count", "UInt32", ofExtracted(rows, func(e *Extracted) uint32 { return e.AccessCount }))),

		access(rows, fixed("extracted_index", "UInt32", ofAccess(rows, func(a *Access) uint32 { return a.ExtractedIndex }))),
		access(rows, fixed("access_index", "UInt32", ofAccess(rows, func(a *Access) uint32 { return a.Index }))),
		access(rows, text("autograph_tag", ofAccess(rows, func(a *Access) string { return a.AutographTag }))),
		access(rows, text("ip_address", ofAccess(rows, func(a *Access) string { return a.IPAddress }))),
		access(rows, w.column("ip_country", ofAccess(rows, func(a *Access) string { return a.IPCountry }))),
		access(rows, w.column("ip_type", ofAccess(rows, func(a *Access) string { return a.IPType }))),
		access(rows, w.column("user_agent", ofAccess(rows, func(a *Access) string { return a.UserAgent }))),
		access(rows, w.column("accept_language", ofAccess(rows, func(a *Access) string { return a.AcceptLanguage }))),
		access(rows, nullable("first_accessed_at", typeTime, ofAccess(rows, func(a *Access) *int64 { return a.FirstAccessedAt }))),
		access(rows, nullable("percentage_obtained", "Float64", ofAccess(rows, func(a *Access) *float64 { return a.PercentageObtained }))),
		access(rows, nullable("highest_resolution", "UInt16", ofAccess(rows, func(a *Access) *uint16 { return a.HighestResolution }))),
		access(rows, nullable("streaming_only", "Bool", ofAccess(rows, func(a *Access) *bool { return a.StreamingOnly }))),

		text("raw", of(rows, func(b *Backtrace) []byte { return b.Raw })),
		fixed("content_hash", "UInt64", of(rows, func(b *Backtrace) uint64 { return b.ContentHash })),
		w.column("run_id", of(rows, func(b *Backtrace) string { return b.RunID })),
	}
}

// typeTime holds epoch milliseconds.
const typeTime = "DateTime64(3, 'UTC')"

func flag(set bool) uint8 {
	if set {
		return 1
	}
	return 0
}

// of goes through one value of each row.
func of[T any](rows []Backtrace, get func(*Backtrace) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range rows {
			if !yield(get(&rows[i])) {
				return
			}
		}
	}
}

// ofExtracted goes through one value of each tag.
func ofExtracted[T any](rows []Backtrace, get func(*Extracted) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range rows {
			for j := range rows[i].Extracted {
				if !yield(get(&rows[i].Extracted[j])) {
					return
				}
			}
		}
	}
}

// ofAccess goes through one value of each access.
func ofAccess[T any](rows []Backtrace, get func(*Access) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range rows {
			for j := range rows[i].Access {
				if !yield(get(&rows[i].Access[j])) {
					return
				}
			}
		}
	}
}

// extracted makes a nested column of one that has a value a tag.
func extracted(rows []Backtrace, values *wireColumn) *wireColumn {
	return array("extracted.", of(rows, func(b *Backtrace) int { return len(b.Extracted) }), values)
}

// access makes a nested column of one that has a value an access.
func access(rows []Backtrace, values *wireColumn) *wireColumn {
	return array("access.", of(rows, func(b *Backtrace) int { return len(b.Access) }), values)
}
