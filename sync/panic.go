package sync

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a panic in a run. It costs the run and not the program, whose
// other runs may do well: one record that meets a bug must not end the daemon.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("panic: %v (a bug in syncer: please report it)", e.Value)
}

// guard makes a panic an error. Each goroutine of a run needs one of its own:
// neither errgroup nor WaitGroup keeps a panic from ending the process.
func guard(work func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return work()
}
