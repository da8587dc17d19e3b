package schema

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Tags are named by the hexadecimal SHA-256 of their text in every statement
// here: ClickHouse keeps the text of queries and of mutations, and what is to be
// forgotten must not be kept there.

// forgottenTable is the list of what is to be forgotten.
const forgottenTable = "forgotten_tags_store"

// erasedTables are those from which [Mirror.EraseTags] and [Mirror.EraseDeadLetters]
// delete rows.
var erasedTables = []string{"backtraces_store", "dead_letters_store"}

// ForgottenTags gives the hashes of the tags that are to be forgotten.
func (m *Mirror) ForgottenTags(ctx context.Context) (hashes []string, err error) {
	err = m.retry(ctx, "read the list of forgotten tags", func(ctx context.Context) (err error) {
		hashes = nil
		rows, err := m.conn.Query(ctx, "SELECT tag_hash FROM forgotten_tags_store FINAL WHERE listed ORDER BY tag_hash")
		if err != nil {
			return err
		}
		defer func() { err = closeRows(rows, err) }()
		for rows.Next() {
			var hash string
			if err := rows.Scan(&hash); err != nil {
				return err
			}
			hashes = append(hashes, hash)
		}
		return nil
	})
	return hashes, err
}

// ListTag puts a tag on the list of those to be forgotten, or takes it off.
func (m *Mirror) ListTag(ctx context.Context, hash string, listed bool) error {
	return m.retry(ctx, "change the list of forgotten tags", func(ctx context.Context) error {
		var last uint64
		err := m.conn.QueryRow(ctx, "SELECT max(version) FROM forgotten_tags_store WHERE tag_hash = ?", hash).Scan(&last)
		if err != nil {
			return err
		}
		now := m.options.Now()
		// Above every earlier change, whatever the clocks say.
		version := max(uint64(now.UnixMicro()), last+1)
		on := uint8(0)
		if listed {
			on = 1
		}
		return insertRow(ctx, m.conn, "INSERT INTO forgotten_tags_store (tag_hash, version, listed, changed_at)", hash, version, on, now)
	})
}

// Tags in the truth, as hashes: those of the columns, and those that only raw
// holds, in a place that the decoder does not know.
const (
	columnTags = "arrayMap(tag -> lower(hex(SHA256(tag))), `extracted.autograph_tag`)"
	rawTags    = `arrayMap(tag -> lower(hex(SHA256(JSONExtractString(tag)))),
		extractAll(raw, '"autograph_tag"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")'))`
	holdsTags = "(hasAny(" + columnTags + ", ?) OR hasAny(" + rawTags + ", ?))"
)

// Holding counts what the truth holds of tags.
type Holding struct {
	Readings   uint64 // superseded ones too
	Backtraces uint64 // in whose current reading there are such
	Accesses   uint64 // of these, under the tags
}

// CountHolding counts what the truth holds of tags.
func (m *Mirror) CountHolding(ctx context.Context, hashes []string) (found Holding, err error) {
	err = m.retry(ctx, "count what is held of tags", func(ctx context.Context) error {
		err := m.conn.QueryRow(ctx, "SELECT count() FROM backtraces_store WHERE "+holdsTags, hashes, hashes).Scan(&found.Readings)
		if err != nil {
			return err
		}
		return m.conn.QueryRow(ctx, "SELECT count(), sum(arrayCount(tag -> has(?, lower(hex(SHA256(tag)))), `access.autograph_tag`)) "+
			"FROM backtraces_store FINAL WHERE "+holdsTags, hashes, hashes, hashes).Scan(&found.Backtraces, &found.Accesses)
	})
	return found, err
}

// HeldReading is the current reading of a backtrace, as far as it is needed to
// make another one of it.
type HeldReading struct {
	ID      string `ch:"id"`
	Version uint64 `ch:"version"`
	Raw     string `ch:"raw"`
}

// HoldingTags lists current readings in which there are tags, with an id larger
// than after, in order of id, at most limit of them.
func (m *Mirror) HoldingTags(ctx context.Context, hashes []string, after string, limit int) (held []HeldReading, err error) {
	err = m.retry(ctx, "look up what is held of tags", func(ctx context.Context) error {
		held = nil
		return m.conn.Select(ctx, &held, `SELECT id, version, raw FROM backtraces_store FINAL
			WHERE id > ? AND `+holdsTags+` ORDER BY id LIMIT ?`, after, hashes, hashes, limit)
	})
	return held, err
}

// EraseTags rewrites the truth without the readings in which there are tags, and
// returns when it is done. Only superseded readings may be left of them: the
// caller stores others first. The files without them are in use at once; the old
// ones are deleted by ClickHouse some minutes later.
func (m *Mirror) EraseTags(ctx context.Context, hashes []string) error {
	return m.deleteRows(ctx, "erase the readings with tags", "backtraces_store", holdsTags, hashes, hashes)
}

// deleteRows makes a mutation and waits for it. In a cluster each server is told: of
// replicas of one shard each tells the others, and the later one finds nothing left.
func (m *Mirror) deleteRows(ctx context.Context, what, table, where string, args ...any) error {
	statement := "ALTER TABLE " + m.layout().local(table) + " DELETE WHERE " + where + " SETTINGS mutations_sync = 2"
	return m.onEachServer(ctx, what, func(ctx context.Context, conn driver.Conn) error {
		return conn.Exec(ctx, statement, args...)
	})
}

// EachDeadLetter hands over every dead letter that is kept.
func (m *Mirror) EachDeadLetter(ctx context.Context, take func(contentHash uint64, letter DeadLetter) error) (err error) {
	defer func() { err = explain("read the dead letters", err) }()
	rows, err := m.conn.Query(ctx, `SELECT content_hash, reason, raw, seen_at, run_id FROM dead_letters_store
		ORDER BY content_hash, length(raw) DESC LIMIT 1 BY content_hash`)
	if err != nil {
		return err
	}
	defer func() { err = closeRows(rows, err) }()
	for rows.Next() {
		var hash uint64
		var letter DeadLetter
		var raw string
		if err := rows.Scan(&hash, &letter.Reason, &raw, &letter.SeenAt, &letter.RunID); err != nil {
			return err
		}
		letter.Raw = []byte(raw)
		if err := take(hash, letter); err != nil {
			return err
		}
	}
	return nil
}

// EraseDeadLetters rewrites the dead letters without those of the content hashes.
func (m *Mirror) EraseDeadLetters(ctx context.Context, contentHashes []uint64) error {
	return m.deleteRows(ctx, "erase dead letters", "dead_letters_store", "content_hash IN (?)", contentHashes)
}
