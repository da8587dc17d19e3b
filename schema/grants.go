package schema

import (
	"context"
	"fmt"
)

// Grants the commands need on the mirror's database, as ClickHouse names them.
var (
	// SyncGrants are what runs need.
	SyncGrants = []string{"SELECT", "INSERT", "SYSTEM VIEWS"}
	// MigrateGrants are what migrations need besides.
	MigrateGrants = []string{"CREATE TABLE", "CREATE VIEW", "DROP VIEW"}
)

// MissingGrants says which of the grants the user of the mirror's connection
// lacks. It changes nothing.
func (m *Mirror) MissingGrants(ctx context.Context, grants []string) (missing []string, err error) {
	for _, grant := range grants {
		var granted uint8
		err := m.conn.QueryRow(ctx, fmt.Sprintf("CHECK GRANT %s ON %s.*", grant, quote(m.database))).Scan(&granted)
		if err != nil {
			return nil, explain("check the grant "+grant, err)
		}
		if granted == 0 {
			missing = append(missing, grant)
		}
	}
	return missing, nil
}
