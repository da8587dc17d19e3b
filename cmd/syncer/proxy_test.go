package main

import (
	"bytes"
	"io"
	"net"
	"net/url"
	stdsync "sync"
	"syscall"
	"testing"
)

// proxy stands between syncer and ClickHouse as the network does, and can go
// dead without closing a connection.
type proxy struct {
	listener net.Listener
	server   string
	// deadAt is what a client says when the network goes dead, for good and
	// for all; what is said from then on arrives nowhere.
	deadAt []byte
	dead   chan struct{}
	once   stdsync.Once
	closed chan struct{}
	open   stdsync.WaitGroup
}

// newProxy stands before the server of a DSN and gives the DSN that leads
// through it.
func newProxy(t *testing.T, dsn, deadAt string) (*proxy, string) {
	t.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{
		listener: listener, server: address.Host, deadAt: []byte(deadAt),
		dead: make(chan struct{}), closed: make(chan struct{}),
	}
	p.open.Go(p.serve)
	t.Cleanup(func() {
		close(p.closed)
		_ = p.listener.Close()
		p.open.Wait()
	})
	address.Host = listener.Addr().String()
	return p, address.String()
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // the end of the test
		}
		p.open.Go(func() { p.pass(client) })
	}
}

// pass carries one connection to the server and back until either ends or the
// test does.
func (p *proxy) pass(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	ended := make(chan struct{}, 2)
	p.open.Go(func() {
		_, _ = io.Copy(client, server)
		ended <- struct{}{}
	})
	p.open.Go(func() {
		_, _ = io.Copy(&mortal{proxy: p, to: server}, client)
		ended <- struct{}{}
	})
	select {
	case <-ended:
	case <-p.closed:
	}
}

// mortal writes to the server while the network lives.
type mortal struct {
	proxy *proxy
	to    io.Writer
}

func (m *mortal) Write(said []byte) (int, error) {
	if bytes.Contains(said, m.proxy.deadAt) {
		m.proxy.once.Do(func() { close(m.proxy.dead) })
	}
	select {
	case <-m.proxy.dead:
		return len(said), nil
	default:
		return m.to.Write(said)
	}
}

// closedPort is an address on which nobody listens and, as it is taken, nobody
// can until the test ends.
func closedPort(t *testing.T) string {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	port := bound.(*syscall.SockaddrInet4).Port
	return (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}).String()
}
