package xvid

import (
	"errors"
	"io"
	"net/http"
	"slices"
	stdsync "sync"
)

// memory is what the records of one page live in: the answer's body, of which
// their texts are parts, and the values that they point to. It is used again for
// another page when the page is released.
type memory struct {
	body       []byte
	backtraces []Backtrace
	extracted  []Extracted
	accesses   []Access
	integers   slab[int64]
	shares     slab[float64]
	lines      slab[uint16]
	booleans   slab[bool]
	words      *interner
}

// clear makes room for another page.
func (m *memory) clear() {
	m.body = m.body[:0]
	// Nothing may hold on to a body that was too small.
	clear(m.backtraces)
	clear(m.extracted)
	clear(m.accesses)
	m.backtraces, m.extracted, m.accesses = m.backtraces[:0], m.extracted[:0], m.accesses[:0]
	m.integers.clear()
	m.shares.clear()
	m.lines.clear()
	m.booleans.clear()
	m.words.clear()
}

// maxAhead bounds what is set aside for a body before any of it has come.
const maxAhead = 64 << 20

// read reads an answer's body, up to a limit and a little beyond it.
func (m *memory) read(answer *http.Response, limit int64) error {
	body := m.body[:0]
	// A little more, so that neither the end of this body nor the next one, of a
	// page about as large, needs another piece of memory.
	if size := min(answer.ContentLength, limit, maxAhead); size >= 0 && int64(cap(body)) <= size {
		body = make([]byte, 0, size+size/16+512)
	}
	for {
		if len(body) == cap(body) {
			body = slices.Grow(body, max(512, len(body)/2))
		}
		size, err := answer.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+size]
		m.body = body
		if errors.Is(err, io.EOF) || int64(len(body)) > limit {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// slab holds values that are pointed to, so it never moves them.
type slab[T any] struct {
	values []T
	total  int // values put, those of full pieces included
}

// slabPiece is how many values the first piece of a slab holds.
const slabPiece = 64

func (s *slab[T]) put(value T) *T {
	if len(s.values) == cap(s.values) {
		s.values = make([]T, 0, max(slabPiece, 2*cap(s.values)))
	}
	s.values = append(s.values, value)
	s.total++
	return &s.values[len(s.values)-1]
}

// clear makes room for as many values in one piece.
func (s *slab[T]) clear() {
	if s.total > cap(s.values) {
		s.values = make([]T, 0, s.total+s.total/8)
	}
	s.values, s.total = s.values[:0], 0
}

// memories keeps the memory of released pages. There are never more than pages
// that were held at a time.
type memories struct {
	mu   stdsync.Mutex
	free []*memory
	// like is as much as the largest page so far took, for a piece that is made
	// anew: what outgrows its place leaves that behind.
	like struct{ backtraces, extracted, accesses int }
}

func (m *memories) take() *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if last := len(m.free) - 1; last >= 0 {
		memory := m.free[last]
		m.free = m.free[:last]
		return memory
	}
	return &memory{
		words:      &interner{},
		backtraces: make([]Backtrace, 0, m.like.backtraces),
		extracted:  make([]Extracted, 0, m.like.extracted),
		accesses:   make([]Access, 0, m.like.accesses),
	}
}

// decoded notes how much a page took, which other pages will likely take too.
func (m *memories) decoded(memory *memory) {
	m.mu.Lock()
	defer m.mu.Unlock()
	more := func(seen *int, count int) { *seen = max(*seen, count+count/16) }
	more(&m.like.backtraces, len(memory.backtraces))
	more(&m.like.extracted, len(memory.extracted))
	more(&m.like.accesses, len(memory.accesses))
}

func (m *memories) give(memory *memory) {
	memory.clear()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free = append(m.free, memory)
}
