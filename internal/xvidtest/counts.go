package xvidtest

import (
	"maps"
	"slices"
	"sync"
)

// Counts says how often something happened since the last ResetCounts.
type Counts struct {
	Total    int
	ByKind   map[Kind]int
	ByStatus map[int]int       // 0 counts requests that got no status line
	ByFault  map[FaultKind]int // faults that OnRequest asked for
}

// ledger remembers what was asked and answered.
type ledger struct {
	mu          sync.Mutex
	requests    []Request
	byStatus    map[int]int
	byFault     map[FaultKind]int
	inFlight    int
	maxInFlight int
}

// add numbers the request and remembers it.
func (l *ledger) add(req *Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	req.N = len(l.requests) + 1
	l.requests = append(l.requests, *req)
}

func (l *ledger) enter() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight++
	l.maxInFlight = max(l.maxInFlight, l.inFlight)
}

func (l *ledger) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
}

func (l *ledger) answered(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byStatus == nil {
		l.byStatus = map[int]int{}
	}
	l.byStatus[status]++
}

func (l *ledger) faulted(kind FaultKind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byFault == nil {
		l.byFault = map[FaultKind]int{}
	}
	l.byFault[kind]++
}

// Requests returns every request since the last ResetCounts, in order.
func (s *Server) Requests() []Request {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	return slices.Clone(s.ledger.requests)
}

// Counts returns the counts since the last ResetCounts. An answer is counted by
// its status before its body is sent, so that a client that has read it can rely
// on the count.
func (s *Server) Counts() Counts {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	c := Counts{
		Total:    len(s.ledger.requests),
		ByKind:   map[Kind]int{},
		ByStatus: maps.Clone(s.ledger.byStatus),
		ByFault:  maps.Clone(s.ledger.byFault),
	}
	for _, r := range s.ledger.requests {
		c.ByKind[r.Kind]++
	}
	return c
}

// MaxInFlight is the most requests that were being answered at one time since the
// last ResetCounts. One that its client gave up counts until the server notices.
func (s *Server) MaxInFlight() int {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	return s.ledger.maxInFlight
}

// ResetCounts forgets requests and counts; the next request is number 1.
func (s *Server) ResetCounts() {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	s.ledger.requests = nil
	s.ledger.byStatus = nil
	s.ledger.byFault = nil
	s.ledger.maxInFlight = s.ledger.inFlight
}
