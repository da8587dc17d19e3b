package xvid

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape reads the rest of a string that began at from, where something at a
// place does not stand for itself, and copies it.
func (s *scanner) unescape(from, at int) string {
	text := append(make([]byte, 0, 2*(at-from)+64), s.body[from:at]...)
	for at < len(s.body) {
		size := plain(s.body[at:])
		text = append(text, s.body[at:at+size]...)
		if at += size; at == len(s.body) {
			break
		}
		switch char := s.body[at]; {
		case char == '"':
			s.at = at + 1
			return string(text)
		case char == '\\':
			decoded, size := escape(s.body[at:])
			if size == 0 {
				s.at = at
				s.fail("an escape sequence is not valid")
				return ""
			}
			text = utf8.AppendRune(text, decoded)
			at += size
		case char < ' ':
			s.at = at
			s.fail("a control character stands in a text")
			return ""
		default:
			decoded, size := utf8.DecodeRune(s.body[at:]) // U+FFFD for what is not UTF-8
			text = utf8.AppendRune(text, decoded)
			at += size
		}
	}
	s.at = at
	s.fail("a text breaks off")
	return ""
}

// escape decodes the escape sequence at the beginning; size is 0 if it is none.
func escape(text []byte) (decoded rune, size int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch char := text[1]; char {
	case '"', '\\', '/':
		return rune(char), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	decoded, ok := codeUnit(text)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(decoded) {
		return decoded, 6
	}
	// Half a pair without the other one is U+FFFD.
	if second, ok := codeUnit(text[6:]); ok {
		if pair := utf16.DecodeRune(decoded, second); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

// codeUnit reads \uXXXX.
func codeUnit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, char := range text[2:6] {
		if digit := char | 0x20; (char < '0' || char > '9') && (digit < 'a' || digit > 'f') {
			return 0, false
		}
	}
	value, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(value), err == nil
}
