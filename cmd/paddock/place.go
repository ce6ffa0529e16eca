package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"

	"paddock/db"
	"paddock/internal/config"
	"paddock/internal/postgres"
	"paddock/internal/vault"
)

// database is the name of the database inside a PostgreSQL of our own.
const database = "paddock"

// place is an installation from outside: its database, its keys and its addresses.
type place struct {
	endpoint db.Endpoint
	admin    config.Secret // empty where nobody may migrate
	keys     vault.Config
	blobs    string // where patients' files are; empty where nobody is to open them
	keyless  error  // why there are no keys, for those who need them
	scheme   string // of the pages
	port     string // of the pages, empty where it is the scheme's own
}

// page is the address of a page at a clinic.
func (p place) page(host, path string) string {
	if p.port != "" {
		host = net.JoinHostPort(host, p.port)
	}
	return (&url.URL{Scheme: p.scheme, Host: host, Path: path}).String()
}

// find tells where a command acts: on DATABASE_URL, or on the running dev of the data folder. With
// DATABASE_URL, passwords and keys that no setting names are those of the data folder.
func (e *environment) find() (place, error) {
	s, dir := e.settings, folder(e.settings.DataDir)
	if s.DatabaseURL == "" {
		return running(dir, s.BlobURL)
	}
	p := place{admin: s.AdminURL, scheme: "https", blobs: s.BlobURL}
	path := s.SecretsFile
	if path == "" {
		path = dir.secrets()
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return p, errors.New("PADDOCK_DB_SECRETS is not set: it names the file of the database passwords")
		}
	}
	secrets, err := config.ReadSecrets(path)
	if err != nil {
		return p, err
	}
	if p.endpoint, err = db.NewEndpoint(s.DatabaseURL, secrets); err != nil {
		return p, err
	}
	if s.KMSURL != "" || s.KeyStore != "" {
		p.keys, p.keyless = remoteKeys(s)
		return p, nil
	}
	if _, err := os.Stat(dir.rootKey()); errors.Is(err, fs.ErrNotExist) {
		p.keyless = errors.New("PADDOCK_KMS_URL and PADDOCK_KEYSTORE are not set: they name the root key and the store of the wrapped keys")
		return p, nil
	}
	p.scheme = "http"
	p.port = dir.port()
	if p.keys, err = dir.vault(); err == nil && p.blobs == "" {
		p.blobs, err = dir.files()
	}
	return p, err
}

// running is the dev that another process runs on the folder.
func running(dir folder, blobs string) (place, error) {
	address, err := postgres.Running(dir.postgres())
	if err != nil {
		return place{}, err
	}
	p := place{admin: config.Secret(address.AdminURL(database)), scheme: "http"}
	p.port = dir.port()
	secrets, err := config.ReadSecrets(dir.secrets())
	if err != nil {
		return p, err
	}
	if p.endpoint, err = db.NewEndpoint(address.URL("", "", database), secrets); err != nil {
		return p, err
	}
	if p.blobs = blobs; blobs == "" {
		if p.blobs, err = dir.files(); err != nil {
			return p, err
		}
	}
	p.keys, err = dir.vault()
	return p, err
}

// remoteKeys are the keys of an installation that is not dev's.
func remoteKeys(s config.Settings) (vault.Config, error) {
	switch {
	case s.KMSURL == "":
		return vault.Config{}, errors.New("PADDOCK_KMS_URL is not set: it names the root key, for instance hashivault://paddock")
	case s.KeyStore == "":
		return vault.Config{}, errors.New("PADDOCK_KEYSTORE is not set: it names the folder of the wrapped keys, for instance file:///var/lib/paddock/keys")
	}
	return vault.Config{KMSURL: s.KMSURL.Reveal(), KeyStoreURL: s.KeyStore}, nil
}

// contextKeyVersion is the one version of the context key that this release makes and signs with.
const contextKeyVersion = 1

// contextKey gives the key that signs the database context.
func contextKey(ctx context.Context, v *vault.Vault) ([]byte, error) {
	key, err := v.ContextKey(ctx, contextKeyVersion)
	if errors.Is(err, vault.ErrNoKeys) {
		return nil, errors.New("the key store holds no context key: run `paddock migrate` first")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the context key: %w", err)
	}
	return key.Bytes(), nil
}

// makeContextKey is db.ContextKeys for a migration: the first one makes the key.
func makeContextKey(v *vault.Vault) db.ContextKeys {
	return func(ctx context.Context) (int, []byte, error) {
		_, err := v.ContextKey(ctx, contextKeyVersion)
		if errors.Is(err, vault.ErrNoKeys) {
			// Another process may be faster; its key is taken then.
			if err := v.PutContextKey(ctx, contextKeyVersion, vault.NewKey()); err != nil && !errors.Is(err, vault.ErrExists) {
				return 0, nil, err
			}
		} else if err != nil {
			return 0, nil, err
		}
		key, err := contextKey(ctx, v)
		return contextKeyVersion, key, err
	}
}
