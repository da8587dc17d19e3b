package xvidtest

import (
	"net/http"
	"slices"
	"sync"
)

// ServerOptions are the lasting traits of a Server.
type ServerOptions struct {
	Token        string // what requests must bear; "" accepts any
	MaxPage      int    // cuts every page to so many records, whatever its limit; 0 cuts none
	UnstableTies bool   // orders records of equal sort keys anew at each request
	Seed         uint64 // of the order of ties
}

// Server is the API over a World. It is an http.Handler.
type Server struct {
	world   *World
	options ServerOptions
	ledger  ledger

	closing   chan struct{}
	closeOnce sync.Once

	mu        sync.Mutex
	token     string
	onRequest func(Request) *Fault

	// admission makes the calls of onRequest one sequence in the order of N.
	admission sync.Mutex
}

// NewServer returns the API over w.
func NewServer(w *World, o ServerOptions) *Server {
	return &Server{world: w, options: o, token: o.Token, closing: make(chan struct{})}
}

// OnRequest sets a function to be called for each request before its answer is
// computed; nil takes it away. It may change the World, so that the list moves
// between requests, and may return a fault. Calls come one at a time, in the order
// of N: a function that waits for another request waits for ever.
func (s *Server) OnRequest(f func(Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onRequest = f
}

// SetToken changes the token that requests must bear, as when one is rotated.
func (s *Server) SetToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// Close releases the requests that a fault holds. It closes no connection.
func (s *Server) Close() {
	s.closeOnce.Do(func() { close(s.closing) })
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, id, ok := route(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.ledger.enter()
	req := Request{Kind: kind, ID: id}
	f, err := parse(r, &req)
	fault := s.admit(&req)
	x := &exchange{server: s, w: w, r: r, req: req, form: f, invalid: err != nil, fault: fault}
	x.run()
}

// admit numbers the request and asks what is to go wrong with it.
func (s *Server) admit(req *Request) Fault {
	s.admission.Lock()
	defer s.admission.Unlock()
	s.ledger.add(req)
	s.mu.Lock()
	onRequest := s.onRequest
	s.mu.Unlock()
	if onRequest == nil {
		return Fault{}
	}
	fault := onRequest(*req)
	if fault == nil {
		return Fault{}
	}
	s.ledger.faulted(fault.Kind)
	return *fault
}

func (s *Server) authorized(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token == "" || slices.Equal(r.Header.Values("Authorization"), []string{"Bearer " + s.token})
}

// tieSeed is the order of ties at request n.
func (s *Server) tieSeed(n int) uint64 {
	if !s.options.UnstableTies {
		return 0
	}
	// Odd multipliers spread neighbouring seeds and numbers; 0 would mean no shuffling.
	return (s.options.Seed+1)*0x9e3779b97f4a7c15 ^ uint64(n)*0xbf58476d1ce4e5b9 | 1
}
