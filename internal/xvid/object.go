package xvid

import "strings"

// member is a member that the document shows.
type member struct {
	name   string
	quoted string // as it stands in compact JSON, with its colon
	path   string // where it is, for drift
	hash   uint64 // of its name
}

// shape is an object of the document: its members, in the document's order.
type shape struct {
	path    string // where it is, for drift
	members []member
}

func newShape(path string, names ...string) *shape {
	s := &shape{path: path}
	for _, name := range names {
		s.members = append(s.members, member{name: name, quoted: `"` + name + `":`, path: s.under(name), hash: hashText(name)})
	}
	return s
}

// under is the path of a member.
func (s *shape) under(name string) string {
	if s.path == "" {
		return name
	}
	return s.path + "." + name
}

// object goes through the members of an object of the document.
type object struct {
	*shape
	hash  membersHash
	begun bool
	next  int    // the member that comes next in the document's order
	seen  uint64 // a bit for each member that came
}

// unknown is the place of a member that the document does not show.
const unknown = -1

// member moves on to the object's next member and gives its place in the shape.
// Members mostly come in the document's order and without white space, so that one
// comparison does; all others are looked for. The value must be read, and its
// hash be given to add. Unknown members are passed over here.
func (s *scanner) member(o *object) (place int, ok bool) {
	for s.another(!o.begun, '}') {
		o.begun = true
		if place = s.expected(o); place != unknown {
			return place, true
		}
		name := s.name()
		if place = o.find(name); place != unknown {
			o.next = place + 1
			return place, true
		}
		s.note(o.under(name), "unknown key")
		o.hash.addOther(hashText(name), s.skip())
	}
	return unknown, false
}

// expected passes the name that comes next in the document's order, if it does.
func (s *scanner) expected(o *object) int {
	if o.next == len(o.members) {
		return unknown
	}
	quoted := o.members[o.next].quoted
	if rest := s.body[s.at:]; len(rest) < len(quoted) || string(rest[:len(quoted)]) != quoted {
		return unknown
	}
	s.at += len(quoted)
	o.next++
	return o.next - 1
}

// find looks for a name, first from where the document's order has come to.
func (o *object) find(name string) int {
	for i := range o.members {
		if place := (o.next + i) % len(o.members); o.members[place].name == name {
			return place
		}
	}
	return unknown
}

// add adds the hash of a member's value.
func (o *object) add(place int, value uint64) {
	name, bit := o.members[place].hash, uint64(1)<<place
	if o.seen&bit != 0 {
		o.hash.addAgain(name, value, 1)
		return
	}
	o.seen |= bit
	o.hash.add(name, value)
}

// open enters the object or array that comes next. Another value is passed over:
// null counts as an empty one, any other kind is drift.
func (s *scanner) open(bracket byte, path string) (entered bool, other uint64) {
	char := s.peek()
	if char == bracket {
		s.enter()
		return true, 0
	}
	if char != 'n' && char != 0 {
		s.note(path, "unexpected "+kindName(char))
	}
	return false, s.skip()
}

// scalar reads a text, number or boolean as its text, and gives the hash of what
// came. null and "N/A" are "".
func (s *scanner) scalar(path string) (text string, hash uint64) {
	switch char := s.peek(); char {
	case '"':
		text = s.text()
		hash = hashText(text)
		if len(text) == len(notAvailable) && strings.EqualFold(text, notAvailable) {
			text = ""
		}
		return text, hash
	case '{', '[':
		s.note(path, "unexpected "+kindName(char))
		return "", s.skip()
	case 'n':
		return "", hashLiteral(s.literal())
	default:
		text = s.literal()
		return text, hashLiteral(text)
	}
}

// word is a scalar that a page has many times.
func (s *scanner) word(path string) (text string, hash uint64) {
	text, hash = s.scalar(path)
	return s.words.same(text, hash), hash
}

// value reads a scalar through a parser; what the parser does not know is nil and
// drift.
func value[T any](s *scanner, path string, parse func(string) (T, bool), values *slab[T], into **T) uint64 {
	text, hash := s.scalar(path)
	*into = nil
	if text == "" {
		return hash
	}
	if parsed, ok := parse(strings.TrimSpace(text)); ok {
		*into = values.put(parsed)
	} else {
		s.note(path, "unknown form of value")
	}
	return hash
}

// maxDriftPath bounds what a hostile key can put into a drift's path.
const maxDriftPath = 200

func (s *scanner) note(path, kind string) {
	if len(path) > maxDriftPath {
		path = strings.ToValidUTF8(path[:maxDriftPath], "") + "…"
	}
	// The path may be a part of the body, which does not last.
	s.drift = append(s.drift, Drift{Path: strings.Clone(path), Kind: kind})
}

// kindName names the kind of value that begins with a byte.
func kindName(first byte) string {
	switch first {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "text"
	case 't', 'f':
		return "boolean"
	default:
		return "number"
	}
}
