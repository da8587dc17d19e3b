package embeddedtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"syncer/internal/embedded"
)

// ClusterName is what the engines of [StartCluster] know their cluster by.
const ClusterName = "shards"

// StartCluster starts engines that know each other as the shards of one cluster,
// each with one replica, and ends them with the test. The embedded
// engine has neither Keeper nor ON CLUSTER: see mirrortest.MigrateCluster. What one
// asks another is asked as the user who asks. More is put into their configuration.
func StartCluster(tb testing.TB, shards int, more string) []*embedded.Engine {
	tb.Helper()
	listeners := make([]net.Listener, shards)
	var config strings.Builder
	config.WriteString("<clickhouse>" + more + "<remote_servers><" + ClusterName + "><secret>of the test</secret>")
	for i := range listeners {
		// An address that is known before the engine that it leads to has one.
		listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		listeners[i] = listener
		host, port, _ := net.SplitHostPort(listener.Addr().String())
		fmt.Fprintf(&config, "<shard><internal_replication>true</internal_replication><replica><host>%s</host><port>%s</port></replica></shard>", host, port)
	}
	config.WriteString("</" + ClusterName + "></remote_servers></clickhouse>")
	file := filepath.Join(tb.TempDir(), "cluster.xml")
	if err := os.WriteFile(file, []byte(config.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	engines := make([]*embedded.Engine, shards)
	for i, listener := range listeners {
		engine, err := embedded.Start(tb.Context(), embedded.Options{DataDir: tb.TempDir(), ConfigFile: file})
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = engine.Kill() }) // its data is thrown away
		engines[i] = engine
		Relay(tb, listener, engine.TCPAddr())
	}
	return engines
}

// Relay passes on what comes to a listener until the test ends, and closes it.
func Relay(tb testing.TB, listener net.Listener, to string) {
	tb.Helper()
	tb.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(from, to)
		}
	}()
}

// pass passes on what both sides say, until one has nothing more to say.
func pass(from net.Conn, address string) {
	defer func() { _ = from.Close() }()
	to, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", address)
	if err != nil {
		return // as if nobody listened
	}
	defer func() { _ = to.Close() }()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			done <- struct{}{}
		}()
	}
	<-done
}
