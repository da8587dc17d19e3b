package schema

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
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
	// ttlSetting is how often ClickHouse looks for what is past a TTL, in
	// seconds; a rewrite of large parts is not worth less than an hour.
	ttlSetting = "merge_with_ttl_timeout = 3600"
)

// retainedFrom is [Backtrace.RetainedFrom] in SQL. It ends in 2049, so that no
// retention takes it past the end of DateTime.
func retainedFrom(createdAt, id string) string {
	return fmt.Sprintf(`toDateTime(least(if(%[1]s > toDateTime64(0, 3, 'UTC'), intDiv(toUnixTimestamp64Milli(%[1]s), 1000), `+
		`if(match(%[2]s, '%[3]s'), toInt64(reinterpretAsUInt32(reverse(unhex(substring(%[2]s, 1, 8))))), 0)), 2500000000), 'UTC')`,
		createdAt, id, objectID)
}

// retained is a relation with personal data.
type retained struct {
	name   string
	create string // the statement that makes it
	from   string // the moment from which an age counts
	// columns that are emptied; nil: whole rows leave.
	columns []string
	add     string // what an ALTER has to add before
}

// SetRetention makes the TTLs those of the retention; 0 takes them away. It says
// whether it had to change anything. ClickHouse then empties what is past it in
// the background. In a cluster each server is asked and told: one that was away, or
// is new, is found. Replicas of one shard may be in each other's way, which passes.
func (m *Mirror) SetRetention(ctx context.Context) (bool, error) {
	if m.options.Cluster == "" { // one server, and mostly nothing to do: no connection of its own is needed
		if err := m.CheckRetention(ctx); err == nil || !errors.Is(err, ErrSchema) {
			return false, err
		}
	}
	var changed atomic.Bool
	err := m.onEachServer(ctx, "set the retention", func(ctx context.Context, conn driver.Conn) error {
		statements, err := m.retentionChanges(ctx, conn)
		for _, statement := range statements {
			if err == nil {
				changed.Store(true)
				err = conn.Exec(ctx, statement)
			}
		}
		return err
	})
	return changed.Load(), err
}

// CheckRetention fails with [ErrSchema] if the TTLs are not those of the retention.
// In a cluster it asks only the server that it is connected to: another one that is
// away must not keep a run from reading.
func (m *Mirror) CheckRetention(ctx context.Context) error {
	return m.retry(ctx, "look up the retention", func(ctx context.Context) error {
		statements, err := m.retentionChanges(ctx, m.conn)
		if err == nil && len(statements) > 0 {
			err = fmt.Errorf("database %s: %w: its retention is not that of PRIVACY_RETENTION: run `syncer migrate` with this setting", m.database, ErrSchema)
		}
		return err
	})
}

// retentionChanges are the statements that make the TTLs of a server those of the
// retention.
func (m *Mirror) retentionChanges(ctx context.Context, conn driver.Conn) (statements []string, err error) {
	relations, err := m.retainedRelations(ctx, conn)
	layout := m.layout()
	for _, relation := range relations {
		alter := "ALTER TABLE " + layout.local(relation.name) + " "
		// A setting is each replica's own, and TTLs are not.
		if m.options.Retention > 0 && !strings.Contains(relation.create, ttlSetting) {
			statements = append(statements, alter+"MODIFY SETTING "+ttlSetting)
		}
		if actions := relation.actions(int64(m.options.Retention.Seconds())); len(actions) > 0 {
			statements = append(statements, alter+strings.Join(actions, ", "))
		}
	}
	return statements, err
}

// retainedRelations are those of a server with personal data. If nothing is to be emptied
// they are only those that have a TTL, which are none mostly.
func (m *Mirror) retainedRelations(ctx context.Context, conn driver.Conn) (relations []retained, err error) {
	var tables []struct {
		Name    string   `ch:"name"`
		Create  string   `ch:"create_statement"`
		Columns []string `ch:"columns"`
	}
	err = conn.Select(ctx, &tables, `SELECT t.name AS name, formatQuery(t.create_table_query) AS create_statement, c.columns AS columns
		FROM system.tables AS t
		INNER JOIN (SELECT table, groupArray(name) AS columns FROM system.columns WHERE database = ? GROUP BY table) AS c ON c.table = t.name
		WHERE t.database = ? AND t.engine LIKE '%MergeTree' AND t.name NOT LIKE '.%'
		AND (? OR t.create_table_query LIKE '% TTL %') ORDER BY name`, m.database, m.database, m.options.Retention > 0)
	for _, table := range tables {
		if relation := retainedRelation(strings.TrimSuffix(table.Name, localSuffix), table.Columns); relation != nil {
			relation.create = table.Create
			relations = append(relations, *relation)
		}
	}
	return relations, err
}

// retainedRelation says how a relation is emptied; nil for those without personal
// data. Flat tables are known by the column that tells their rows' age.
func retainedRelation(name string, columns []string) *retained {
	switch {
	case name == "backtraces_store":
		return &retained{
			name: name, from: retentionFrom,
			columns: slices.DeleteFunc(columns, func(column string) bool { return slices.Contains(bareColumns, column) }),
			add: "ADD COLUMN IF NOT EXISTS " + retentionFrom + " DateTime('UTC') MATERIALIZED " + retainedFrom("created_at", "id") +
				" COMMENT 'From when the age of the data counts' AFTER created_at, MODIFY COLUMN status DEFAULT '" + Expired + "'",
		}
	case name == "dead_letters_store":
		// Nobody knows how old they are, but since when they are here.
		return &retained{name: name, from: "toDateTime(seen_at, 'UTC')", columns: []string{"raw"}}
	case slices.Contains(columns, "backtrace_created_at"):
		return &retained{name: name, from: retainedFrom("backtrace_created_at", "backtrace_id")}
	}
	return nil
}

// The TTLs in a statement: a column a line, and the rows' on one of its own.
var (
	columnTTL = lazy("(?m)^ +`([^`]+)` .* TTL .*toIntervalSecond\\((\\d+)\\),?$")
	rowTTL    = lazy(`(?m)^TTL .*toIntervalSecond\((\d+)\)$`)
)

// actions are what an ALTER has to do to the relation; none if its TTLs are those
// of so many seconds already.
func (r *retained) actions(seconds int64) []string {
	if r.columns == nil {
		return r.rowActions(seconds)
	}
	kept := map[string]string{}
	for _, found := range columnTTL().FindAllStringSubmatch(r.create, -1) {
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

func (r *retained) rowActions(seconds int64) []string {
	found := rowTTL().FindStringSubmatch(r.create)
	switch {
	case seconds == 0 && found == nil, found != nil && found[1] == strconv.FormatInt(seconds, 10):
		return nil
	case seconds == 0:
		return []string{"REMOVE TTL"}
	}
	return []string{fmt.Sprintf("MODIFY TTL %s + toIntervalSecond(%d)", r.from, seconds)}
}
