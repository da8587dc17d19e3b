package schema

import (
	"context"
)

// refreshViews rebuild the flat tables.
var refreshViews = []string{"extracted_data_refresh", "access_stats_refresh"}

// Refresh rebuilds the flat tables from the truth, each as a whole and swapped
// in at once, and returns when they hold all that was stored before the call.
// While a refresh runs already, ClickHouse takes another one after it.
func (m *Mirror) Refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, refreshTimeout)
	defer cancel()
	for _, verb := range []string{"SYSTEM REFRESH VIEW ", "SYSTEM WAIT VIEW "} {
		for _, view := range refreshViews {
			if err := m.conn.Exec(ctx, verb+quote(m.database)+"."+view); err != nil {
				return explain("refresh the flat tables", err)
			}
		}
	}
	return nil
}
