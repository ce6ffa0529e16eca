package postgres

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrNotRunning is returned by Running for a folder on which no server of ours runs.
var ErrNotRunning = errors.New("no Paddock is running on this data folder: start one with `paddock dev`, or set DATABASE_URL")

// Address is where a private server is reached and how its administrator signs in.
type Address struct {
	socketDir string
	password  string
}

// SocketDir is the folder of the unix socket, open to its owner alone.
func (a Address) SocketDir() string { return a.socketDir }

// AdminURL is the connection string of the administrator for a database. It carries the password:
// keep it out of logs and off command lines.
func (a Address) AdminURL(database string) string { return a.URL(AdminRole, a.password, database) }

// URL is the connection string of a role for a database; with an empty role it names the server and
// the database only, as DATABASE_URL does.
func (a Address) URL(role, password, database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database}
	switch {
	case role != "" && password != "":
		u.User = url.UserPassword(role, password)
	case role != "":
		u.User = url.User(role)
	}
	u.RawQuery = url.Values{"host": {a.socketDir}, "port": {port}}.Encode()
	return u.String()
}

// Running finds the server that another process runs on the folder, for commands that act on a
// running `paddock dev`. It gives ErrNotRunning where there is none.
func Running(dir string) (Address, error) {
	at, err := layoutOf(dir)
	if err != nil {
		return Address{}, err
	}
	lock, err := os.Open(at.lockFile)
	if err != nil {
		return Address{}, ErrNotRunning
	}
	defer lock.Close()
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return Address{}, ErrNotRunning
	}
	lines := at.pidFile()
	if len(lines) < 8 || strings.TrimSpace(lines[7]) != "ready" || !filepath.IsAbs(lines[4]) {
		return Address{}, ErrNotRunning
	}
	password, err := at.password()
	if err != nil {
		return Address{}, err
	}
	return Address{socketDir: lines[4], password: password}, nil
}
