package schema

import (
	"context"
	"errors"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// refreshViews rebuild the flat tables.
var refreshViews = []string{"extracted_data_refresh", "access_stats_refresh"}

// Refresh rebuilds the flat tables from the truth, each as a whole and swapped
// in at once, and returns when they hold all that was stored before the call.
// While a refresh runs already, ClickHouse takes another one after it; one that it
// died in, it takes up again. In a cluster every server rebuilds its own: SYSTEM
// REFRESH VIEW knows no ON CLUSTER, so each is told.
func (m *Mirror) Refresh(ctx context.Context) error {
	return m.onEachServer(ctx, "refresh the flat tables", m.refreshAt)
}

// errOtherServer is a connection that led to more than one server.
var errOtherServer = errors.New("another server answered than the one that was told to refresh")

// refreshAt refreshes on one server. Only the server that was told to refresh
// knows of it before it begins, so the same one must be asked to wait, also where
// the address is a load balancer's.
func (m *Mirror) refreshAt(ctx context.Context, conn driver.Conn) error {
	first, err := serverID(ctx, conn)
	if err != nil {
		return err
	}
	for _, verb := range []string{"SYSTEM REFRESH VIEW ", "SYSTEM WAIT VIEW "} {
		for _, view := range refreshViews {
			if err := conn.Exec(ctx, verb+quote(m.database)+"."+view); err != nil {
				return err
			}
		}
	}
	last, err := serverID(ctx, conn)
	if err == nil && first != last {
		err = errOtherServer
	}
	return err
}

func serverID(ctx context.Context, conn driver.Conn) (id string, err error) {
	err = conn.QueryRow(ctx, "SELECT toString(serverUUID())").Scan(&id)
	return id, err
}
