// Command syncer-clickhouse runs the ClickHouse that lives in libchdb.so:
//
//	syncer-clickhouse /path/to/libchdb.so --path=… --query=…
//
// It is a program of its own because loading a shared library makes a binary
// dynamic, and syncer's own binary stays static. It is told everything by the
// process that starts it (see internal/embedded) and is of no use by hand.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: syncer-clickhouse LIBCHDB [ClickHouse arguments…]")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "syncer-clickhouse:", err)
		os.Exit(1)
	}
}

// engine is what we use of the library.
type engine struct {
	query   func(argc int32, argv unsafe.Pointer) uintptr
	failure func(result uintptr) string
}

// load opens the library and finds its functions.
func load(library string) (engine, error) {
	handle, err := purego.Dlopen(library, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return engine{}, fmt.Errorf("load ClickHouse: %w (remove %s and run `make engine` to fetch it again)", err, library)
	}
	var e engine
	for name, function := range map[string]any{"chdb_query_cmdline": &e.query, "chdb_result_error": &e.failure} {
		symbol, err := purego.Dlsym(handle, name)
		if err != nil {
			return engine{}, fmt.Errorf("find %s in %s: %w (is it another version of chdb?)", name, library, err)
		}
		purego.RegisterFunc(function, symbol)
	}
	return e, nil
}

// serve runs ClickHouse with the given arguments until it has ended.
func serve(library string, args []string) error {
	clickhouse, err := load(library)
	if err != nil {
		return err
	}
	argv := cStrings(append([]string{"clickhouse"}, args...))
	result := clickhouse.query(int32(len(argv)-1), unsafe.Pointer(&argv[0])) //nolint:gosec // a command line is short
	runtime.KeepAlive(argv)
	if result == 0 {
		return errors.New("ClickHouse ended without an answer")
	}
	// The addresses that may follow the message mean nothing without symbols.
	if message, _, _ := strings.Cut(clickhouse.failure(result), ", Stack trace"); message != "" {
		return errors.New(message)
	}
	return nil
}

// cStrings makes a C argument vector: strings that end in NUL, then a nil.
func cStrings(args []string) []*byte {
	argv := make([]*byte, 0, len(args)+1)
	for _, arg := range args {
		argv = append(argv, &append([]byte(arg), 0)[0])
	}
	return append(argv, nil)
}
