package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// command is a shell that notes the address it was given and ends with 7.
func command(t *testing.T) (args []string, noted func() string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "url")
	return []string{"sh", "-c", `printf %s "$PADDOCK_TEST_ADMIN_URL" >"$0"; exit 7`, file}, func() string {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
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
	if url := noted(); !strings.HasPrefix(url, "postgres://paddock_admin:") {
		t.Errorf("the address is %q", url)
	}
}

func TestAServerThatIsNamedIsUsed(t *testing.T) {
	t.Setenv("PADDOCK_ADMIN_URL", "postgres://somewhere/x")
	args, noted := command(t)
	if code, err := run(t.Context(), args); code != 7 || err != nil {
		t.Errorf("it ended with %d, %v", code, err)
	}
	if got := noted(); got != "postgres://somewhere/x" {
		t.Errorf("the address is %q", got)
	}
}

func TestACommandThatIsMissingIsAnError(t *testing.T) {
	t.Setenv("PADDOCK_ADMIN_URL", "postgres://somewhere/x")
	if code, err := run(t.Context(), []string{"/no/such/program"}); code == 0 || err == nil {
		t.Errorf("it ended with %d, %v", code, err)
	}
}
