//go:build !linux

package postgres

import (
	"context"
	"errors"
	"syscall"
)

// attributes give the child a session of its own. Only Linux ends a child with its parent; elsewhere
// the next start stops what a killed process left behind.
func (i identity) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true}
	if i.drop {
		a.Credential = &syscall.Credential{Uid: uint32(i.uid), Gid: uint32(i.gid)}
	}
	return a
}

// chooseIdentity is this user; root gives its rights up for an unprivileged one, who then owns the
// folder.
func chooseIdentity(_ context.Context, _ Install, at layout, _ bool) (identity, error) {
	me := current()
	if me.uid != 0 {
		return me, nil
	}
	uid, gid, ok := named("postgres", "_postgres", "nobody", "daemon")
	if !ok {
		return identity{}, errors.New("PostgreSQL may not run as root: run Paddock as a plain user")
	}
	out := identity{uid: uid, gid: gid, drop: true}
	return out, out.own(at.dir)
}
