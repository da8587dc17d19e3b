package sync

import "syncer/internal/xvid"

// flattenVersion is part of every content hash. Raise it when flatten makes
// another row of the same record: then each record is written anew when it is
// next read, and a reconcile rewrites them all.
const flattenVersion = 2

// contentHash is equal for records of equal content, of which flatten makes equal
// rows.
func contentHash(b *xvid.Backtrace) uint64 { return b.Hash ^ flattenVersion }
