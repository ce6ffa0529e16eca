package vault

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gocloud.dev/secrets/localsecrets"
)

// T87, the store: gone (a folder that is not mounted), in the way, and unreadable.
func TestStoreDownFailsClosedAndRecovers(t *testing.T) {
	v, cfg := evaluation(t)
	tenant, fresh := made(t, v).ID(), newTenant()
	away := cfg.KeyStoreURL + ".away"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	outages := map[string]struct{ start, end func() }{
		"gone": {
			func() { must(os.Rename(cfg.KeyStoreURL, away)) },
			func() { must(os.Rename(away, cfg.KeyStoreURL)) },
		},
		"an empty folder in its place": {
			func() { must(os.Rename(cfg.KeyStoreURL, away)); must(os.Mkdir(cfg.KeyStoreURL, 0o700)) },
			func() { must(os.RemoveAll(cfg.KeyStoreURL)); must(os.Rename(away, cfg.KeyStoreURL)) },
		},
		"a file in its place": {
			func() { must(os.Rename(cfg.KeyStoreURL, away)); must(os.WriteFile(cfg.KeyStoreURL, nil, 0o600)) },
			func() { must(os.Remove(cfg.KeyStoreURL)); must(os.Rename(away, cfg.KeyStoreURL)) },
		},
	}
	if os.Geteuid() != 0 { // root reads whatever the mode says
		outages["unreadable"] = struct{ start, end func() }{
			func() { must(os.Chmod(cfg.KeyStoreURL, 0)) },
			func() { must(os.Chmod(cfg.KeyStoreURL, 0o700)) },
		}
	}
	for name, o := range outages {
		t.Run(name, func(t *testing.T) {
			v.Forget(tenant)
			o.start()
			_, err := v.Clinic(t.Context(), tenant)
			_, errContext := v.ContextKey(t.Context(), 1)
			errCreate := v.Create(t.Context(), fresh)
			o.end()
			wantErr(t, err, ErrUnavailable)
			wantErr(t, errContext, ErrUnavailable)
			wantErr(t, errCreate, ErrUnavailable)
			if _, err := v.Clinic(t.Context(), tenant); err != nil {
				t.Errorf("after the outage: %v", err)
			}
			_, err = v.Clinic(t.Context(), fresh)
			wantErr(t, err, ErrNoKeys)
		})
	}
}

// transit speaks as much of the Transit engine's protocol as its driver asks for, with a real key behind it.
type transit struct {
	t    *testing.T
	key  [32]byte
	mu   sync.Mutex
	seen []string
	odd  bool // answers with success and no data
}

func (s *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var in struct{ Plaintext, Ciphertext string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		s.t.Error(err)
	}
	s.seen = append(s.seen, r.URL.Path)
	keeper := localsecrets.NewKeeper(s.key)
	data := map[string]string{}
	switch {
	case s.odd:
	case strings.HasSuffix(r.URL.Path, "/encrypt/paddock"):
		plain, err := base64.StdEncoding.DecodeString(in.Plaintext)
		if err != nil {
			s.t.Error(err)
		}
		out, err := keeper.Encrypt(r.Context(), plain)
		if err != nil {
			s.t.Error(err)
		}
		data["ciphertext"] = "vault:v1:" + base64.StdEncoding.EncodeToString(out)
	case strings.HasSuffix(r.URL.Path, "/decrypt/paddock"):
		wrapped, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Ciphertext, "vault:v1:"))
		if err != nil {
			s.t.Error(err)
		}
		plain, err := keeper.Decrypt(r.Context(), wrapped)
		if err != nil {
			http.Error(w, `{"errors":["invalid ciphertext"]}`, http.StatusBadRequest)
			return
		}
		data["plaintext"] = base64.StdEncoding.EncodeToString(plain)
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"data": data}); err != nil {
		s.t.Error(err)
	}
}

