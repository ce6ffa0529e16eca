//go:build !linux

package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// stopOrphans ends a server whose parent was killed, through pg_ctl, which knows a stale
// postmaster.pid from a living one. The caller holds the folder's lock, so nobody living uses it.
func stopOrphans(ctx context.Context, install Install, data string) error {
	if _, err := os.Stat(filepath.Join(data, "postmaster.pid")); err != nil {
		return nil
	}
	control := filepath.Join(install.BinDir, "pg_ctl")
	if exec.CommandContext(ctx, control, "-D", data, "status").Run() != nil {
		return forget(data)
	}
	if err := exec.CommandContext(ctx, control, "-D", data, "-m", "immediate", "-w", "stop").Run(); err != nil {
		return fmt.Errorf("stopping an earlier PostgreSQL on %s: %w", data, err)
	}
	return nil
}

// occupied tells whether a server may still run on the data folder.
func occupied(data string) bool {
	_, err := os.Stat(filepath.Join(data, "postmaster.pid"))
	return err == nil
}
