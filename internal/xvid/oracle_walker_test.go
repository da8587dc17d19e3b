package xvid

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// walker reads one JSON text value by value. A value of another kind than the
// document shows is noted as drift and passed over, so that only broken JSON is
// an error.
type walker struct {
	body  []byte
	json  *jsontext.Decoder
	drift []Drift
}

func newWalker(body []byte) *walker {
	// The real world sends doubled keys (the last one counts, as everywhere) and
	// broken UTF-8 (replaced); neither is a reason to lose a record.
	return &walker{body: body, json: jsontext.NewDecoder(bytes.NewBuffer(body),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

func (w *walker) note(path, kind string) {
	if len(path) > maxDriftPath {
		path = strings.ToValidUTF8(path[:maxDriftPath], "") + "…"
	}
	w.drift = append(w.drift, Drift{Path: path, Kind: kind})
}

// object calls member for each key of the object that comes next; member must
// consume the value. Anything but an object is passed over, as it is said above.
func (w *walker) object(path string, member func(key string) error) error {
	if ok, err := w.expect('{', path); !ok {
		return err
	}
	for w.json.PeekKind() == '"' {
		name, err := w.json.ReadToken()
		if err != nil {
			return err
		}
		if err := member(name.String()); err != nil {
			return err
		}
	}
	_, err := w.json.ReadToken()
	return err
}

// array calls element for each element of the array that comes next.
func (w *walker) array(path string, element func() error) error {
	if ok, err := w.expect('[', path); !ok {
		return err
	}
	for kind := w.json.PeekKind(); kind != ']' && kind != jsontext.KindInvalid; kind = w.json.PeekKind() {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := w.json.ReadToken()
	return err
}

// expect enters an object or array. null counts as an empty one; another kind
// is drift.
func (w *walker) expect(open jsontext.Kind, path string) (bool, error) {
	kind := w.json.PeekKind()
	if kind == open {
		_, err := w.json.ReadToken()
		return err == nil, err
	}
	if kind != 'n' && kind != jsontext.KindInvalid {
		w.note(path, "unexpected "+oracleKindName(kind))
	}
	return false, w.skip()
}

func (w *walker) skip() error { return w.json.SkipValue() }

// unknown passes over the value of a key that the document does not show.
func (w *walker) unknown(path, key string) error {
	w.note(path+key, "unknown key")
	return w.skip()
}

// scalar reads a text, number or boolean as its text. null and "N/A" are "".
func (w *walker) scalar(path string) (string, error) {
	switch kind := w.json.PeekKind(); kind {
	case '"', '0', 't', 'f', 'n':
		token, err := w.json.ReadToken()
		if err != nil || kind == 'n' {
			return "", err
		}
		if text := token.String(); !strings.EqualFold(text, notAvailable) {
			return text, nil
		}
		return "", nil
	case '{', '[':
		w.note(path, "unexpected "+oracleKindName(kind))
	default: // broken JSON, as skip will say
	}
	return "", w.skip()
}

// oracleValue reads a scalar through a parser; what the parser does not know is nil
// and drift.
func oracleValue[T any](w *walker, path string, parse func(string) (T, bool), into **T) error {
	text, err := w.scalar(path)
	*into = nil
	if err != nil || text == "" {
		return err
	}
	if parsed, ok := parse(strings.TrimSpace(text)); ok {
		*into = &parsed
	} else {
		w.note(path, "unknown form of value")
	}
	return nil
}

// raw gives the bytes between an offset before a value and the decoder's place
// behind it.
func (w *walker) raw(from int64) []byte {
	return bytes.TrimLeft(w.body[from:w.json.InputOffset()], " \t\r\n,:")
}

// end checks that nothing but white space follows.
func (w *walker) end() error {
	if rest := bytes.TrimSpace(w.body[w.json.InputOffset():]); len(rest) > 0 {
		return fmt.Errorf("%d bytes follow its end", len(rest))
	}
	return nil
}

func oracleKindName(kind jsontext.Kind) string {
	switch kind {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "text"
	case '0':
		return "number"
	case 't', 'f':
		return "boolean"
	default:
		return "value"
	}
}
