package xvid

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// maxDepth bounds how deep values may be nested.
const maxDepth = 10_000

// scanner reads one JSON text in a single pass. What it reads are parts of the
// text, so that nothing is copied. Broken JSON ends it: err is set and nothing
// follows. The real world sends doubled keys (the last one counts, as everywhere)
// and broken UTF-8 (replaced); neither is an error.
type scanner struct {
	body  []byte
	at    int // the next byte
	depth int
	err   error
	drift []Drift // since it was last taken
	*memory
}

func (s *scanner) fail(what string) {
	if s.err == nil {
		s.err = fmt.Errorf("%s at byte %d", what, s.at)
	}
	s.at = len(s.body)
}

// peek gives the first byte of what comes next, behind white space; 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.body) {
		switch char := s.body[s.at]; char {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return char
		}
	}
	return 0
}

// enter goes into the object or array that comes next, which begins with a
// bracket that was peeked at.
func (s *scanner) enter() {
	s.at++
	if s.depth++; s.depth > maxDepth {
		s.fail("values are nested too deep")
	}
}

// another says whether one more member or element comes before the closing
// bracket, and passes what separates them.
func (s *scanner) another(first bool, closing byte) bool {
	char := s.peek()
	if char == closing {
		s.at++
		s.depth--
		return false
	}
	if !first {
		if char != ',' {
			s.fail("a comma is missing")
			return false
		}
		s.at++
		char = s.peek()
	}
	if char == 0 {
		s.fail("the text breaks off")
	}
	return s.err == nil
}

// name reads a member's name and the colon behind it.
func (s *scanner) name() string {
	if s.peek() != '"' {
		s.fail("a name is missing")
		return ""
	}
	name := s.text()
	if s.peek() != ':' {
		s.fail("a colon is missing")
		return ""
	}
	s.at++
	return name
}

// view gives a part of the body as a text. It is true as long as the body is.
func (s *scanner) view(from, to int) string {
	if from == to {
		return ""
	}
	return unsafe.String(&s.body[from], to-from) //nolint:gosec // nobody writes to a body while a part of it is in use
}

// text reads the string that comes next.
func (s *scanner) text() string {
	from := s.at + 1
	for at := from; ; {
		at += plain(s.body[at:])
		if at == len(s.body) {
			s.fail("a text breaks off")
			return ""
		}
		switch char := s.body[at]; {
		case char == '"':
			s.at = at + 1
			return s.view(from, at)
		case char >= utf8.RuneSelf:
			if _, size := utf8.DecodeRune(s.body[at:]); size > 1 {
				at += size
				continue
			}
		}
		return s.unescape(from, at)
	}
}

// Bytes of eight equal ones each.
const (
	eachLow   = 0x0101010101010101
	eachHigh  = 0x8080808080808080
	eachSpace = ' ' * eachLow
	eachQuote = '"' * eachLow
	eachSlash = '\\' * eachLow
)

// plain counts the bytes at the beginning that stand for themselves: printable
// ASCII without the quotation mark and the backslash. It looks at eight at a time.
func plain(text []byte) int {
	at := 0
	for ; at+8 <= len(text); at += 8 {
		eight := binary.LittleEndian.Uint64(text[at:])
		quote, slash := eight^eachQuote, eight^eachSlash
		// The high bit of a byte is set where the byte, taken for itself, is
		// smaller than what is subtracted, or is not ASCII. A borrow reaches
		// only the bytes behind one that is found.
		found := ((quote-eachLow)&^quote | (slash-eachLow)&^slash | (eight-eachSpace)&^eight | eight) & eachHigh
		if found != 0 {
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for ; at < len(text); at++ {
		if char := text[at]; char < ' ' || char == '"' || char == '\\' || char >= utf8.RuneSelf {
			break
		}
	}
	return at
}

var errLiteral = errors.New("no value is there")

// literal reads the number, true, false or null that comes next.
func (s *scanner) literal() string {
	from := s.at
	rest := s.body[from:]
	switch {
	case bytes.HasPrefix(rest, []byte("null")), bytes.HasPrefix(rest, []byte("true")):
		s.at += len("null")
	case bytes.HasPrefix(rest, []byte("false")):
		s.at += len("false")
	default:
		size := number(rest)
		if size == 0 {
			s.fail(errLiteral.Error())
			return ""
		}
		s.at += size
	}
	return s.view(from, s.at)
}

// number is the length of the number at the beginning; 0 if there is none.
func number(text []byte) int {
	at := 0
	if at < len(text) && text[at] == '-' {
		at++
	}
	whole := digits(text[at:])
	if whole == 0 {
		return 0
	}
	if text[at] == '0' {
		whole = 1 // another digit behind it belongs to nothing
	}
	at += whole
	if at < len(text) && text[at] == '.' {
		fraction := digits(text[at+1:])
		if fraction == 0 {
			return 0
		}
		at += 1 + fraction
	}
	if at < len(text) && text[at]|0x20 == 'e' {
		at++
		if at < len(text) && (text[at] == '+' || text[at] == '-') {
			at++
		}
		exponent := digits(text[at:])
		if exponent == 0 {
			return 0
		}
		at += exponent
	}
	return at
}

func digits(text []byte) int {
	for i, char := range text {
		if char < '0' || char > '9' {
			return i
		}
	}
	return len(text)
}

// skip passes over the value that comes next and gives the hash of its content.
func (s *scanner) skip() uint64 {
	switch s.peek() {
	case '"':
		return hashText(s.text())
	case '{':
		members := membersHash{}
		s.enter()
		for first := true; s.another(first, '}'); first = false {
			name := hashText(s.name())
			s.peek()
			members.addOther(name, s.skip())
		}
		return members.sum()
	case '[':
		elements := elementsHash{}
		s.enter()
		for first := true; s.another(first, ']'); first = false {
			elements.add(s.skip())
		}
		return elements.sum()
	default:
		return hashLiteral(s.literal())
	}
}

// end checks that nothing but white space follows.
func (s *scanner) end() error {
	if rest := bytes.TrimSpace(s.body[s.at:]); s.err == nil && len(rest) > 0 {
		return fmt.Errorf("%d bytes follow its end", len(rest))
	}
	return s.err
}
