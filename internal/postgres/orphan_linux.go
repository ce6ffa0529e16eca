package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopOrphans ends the processes of a server whose parent was killed. The caller holds the folder's
// lock, so nobody living uses it. Every process of a PostgreSQL works in its data folder, which tells
// it from a stranger who got the number of a stale postmaster.pid.
func stopOrphans(ctx context.Context, _ Install, data string) error {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{0, 0}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		left, err := processesIn(data)
		if err != nil {
			return err
		}
		for _, pid := range left {
			if err := syscall.Kill(pid, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("a PostgreSQL started by somebody else (process %d) still runs on %s: %w", pid, data, err)
			}
		}
		if len(left) == 0 {
			return forget(data)
		}
		if gone, err := waitGone(ctx, data, step.wait); err != nil {
			return err
		} else if gone {
			return forget(data)
		}
	}
	return fmt.Errorf("an earlier PostgreSQL on %s does not end: restart the machine, or set PADDOCK_DATA_DIR to another folder", data)
}

func waitGone(ctx context.Context, data string, wait time.Duration) (bool, error) {
	end := time.After(wait)
	for {
		left, err := processesIn(data)
		if err != nil || len(left) == 0 {
			return err == nil, err
		}
		select {
		case <-end:
			return false, nil
		case <-ctx.Done():
			return false, fmt.Errorf("waiting for an earlier PostgreSQL on %s to end: %w", data, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// occupied tells whether a server still runs on the data folder.
func occupied(data string) bool {
	left, err := processesIn(data)
	return err != nil || len(left) > 0
}

// processesIn lists the PostgreSQL processes whose working folder is data.
func processesIn(data string) ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("looking for an earlier PostgreSQL: %w", err)
	}
	var found []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		// Processes of others, and those that just ended, cannot be read: neither are ours.
		cwd, err := os.Readlink(filepath.Join("/proc", e.Name(), "cwd"))
		if err != nil || cwd != data {
			continue
		}
		name, err := os.ReadFile(filepath.Join("/proc", e.Name(), "comm"))
		if err == nil && strings.HasPrefix(string(name), "postgres") {
			found = append(found, pid)
		}
	}
	return found, nil
}
