package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
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
	out         io.Writer // tables
	log         io.Writer // progress
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
	flag.Parse()

	p := plan{root: ".", pageSize: *pageSize, concurrency: *concurrency, out: os.Stdout, log: os.Stderr}
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

// run builds what is needed and prints a table for each size and latency.
func (p plan) run(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "syncer-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	shop := workshop{root: p.root, folder: folder, log: p.log}
	sourceBinary, err := build(ctx, p.root, "./internal/bench/source", folder, "source")
	if err != nil {
		return err
	}
	commands := p.prepare(ctx, shop)
	for _, size := range p.sizes {
		if err := p.runSize(ctx, sourceBinary, size, commands); err != nil {
			return err
		}
	}
	return nil
}

// prepare builds the contenders. Those that cannot be built are left out.
func (p plan) prepare(ctx context.Context, shop workshop) map[string]command {
	commands := map[string]command{}
	for _, c := range p.contenders {
		cmd, err := c.prepare(ctx, shop)
		if err != nil {
			fmt.Fprintf(p.log, "%s is skipped, since it cannot be built: %v\n", c.name, err)
			continue
		}
		commands[c.name] = cmd
	}
	return commands
}

func (p plan) runSize(ctx context.Context, sourceBinary string, size int, commands map[string]command) (err error) {
	fmt.Fprintf(p.log, "rendering %s backtraces…\n", grouped(size))
	s, err := startSource(ctx, sourceBinary, size)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	for _, latency := range p.latencies {
		w := world{source: s, latency: latency, pageSize: p.pageSize, concurrency: p.concurrency}
		var results []result
		for _, c := range p.contenders {
			cmd, built := commands[c.name]
			if !built {
				continue
			}
			fmt.Fprintf(p.log, "%s, %s backtraces, latency %v…\n", c.name, grouped(size), latency)
			r, err := w.race(ctx, c, cmd)
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		if len(results) == 0 {
			return errors.New("no contender is left")
		}
		t := comparison(results)
		if err := errors.Join(equal(results), t.write(p.out)); err != nil {
			return err
		}
	}
	return nil
}
