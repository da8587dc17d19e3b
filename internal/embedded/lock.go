package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const lockEvery = 50 * time.Millisecond

// InUseError means that another process uses the data directory.
type InUseError struct {
	Dir string
	PID int // of the other syncer; 0 if it is not known
}

func (e *InUseError) Error() string {
	holder := "another syncer"
	if e.PID != 0 {
		holder += fmt.Sprintf(" (pid %d)", e.PID)
	}
	return fmt.Sprintf("data directory %s is in use by %s: stop it, or set SYNC_DATA_DIR to another directory", e.Dir, holder)
}

// lockDir takes the directory for this process, waiting at most patience. The
// lock belongs to the open file: it ends when the last process that holds the
// file has closed it, however it ended. The lock's file is never removed, as
// two processes could then lock two different files.
func lockDir(ctx context.Context, dir string, patience time.Duration) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the data directory: %w", err)
	}
	if err := awaitLock(ctx, file, dir, patience); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := writePID(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// awaitLock tries for the lock until it has it or patience or ctx ends.
func awaitLock(ctx context.Context, file *os.File, dir string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(lockEvery)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("lock the data directory %s (it must be on a file system with locks): %w", dir, err)
		}
		select {
		case <-ctx.Done():
			return &InUseError{Dir: dir, PID: readPID(file)}
		case <-tick.C:
		}
	}
}

// writePID tells others who holds the lock.
func writePID(file *os.File) error {
	content := strconv.Itoa(os.Getpid()) + "\n"
	if _, err := file.WriteAt([]byte(content), 0); err != nil {
		return fmt.Errorf("write to the lock of the data directory: %w", err)
	}
	if err := file.Truncate(int64(len(content))); err != nil {
		return fmt.Errorf("write to the lock of the data directory: %w", err)
	}
	return nil
}

// readPID is the pid that the lock's holder wrote, 0 if it has not yet.
func readPID(file *os.File) int {
	content, err := io.ReadAll(io.NewSectionReader(file, 0, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 0
	}
	return pid
}
