// Package privacy takes personal data out of the API's answers before anything
// of them is decoded, so that no column, no raw record and no dead letter can
// hold what a policy keeps out.
package privacy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"
)

// Mode is what becomes of the addresses of viewers.
type Mode string

// The modes of PRIVACY_IP.
const (
	Keep     Mode = "keep"     // as received
	Truncate Mode = "truncate" // the first address of its /24 or, for IPv6, its /48
	Hash     Mode = "hash"     // a keyed hash: equal addresses stay equal
)

// MinKey is the shortest key of [Hash], in bytes. There are only 4 billion IPv4
// addresses, so that whoever guesses the key can undo the hash.
const MinKey = 16

// TagHash stands for a tag on the list of those to be forgotten, so that the
// list does not name them: the SHA-256 of its text. It has no key, since a key
// that is lost or changed would bring back all who were forgotten.
type TagHash [sha256.Size]byte

// HashTag gives the hash of a tag.
func HashTag(tag string) TagHash { return sha256.Sum256([]byte(tag)) }

// ParseTagHash reads what [TagHash.String] writes.
func ParseTagHash(text string) (hash TagHash, err error) {
	decoded, err := hex.DecodeString(text)
	if err != nil || len(decoded) != len(hash) {
		return hash, fmt.Errorf("%q is not the hash of a tag", text)
	}
	return TagHash(decoded), nil
}

// String is the hash in hexadecimal.
func (h TagHash) String() string { return hex.EncodeToString(h[:]) }

// Policy says what is taken out. It may be used by several goroutines.
type Policy struct {
	mode      Mode
	key       []byte
	forgotten atomic.Pointer[map[TagHash]bool]
}

// New makes a policy without forgotten tags. The key is for [Hash] only.
func New(mode Mode, key []byte) (*Policy, error) {
	switch mode {
	case Keep, Truncate:
		if len(key) > 0 {
			return nil, errors.New("a key is set, and only the mode hash takes one")
		}
	case Hash:
		if len(key) < MinKey {
			return nil, fmt.Errorf("the mode hash needs a key (PRIVACY_IP_KEY or PRIVACY_IP_KEY_FILE) of at least %d bytes", MinKey)
		}
	default:
		return nil, fmt.Errorf("the mode must be %s, %s or %s", Keep, Truncate, Hash)
	}
	return &Policy{mode: mode, key: key}, nil
}

// Forget replaces the list of tags whose data is taken out.
func (p *Policy) Forget(tags []TagHash) {
	list := make(map[TagHash]bool, len(tags))
	for _, tag := range tags {
		list[tag] = true
	}
	p.forgotten.Store(&list)
}

// forgets says whether a tag is on the list.
func (p *Policy) forgets(tag string) bool {
	list := p.forgotten.Load()
	return list != nil && len(*list) > 0 && (*list)[HashTag(tag)]
}

// idle says whether there is nothing to take out.
func (p *Policy) idle() bool {
	list := p.forgotten.Load()
	return p.mode == Keep && (list == nil || len(*list) == 0)
}
