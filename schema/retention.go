package schema

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// The retention is how long after its creation a backtrace's data is kept. What
// is past it is emptied by ClickHouse itself, by a TTL: in the truth all columns
// but [bareColumns], in the flat tables whole rows. The truth keeps its rows,
// since the order of versions must hold: were rows deleted, each part in its own
// time, an older reading or what a tombstone hides could come back.

// Expired is the state of a backtrace that is past the retention.
const Expired = "EXPIRED"

// bareColumns are what is left of a backtrace past the retention. None of them
// says anything of a viewer. Columns that come to be in later versions are
// emptied unless they are named here.
var bareColumns = []string{"id", "version", "is_deleted", "created_at", "run_id", retentionFrom}

// Bare is what is left of a reading past the retention. Its hash is that of
// every such reading, 0: ClickHouse empties that column too, so that what it has
// emptied equals what a run would store, and is found changed if the retention
// is lengthened.
func (b *Backtrace) Bare() Backtrace {
	return Backtrace{ID: b.ID, Version: b.Version, Status: Expired, CreatedAt: b.CreatedAt, RunID: b.RunID}
}

// RetainedFrom is the moment from which the age of a backtrace counts: its
// creation, else the time in its id, whose first eight digits are seconds, else
// 1970: what has no known age is not kept where ages count.
func (b *Backtrace) RetainedFrom() time.Time {
	if b.CreatedAt > 0 {
		return time.UnixMilli(b.CreatedAt)
	}
	if objectID.MatchString(b.ID) {
		seconds, _ := strconv.ParseInt(b.ID[:8], 16, 64) // they are hexadecimal
		return time.Unix(seconds, 0)
	}
	return time.Time{}
}

var objectID = regexp.MustCompile("^[0-9a-f]{24}$")

// MaxRetention keeps a TTL's times within DateTime, which ends in 2106.
const MaxRetention = 50 * 365 * 24 * time.Hour

const (
	retentionFrom = "retention_from"
	// ttlTimeout is how often ClickHouse looks for what is past a TTL, in
	// seconds; a rewrite of large parts is not worth less than an hour.
	ttlTimeout = 3600
)

// retainedFrom is [Backtrace.RetainedFrom] in SQL. It ends in 2049, so that no
// retention takes it past the end of DateTime.
func retainedFrom(createdAt, id string) string {
	return fmt.Sprintf(`toDateTime(least(if(%[1]s > toDateTime64(0, 3, 'UTC'), intDiv(toUnixTimestamp64Milli(%[1]s), 1000), `+
		`if(match(%[2]s, '%[3]s'), toInt64(reinterpretAsUInt32(reverse(unhex(substring(%[2]s, 1, 8))))), 0)), 2500000000), 'UTC')`,
		createdAt, id, objectID)
}

// retained is a relation with its TTLs: of columns, or of whole rows.
type retained struct {
	name string
	from string // the moment from which an age counts
	// columns that are emptied; nil: whole rows leave.
	columns []string
	add     string // what an ALTER has to add before
}

// SetRetention makes the TTLs those of the retention; 0 takes them away. It says
// whether it had to change anything. ClickHouse then empties what is past it in
// the background.
func SetRetention(ctx context.Context, options Options) (changed bool, err error) {
	mirror, err := Open(ctx, options)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, mirror.Close()) }()
	statements, err := mirror.retentionChanges(ctx)
	for _, statement := range statements {
		if err == nil {
			err = explain("set the retention", mirror.conn.Exec(ctx, statement))
		}
	}
	return len(statements) > 0, err
}

// CheckRetention fails with [ErrSchema] if the TTLs are not those of the retention.
func (m *Mirror) CheckRetention(ctx context.Context) error {
	statements, err := m.retentionChanges(ctx)
	if err == nil && len(statements) > 0 {
		err = fmt.Errorf("database %s: %w: its retention is not that of PRIVACY_RETENTION: run `syncer migrate` with this setting", m.database, ErrSchema)
	}
	return err
}

