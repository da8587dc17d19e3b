package main

import (
	"context"
	"fmt"
	"strings"
)

// contents is what the flat tables hold: how many rows, and a checksum over all
// columns that come from the API, whatever the order of the rows.
type contents struct {
	ExtractedData, AccessStats            uint64
	ExtractedDataChecksum, AccessChecksum uint64
}

// The columns that come from the API. The product's tables may hold more, derived
// from these.
var (
	parentColumns    = []string{"status", "input_name", "file_id", "pipeline_id", "user_id", "application_id", "job_id", "backtrace_created_at"}
	extractedColumns = append([]string{"backtrace_id", "extracted_index", "autograph_tag", "access_count"}, parentColumns...)
	accessColumns    = append([]string{
		"backtrace_id", "extracted_index", "access_index", "autograph_tag", "ip_address", "ip_country", "ip_type", "user_agent",
		"accept_language", "first_accessed_at", "percentage_obtained", "highest_resolution", "streaming_only",
	}, parentColumns...)
)

// contents reads what a contender loaded.
func (e *engine) contents(ctx context.Context) (c contents, err error) {
	if c.ExtractedData, c.ExtractedDataChecksum, err = e.checksum(ctx, "extracted_data", extractedColumns); err != nil {
		return c, err
	}
	c.AccessStats, c.AccessChecksum, err = e.checksum(ctx, "access_stats", accessColumns)
	return c, err
}

func (e *engine) checksum(ctx context.Context, table string, columns []string) (rows, sum uint64, err error) {
	query := fmt.Sprintf("SELECT count(), sum(cityHash64(formatRow('RowBinary', %s))) FROM %s.%s", strings.Join(columns, ", "), database, table)
	if err := e.conn.QueryRow(ctx, query).Scan(&rows, &sum); err != nil {
		return 0, 0, fmt.Errorf("read what was loaded into %s: %w", table, err)
	}
	return rows, sum, nil
}

// check compares what was loaded with what the source served.
func (c contents) check(want rowCounts) error {
	if c.ExtractedData != uint64(want.ExtractedData) || c.AccessStats != uint64(want.AccessStats) {
		return fmt.Errorf("it loaded %d tags and %d accesses, the source has %d and %d",
			c.ExtractedData, c.AccessStats, want.ExtractedData, want.AccessStats)
	}
	return nil
}
