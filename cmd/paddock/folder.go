package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"paddock/db"
	"paddock/internal/config"
	"paddock/internal/vault"
)

// folder is the data folder of a dev installation: PostgreSQL's files in one folder, and what opens
// their content beside it, never inside.
type folder string

func (f folder) postgres() string { return filepath.Join(string(f), "postgres") }
func (f folder) secrets() string  { return filepath.Join(string(f), "secrets.json") }
func (f folder) rootKey() string  { return filepath.Join(string(f), "root.key") }
func (f folder) keys() string     { return filepath.Join(string(f), "keys") }

// files is where a dev installation keeps patients' files.
func (f folder) files() (string, error) {
	at, err := filepath.Abs(filepath.Join(string(f), "files"))
	if err != nil {
		return "", fmt.Errorf("finding the folder %s: %w", string(f), err)
	}
	return at, nil
}

func (f folder) address() string { return filepath.Join(string(f), "address") }

// vault says where the keys of a dev installation are.
func (f folder) vault() (vault.Config, error) {
	keys, err := filepath.Abs(f.keys())
	if err != nil {
		return vault.Config{}, fmt.Errorf("finding the folder %s: %w", f.keys(), err)
	}
	return vault.Config{RootKeyFile: f.rootKey(), KeyStoreURL: keys, DatabaseFolder: f.postgres()}, nil
}

// prepare makes the folder where it is missing and finds out whether it can be written.
func (f folder) prepare() error {
	mode := os.FileMode(0o700)
	if os.Geteuid() == 0 {
		// Where user namespaces are forbidden, PostgreSQL runs as another user below a folder of root's:
		// it may walk through, and see nothing on its way.
		mode = 0o711
	}
	_, err := os.Stat(string(f))
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(string(f), mode); err != nil {
		return f.unwritable(err)
	}
	if fresh {
		if err := os.Chmod(string(f), mode); err != nil { // the umask may have taken rights away
			return f.unwritable(err)
		}
	}
	probe, err := os.CreateTemp(string(f), ".probe-")
	if err != nil {
		return f.unwritable(err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func (f folder) unwritable(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("the data folder %s cannot be written (%w): set PADDOCK_DATA_DIR to one that can", string(f), err)
}

// makeSecrets gives the passwords of the database's roles, each made once: a later release may have more
// roles than the folder was made with. The file appears whole or not at all.
func (f folder) makeSecrets() (map[string]config.Secret, error) {
	have, err := config.ReadSecrets(f.secrets())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return have, err
	}
	fresh, missing := map[string]string{}, false
	for role, password := range have {
		fresh[role] = password.Reveal()
	}
	for _, role := range db.LoginRoles() {
		if fresh[role] == "" {
			fresh[role], missing = rand.Text(), true
		}
	}
	if !missing {
		return have, nil
	}
	raw, err := json.MarshalIndent(fresh, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("making database passwords: %w", err)
	}
	if err := f.writeWhole(f.secrets(), append(raw, '\n')); err != nil {
		return nil, fmt.Errorf("making database passwords: %w", err)
	}
	return config.ReadSecrets(f.secrets())
}

// writeWhole writes a file of mode 0600 beside its place, brings it to the disk and renames it.
func (f folder) writeWhole(path string, content []byte) error {
	fresh, err := os.CreateTemp(string(f), ".fresh-") // made with mode 0600
	if err != nil {
		return f.unwritable(err)
	}
	_, err = fresh.Write(content)
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err == nil {
		err = os.Rename(fresh.Name(), path)
	}
	if err != nil {
		return errors.Join(f.unwritable(err), os.Remove(fresh.Name()))
	}
	return nil
}

// makeKeys makes the root key and the folder of the wrapped keys, once, and gives where they are.
func (f folder) makeKeys(ctx context.Context) (vault.Config, error) {
	cfg, err := f.vault()
	if err != nil {
		return cfg, err
	}
	if err := os.MkdirAll(f.keys(), 0o700); err != nil {
		return cfg, f.unwritable(err)
	}
	if _, err := os.Stat(f.rootKey()); !errors.Is(err, fs.ErrNotExist) {
		return cfg, nil
	}
	return cfg, vault.CreateRootKeyFile(ctx, cfg)
}

// noteAddress keeps where the pages are, for commands that print a link; forgetAddress ends that.
func (f folder) noteAddress(port string) error { return f.writeWhole(f.address(), []byte(port+"\n")) }

func (f folder) forgetAddress() { _ = os.Remove(f.address()) } // it is written anew at each start

// port is where the running dev serves, "" where none does.
func (f folder) port() string {
	b, _ := os.ReadFile(f.address()) // there is none while nothing serves
	return strings.TrimSpace(string(b))
}