// retentionChanges are the statements that make the TTLs those of the retention.
func (m *Mirror) retentionChanges(ctx context.Context) ([]string, error) {
	relations, err := m.retainedRelations(ctx)
	if err != nil {
		return nil, explain("look up the retention", err)
	}
	var statements []string
	for _, relation := range relations {
		var create string
		name := quote(m.database) + "." + quote(relation.name)
		if err := m.conn.QueryRow(ctx, "SHOW CREATE TABLE "+name).Scan(&create); err != nil {
			return nil, explain("look up the retention", err)
		}
		actions := relation.actions(create, int64(m.options.Retention.Seconds()))
		if len(actions) == 0 {
			continue
		}
		if m.options.Retention > 0 {
			statements = append(statements, fmt.Sprintf("ALTER TABLE %s MODIFY SETTING merge_with_ttl_timeout = %d", name, ttlTimeout))
		}
		statements = append(statements, "ALTER TABLE "+name+" "+strings.Join(actions, ", "))
	}
	return statements, nil
}

// retainedRelations are those with personal data. The flat tables are known by
// the column that tells their rows' age.
func (m *Mirror) retainedRelations(ctx context.Context) ([]retained, error) {
	columns, err := names(ctx, m.conn, `SELECT name FROM system.columns
		WHERE database = ? AND table = 'backtraces_store' AND name NOT IN (?) ORDER BY position`, m.database, bareColumns)
	if err != nil {
		return nil, err
	}
	relations := []retained{
		{
			name: "backtraces_store", from: retentionFrom, columns: columns,
			add: "ADD COLUMN IF NOT EXISTS " + retentionFrom + " DateTime('UTC') MATERIALIZED " + retainedFrom("created_at", "id") +
				" COMMENT 'From when the age of the data counts' AFTER created_at, MODIFY COLUMN status DEFAULT '" + Expired + "'",
		},
		// Nobody knows how old they are, but since when they are here.
		{name: "dead_letters_store", from: "toDateTime(seen_at, 'UTC')", columns: []string{"raw"}},
	}
	flat, err := names(ctx, m.conn, `SELECT table FROM system.columns WHERE database = ? AND name = 'backtrace_created_at'
		AND table IN (SELECT name FROM system.tables WHERE database = ? AND engine LIKE '%MergeTree' AND name NOT LIKE '.%') ORDER BY table`,
		m.database, m.database)
	for _, name := range flat {
		relations = append(relations, retained{name: name, from: retainedFrom("backtrace_created_at", "backtrace_id")})
	}
	return relations, err
}

func names(ctx context.Context, conn driver.Conn, query string, args ...any) (found []string, err error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = closeRows(rows, err) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		found = append(found, name)
	}
	return found, nil
}

// The TTLs in what SHOW CREATE TABLE gives: a column a line, and the rows' on one
// of its own.
var (
	columnTTL = regexp.MustCompile("(?m)^ +`([^`]+)` .* TTL .*toIntervalSecond\\((\\d+)\\),?$")
	rowTTL    = regexp.MustCompile(`(?m)^TTL .*toIntervalSecond\((\d+)\)$`)
)

// actions are what an ALTER has to do to a relation made by a statement; none if
// its TTLs are those of so many seconds already.
func (r *retained) actions(create string, seconds int64) []string {
	if r.columns == nil {
		return r.rowActions(create, seconds)
	}
	kept := map[string]string{}
	for _, found := range columnTTL.FindAllStringSubmatch(create, -1) {
		kept[found[1]] = found[2]
	}
	var actions []string
	if seconds == 0 {
		for _, column := range r.columns {
			if kept[column] != "" {
				actions = append(actions, "MODIFY COLUMN "+quote(column)+" REMOVE TTL")
			}
		}
		return actions
	}
	right := func(column string) bool { return kept[column] == strconv.FormatInt(seconds, 10) }
	if !slices.ContainsFunc(r.columns, func(column string) bool { return !right(column) }) {
		return nil
	}
	if r.add != "" {
		actions = append(actions, r.add)
	}
	for _, column := range r.columns {
		actions = append(actions, fmt.Sprintf("MODIFY COLUMN %s TTL %s + toIntervalSecond(%d)", quote(column), r.from, seconds))
	}
	return actions
}

func (r *retained) rowActions(create string, seconds int64) []string {
	found := rowTTL.FindStringSubmatch(create)
	switch {
	case seconds == 0 && found == nil, found != nil && found[1] == strconv.FormatInt(seconds, 10):
		return nil
	case seconds == 0:
		return []string{"REMOVE TTL"}
	}
	return []string{fmt.Sprintf("MODIFY TTL %s + toIntervalSecond(%d)", r.from, seconds)}
}
