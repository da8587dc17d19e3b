package main

import (
	"strings"
	"testing"
	"time"
)

// ClickHouse being away is said at once, with its address, and may pass.
func TestClickHouseAway(t *testing.T) {
	p := newProgram(t, 1)
	address := closedPort(t)
	p.env["CLICKHOUSE_URL"] = "clickhouse://" + address + "/xvid"
	for _, command := range []string{"once", "run", "migrate", "status"} {
		began := time.Now()
		r := p.execute(t, command)
		if r.code != exitFailed || !strings.Contains(r.stderr, address) || strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, want %d and one line with the address:\n%s", command, r.code, exitFailed, r.stderr)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("%s took %s to notice", command, took)
		}
	}
	if sent := p.api.Counts().Total; sent > 0 {
		t.Errorf("the API was asked %d times for rows that could not be stored", sent)
	}
}

// A network that takes connections and never answers is given up after
// dial_timeout, over both protocols.
func TestClickHouseSilent(t *testing.T) {
	p := newProgram(t, 1)
	_, silent := newProxy(t, p.env["CLICKHOUSE_URL"], "") // every text holds ""
	for _, dsn := range []string{silent, "http" + strings.TrimPrefix(silent, "clickhouse")} {
		p.env["CLICKHOUSE_URL"] = dsn + "?dial_timeout=500ms"
		began := time.Now()
		r := p.execute(t, "once")
		if r.code != exitFailed || !strings.Contains(r.stderr, "connect to ClickHouse at") {
			t.Errorf("%s: exit code %d, want %d and what failed:\n%s", dsn, r.code, exitFailed, r.stderr)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: took %s, though dial_timeout is 500ms", dsn, took)
		}
	}
}
