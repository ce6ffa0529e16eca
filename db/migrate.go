package db

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed bootstrap.sql schemas.sql extensions.sql migrations/*.sql
var scripts embed.FS

// migrateLock is the advisory lock that lets one process migrate a database at a time.
const migrateLock = 0x70616464

// MinimumMinors are the oldest minor versions per major that fix what row security rests on
// (CVE-2024-10976 in 15.9, 16.5, 17.1; CVE-2025-8713 in 15.14, 16.10, 17.6).
var MinimumMinors = map[int]int{15: 14, 16: 10, 17: 6, 18: 0}

// ErrTooOld is returned for a server below MinimumMinors.
var ErrTooOld = errors.New("the PostgreSQL server is too old")

// CheckVersion compares a server_version_num with MinimumMinors. Majors after the newest known are
// taken as fixed.
func CheckVersion(num int) error {
	major, minor := num/10000, num%10000
	least, known := MinimumMinors[major]
	switch {
	case major < 15:
		return fmt.Errorf("%w: version %d, and Paddock needs 15 or newer", ErrTooOld, major)
	case known && minor < least:
		return fmt.Errorf("%w: version %d.%d leaks rows through known faults; %d.%d or newer is needed", ErrTooOld, major, minor, major, least)
	}
	return nil
}

// ContextKeys hands Migrate the present version of the context key, making one on first use. It
// keeps a wrapped copy outside the database.
type ContextKeys func(ctx context.Context) (version int, key []byte, err error)

// Migrate brings a database to the present shape: roles and schemas as the administrator, then the
// migrations as paddock_migrate, then the context key. It can be run again at any time, and two
// processes that start at once wait for each other.
func Migrate(ctx context.Context, adminURL string, e Endpoint, keys ContextKeys) error {
	admin, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connecting as the database's administrator: %w", err)
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }()
	if _, err := admin.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrateLock)); err != nil {
		return fmt.Errorf("waiting for another migration: %w", err)
	}
	if err := bootstrap(ctx, admin, e); err != nil {
		return err
	}
	if err := migrateUp(ctx, e); err != nil {
		return err
	}
	return installContextKey(ctx, e, keys)
}

func bootstrap(ctx context.Context, admin *pgx.Conn, e Endpoint) error {
	var num int
	if err := admin.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&num); err != nil {
		return fmt.Errorf("asking for the server's version: %w", err)
	}
	if err := CheckVersion(num); err != nil {
		return err
	}
	for _, name := range []string{"bootstrap.sql", "schemas.sql", "extensions.sql"} {
		text, err := scripts.ReadFile(name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		if _, err := admin.Exec(ctx, string(text)); err != nil {
			return fmt.Errorf("running %s: %w", name, err)
		}
	}
	for _, role := range LoginRoles() {
		if e.Secret(role) == "" {
			return fmt.Errorf("there is no password for the database role %s", role)
		}
		verifier, err := scramVerifier(e.Secret(role).Reveal())
		if err != nil {
			return err
		}
		if _, err := admin.Exec(ctx, "ALTER ROLE "+role+" PASSWORD '"+verifier+"'"); err != nil {
			return fmt.Errorf("setting the password of %s: %w", role, err)
		}
	}
	return nil
}

// scramVerifier is what PostgreSQL stores for SCRAM-SHA-256 (RFC 7677), computed here so that no
// password travels in an SQL text that might be logged.
func scramVerifier(password string) (string, error) {
	const rounds = 4096
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("making a salt: %w", err)
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("stretching a password: %w", err)
	}
	mac := func(what string) []byte {
		h := hmac.New(sha256.New, salted)
		h.Write([]byte(what))
		return h.Sum(nil)
	}
	stored := sha256.Sum256(mac("Client Key"))
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", rounds, b64(salt), b64(stored[:]), b64(mac("Server Key"))), nil
}

func migrateUp(ctx context.Context, e Endpoint) error {
	cfg, err := pgx.ParseConfig(e.As(RoleMigrate))
	if err != nil {
		return errors.New("the database address cannot be read")
	}
	cfg.RuntimeParams["role"] = "paddock_owner"
	cfg.RuntimeParams["search_path"] = "app"
	conn := stdlib.OpenDB(*cfg)
	defer func() { _ = conn.Close() }()
	versions, err := database.NewStore(goose.DialectPostgres, "platform.schema_version")
	if err != nil {
		return fmt.Errorf("preparing the migrations: %w", err)
	}
	files, err := fs.Sub(scripts, "migrations")
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	up, err := goose.NewProvider("", conn, files, goose.WithStore(versions), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("preparing the migrations: %w", err)
	}
	if _, err := up.Up(ctx); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	return nil
}

func installContextKey(ctx context.Context, e Endpoint, keys ContextKeys) error {
	cfg, err := pgx.ParseConfig(e.As(RoleMigrate))
	if err != nil {
		return errors.New("the database address cannot be read")
	}
	cfg.RuntimeParams["role"] = "paddock_sec"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("connecting to install the context key: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	version, key, err := keys(ctx)
	if err != nil {
		return fmt.Errorf("reading the context key: %w", err)
	}
	inner, outer := Pads(key)
	if _, err := conn.Exec(ctx, `INSERT INTO sec.context_keys AS k (version, inner_pad, outer_pad) VALUES ($1, $2, $3)
		ON CONFLICT (version) DO NOTHING`, version, inner, outer); err != nil {
		return fmt.Errorf("installing the context key: %w", err)
	}
	var same bool
	if err := conn.QueryRow(ctx, `SELECT inner_pad = $2 FROM sec.context_keys WHERE version = $1`, version, inner).Scan(&same); err != nil {
		return fmt.Errorf("checking the context key: %w", err)
	}
	if !same {
		return errors.New("the key store and the database hold different context keys: one of them was restored without the other")
	}
	return nil
}

// ShapeHash names the present bootstrap and migrations: two databases with the same hash have the
// same shape. Sixteen hexadecimal digits.
func ShapeHash() string {
	sum := sha256.New()
	_ = fs.WalkDir(scripts, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := scripts.ReadFile(path)
		sum.Write([]byte(path))
		sum.Write(text)
		return err
	})
	return fmt.Sprintf("%x", sum.Sum(nil)[:8])
}
