package schema_test

import (
	"net"
	"net/url"
	"strconv"
	"testing"

	"syncer/schema"
)

// Loading and looking up take data along with a statement, which goes another way
// over HTTP than over the native protocol.
func TestLoadOverHTTP(t *testing.T) {
	native := open(t)
	server := options(t).ClickHouse
	host, _, err := net.SplitHostPort(server.Addr[0])
	if err != nil {
		t.Fatal(err)
	}
	port := number(t, native, "SELECT toUInt64(getServerPort('http_port'))")
	dsn := url.URL{
		Scheme: "http", Host: net.JoinHostPort(host, strconv.FormatUint(port, 10)), Path: "/" + native.Database(),
		User: url.UserPassword(server.Auth.Username, server.Auth.Password),
	}
	target, err := schema.ParseDSN(dsn.String())
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := schema.Open(t.Context(), schema.Options{ClickHouse: target})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mirror.Close() })
	insert(t, mirror, row("a", 1, 3), row("b", 1, 0))
	insert(t, mirror, row("a", 2, 2))
	known, err := mirror.Known(t.Context(), []string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	if len(known) != 2 || known["a"].Version != 2 || known["b"].Version != 1 {
		t.Errorf("known: %v", known)
	}
	if n := number(t, native, "SELECT count() FROM access_stats_live"); n != 2 {
		t.Errorf("%d accesses, want 2", n)
	}
}
