package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// contender is a way to load the flat tables.
type contender struct {
	name string
	what string // in one line, for the legend
	// prepare builds it and gives its command, without the environment that all
	// contenders get. An error skips the contender.
	prepare func(context.Context, workshop) (command, error)
	// setup are the arguments with which it makes the relations itself, before it is
	// measured; without them it finds those of tables.sql.
	setup []string
}

// workshop is where contenders are built.
type workshop struct {
	root   string // the repository
	folder string // for binaries, removed at the end
	log    io.Writer
}

// contenders are all that there are, in the order in which they run.
var contenders = []contender{
	{
		name: "syncer", what: "`syncer once`, all its promises on: hash, raw record, checkpoint a page, refresh of the flat tables",
		prepare: product, setup: []string{"migrate"},
	},
	{
		name: "plain", what: "Go as most would write it: encoding/json, rows appended one by one, a page at a time; flat tables only",
		prepare: ours("./internal/bench/plain"),
	},
	{
		name: "sonic", what: "Go for speed: pages side by side, sonic into structs, columnar clickhouse-go batches; flat tables only",
		prepare: sonic,
	},
	{
		name: "url-pages", what: "ClickHouse's url(), a query a page; flat tables only",
		prepare: ours("./internal/bench/url", "pages"),
	},
	{
		name: "url-single", what: "ClickHouse's url(), one query over all pages into a Null table with two views; flat tables only",
		prepare: ours("./internal/bench/url", "single"),
	},
	{
		name: "bento", what: "Bento v1.10.0: http processor, Bloblang, sql_insert into the flat tables only",
		prepare: bento,
	},
}

// product builds syncer.
func product(ctx context.Context, w workshop) (command, error) {
	binary, err := build(ctx, w.root, "./cmd/syncer", w.folder, "syncer")
	return command{path: binary, args: []string{"once"}}, err
}

// ours builds a contender of this module.
func ours(pkg string, args ...string) func(context.Context, workshop) (command, error) {
	return func(ctx context.Context, w workshop) (command, error) {
		binary, err := build(ctx, w.root, pkg, w.folder, pkg[strings.LastIndex(pkg, "/")+1:])
		return command{path: binary, args: args}, err
	}
}

// sonic builds the contender that is a module of its own.
func sonic(ctx context.Context, w workshop) (command, error) {
	binary, err := build(ctx, filepath.Join(w.root, "internal/bench/sonic"), ".", w.folder, "sonic")
	return command{path: binary}, err
}

// allNames are the names of all contenders.
func allNames() []string {
	names := make([]string, len(contenders))
	for i, c := range contenders {
		names[i] = c.name
	}
	return names
}

// choose gives the contenders of these names, in the order of contenders.
func choose(names []string) ([]contender, error) {
	var chosen []contender
	for _, c := range contenders {
		if slices.Contains(names, c.name) {
			chosen = append(chosen, c)
		}
	}
	for _, name := range names {
		if !slices.Contains(allNames(), name) {
			return nil, fmt.Errorf("there is no contender %q; there are %s", name, strings.Join(allNames(), ", "))
		}
	}
	return chosen, nil
}
