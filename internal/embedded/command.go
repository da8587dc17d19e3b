package embedded

import (
	"context"
	"os"
	"os/exec"
	"syscall"
)

// serveUntilEOF makes clickhouse-local a server: it listens, says where, and
// then reads standard input, whose end is the end of the engine. The file is
// named relative to the working directory, so no path needs quoting.
const serveUntilEOF = `
SYSTEM START LISTEN TCP;
SYSTEM START LISTEN HTTP;
SELECT getServerPort('tcp_port'), getServerPort('http_port'), version()
  INTO OUTFILE '` + portsFile + `' TRUNCATE FORMAT TSV;
SELECT count() FROM file('/dev/stdin', LineAsString)`

// command is the engine's process, without its streams.
func command(ctx context.Context, program []string, files layout) *exec.Cmd {
	// The engine outlives the context of its start.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program[0], program[1:]...) //nolint:gosec // find chose it
	cmd.Args = append(cmd.Args, engineArgs(files)...)
	cmd.Dir = files.root
	cmd.Env = engineEnv()
	// A group of its own, so that Ctrl-C reaches syncer alone, which still
	// needs the engine to finish its run.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// engineArgs is the command line of the engine, after the program's name.
func engineArgs(files layout) []string {
	return []string{
		"--config-file=" + files.config(),
		"--path=" + files.data(),
		"--listen_host=127.0.0.1",
		"--tcp_port=0",
		"--http_port=0",
		"--query=" + serveUntilEOF,
	}
}

// memory is told to the engine's allocator, jemalloc: memory that was freed is kept for
// ten minutes, not five seconds, before it goes back to the system. Getting it again is
// dear where a hypervisor has a say: a quarter of a refresh's time (docs/performance.md).
const memory = "JE_MALLOC_CONF=dirty_decay_ms:600000"

// engineEnv is the little of our environment that the engine needs. Tokens
// and passwords are none of its business, and CLICKHOUSE_* would change it.
func engineEnv() []string {
	env := []string{"TZ=UTC", memory}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
