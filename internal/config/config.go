// Package config reads what the process is told from outside: PADDOCK_* and DATABASE_URL.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strings"
)

// Secret is a text that is never printed.
type Secret string

// String hides the secret.
func (Secret) String() string { return "***" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "***" }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalJSON hides the secret from JSON.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"***"`), nil }

// Reveal is the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// Settings are all the process is told.
type Settings struct {
	Listen       string         // PADDOCK_LISTEN: host:port of the clinics' pages
	OpsListen    string         // PADDOCK_OPS_LISTEN: health and readiness; empty means none
	DataDir      string         // PADDOCK_DATA_DIR: where dev keeps everything
	BaseDomain   string         // PADDOCK_BASE_DOMAIN: clinics are <label>.<base domain>
	DatabaseURL  string         // DATABASE_URL: servers and database, no passwords
	AdminURL     Secret         // PADDOCK_ADMIN_URL: for migrate and dev alone
	SecretsFile  string         // PADDOCK_DB_SECRETS: JSON file, role to password
	KMSURL       Secret         // PADDOCK_KMS_URL: the root key
	KeyStore     string         // PADDOCK_KEYSTORE: URL of the folder or bucket of wrapped keys
	BlobURL      string         // PADDOCK_BLOB_URL: the folder or bucket of patients' files
	TrustedProxy []netip.Prefix // PADDOCK_TRUSTED_PROXY: whose X-Forwarded-For is believed
}

// Read takes the settings from an environment; look is os.LookupEnv in the product.
func Read(look func(string) (string, bool)) (Settings, error) {
	get := func(name, otherwise string) string {
		if v, ok := look(name); ok && v != "" {
			return v
		}
		return otherwise
	}
	s := Settings{
		Listen:      get("PADDOCK_LISTEN", "127.0.0.1:8080"),
		OpsListen:   get("PADDOCK_OPS_LISTEN", ""),
		DataDir:     get("PADDOCK_DATA_DIR", "var"),
		BaseDomain:  strings.ToLower(get("PADDOCK_BASE_DOMAIN", "localhost")),
		DatabaseURL: get("DATABASE_URL", ""),
		AdminURL:    Secret(get("PADDOCK_ADMIN_URL", "")),
		SecretsFile: get("PADDOCK_DB_SECRETS", ""),
		KMSURL:      Secret(get("PADDOCK_KMS_URL", "")),
		KeyStore:    get("PADDOCK_KEYSTORE", ""),
		BlobURL:     get("PADDOCK_BLOB_URL", ""),
	}
	for part := range strings.SplitSeq(get("PADDOCK_TRUSTED_PROXY", ""), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return s, fmt.Errorf("PADDOCK_TRUSTED_PROXY: %q is not an address range like 10.0.0.0/8", part)
		}
		s.TrustedProxy = append(s.TrustedProxy, p)
	}
	return s, nil
}

// ReadSecrets reads the file of PADDOCK_DB_SECRETS: a JSON object from role to password, readable
// by its owner alone.
func ReadSecrets(path string) (map[string]Secret, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the file of database passwords: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the file of database passwords %s can be read by others; chmod 600 it", path)
	}
	raw, err := os.ReadFile(path) // the path is the operator's own setting
	if err != nil {
		return nil, fmt.Errorf("the file of database passwords: %w", err)
	}
	var m map[string]string
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, errors.New("the file of database passwords is not a JSON object from role to password")
	}
	out := make(map[string]Secret, len(m))
	for role, password := range m {
		out[role] = Secret(password)
	}
	return out, nil
}
