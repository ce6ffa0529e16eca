package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// fetch lets npm unpack what the lock file names, unless what is there came from this very lock file.
// npm checks each package against the checksum in it.
func fetch(ctx context.Context, root string) error {
	lock, err := os.ReadFile(filepath.Join(root, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("reading the lock file: %w", err)
	}
	sum := sha256.Sum256(lock)
	want := hex.EncodeToString(sum[:])
	stamp := filepath.Join(root, "node_modules", ".paddock-lock")
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want {
		return nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("npm is missing, it fetches htmx and the typeface: install Node.js with npm (on Debian or Ubuntu: apt-get install npm)")
	}
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm could not fetch the packages of %s: %w\n%s", filepath.Join(root, "package-lock.json"), err, strings.TrimSpace(string(out)))
	}
	if err := os.WriteFile(stamp, []byte(want), 0o600); err != nil {
		return fmt.Errorf("noting what npm unpacked: %w", err)
	}
	return nil
}
