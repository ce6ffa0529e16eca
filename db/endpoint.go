package db

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"paddock/internal/config"
)

// Roles of the database that log in, each with one job.
const (
	RoleMigrate  = "paddock_migrate"
	RoleApp      = "paddock_app"
	RolePlatform = "paddock_platform"
	RoleScribe   = "paddock_scribe"
	RoleWatch    = "paddock_watch"
	RoleJobs     = "paddock_jobs"
	RoleLive     = "paddock_live"
)

// LoginRoles lists the roles that need a password.
func LoginRoles() []string {
	return []string{RoleMigrate, RoleApp, RolePlatform, RoleScribe, RoleWatch, RoleJobs, RoleLive}
}

// Endpoint is a database and the passwords of the roles that may log into it.
type Endpoint struct {
	base    *url.URL
	secrets map[string]config.Secret
}

// NewEndpoint reads a postgres:// URL that names servers and database; a user in it is ignored.
// Connections over TCP are always TLS with the server's name verified (sslmode=verify-full); a
// weaker mode in the URL is refused.
func NewEndpoint(raw string, secrets map[string]config.Secret) (Endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return Endpoint{}, errors.New("DATABASE_URL is not a postgres:// address")
	}
	q := u.Query()
	if !strings.HasPrefix(q.Get("host"), "/") {
		if mode := q.Get("sslmode"); mode != "" && mode != "verify-full" {
			return Endpoint{}, fmt.Errorf("sslmode=%s is too weak: connections over TCP are verify-full", mode)
		}
		q.Set("sslmode", "verify-full")
	} else {
		q.Set("sslmode", "disable") // a unix socket never leaves the machine
	}
	u.RawQuery = q.Encode()
	u.User = nil
	return Endpoint{base: u, secrets: secrets}, nil
}

// As gives the address for one role.
func (e Endpoint) As(role string) string {
	u := *e.base
	u.User = url.UserPassword(role, e.secrets[role].Reveal())
	return u.String()
}

// WithDatabase is the same server and passwords with another database.
func (e Endpoint) WithDatabase(name string) Endpoint {
	u := *e.base
	u.Path = "/" + name
	return Endpoint{base: &u, secrets: e.secrets}
}

// Secret gives the password of a role.
func (e Endpoint) Secret(role string) config.Secret { return e.secrets[role] }
