package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// plan is what to run.
type plan struct {
	root        string
	sizes       []int
	latencies   []time.Duration
	contenders  []contender
	pageSize    int
	concurrency int
	repetitions int       // of incremental runs
	out         io.Writer // tables
	log         io.Writer // progress
	parts       map[string]bool
	curve       string // file for the points of the curve; "" for none
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context) error {
	sizes := flag.String("sizes", "10000 100000", "how many backtraces, with about 3 accesses each; several apart by spaces")
	latencies := flag.String("latency", "0ms", "how long the source waits before each answer; several apart by spaces")
	names := flag.String("contenders", strings.Join(allNames(), " "), "who runs, apart by spaces")
	pageSize := flag.Int("page", 5000, "records a page")
	concurrency := flag.Int("concurrency", 2, "pages in flight, of contenders that read ahead")
	parts := flag.String("parts", "compare floor incremental", "what to measure, apart by spaces")
	curve := flag.String("curve", "", "a file for the points of the curve of incremental runs")
	flag.Parse()

	p := plan{root: ".", pageSize: *pageSize, concurrency: *concurrency, repetitions: 5, out: os.Stdout, log: os.Stderr, curve: *curve, parts: map[string]bool{}}
	for part := range strings.FieldsSeq(*parts) {
		p.parts[part] = true
	}
	for text := range strings.FieldsSeq(*sizes) {
		size, err := strconv.Atoi(text)
		if err != nil || size < 1 {
			return fmt.Errorf("%q is no size", text)
		}
		p.sizes = append(p.sizes, size)
	}
	for text := range strings.FieldsSeq(*latencies) {
		latency, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		p.latencies = append(p.latencies, latency)
	}
	var err error
	if p.contenders, err = choose(strings.Fields(*names)); err != nil {
		return err
	}
	return p.run(ctx)
}

// run builds what is needed and prints the tables.
func (p plan) run(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "syncer-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	shop := workshop{root: p.root, folder: folder, log: p.log}
	t := tools{commands: p.prepare(ctx, shop)}
	if t.source, err = build(ctx, p.root, "./internal/bench/source", folder, "source"); err != nil {
		return err
	}
	if t.floor, err = build(ctx, p.root, "./internal/bench/floor", folder, "floor"); err != nil {
		return err
	}
	line, err := p.headline(ctx)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.out, line); err != nil {
		return err
	}
	var curve []later
	for _, size := range p.sizes {
		points, err := p.runSize(ctx, t, size)
		if err != nil {
			return err
		}
		curve = append(curve, points...)
	}
	if curve == nil {
		return nil
	}
	slices.SortStableFunc(curve, func(a, b later) int { return cmp.Compare(a.what, b.what) })
	return errors.Join(p.print(laterTable(curve, p.repetitions)), p.saveCurve(curve))
}

// tools are what was built.
type tools struct {
	source, floor string
	commands      map[string]command // by contender
}

// prepare builds the contenders. Those that cannot be built are left out.
func (p plan) prepare(ctx context.Context, shop workshop) map[string]command {
	commands := map[string]command{}
	for _, c := range p.contenders {
		cmd, err := c.prepare(ctx, shop)
		if err != nil {
			p.say("%s is skipped, since it cannot be built: %v", c.name, err)
			continue
		}
		commands[c.name] = cmd
	}
	return commands
}

// runSize does everything at one size, and gives what incremental runs took.
func (p plan) runSize(ctx context.Context, t tools, size int) (curve []later, err error) {
	p.say("rendering %s backtraces…", grouped(size))
	s, err := startSource(ctx, t.source, size)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	w := world{source: s, pageSize: p.pageSize, concurrency: p.concurrency, repetitions: p.repetitions}
	if p.parts["compare"] {
		for _, w.latency = range p.latencies {
			if err := p.compare(ctx, w, t, size); err != nil {
				return nil, err
			}
		}
		w.latency = 0
	}
	if cmd, built := t.commands[contenders[0].name]; built && (p.parts["floor"] || p.parts["incremental"]) {
		return p.study(ctx, w, t, cmd)
	}
	return nil, nil
}

// study looks closer at syncer alone.
func (p plan) study(ctx context.Context, w world, t tools, cmd command) (curve []later, err error) {
	e, err := startEngine(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.stop(ctx)) }()
	if err := errors.Join(w.source.setLatency(ctx, 0), w.makeTables(ctx, e, contenders[0], cmd)); err != nil {
		return nil, err
	}
	p.say("syncer's first copy, for what follows…")
	first, err := w.observe(ctx, e, cmd)
	if err != nil {
		return nil, err
	}
	if p.parts["floor"] {
		p.say("the floor…")
		f, err := w.measureFloor(ctx, e, t.floor, first)
		if err != nil {
			return nil, err
		}
		if err := p.print(f.table()); err != nil {
			return nil, err
		}
	}
	if p.parts["incremental"] { // the last: it changes the source
		p.say("incremental runs and a reconcile…")
		return w.measureLater(ctx, e, cmd)
	}
	return nil, nil
}

// compare runs all contenders in one world and prints their table. One that fails
// keeps the others from nothing, but the bench fails.
func (p plan) compare(ctx context.Context, w world, t tools, size int) error {
	var results []result
	var errs []error
	for _, c := range p.contenders {
		cmd, built := t.commands[c.name]
		if !built || ctx.Err() != nil {
			continue
		}
		p.say("%s, %s backtraces, latency %v…", c.name, grouped(size), w.latency)
		r, err := w.race(ctx, c, cmd)
		if err != nil {
			p.say("  it failed: %v", err)
			errs = append(errs, err)
			continue
		}
		p.say("  %.2f s, CPU %.2f s", r.Loader.Wall.Seconds(), r.Loader.CPU.Seconds())
		results = append(results, r)
	}
	if len(results) == 0 {
		return errors.Join(append(errs, errors.New("no contender is left"))...)
	}
	return errors.Join(append(errs, equal(results), p.print(comparison(results)))...)
}

// print writes a table.
func (p plan) print(t table) error { return t.write(p.out) }

// say tells how far it is.
func (p plan) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.log, format+"\n", args...) // nothing depends on it
}

// saveCurve keeps the points of the curve, for its picture.
func (p plan) saveCurve(curve []later) error {
	if p.curve == "" {
		return nil
	}
	points := make([]point, len(curve))
	for i, l := range curve {
		points[i] = point{
			Run: l.what, Backtraces: l.Rows.Backtraces, Requests: l.Requests, RowsWritten: l.rowsWritten,
			CPU: l.Loader.CPU.Seconds(), Wall: l.Loader.Wall.Seconds(), MiB: l.Loader.Peak,
		}
	}
	text, err := json.MarshalIndent(points, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(p.curve, append(text, '\n'), 0o600)
}

// point is a run at a size, as the picture's program reads it.
type point struct {
	Run         string  `json:"run"`
	Backtraces  int     `json:"backtraces"`
	Requests    int64   `json:"requests"`
	RowsWritten uint64  `json:"rows_written"`
	CPU         float64 `json:"cpu_seconds"`
	Wall        float64 `json:"wall_seconds"`
	MiB         float64 `json:"mib"`
}
