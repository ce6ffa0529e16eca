package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// command is a shell that notes the address it was given, leaves a file in the folder and ends with 7.
func command(t *testing.T) (args []string, noted func() (url, folder string)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "url")
	return []string{"sh", "-c", `: >"$PADDOCK_TEST_FOLDER/left" && printf '%s\n%s' "$PADDOCK_TEST_ADMIN_URL" "$PADDOCK_TEST_FOLDER" >"$0"; exit 7`, file}, func() (string, string) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		url, folder, _ := strings.Cut(string(b), "\n")
		return url, folder
	}
}

// gone demands that a folder was given, and is removed with what was left in it.
func gone(t *testing.T, folder string) {
	t.Helper()
	if _, err := os.Stat(folder); folder == "" || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder %q is still there: %v", folder, err)
	}
}

func TestTheCommandGetsAServerAndItsExitCodeIsPassedOn(t *testing.T) {
	t.Setenv("PADDOCK_ADMIN_URL", "")
	t.Setenv("DATABASE_URL", "")
	args, noted := command(t)
	code, err := run(t.Context(), args)
	if code != 7 || err != nil {
		t.Errorf("it ended with %d, %v", code, err)
	}
	url, folder := noted()
	if !strings.HasPrefix(url, "postgres://paddock_admin:") {
		t.Errorf("the address is %q", url)
	}
	gone(t, folder)
}

func TestAServerThatIsNamedIsUsed(t *testing.T) {
	t.Setenv("PADDOCK_ADMIN_URL", "postgres://somewhere/x")
	args, noted := command(t)
	if code, err := run(t.Context(), args); code != 7 || err != nil {
		t.Errorf("it ended with %d, %v", code, err)
	}
	url, folder := noted()
	if url != "postgres://somewhere/x" {
		t.Errorf("the address is %q", url)
	}
	gone(t, folder)
}

func TestACommandThatIsMissingIsAnError(t *testing.T) {
	t.Setenv("PADDOCK_ADMIN_URL", "postgres://somewhere/x")
	if code, err := run(t.Context(), []string{"/no/such/program"}); code == 0 || err == nil {
		t.Errorf("it ended with %d, %v", code, err)
	}
}
