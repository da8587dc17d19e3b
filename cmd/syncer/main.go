// Command syncer mirrors backtraces from the Xvid AutoGraph API into ClickHouse.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // schedules name time zones, and the image has none

	"github.com/sethvargo/go-envconfig"
)

// version is stamped by the build: -ldflags "-X main.version=v1.2.3".
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the next one ends the process at once.
	context.AfterFunc(ctx, stop)
	fitMemory(os.LookupEnv, "/")
	app := &app{
		env:    envconfig.OsLookuper(),
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		now:    time.Now,
	}
	os.Exit(app.run(ctx, os.Args[1:]))
}

// app is the program with all that it takes from outside, so that tests build
// it as main does.
type app struct {
	env            envconfig.Lookuper
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

// run executes a command line and gives the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	root := a.rootCommand() //nolint:contextcheck // cobra hands the context on
	root.SetArgs(args)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	a.report(err)
	return exitCode(err)
}
