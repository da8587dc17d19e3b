package schema

import "context"

// refreshViews rebuild the flat tables.
var refreshViews = []string{"extracted_data_refresh", "access_stats_refresh"}

// Refresh rebuilds the flat tables from the truth, each as a whole and swapped
// in at once, and returns when they hold all that was stored before the call.
// While a refresh runs already, ClickHouse takes another one after it; one that it
// died in, it takes up again.
func (m *Mirror) Refresh(ctx context.Context) error {
	return m.retryEach(ctx, refreshTimeout, "refresh the flat tables", func(ctx context.Context) error {
		for _, verb := range []string{"SYSTEM REFRESH VIEW ", "SYSTEM WAIT VIEW "} {
			for _, view := range refreshViews {
				if err := m.conn.Exec(ctx, verb+quote(m.database)+"."+view); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
