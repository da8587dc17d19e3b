package schema

import (
	"context"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"
)

// refreshViews rebuild the flat tables.
var refreshViews = []string{"extracted_data_refresh", "access_stats_refresh"}

// Refresh rebuilds the flat tables from the truth, each as a whole and swapped
// in at once, and returns when they hold all that was stored before the call.
// While a refresh runs already, ClickHouse takes another one after it; one that it
// died in, it takes up again. In a cluster every server rebuilds its own: SYSTEM
// REFRESH VIEW knows no ON CLUSTER, so each is told.
func (m *Mirror) Refresh(ctx context.Context) error {
	return m.retryEach(ctx, refreshTimeout, "refresh the flat tables", func(ctx context.Context) error {
		servers, err := m.servers(ctx)
		if err != nil {
			return err
		}
		// One that is away keeps none of the others from being refreshed.
		var group errgroup.Group
		for _, server := range servers {
			group.Go(func() error { return m.refreshAt(ctx, server) })
		}
		return group.Wait()
	})
}

// servers are those that hold flat tables of their own.
func (m *Mirror) servers(ctx context.Context) ([]*clickhouse.Options, error) {
	if m.options.Cluster == "" {
		return []*clickhouse.Options{m.options.ClickHouse}, nil
	}
	var found []struct {
		Address string `ch:"address"`
	}
	err := m.conn.Select(ctx, &found, `SELECT DISTINCT if(position(host_name, ':') > 0, '[' || host_name || ']', host_name) || ':' || toString(port) AS address
		FROM system.clusters WHERE cluster = ? ORDER BY address`, m.options.Cluster)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%w: ClickHouse knows no cluster %q (CLICKHOUSE_CLUSTER)", ErrSchema, m.options.Cluster)
	}
	servers := make([]*clickhouse.Options, len(found))
	for i, server := range found {
		options := *m.options.ClickHouse
		options.Protocol = clickhouse.Native // as servers speak with each other
		options.Addr = []string{server.Address}
		servers[i] = &options
	}
	return servers, err
}

// errOtherServer is a connection that led to more than one server.
var errOtherServer = errors.New("another server answered than the one that was told to refresh")

// refreshAt refreshes on one server. Only the server that was told to refresh
// knows of it before it begins, so the same one must be asked to wait, also where
// the address is a load balancer's.
func (m *Mirror) refreshAt(ctx context.Context, server *clickhouse.Options) (err error) {
	pinned := *server
	pinned.MaxOpenConns, pinned.MaxIdleConns = 1, 1
	pinned.ReadTimeout = refreshTimeout // nothing comes while it waits
	conn, err := dial(ctx, &pinned, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
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