// freeAddress is a loopback port nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// T87, the key management service.
func TestKMSDownFailsClosedAndRecovers(t *testing.T) {
	address := freeAddress(t)
	t.Setenv("VAULT_ADDR", "http://"+address)
	t.Setenv("VAULT_TOKEN", "hvs.canary")
	t.Setenv("VAULT_MAX_RETRIES", "0")
	cfg := Config{KMSURL: "hashivault://paddock", KeyStoreURL: "file://" + filepath.Join(t.TempDir(), "keys")}

	_, err := Open(t.Context(), cfg)
	wantErr(t, err, ErrUnavailable)
	if strings.Contains(err.Error(), "hvs.canary") {
		t.Errorf("the token is in the error: %v", err)
	}

	service := &transit{t: t, key: NewKey().secret}
	up := func() *httptest.Server {
		t.Helper()
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewUnstartedServer(service)
		s.Listener.Close()
		s.Listener = l
		s.Start()
		return s
	}
	server := up()
	v := reopen(t, cfg)
	c := made(t, v)
	slot := Slot{"clients", "contact", row}
	sealed, err := c.Seal(slot, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if len(service.seen) != 3 { // mark wrapped, clinic wrapped, clinic unwrapped
		t.Errorf("the service was asked %q", service.seen)
	}

	server.Close()
	fresh := newTenant()
	wantErr(t, v.Create(t.Context(), fresh), ErrUnavailable)
	wantErr(t, v.PutContextKey(t.Context(), 1, NewKey()), ErrUnavailable)
	if kept, err := v.Clinic(t.Context(), c.ID()); err != nil || kept != c {
		t.Errorf("keys in memory: %v", err)
	}
	v.Forget(c.ID())
	_, err = v.Clinic(t.Context(), c.ID())
	wantErr(t, err, ErrUnavailable)

	server = up()
	defer server.Close()
	_, err = v.Clinic(t.Context(), fresh)
	wantErr(t, err, ErrNoKeys) // nothing was written while the service was down
	again, err := v.Clinic(t.Context(), c.ID())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(slot, sealed); err != nil || string(got) != "x" {
		t.Errorf("opened %q, %v", got, err)
	}

	service.mu.Lock()
	service.odd = true
	service.mu.Unlock()
	v.Forget(c.ID())
	_, err = v.Clinic(t.Context(), c.ID())
	wantErr(t, err, ErrUnavailable)
}

// A service that takes the call and never answers is given up after the caller's patience.
func TestKMSThatHangsIsGivenUp(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the whole of the patience")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("VAULT_ADDR", "http://"+l.Addr().String())
	t.Setenv("VAULT_TOKEN", "hvs.canary")
	_, err = Open(t.Context(), Config{KMSURL: "hashivault://paddock", KeyStoreURL: filepath.Join(t.TempDir(), "keys")})
	wantErr(t, err, ErrUnavailable)
}

func TestRootKeyFileIsKeptApart(t *testing.T) {
	folder := t.TempDir()
	database, keys := filepath.Join(folder, "database"), filepath.Join(folder, "keys")
	link := filepath.Join(folder, "link")
	if err := os.Mkdir(database, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(database, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		filepath.Join(database, "root.key"), filepath.Join(database, "a", "b", "root.key"),
		filepath.Join(link, "root.key"), filepath.Join(keys, "root.key"),
	} {
		err := CreateRootKeyFile(t.Context(), Config{RootKeyFile: path, KeyStoreURL: keys, DatabaseFolder: database})
		wantErr(t, err, ErrRootKeyExposed)
	}
	if _, err := Open(t.Context(), Config{RootKeyFile: filepath.Join(folder, "root.key"), KeyStoreURL: filepath.Join(link, "keys"), DatabaseFolder: database}); err == nil {
		t.Error("a key store inside the database folder was opened")
	}

	_, cfg := evaluation(t)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o666} {
		if err := os.Chmod(cfg.RootKeyFile, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), cfg)
		wantErr(t, err, ErrRootKeyExposed)
	}
}

func TestRootKeyIsNeverReplaced(t *testing.T) {
	v, cfg := evaluation(t)
	made(t, v)
	wantErr(t, CreateRootKeyFile(t.Context(), cfg), ErrNoRootKey) // there are keys
	key, err := os.ReadFile(cfg.RootKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(cfg.RootKeyFile); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), cfg)
	wantErr(t, err, ErrNoRootKey)
	wantErr(t, CreateRootKeyFile(t.Context(), cfg), ErrNoRootKey)
	if _, err := os.Stat(cfg.RootKeyFile); !os.IsNotExist(err) {
		t.Fatalf("a root key was made: %v", err)
	}

	for name, bytes := range map[string][]byte{"short": key[:31], "long": append(key[:32:32], 0), "zeros": make([]byte, 32)} {
		if err := os.WriteFile(cfg.RootKeyFile, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), cfg); err == nil {
			t.Errorf("a root key file that is %s was taken", name)
		}
	}
	wrong := NewKey()
	if err := os.WriteFile(cfg.RootKeyFile, wrong.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), cfg)
	wantErr(t, err, ErrWrongKeys)
	if err := os.Remove(filepath.Join(cfg.KeyStoreURL, markName)); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), cfg)
	wantErr(t, err, ErrWrongKeys)
}

func TestWrappedKeysAreForTheirOwnerOnly(t *testing.T) {
	v, cfg := evaluation(t)
	made(t, v)
	err := filepath.Walk(cfg.KeyStoreURL, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	folder := t.TempDir()
	keys, key := filepath.Join(folder, "keys"), filepath.Join(folder, "root.key")
	secret := "c21HYmptNzFOeGQxSWc1RlMwd2o5U2xiekFJcm5vbEN6OWI="
	for name, cfg := range map[string]Config{
		"no root key":           {KeyStoreURL: keys},
		"two root keys":         {KeyStoreURL: keys, KMSURL: "hashivault://x", RootKeyFile: key},
		"a root key as setting": {KeyStoreURL: keys, KMSURL: "base64key://" + secret},
		"no key named":          {KeyStoreURL: keys, KMSURL: "hashivault://"},
		"unknown service":       {KeyStoreURL: keys, KMSURL: "unknown://" + secret},
		"malformed address":     {KeyStoreURL: keys, KMSURL: "hashivault://%zz" + secret},
		"no store":              {RootKeyFile: key},
		"relative store":        {RootKeyFile: key, KeyStoreURL: "keys"},
		"store with parameters": {RootKeyFile: key, KeyStoreURL: "file://" + keys + "?secret_key_path=" + secret},
		"store elsewhere":       {RootKeyFile: key, KeyStoreURL: "file://elsewhere/keys"},
		"unknown store":         {RootKeyFile: key, KeyStoreURL: "s3://" + secret},
	} {
		v, err := Open(t.Context(), cfg)
		if err == nil {
			v.Close()
			t.Errorf("%s: was taken", name)
			continue
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error tells the secret: %v", name, err)
		}
	}
}
