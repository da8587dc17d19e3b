// Package embedded runs a ClickHouse of its own as a child process, so that
// syncer works on a laptop without a server. The engine listens on loopback
// only, speaks the native protocol and HTTP as any server does, and lives
// exactly as long as the process that started it.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"time"
)

const (
	// defaultStartTimeout allows for a cold disk: half a gigabyte is mapped.
	defaultStartTimeout = 60 * time.Second
	// stopTimeout bounds a clean shutdown. ClickHouse gives open connections
	// five seconds of it.
	stopTimeout = 30 * time.Second
)

// Options say where the engine keeps its data and what it may use.
type Options struct {
	// DataDir is created if it is missing. One engine at a time may use it.
	DataDir string
	// StartTimeout bounds the wait for the first answer; 0 means 60 seconds.
	StartTimeout time.Duration
	// ConfigFile is merged over the engine's own configuration; "" means
	// none. Paths named inside it must be absolute.
	ConfigFile string
	// Stderr gets what the engine writes to its stderr, which is kept in
	// engine.log in DataDir (since the last start) in any case.
	Stderr io.Writer
}

// Engine is a running ClickHouse.
type Engine struct {
	cmd     *exec.Cmd
	stdin   io.Closer // the engine shuts down when this is closed
	files   layout
	lock    *os.File
	log     *os.File
	address address

	done   chan struct{}
	result error // how the process ended; read only after done is closed
}

// DSN is the clickhouse-go address of a database of this engine.
func (e *Engine) DSN(database string) string {
	dsn := url.URL{Scheme: "clickhouse", User: url.User("default"), Host: e.TCPAddr(), Path: "/" + database}
	return dsn.String()
}

// HTTPAddr is the host and port of the HTTP interface, which serves /play.
func (e *Engine) HTTPAddr() string { return loopback(e.address.http) }

// TCPAddr is the host and port of the native protocol.
func (e *Engine) TCPAddr() string { return loopback(e.address.tcp) }

// PID is the engine's process id.
func (e *Engine) PID() int { return e.cmd.Process.Pid }

// Version is ClickHouse's own version number.
func (e *Engine) Version() string { return e.address.version }

// Done is closed when the process has ended, for whatever reason.
func (e *Engine) Done() <-chan struct{} { return e.done }

// Kill ends the engine as a power cut would, and returns when it is gone.
func (e *Engine) Kill() error {
	if err := e.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill the embedded ClickHouse (pid %d): %w", e.PID(), err)
	}
	<-e.done
	return nil
}

// Stop shuts the engine down cleanly, and by force once ctx ends or half a
// minute has passed. Close connections to it first, idle ones too: it waits
// five seconds for them. Stopping an engine that has ended already does
// nothing.
func (e *Engine) Stop(ctx context.Context) error {
	select {
	case <-e.done:
		return nil
	default:
	}
	// An error here means that the engine's end of the pipe is gone, and then
	// so is the engine: what follows finds out.
	_ = e.stdin.Close()

	bounded, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	select {
	case <-e.done:
	case <-bounded.Done():
		err := fmt.Errorf("the embedded ClickHouse (pid %d) did not stop in time and was killed; "+
			"what it had confirmed is safe: %w", e.PID(), bounded.Err())
		return errors.Join(err, e.Kill())
	}
	if e.result != nil {
		return fmt.Errorf("the embedded ClickHouse stopped with an error: %w%s", e.result, e.files.lastWords())
	}
	return nil
}

// watch waits for the process to end. Only then is the data directory free.
func (e *Engine) watch() {
	e.result = e.cmd.Wait()
	// Nothing is written through these any more that a failure could lose.
	_ = e.log.Close()
	_ = e.lock.Close()
	close(e.done)
}

// loopback is the address of a port on this machine.
func loopback(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}
