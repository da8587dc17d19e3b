package xvidtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Running is a Server that listens on a port of the loopback interface.
type Running struct {
	*Server
	listener net.Listener
	http     *http.Server
	served   chan error
}

// Listen starts the API over w on a free port.
func Listen(w *World, o ServerOptions) (*Running, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the fake API: %w", err)
	}
	s := NewServer(w, o)
	r := &Running{
		Server:   s,
		listener: listener,
		http:     &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second},
		served:   make(chan error, 1),
	}
	go func() { r.served <- r.http.Serve(listener) }()
	return r, nil
}

// URL is the collection's.
func (r *Running) URL() string {
	return "http://" + r.listener.Addr().String() + collections[0] + "/"
}

// Close breaks off all requests and stops listening.
func (r *Running) Close() error {
	r.Server.Close()
	err := r.http.Close()
	if served := <-r.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
