package metrics

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Server serves the metrics, and whether the process is well.
type Server struct {
	http   http.Server
	listen net.Listener
	failed chan error
}

// Bounds on a client that is slow, and on how long one is waited for at the end.
const (
	clientTimeout = 10 * time.Second
	stopTimeout   = 2 * time.Second
)

// Serve listens at an address: /metrics, /healthz (the process is there) and
// /readyz, which fails with what ready says is wrong.
func (m *Metrics) Serve(addr string, ready func() error) (*Server, error) {
	listen, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serve metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { say(w, ready()) })
	s := &Server{
		http: http.Server{
			Handler: mux, ReadTimeout: clientTimeout, WriteTimeout: clientTimeout, IdleTimeout: time.Minute,
			MaxHeaderBytes: 64 << 10,
		},
		listen: listen, failed: make(chan error, 1),
	}
	go func() { s.failed <- s.http.Serve(listen) }()
	return s, nil
}

func say(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	text := "ok"
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		text = err.Error()
	}
	_, _ = fmt.Fprintln(w, text) // a client that has gone is not told
}

// Addr is where the server listens.
func (s *Server) Addr() string { return s.listen.Addr().String() }

// Close ends the server.
func (s *Server) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if failed := <-s.failed; !errors.Is(failed, http.ErrServerClosed) {
		err = errors.Join(err, failed)
	}
	if err != nil {
		return fmt.Errorf("stop serving metrics: %w", err)
	}
	return nil
}
