package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/config"
	"paddock/internal/postgres"
)

// database is the product's, floorDatabase the floor's: a copy whose rows are plain.
const (
	database      = "paddock"
	floorDatabase = "floor"
	clinicHost    = "oakvale.localhost"
)

// stand is everything that stands while the benchmark runs.
type stand struct {
	options
	dir       string
	pg        *postgres.Server
	postmas   int // process id of the database server
	endpoint  db.Endpoint
	kms       *httptest.Server
	env       []string // what every product process is told
	shipped   string   // the product as it is
	switched  string   // the product with its switches
	clinic    clinic
	visit     *session
	running   []*process
	floorFile string
}

// raise builds the product twice, starts PostgreSQL and fills both databases.
func raise(ctx context.Context, o options) (s *stand, err error) {
	s = &stand{options: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.fall())
		}
	}()
	if err := os.MkdirAll("var", 0o700); err != nil {
		return s, fmt.Errorf("making a folder for the benchmark: %w", err)
	}
	if s.dir, err = os.MkdirTemp("var", "bench-"); err != nil {
		return s, fmt.Errorf("making a folder for the benchmark: %w", err)
	}
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return s, fmt.Errorf("making a folder for the benchmark: %w", err)
	}
	for _, step := range []struct {
		doing string
		do    func(context.Context) error
	}{
		{"Building the product, as shipped and with its switches", s.build},
		{"Starting PostgreSQL", s.startPostgres},
		{"Migrating", s.migrate},
		{fmt.Sprintf("Making a clinic of %d patients", o.patients), s.seed},
		{"Making the floor's database", s.makeFloorDatabase},
	} {
		tell("%s", step.doing)
		if err := step.do(ctx); err != nil {
			return s, err
		}
	}
	return s, nil
}

// fall stops what runs and removes the folder.
func (s *stand) fall() error {
	for _, p := range s.running {
		p.stop()
	}
	var err error
	if s.pg != nil {
		err = s.pg.Stop(context.Background())
	}
	if s.kms != nil {
		s.kms.Close()
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

func (s *stand) build(ctx context.Context) error {
	s.shipped, s.switched = filepath.Join(s.dir, "paddock"), filepath.Join(s.dir, "paddock-bench")
	for out, tags := range map[string]string{s.shipped: "", s.switched: "bench"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", tags, "-o", out, "./cmd/paddock")
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building the product: %w\n%s", err, said)
		}
	}
	return nil
}

// startPostgres starts a server that keeps what it says it keeps: fsync and synchronous commit are on.
func (s *stand) startPostgres(ctx context.Context) (err error) {
	home := filepath.Join(s.dir, "postgres")
	// Ten products at once, each with its own connections, stand here while fences are switched.
	s.pg, err = postgres.Start(ctx, postgres.Options{Dir: home, Settings: map[string]string{"max_connections": "300"}})
	if err != nil {
		return err
	}
	pid, err := os.ReadFile(filepath.Join(home, "data", "postmaster.pid"))
	if err != nil {
		return fmt.Errorf("reading the number of the database server: %w", err)
	}
	first, _, _ := strings.Cut(string(pid), "\n")
	if s.postmas, err = strconv.Atoi(first); err != nil {
		return fmt.Errorf("reading the number of the database server: %w", err)
	}
	return s.admin(ctx, "postgres", "CREATE DATABASE "+database)
}

// admin runs statements as superuser.
func (s *stand) admin(ctx context.Context, name string, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.pg.AdminURL(name))
	if err != nil {
		return fmt.Errorf("connecting as the administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("preparing a database: %w", err)
		}
	}
	return nil
}

// migrate makes the product's installation and remembers how to reach it.
func (s *stand) migrate(ctx context.Context) (err error) {
	secrets, plain := map[string]config.Secret{}, map[string]string{}
	for _, role := range db.LoginRoles() {
		b := make([]byte, 16)
		_, _ = rand.Read(b) // never fails, see crypto/rand
		plain[role] = hex.EncodeToString(b)
		secrets[role] = config.Secret(plain[role])
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return fmt.Errorf("writing the passwords: %w", err)
	}
	if err := os.WriteFile(s.secretsFile(), text, 0o600); err != nil {
		return fmt.Errorf("writing the passwords: %w", err)
	}
	if s.endpoint, err = db.NewEndpoint(s.pg.URL("", "", database), secrets); err != nil {
		return err
	}
	s.kms = httptest.NewServer(newTransit())
	for _, name := range []string{"VAULT_ADDR", "VAULT_TOKEN"} { // for the keys this program opens itself
		value := s.kms.URL
		if name == "VAULT_TOKEN" {
			value = "bench"
		}
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("naming the key management service: %w", err)
		}
	}
	s.env, err = s.install(ctx, database)
	return err
}

func (s *stand) secretsFile() string { return filepath.Join(s.dir, "secrets.json") }

// keyFolder is where an installation keeps its wrapped keys.
func (s *stand) keyFolder(name string) string { return filepath.Join(s.dir, "keys-"+name) }

// install brings a database, made where it is missing, to the shape of the product by the product's own
// command, with the settings of a served installation: passwords in a file, keys wrapped by a key
// management service. It gives what each process of the installation is told.
func (s *stand) install(ctx context.Context, name string) ([]string, error) {
	if name != database {
		if err := s.admin(ctx, "postgres", "CREATE DATABASE "+name); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(s.keyFolder(name), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of keys: %w", err)
	}
	env := append(os.Environ(),
		"DATABASE_URL="+s.pg.URL("", "", name), "PADDOCK_DB_SECRETS="+s.secretsFile(), "PADDOCK_KEYSTORE="+s.keyFolder(name), "PADDOCK_KMS_URL=hashivault://bench", "PADDOCK_BLOB_URL="+filepath.Join(filepath.Dir(s.keyFolder(name)), "files-"+name),
		"PADDOCK_BASE_DOMAIN=localhost", "PADDOCK_OPS_LISTEN=", "PADDOCK_TRUSTED_PROXY=")
	cmd := exec.CommandContext(ctx, s.shipped, "migrate")
	cmd.Env = append(env[:len(env):len(env)], "PADDOCK_ADMIN_URL="+s.pg.AdminURL(name))
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("migrating: %w\n%s", err, said)
	}
	return env[:len(env):len(env)], nil
}

// processor says how many processors there are, which is all that a ratio may depend on.
func processor() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "processors unknown"
	}
	return fmt.Sprintf("%d processors", strings.Count(string(b), "processor\t:"))
}
