//go:build linux

package postgres

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// open makes a folder that a user without rights gets to, which t.TempDir is not under every TMPDIR.
func open(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "paddock-plain-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// An unpacked server has to be in reach of that user, too.
	if os.Getenv("PADDOCK_POSTGRES") == "npm" {
		t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
		if _, err := Find(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRootWithoutNamespacesGivesItsRightsUp(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root: the other tests run as this user already")
	}
	dir := filepath.Join(open(t), "db")
	s := start(t, Options{Dir: dir, noNamespace: true})
	execute(t, s.AdminURL("postgres"), "CREATE TABLE kept AS SELECT 7 AS n")
	info, err := os.Stat("/proc/" + strconv.Itoa(s.process.pid()))
	if err != nil {
		t.Fatal(err)
	}
	if uid, _ := ownerOf(info); uid == 0 {
		t.Error("the server runs as root")
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The same folder, now where namespaces work: it changes hands.
	again := start(t, Options{Dir: dir})
	if got := query(t, again.AdminURL("postgres"), "SELECT n FROM kept"); got != "7" {
		t.Errorf("the row is %s", got)
	}
}

func TestAPlainUserRunsAServer(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root: the other tests run as this user already")
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("setpriv is missing: there is no way to become a plain user")
	}
	for _, who := range []struct{ name, uid string }{{"nobody", "65534"}, {"a number without a name", "54321"}} {
		t.Run(who.name, func(t *testing.T) {
			place := open(t)
			// The test program lies in a folder of root's own.
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			program := filepath.Join(place, "program")
			if out, err := exec.CommandContext(t.Context(), "cp", exe, program).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			dir := filepath.Join(place, "db")
			id, _ := strconv.Atoi(who.uid)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(dir, id, id); err != nil {
				t.Fatal(err)
			}
			t.Setenv("HOME", place)
			_, pid, url := helperProgram(t, dir, setpriv, "--reuid="+who.uid, "--regid="+who.uid, "--clear-groups", program)
			if got := query(t, url, "SELECT 1 + 1"); got != "2" {
				t.Errorf("1 + 1 is %s", got)
			}
			info, err := os.Stat("/proc/" + strconv.Itoa(pid))
			if err != nil {
				t.Fatal(err)
			}
			if uid, _ := ownerOf(info); uid != id {
				t.Errorf("the server runs as %d", uid)
			}
		})
	}
}
