package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"gocloud.dev/secrets/localsecrets"

	"paddock/db"
	"paddock/internal/postgres"
)

// transit is a key management service of a test: as much of the Transit engine as is asked for, with a
// real key behind it.
type transit struct {
	t    *testing.T
	key  [32]byte
	away atomic.Bool
}

func (s *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.away.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var in struct{ Plaintext, Ciphertext string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		s.t.Error(err)
	}
	keeper := localsecrets.NewKeeper(s.key)
	data := map[string]string{}
	if strings.HasSuffix(r.URL.Path, "/encrypt/paddock") {
		plain, err := base64.StdEncoding.DecodeString(in.Plaintext)
		if err != nil {
			s.t.Error(err)
		}
		out, err := keeper.Encrypt(r.Context(), plain)
		if err != nil {
			s.t.Error(err)
		}
		data["ciphertext"] = "vault:v1:" + base64.StdEncoding.EncodeToString(out)
	} else {
		wrapped, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Ciphertext, "vault:v1:"))
		if err != nil {
			s.t.Error(err)
		}
		plain, err := keeper.Decrypt(r.Context(), wrapped)
		if err != nil {
			s.t.Error(err)
		}
		data["plaintext"] = base64.StdEncoding.EncodeToString(plain)
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"data": data}); err != nil {
		s.t.Error(err)
	}
}

// production is a machine with everything an installation with real clinics is told.
func production(t *testing.T, pg *postgres.Server, kms string) machine {
	t.Helper()
	m := newMachine(t)
	passwords := map[string]string{}
	for _, role := range db.LoginRoles() {
		passwords[role] = "a long password of " + role
	}
	raw, err := json.Marshal(passwords)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.dir, "passwords.json"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(m.dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	return m.with("DATABASE_URL", pg.URL("", "", "postgres"), "PADDOCK_DB_SECRETS", filepath.Join(m.dir, "passwords.json"),
		"PADDOCK_KMS_URL", "hashivault://paddock", "PADDOCK_KEYSTORE", "file://"+filepath.Join(m.dir, "keys"), "PADDOCK_BLOB_URL", "file://"+filepath.Join(m.dir, "files"),
		"VAULT_ADDR", kms, "VAULT_TOKEN", "hvs.test", "VAULT_MAX_RETRIES", "0",
		"PADDOCK_BASE_DOMAIN", "paddock.example", "PADDOCK_OPS_LISTEN", freeAddress(t), "PADDOCK_DATA_DIR", filepath.Join(m.dir, "none"))
}

// freeAddress is a loopback port nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func TestServe(t *testing.T) {
	pg, err := postgres.StartThrowaway(t.Context(), nil) // of its own: its roles are changed below
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Stop(t.Context()) })
	service := &transit{t: t, key: [32]byte{1, 2, 3}}
	kms := httptest.NewServer(service)
	t.Cleanup(kms.Close)
	m := production(t, pg, kms.URL)

	for _, missing := range []string{"DATABASE_URL", "PADDOCK_DB_SECRETS", "PADDOCK_KMS_URL", "PADDOCK_KEYSTORE", "PADDOCK_BLOB_URL"} {
		m.with(missing, "").refuses(t, exitFailed, missing+" is not set", "serve")
	}
	m.with("DATABASE_URL", pg.AdminURL("postgres")).refuses(t, exitFailed, `names the database role "paddock_admin"`, "serve")
	m.with("DATABASE_URL", "postgres://db.example/paddock?sslmode=require").refuses(t, exitFailed, "connections over TCP are verify-full", "serve")
	m.with("DATABASE_URL", "postgres://"+freeAddress(t)+"/paddock").refuses(t, exitFailed, "connection refused", "serve")
	m.refuses(t, exitFailed, "has it been migrated", "serve")
	m.refuses(t, exitFailed, "PADDOCK_ADMIN_URL is not set", "migrate")

	m.with("PADDOCK_ADMIN_URL", pg.AdminURL("postgres")).succeeds(t, "migrate")
	if list := m.succeeds(t, "clinic", "list"); strings.Count(list, "\n") != 1 {
		t.Errorf("a new installation has clinics:\n%s", list)
	}
	out := m.succeeds(t, "clinic", "add", "High Street Vets", "--host", "high.paddock.example", "--admin", "jo@high.example")
	if !strings.Contains(out, "https://high.paddock.example/welcome/") {
		t.Errorf("clinic add printed no link:\n%s", out)
	}
	animals := filepath.Join(t.TempDir(), "animals.csv")
	if err := os.WriteFile(animals, []byte("Name,Species\nQuibble,Cat\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// With real clinics an import has a person who proves who they are.
	m.refuses(t, exitFailed, "--as names nobody", "import", "patients", "--clinic", "high.paddock.example", animals)
	m.with("PADDOCK_PASSPHRASE", "none was ever set").refuses(t, exitFailed, "do not belong together",
		"import", "patients", "--clinic", "high.paddock.example", "--as", "jo@high.example", animals)
	m.refuses(t, exitFailed, "--as names nobody", "codes", "load", "--clinic", "high.paddock.example", "--system", "Made up", "--version", "7", "--licence", "Ours", animals)
	serving(t, m, service)
	tooMighty(t, m, pg)
}

// serving looks at a server from outside: at its pages, its own port, and its end.
func serving(t *testing.T, m machine, service *transit) {
	s := m.serve(t)
	p := person{t, s.address, "high.paddock.example", map[string]string{}}
	if answer, page := p.do(http.MethodGet, "/sign-in", nil); answer.StatusCode != http.StatusOK {
		t.Errorf("the sign-in page gives %s\n%s", answer.Status, page)
	}
	p.host = "oakvale.paddock.example"
	if answer, _ := p.do(http.MethodGet, "/sign-in", nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a sample clinic is there: %s", answer.Status)
	}
	ops := func(path string) int {
		t.Helper()
		r, err := http.Get("http://" + m.env["PADDOCK_OPS_LISTEN"] + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		_, _ = io.Copy(io.Discard, r.Body)
		return r.StatusCode
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/": 404, "/sign-in": 404} {
		if got := ops(path); got != want {
			t.Errorf("%s gives %d, want %d", path, got, want)
		}
	}
	service.away.Store(true)
	if alive, ready := ops("/healthz"), ops("/readyz"); alive != 200 || ready != 503 {
		t.Errorf("without the root key: healthz %d, readyz %d", alive, ready)
	}
	service.away.Store(false)
	if status := s.stop(syscall.SIGTERM); status != exitDone {
		t.Errorf("it ended with %d", status)
	}
	_, log := s.said()
	for line := range strings.Lines(log) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a line of the log is no JSON: %s", line)
		}
	}
}

