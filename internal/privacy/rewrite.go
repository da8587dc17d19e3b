package privacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// The keys of the document that a policy knows.
const (
	keyAddress = "ip_address"
	keyTag     = "autograph_tag"
	keyID      = "id"
	keyList    = "backtraces"
	keyRecord  = "backtrace"
)

// Rewrite gives an answer's JSON without what the policy keeps out; every other
// byte stays as it is. Addresses are looked for everywhere, since the API may say
// tomorrow under another key what it says under ip_address today: a text that is
// an address as a whole is masked wherever it stands, but for tags and ids. Tags
// are looked for under their key, likewise everywhere: an object that has one to
// be forgotten as its own goes, with all that is in it. Only records stay, less
// the tag, should they come to have one themselves: the list is counted by them.
// The body is not changed.
func (p *Policy) Rewrite(body []byte) ([]byte, error) {
	if p.idle() {
		return body, nil
	}
	r := &rewriter{policy: p, body: body, out: make([]byte, 0, len(body)), json: jsontext.NewDecoder(bytes.NewBuffer(body),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	if _, err := r.value("", true); err != nil {
		return nil, fmt.Errorf("apply the privacy settings: %w", withoutNames(err))
	}
	return append(r.out, body[r.copied:]...), nil
}

// withoutNames leaves of a syntax error where it is, but not the names of keys on
// the way there: they were not masked.
func withoutNames(err error) error {
	if wrong, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("broken JSON at byte %d", wrong.ByteOffset)
	}
	return err
}

// rewriter copies a JSON text, leaving places out and putting others in.
type rewriter struct {
	policy *Policy
	body   []byte
	json   *jsontext.Decoder
	out    []byte
	copied int // so much of the body is in out, or left out
}

// begin is the place where the next value or name begins.
func (r *rewriter) begin() int {
	at := int(r.json.InputOffset())
	for at < len(r.body) && bytes.IndexByte([]byte(" \t\r\n,:"), r.body[at]) >= 0 {
		at++
	}
	return at
}

// copyTo copies what was not copied yet.
func (r *rewriter) copyTo(to int) {
	if to > r.copied {
		r.out, r.copied = append(r.out, r.body[r.copied:to]...), to
	}
}

// replace puts a text in the place of what begins there and was just read.
func (r *rewriter) replace(from int, text string) error {
	quoted, err := json.Marshal(text)
	if err != nil {
		return err
	}
	r.copyTo(from)
	r.put(quoted)
	return nil
}

// put writes something in the place of all that was read and not copied.
func (r *rewriter) put(value []byte) {
	r.out = append(r.out, value...)
	r.copied = int(r.json.InputOffset())
}

var null = []byte("null")

// value rewrites the value that comes next, which stands under a key. record says
// that it is one, or holds all. forget says that it has a tag to be forgotten as
// its own.
func (r *rewriter) value(key string, record bool) (forget bool, err error) {
	switch r.json.PeekKind() {
	case '{':
		return r.object(key, record)
	case '[':
		return false, r.array(key, record)
	default:
		return false, r.scalar(key)
	}
}

func (r *rewriter) object(parent string, record bool) (forget bool, err error) {
	if _, err = r.json.ReadToken(); err != nil {
		return false, err
	}
	for r.json.PeekKind() == '"' {
		from := r.begin()
		name, err := r.json.ReadToken()
		if err != nil {
			return false, err
		}
		key := name.String()
		if err := r.name(from, key); err != nil {
			return false, err
		}
		if key == keyTag {
			found, err := r.tag(record)
			if err != nil {
				return false, err
			}
			forget = forget || found
			continue
		}
		if parent == keyAddress {
			key = keyAddress // all below it is of one
		}
		if err := r.member(key, record && parent == "" && (key == keyList || key == keyRecord)); err != nil {
			return false, err
		}
	}
	_, err = r.json.ReadToken()
	return forget && !record, err
}

// member rewrites an object's value. One with a tag to be forgotten becomes null.
func (r *rewriter) member(key string, record bool) error {
	if r.json.PeekKind() == '{' {
		r.copyTo(r.begin())
	}
	length := len(r.out)
	forget, err := r.value(key, record)
	if forget {
		r.out = r.out[:length]
		r.put(null)
	}
	return err
}

// name rewrites a name, which may be an address as any text may.
func (r *rewriter) name(from int, key string) error {
	if r.policy.mode == Keep {
		return nil
	}
	masked, found := r.policy.maskText(key)
	if !found {
		return nil
	}
	return r.replace(from, masked)
}

// scalar rewrites a text or a number.
func (r *rewriter) scalar(key string) error {
	from, kind := r.begin(), r.json.PeekKind()
	token, err := r.json.ReadToken()
	if err != nil || r.policy.mode == Keep || key == keyID || kind == 'n' {
		return err
	}
	text := token.String()
	masked, found := text, false
	if key == keyAddress {
		masked, found = r.policy.maskStrictly(text), true
	} else if kind == '"' {
		masked, found = r.policy.maskText(text)
	}
	if !found || masked == text {
		return nil
	}
	return r.replace(from, masked)
}

// tag reads a tag as the decoder does: a number is its text. That of a record is
// taken out of it.
func (r *rewriter) tag(record bool) (forget bool, err error) {
	if kind := r.json.PeekKind(); kind != '"' && kind != '0' && kind != 't' && kind != 'f' {
		return false, r.member(keyTag, false)
	}
	from := r.begin()
	token, err := r.json.ReadToken()
	if err != nil || !r.policy.forgets(token.String()) {
		return false, err
	}
	if record {
		r.copyTo(from)
		r.put(null)
	}
	return true, nil
}

// array rewrites the elements, which all stand under the array's key, and leaves
// those out whose tag is to be forgotten.
func (r *rewriter) array(key string, records bool) error {
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	kept, left := 0, 0
	for r.json.PeekKind() != ']' {
		r.copyTo(int(r.json.InputOffset()))
		if kept == 0 && left > 0 {
			r.copied = r.begin() // no comma in front of the first
		}
		length := len(r.out)
		forget, err := r.value(key, records)
		if err != nil {
			return err
		}
		if forget {
			r.out, r.copied = r.out[:length], int(r.json.InputOffset())
			left++
		} else {
			kept++
		}
	}
	_, err := r.json.ReadToken()
	return err
}
