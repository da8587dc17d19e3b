package schema

import (
	"context"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"
)

// onEachServer does work on every server that holds a part of the mirror, on all at
// once, and again while its trouble may pass. Work must be harmless to repeat. It is
// not done ON CLUSTER, which SYSTEM REFRESH VIEW does not know, and which needs a
// grant on everything. One server that is away keeps none of the others from it.
func (m *Mirror) onEachServer(ctx context.Context, what string, work func(context.Context, driver.Conn) error) error {
	return m.retryEach(ctx, refreshTimeout, what, func(ctx context.Context) error {
		servers, err := m.servers(ctx)
		if err != nil {
			return err
		}
		var group errgroup.Group
		for _, server := range servers {
			group.Go(func() error { return onServer(ctx, server, work) })
		}
		return group.Wait()
	})
}

// onServer does work through one connection, on which nothing may come for long.
func onServer(ctx context.Context, server *clickhouse.Options, work func(context.Context, driver.Conn) error) (err error) {
	pinned := *server
	pinned.MaxOpenConns, pinned.MaxIdleConns = 1, 1
	pinned.ReadTimeout = refreshTimeout
	conn, err := dial(ctx, &pinned, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return work(ctx, conn)
}

// servers are those that hold a part of the mirror.
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
