package schema

import "context"

// CountryLeaks says what was opened from one country.
type CountryLeaks struct {
	Country  string `ch:"ip_country"`
	Accesses uint64 `ch:"accesses"`
	Tags     uint64 `ch:"tags"`
	Titles   uint64 `ch:"titles"`
}

// LeaksByCountry lists the countries with the most accesses, from the flat table.
func (m *Mirror) LeaksByCountry(ctx context.Context, limit int) (leaks []CountryLeaks, err error) {
	err = m.retry(ctx, "ask for leaks by country", func(ctx context.Context) error {
		leaks = nil
		return m.conn.Select(ctx, &leaks, `SELECT toString(ip_country) AS ip_country, count() AS accesses,
			uniqExact(autograph_tag) AS tags, uniqExact(file_id) AS titles
			FROM access_stats GROUP BY ip_country ORDER BY accesses DESC, ip_country LIMIT ?`, limit)
	})
	return leaks, err
}

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
