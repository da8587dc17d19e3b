package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// lockPatience is how long Start waits for a former engine of the same data
// directory to end: after its parent was killed it may need some seconds.
const lockPatience = 8 * time.Second

// Start finds the engine, locks the data directory, starts the engine and
// waits until it answers. The engine runs until Stop, or until this process
// ends; the end of ctx only ends the start.
func Start(ctx context.Context, o Options) (*Engine, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	files, err := newLayout(o.DataDir)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(ctx, o.DataDir, lockPatience)
	if err != nil {
		return nil, err
	}
	if err := files.prepare(o.ConfigFile); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	engine, err := launch(ctx, program, files, lock, o.Stderr)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if err := engine.awaitAnswer(ctx, cmp.Or(o.StartTimeout, defaultStartTimeout)); err != nil {
		return nil, errors.Join(err, engine.Kill())
	}
	return engine, nil
}

// launch starts the process. From then on the engine owns the lock.
func launch(ctx context.Context, program []string, files layout, lock *os.File, stderr io.Writer) (*Engine, error) {
	log, err := os.OpenFile(files.log(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create the embedded ClickHouse's log: %w", err)
	}
	cmd := command(ctx, program, files)
	cmd.Stderr = log
	if stderr != nil {
		cmd.Stderr = io.MultiWriter(log, stderr)
	}
	// The lock is held by the open file that both processes share, so the
	// directory is not free before both have ended.
	cmd.ExtraFiles = []*os.File{lock}

	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a pipe to the embedded ClickHouse: %w", err), log.Close())
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the embedded ClickHouse: %w", err), log.Close())
	}
	engine := &Engine{cmd: cmd, stdin: stdin, files: files, lock: lock, log: log, done: make(chan struct{})}
	go engine.watch()
	return engine, nil
}
