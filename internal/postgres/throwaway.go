package postgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// throwawayPrefix marks the folders of throw-away servers, so that those of killed runs are found.
const throwawayPrefix = "paddock-test-"

// roomNeeded is how many free bytes the folder in memory must have to be used.
const roomNeeded = 1 << 30

// StartThrowaway starts a server for tests on a new folder, in memory where there is room, which Stop
// removes with everything in it. Folders that killed runs left behind are removed too.
func StartThrowaway(ctx context.Context, settings map[string]string) (*Server, error) {
	return startThrowaway(ctx, Options{Settings: settings})
}

func startThrowaway(ctx context.Context, o Options) (*Server, error) {
	base := throwawayBase()
	sweep(base)
	dir, err := os.MkdirTemp(base, throwawayPrefix)
	if err != nil {
		return nil, fmt.Errorf("making a folder for a throw-away PostgreSQL: %w", err)
	}
	o.Dir, o.Throwaway = dir, true
	s, err := Start(ctx, o)
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	s.cleanup = func() { _ = os.RemoveAll(dir) }
	return s, nil
}

// throwawayBase is the folder in memory if it is there and has room, else that for temporary files.
func throwawayBase() string {
	const memory = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < roomNeeded {
		return os.TempDir()
	}
	probe, err := os.MkdirTemp(memory, throwawayPrefix)
	if err != nil {
		return os.TempDir()
	}
	_ = os.Remove(probe)
	return memory
}

// sweep removes the folders of throw-away servers that nobody holds any more.
func sweep(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, throwawayPrefix+"*")) // fails for a malformed pattern only
	for _, dir := range dirs {
		at, err := layoutOf(dir)
		if err != nil {
			continue
		}
		f, err := os.OpenFile(at.lockFile, os.O_RDWR, 0)
		if err != nil {
			continue // of another user, or only just being made
		}
		// An empty lock file is one whose maker has not locked it yet.
		info, err := f.Stat()
		if err == nil && info.Size() > 0 && !occupied(at.data) && syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir)
		}
		_ = f.Close()
	}
}