// tooMighty gives the serving role more than it should have.
func tooMighty(t *testing.T, m machine, pg *postgres.Server) {
	conn, err := pgx.Connect(t.Context(), pg.AdminURL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, change := range [][2]string{
		{"ALTER ROLE paddock_app SUPERUSER", "ALTER ROLE paddock_app NOSUPERUSER"},
		{"ALTER ROLE paddock_app BYPASSRLS", "ALTER ROLE paddock_app NOBYPASSRLS"},
		{"ALTER TABLE app.patients NO FORCE ROW LEVEL SECURITY", "ALTER TABLE app.patients FORCE ROW LEVEL SECURITY"},
	} {
		if _, err := conn.Exec(t.Context(), change[0]); err != nil {
			t.Fatal(err)
		}
		status, _, bad := m.run(t, "serve")
		if status != exitFailed || !strings.Contains(bad, "the fences between the clinics do not hold") {
			t.Errorf("after %s serve ended with %d and said\n%s", change[0], status, bad)
		}
		if status, out, _ := m.run(t, "isolation", "check", "--lint"); status != exitFailed || !strings.Contains(out, ": ") {
			t.Errorf("after %s the lint ended with %d and said\n%s", change[0], status, out)
		}
		if _, err := conn.Exec(t.Context(), change[1]); err != nil {
			t.Fatal(err)
		}
	}
	m.succeeds(t, "isolation", "check", "--lint")
}

var listening = regexp.MustCompile(`"msg":"serving","listen":"([^"]+)"`)

// serve starts `paddock serve` and waits until it listens.
func (m machine) serve(t *testing.T) *process {
	t.Helper()
	s := &process{t: t, cmd: m.command("serve"), ended: make(chan struct{})}
	s.cmd.Stderr = s
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait() // the state tells
		close(s.ended)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
	})
	eventually(t, "serve listens", func() bool {
		_, log := s.said()
		found := listening.FindStringSubmatch(log)
		if found != nil {
			s.address = found[1]
		}
		return found != nil
	})
	if s.address == "" {
		_, log := s.said()
		t.Fatalf("serve said\n%s", log)
	}
	return s
}
