package schema

import (
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// column appends one column of the truth for a whole page of rows.
type column struct {
	name   string
	append func(into driver.BatchColumn, rows []Backtrace) error
}

// storeColumns are the columns of backtraces_store, whose types stand in
// migrations/001_backtraces_store.sql.
func storeColumns() []column {
	return []column{
		scalar("id", func(b *Backtrace) string { return b.ID }),
		scalar("version", func(b *Backtrace) uint64 { return b.Version }),
		scalar("is_deleted", func(b *Backtrace) uint8 {
			if b.Deleted {
				return 1
			}
			return 0
		}),
		scalar("status", func(b *Backtrace) string { return b.Status }),
		scalar("percentage_completed", func(b *Backtrace) *float64 { return b.PercentageCompleted }),
		scalar("input_name", func(b *Backtrace) string { return b.InputName }),
		scalar("pipeline_id", func(b *Backtrace) string { return b.PipelineID }),
		scalar("file_id", func(b *Backtrace) string { return b.FileID }),
		scalar("job_id", func(b *Backtrace) string { return b.JobID }),
		scalar("application_id", func(b *Backtrace) string { return b.ApplicationID }),
		scalar("user_id", func(b *Backtrace) string { return b.UserID }),
		scalar("error_code", func(b *Backtrace) string { return b.ErrorCode }),
		scalar("error_msg", func(b *Backtrace) string { return b.ErrorMsg }),
		scalar("source_version", func(b *Backtrace) *int64 { return b.SourceVersion }),
		scalar("created_at", func(b *Backtrace) int64 { return b.CreatedAt }),
		scalar("updated_at", func(b *Backtrace) int64 { return b.UpdatedAt }),
		scalar("finished_at", func(b *Backtrace) *int64 { return b.FinishedAt }),

		extracted("extracted_index", func(e *Extracted) uint32 { return e.Index }),
		extracted("autograph_tag", func(e *Extracted) string { return e.AutographTag }),
		extracted("access_count", func(e *Extracted) uint32 { return e.AccessCount }),

		access("extracted_index", func(a *Access) uint32 { return a.ExtractedIndex }),
		access("access_index", func(a *Access) uint32 { return a.Index }),
		access("autograph_tag", func(a *Access) string { return a.AutographTag }),
		access("ip_address", func(a *Access) string { return a.IPAddress }),
		access("ip_country", func(a *Access) string { return a.IPCountry }),
		access("ip_type", func(a *Access) string { return a.IPType }),
		access("user_agent", func(a *Access) string { return a.UserAgent }),
		access("accept_language", func(a *Access) string { return a.AcceptLanguage }),
		access("first_accessed_at", func(a *Access) *int64 { return a.FirstAccessedAt }),
		access("percentage_obtained", func(a *Access) *float64 { return a.PercentageObtained }),
		access("highest_resolution", func(a *Access) *uint16 { return a.HighestResolution }),
		access("streaming_only", func(a *Access) *bool { return a.StreamingOnly }),

		scalar("raw", func(b *Backtrace) string { return string(b.Raw) }),
		scalar("content_hash", func(b *Backtrace) uint64 { return b.ContentHash }),
		scalar("run_id", func(b *Backtrace) string { return b.RunID }),
	}
}

// scalar is a column with one value a row.
func scalar[T any](name string, get func(*Backtrace) T) column {
	return column{name: name, append: func(into driver.BatchColumn, rows []Backtrace) error {
		values := make([]T, len(rows))
		for i := range rows {
			values[i] = get(&rows[i])
		}
		return into.Append(values)
	}}
}

// extracted is a nested column with one value a tag.
func extracted[T any](name string, get func(*Extracted) T) column {
	return nested("extracted."+name, func(b *Backtrace) []Extracted { return b.Extracted }, get)
}

// access is a nested column with one value an access.
func access[T any](name string, get func(*Access) T) column {
	return nested("access."+name, func(b *Backtrace) []Access { return b.Access }, get)
}

func nested[C, T any](name string, children func(*Backtrace) []C, get func(*C) T) column {
	return column{name: name, append: func(into driver.BatchColumn, rows []Backtrace) error {
		var values []T
		for i := range rows {
			list := children(&rows[i])
			values = values[:0]
			for j := range list {
				values = append(values, get(&list[j]))
			}
			// Row by row: Append of a slice of slices takes clickhouse-go's
			// way by reflection for every value.
			if err := into.AppendRow(values); err != nil {
				return err
			}
		}
		return nil
	}}
}

// appendColumns fills a batch prepared for the columns.
func appendColumns(batch driver.Batch, columns []column, rows []Backtrace) error {
	for i, column := range columns {
		if err := column.append(batch.Column(i), rows); err != nil {
			return fmt.Errorf("column %s: %w", column.name, err)
		}
	}
	return nil
}
