package sync

// retain leaves of a reading past the retention only what says nothing of a
// viewer. This is the one place where a run looks at ages: what ClickHouse empties
// by its TTL (see [schema.Mirror.SetRetention]) and what is read again afterwards are the
// same row, so that it is found unchanged, and counted on both sides.
func (s *storer) retain(one reading) reading {
	if s.retention == 0 || s.now().Sub(one.row.RetainedFrom()) < s.retention {
		return one
	}
	return reading{row: one.row.Bare()}
}
