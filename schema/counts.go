package schema

import "context"

// Counts are the rows of the three relations.
type Counts struct {
	Backtraces    uint64 `ch:"backtraces" json:"backtraces"`
	ExtractedData uint64 `ch:"extracted_data" json:"extracted_data"`
	AccessStats   uint64 `ch:"access_stats" json:"access_stats"`
}

// Counts counts the rows that people see.
func (m *Mirror) Counts(ctx context.Context) (counts Counts, err error) {
	err = m.retry(ctx, "count the mirrored rows", func(ctx context.Context) error {
		return m.conn.QueryRow(ctx, `SELECT (SELECT count() FROM backtraces) AS backtraces,
			(SELECT count() FROM extracted_data) AS extracted_data,
			(SELECT count() FROM access_stats) AS access_stats`).ScanStruct(&counts)
	})
	return counts, err
}
