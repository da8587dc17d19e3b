package schema

import "context"

// Held is one backtrace that the mirror holds.
type Held struct {
	ID    string
	Known Known
}

// HeldBetween lists the backtraces that the mirror holds with an id larger than
// after and, unless upTo is "", at most upTo, in order of id, at most limit.
func (m *Mirror) HeldBetween(ctx context.Context, after, upTo string, limit int) (held []Held, err error) {
	err = m.retry(ctx, "list mirrored backtraces", func(ctx context.Context) (err error) {
		held = nil
		rows, err := m.conn.Query(ctx, `SELECT id, content_hash, version FROM backtraces_store FINAL
			WHERE id > ? AND (? = '' OR id <= ?) ORDER BY id LIMIT ?`, after, upTo, upTo, limit)
		if err != nil {
			return err
		}
		defer func() { err = closeRows(rows, err) }()
		for rows.Next() {
			var one Held
			if err := rows.Scan(&one.ID, &one.Known.ContentHash, &one.Known.Version); err != nil {
				return err
			}
			held = append(held, one)
		}
		return nil
	})
	return held, err
}
