// Package schema is the mirror in ClickHouse: its relations (migrations/*.sql)
// and their Go side, which loads pages, keeps the checkpoint and the record of
// runs, and refreshes the flat tables.
package schema

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"strings"
	stdsync "sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/cenkalti/backoff/v5"
)

// DefaultDatabase is the database of a DSN that names none.
const DefaultDatabase = "xvid"

// Options say where the mirror is.
type Options struct {
	ClickHouse *clickhouse.Options // from [ParseDSN]
	Cluster    string              // of remote_servers, whose servers the mirror is spread over; "" for none
	// Patience is how long a statement is tried again while ClickHouse is away
	// or overloaded: 2 min.
	Patience time.Duration
	// Retention is how long personal data is kept; 0 for ever. See [Mirror.SetRetention].
	Retention time.Duration
	Now       func() time.Time // nil takes time.Now
}

// Mirror is an open connection to the mirror. It is safe for concurrent use.
type Mirror struct {
	conn     driver.Conn
	database string
	options  Options
	words    stdsync.Pool // of *words, which are used again
}

// Bounds on one try of a statement. A refresh rebuilds whole tables.
const (
	dialTimeout      = 5 * time.Second // nothing can interrupt it, and SIGTERM is given 10 s
	statementTimeout = 2 * time.Minute
	refreshTimeout   = time.Hour
)

// ParseDSN reads a DSN of clickhouse-go; its path is the database. The error
// never holds the password.
func ParseDSN(dsn string) (*clickhouse.Options, error) {
	scheme, _, _ := strings.Cut(dsn, "://")
	switch scheme {
	case "clickhouse", "tcp", "native", "http":
	case "https":
		// clickhouse-go takes https only with secure=true, which it means.
		parsed, err := url.Parse(dsn)
		if err != nil {
			return nil, errors.New("the DSN cannot be parsed")
		}
		query := parsed.Query()
		query.Set("secure", "true")
		parsed.RawQuery = query.Encode()
		dsn = parsed.String()
	default:
		// clickhouse-go takes any other for the native protocol.
		return nil, errors.New("the DSN must begin with clickhouse://, http:// or https://")
	}
	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	options.Auth.Database = cmp.Or(options.Auth.Database, DefaultDatabase)
	return options, nil
}

// Open connects to the mirror's database, which [Migrate] makes.
func Open(ctx context.Context, options Options) (*Mirror, error) {
	return open(ctx, options, options.ClickHouse.Auth.Database)
}

// Probe connects like [Open], though the database may not exist yet. It is of
// use for [Mirror.CheckSchema] and [Mirror.MissingGrants] only.
func Probe(ctx context.Context, options Options) (*Mirror, error) {
	return open(ctx, options, "")
}

func open(ctx context.Context, options Options, database string) (*Mirror, error) {
	options.Patience = cmp.Or(options.Patience, 2*time.Minute)
	if options.Now == nil {
		options.Now = time.Now //nolint:forbidigo // the default of the constructor
	}
	conn, err := dial(ctx, options.ClickHouse, database)
	if err != nil {
		return nil, err
	}
	return &Mirror{conn: conn, database: options.ClickHouse.Auth.Database, options: options}, nil
}

// dial connects and makes sure that somebody answers.
func dial(ctx context.Context, base *clickhouse.Options, database string) (driver.Conn, error) {
	options := *base
	options.Auth.Database = database
	options.DialTimeout = cmp.Or(options.DialTimeout, dialTimeout)
	options.MaxCompressionBuffer = cmp.Or(options.MaxCompressionBuffer, sendBuffer)
	if options.Compression == nil {
		options.Compression = &clickhouse.Compression{Method: compression(options.Addr)}
	}
	options.Settings = settings(base.Settings)
	what := fmt.Sprintf("connect to ClickHouse at %v", options.Addr)
	conn, err := clickhouse.Open(&options)
	if err != nil {
		return nil, explain(what, err)
	}
	// Each host is given its time before the next one is tried.
	ctx, cancel := context.WithTimeout(ctx, options.DialTimeout*time.Duration(max(len(options.Addr), 1)))
	defer cancel()
	if err := conn.Ping(ctx); err != nil {
		return nil, errors.Join(explain(what, err), conn.Close())
	}
	return conn, nil
}

// settings are those of every statement; a DSN may change what does not make it
// wrong. On a server without shards and replicas most of them mean nothing.
func settings(ofDSN clickhouse.Settings) clickhouse.Settings {
	all := clickhouse.Settings{
		// What was acknowledged is on most replicas of its shard, and every
		// query is answered by a replica that has it.
		"insert_quorum":                 "auto",
		"insert_quorum_parallel":        0,
		"select_sequential_consistency": 1,
		// A subquery over all shards is asked once and not by each of them.
		"distributed_product_mode": "global",
	}
	maps.Copy(all, ofDSN)
	maps.Copy(all, clickhouse.Settings{
		// On by default since ClickHouse 26.2: an insert would be answered
		// before it is stored, and the checkpoint could outlive the rows.
		"async_insert": 0,
		// So would one that is to be passed on to its shards later.
		"distributed_foreground_insert": 1,
		// An answer without a shard's rows would pass for the whole.
		"skip_unavailable_shards": 0,
	})
	return all
}

// sendBuffer is how much of a block is put together before it is sent.
const sendBuffer = 1 << 20

// compression is LZ4 over a network. To a server on the same machine it would cost
// more than it saves.
func compression(addresses []string) clickhouse.CompressionMethod {
	for _, address := range addresses {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err != nil || host != "localhost" && !ip.IsLoopback() {
			return clickhouse.CompressionLZ4
		}
	}
	return clickhouse.CompressionNone
}

// Close ends the connection.
func (m *Mirror) Close() error { return m.conn.Close() }

// Conn is the connection itself, for queries of people.
func (m *Mirror) Conn() driver.Conn { return m.conn }

// Database is the mirror's database.
func (m *Mirror) Database() string { return m.database }

// retry does a statement again while its trouble may pass. clickhouse-go never
// retries by itself, and a failed insert may have been stored all the same, so
// every statement given here must be harmless to repeat.
func (m *Mirror) retry(ctx context.Context, what string, statement func(context.Context) error) error {
	return m.retryEach(ctx, statementTimeout, what, statement)
}

// retryEach is retry with another bound on each try.
func (m *Mirror) retryEach(ctx context.Context, timeout time.Duration, what string, statement func(context.Context) error) error {
	var last error
	try := func() (struct{}, error) {
		tryCtx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		if last = statement(tryCtx); last != nil && !passing(last) {
			return struct{}{}, backoff.Permanent(last)
		}
		return struct{}{}, last
	}
	_, err := backoff.Retry(ctx, try, backoff.WithMaxElapsedTime(m.options.Patience))
	if err != nil && ctx.Err() != nil && !errors.Is(last, err) {
		// Retry gives only the context's cause, and not what it was up against.
		err = fmt.Errorf("%w, while being tried again after: %w", err, last)
	}
	return explain(what, err)
}
