package sync

import (
	"github.com/cespare/xxhash/v2"
	"github.com/go-json-experiment/json/jsontext"
)

// flattenVersion is part of every content hash. Raise it when flatten makes
// another row of the same record: then each record is written anew when it is
// next read, and a reconcile rewrites them all.
const flattenVersion = 1

// contentHash is equal for records of equal content: the order of keys and
// white space do not count, numbers count as they are written.
func contentHash(raw []byte) uint64 {
	canonical := jsontext.Value(raw).Clone()
	// An error leaves the record as it came, which is as good a content.
	_ = canonical.Format(
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
		jsontext.ReorderRawObjects(true), jsontext.Multiline(false))
	digest := xxhash.NewWithSeed(flattenVersion)
	_, _ = digest.Write(canonical) // never fails
	return digest.Sum64()
}
