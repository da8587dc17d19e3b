package xvidtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// toXML says a JSON answer in XML. The document only says that XML is offered, so
// this is the plainest form: an element a key, repeated for the members of an
// array, an empty one with nil="true" for null, all within a response element.
func toXML(answer []byte) ([]byte, error) {
	x := xmlWriter{in: jsontext.NewDecoder(bytes.NewReader(answer), jsontext.AllowDuplicateNames(true))}
	x.out.WriteString(xml.Header)
	if err := x.value("response"); err != nil {
		return nil, err
	}
	if _, err := x.in.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return x.out.Bytes(), nil
}

type xmlWriter struct {
	in  *jsontext.Decoder
	out bytes.Buffer
}

func (x *xmlWriter) value(name string) error {
	token, err := x.in.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '[':
		return x.members(']', func() error { return x.value(name) })
	case '{':
		x.out.WriteString("<" + name + ">")
		defer func() { x.out.WriteString("</" + name + ">") }()
		return x.members('}', x.member)
	case 'n':
		x.out.WriteString("<" + name + ` nil="true"/>`)
		return nil
	default:
		x.out.WriteString("<" + name + ">")
		defer func() { x.out.WriteString("</" + name + ">") }()
		return xml.EscapeText(&x.out, []byte(token.String()))
	}
}

// members reads values until the object or array ends.
func (x *xmlWriter) members(end jsontext.Kind, one func() error) error {
	for x.in.PeekKind() != end {
		if err := one(); err != nil {
			return err
		}
	}
	_, err := x.in.ReadToken()
	return err
}

func (x *xmlWriter) member() error {
	key, err := x.in.ReadToken()
	if err != nil {
		return err
	}
	return x.value(elementName(key.String()))
}

// elementName is a key as an XML name: records of odd shape have any key.
func elementName(key string) string {
	name := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, key)
	if name == "" || name[0] == '-' || name[0] >= '0' && name[0] <= '9' {
		return "_" + name
	}
	return name
}
