// Command source serves generated backtraces to the contenders of `make bench`, from
// memory, in a process of its own, so that its work is counted to none of them. It
// prints the collection's URL once it serves, and ends when its standard input does.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	count := flag.Int("records", 10_000, "backtraces, with about 3 accesses each")
	flag.Parse()
	if err := serve(*count); err != nil {
		fmt.Fprintln(os.Stderr, "source:", err)
		os.Exit(1)
	}
}

func serve(count int) error {
	s, err := newStore(count)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: newMux(&handler{store: s}), ReadHeaderTimeout: 10 * time.Second}
	fmt.Printf("http://%s%s\n", listener.Addr(), collection)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // its end is what counts
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// newMux adds the bench's own requests, which are not counted, to the API.
func newMux(h *handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(collection, h)
	mux.HandleFunc("GET /bench/counts", func(w http.ResponseWriter, _ *http.Request) {
		h.store.mu.RLock()
		defer h.store.mu.RUnlock()
		_ = json.NewEncoder(w).Encode(map[string]any{
			"requests": h.requests.Load(), "bytes": h.bytes.Load(), "rows": h.store.counts,
		})
	})
	mux.HandleFunc("POST /bench/latency/{latency}", func(w http.ResponseWriter, r *http.Request) {
		latency, err := time.ParseDuration(r.PathValue("latency"))
		h.latency.Store(int64(latency))
		answer(w, err)
	})
	mux.HandleFunc("POST /bench/change/{count}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("count"))
		if err == nil {
			err = h.store.change(n)
		}
		answer(w, err)
	})
	return mux
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}
