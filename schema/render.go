package schema

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	stdsync "sync"
)

// A migration is written once for all layouts. What differs is a placeholder:
//
//	{sharded NAME by KEY}  behind CREATE TABLE IF NOT EXISTS, CREATE OR REPLACE VIEW,
//	                       ALTER TABLE or DROP TABLE/VIEW IF EXISTS: a relation that is
//	                       read across shards; with KEY, also written, and sharded by it
//	{local NAME}           the relation on this server: behind FROM and TO in views, and
//	                       with {on_cluster} for changes to it alone (TTL, SQL SECURITY)
//	{on_cluster}           behind every other name that is created, altered or dropped
//	{engine E(…)}          the engine of a table that holds what exists nowhere else
//	{rebuilt MergeTree}    the engine of a table that a refreshable view rebuilds
//	{sequential SETTINGS}  behind the FROM of a refreshable view, with settings of its query or none
//	{definer}              in a view, before AS: who reads it needs no grant on what it reads
//	                       (not where a query may join it with another view of the same table)
//	{columns NAME}         a list of columns that several relations share
//	{database}             the database
//
// So a truth or lookup table is {sharded … by …} with {engine …}; a flat table
// {sharded …} with {rebuilt …}; a view {sharded …} with {definer} over {local …}; a
// refreshable view {database}.NAME{on_cluster} TO {local …}, with {sequential}. A view
// that joins a lookup table names that {database}.NAME, which is the one over all
// shards; so does the source of a dictionary. migrations/003_relations.sql has one of
// each. Rows of a lookup table are inserted by Go code, once, through its plain name.
var placeholder = lazy(`\{(\w+)(?: ([^{}]+))?\}`)

// shardedHead finds a statement about a relation that is read across shards.
var shardedHead = lazy(`(?m)^(CREATE TABLE IF NOT EXISTS|CREATE OR REPLACE VIEW|ALTER TABLE|DROP TABLE IF EXISTS|DROP VIEW IF EXISTS) \{sharded (\w+)(?: by (\w+))?\}`)

// lastComment is the comment of a relation.
var lastComment = lazy(`COMMENT '(?:[^'\\]|''|\\.)*'$`)

// lazy compiles an expression once it is asked for. That takes long beside a run that
// finds nothing new, which needs none.
func lazy(expression string) func() *regexp.Regexp {
	return stdsync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// render writes one statement of a migration: as two where a cluster wants one
// more for the relation over all shards.
func (l Layout) render(statement string) ([]string, error) {
	local, err := l.fill(statement)
	if err != nil || l.Kind != Cluster {
		return []string{local}, err
	}
	head := shardedHead().FindStringSubmatchIndex(statement)
	if head == nil {
		if strings.Contains(statement, "{sharded ") {
			return nil, errors.New("{sharded …} stands at the wrong place")
		}
		return []string{local}, nil
	}
	group := func(i int) string {
		if head[2*i] < 0 {
			return ""
		}
		return statement[head[2*i]:head[2*i+1]]
	}
	verb, name, key := group(1), group(2), group(3)
	switch verb {
	case "CREATE TABLE IF NOT EXISTS":
		return []string{local, l.distributed(verb, name, key, lastComment().FindString(statement))}, nil
	case "CREATE OR REPLACE VIEW":
		return []string{local, l.distributed("CREATE OR REPLACE TABLE", name, "", lastComment().FindString(statement))}, nil
	case "ALTER TABLE":
		change, err := l.fill(statement[head[1]:])
		return []string{local, verb + " " + l.across(name) + l.onCluster() + change}, err
	}
	return []string{"DROP TABLE IF EXISTS " + l.across(name) + l.onCluster(), local}, nil
}

// fill fills the placeholders of a text.
func (l Layout) fill(text string) (string, error) {
	var failed error
	filled := placeholder().ReplaceAllStringFunc(text, func(found string) string {
		parts := placeholder().FindStringSubmatch(found)
		argument := parts[2]
		switch parts[1] {
		case "database":
			return quote(l.Database)
		case "sharded":
			name, _, _ := strings.Cut(argument, " ")
			return l.local(name) + l.onCluster()
		case "local":
			return l.local(argument)
		case "on_cluster":
			return l.onCluster()
		case "engine":
			return l.engine(argument)
		case "rebuilt":
			return l.rebuilt(argument)
		case "sequential":
			return l.sequential(argument)
		case "definer":
			return l.definer()
		case "columns":
			columns, err := migrationFiles.ReadFile("migrations/columns/" + argument + ".sql")
			failed = errors.Join(failed, err)
			return strings.TrimRight(string(columns), "\n")
		}
		failed = errors.Join(failed, fmt.Errorf("unknown placeholder %s", found))
		return found
	})
	return filled, failed
}
