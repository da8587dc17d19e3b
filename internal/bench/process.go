package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// command is a program to be measured.
type command struct {
	path string
	args []string
	env  []string
}

// usage is what a process took.
type usage struct {
	Wall time.Duration `json:"wall"`
	CPU  time.Duration `json:"cpu"`
	Peak float64       `json:"-"` // MiB
}

const (
	// samplePeriod is how often a process's peak memory is looked at. The peak never
	// goes down, so that only what comes in the last period is missed. Every 5 ms, the looking
	// itself costs a run of 55 ms of CPU time 4 more: it goes on in the same core.
	samplePeriod = 20 * time.Millisecond
	// runTimeout bounds a contender, which may wait for ever for what never comes.
	runTimeout = 15 * time.Minute
)

// measure runs a command to its end.
func measure(ctx context.Context, c command) (usage, error) {
	ctx, cancel := context.WithTimeout(ctx, runTimeout)
	defer cancel()
	process := exec.CommandContext(ctx, c.path, c.args...)
	process.Env = c.env
	output, err := os.CreateTemp("", "syncer-bench-output-")
	if err != nil {
		return usage{}, err
	}
	defer func() { _ = errors.Join(output.Close(), os.Remove(output.Name())) }() // it only explains errors
	process.Stdout, process.Stderr = output, output
	began := time.Now()
	if err := process.Start(); err != nil {
		return usage{}, err
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	ticker := time.NewTicker(samplePeriod)
	defer ticker.Stop()
	var peak float64
	for {
		select {
		case err := <-ended:
			wall := time.Since(began)
			if err != nil {
				return usage{}, fmt.Errorf("%s: %w\n%s", c.path, errors.Join(err, ctx.Err()), lastWords(output))
			}
			cpu := process.ProcessState.UserTime() + process.ProcessState.SystemTime()
			return usage{Wall: wall, CPU: cpu, Peak: peak}, nil
		case <-ticker.C:
			peak = max(peak, peakMemory(process.Process.Pid))
		}
	}
}

// lastWords is the end of an output.
func lastWords(output *os.File) []byte {
	const enough = 2000
	info, err := output.Stat()
	if err != nil {
		return nil
	}
	text, err := io.ReadAll(io.NewSectionReader(output, max(0, info.Size()-enough), enough))
	if err != nil {
		return nil
	}
	return text
}

// build compiles a package of a module into a folder and gives its binary, static as
// the product's.
func build(ctx context.Context, module, pkg, folder, name string) (string, error) {
	binary := folder + "/" + name
	process := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, pkg)
	process.Dir = module
	process.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := process.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", pkg, err, output)
	}
	return binary, nil
}
