package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// attributes run a child as this identity, in a session of its own so that a Ctrl-C meant for us does
// not reach it, and stop it at once should we die: what was committed is recovered at the next start.
func (i identity) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGQUIT}
	switch {
	case i.namespace:
		a.Cloneflags = syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: i.insideUID, HostID: i.uid, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: i.insideGID, HostID: i.gid, Size: 1}}
		a.GidMappingsEnableSetgroups = false
	case i.drop:
		a.Credential = &syscall.Credential{Uid: uint32(i.uid), Gid: uint32(i.gid)}
	}
	return a
}

// chooseIdentity finds a user PostgreSQL accepts. Root, and a user without a name, run it in a user
// namespace, where the same files belong to somebody; where namespaces are forbidden root gives its
// rights up for an unprivileged user, who then owns the folder.
func chooseIdentity(ctx context.Context, install Install, at layout, noNamespace bool) (identity, error) {
	me := current()
	if me.uid != 0 {
		if _, err := user.LookupId(strconv.Itoa(me.uid)); err == nil {
			return me, nil
		}
	}
	if !noNamespace {
		inside := me
		inside.namespace = true
		// A number without a name would do for the server, but not for initdb.
		inside.insideUID, inside.insideGID, _ = named("daemon", "nobody", "bin")
		if inside.insideUID == 0 {
			inside.insideUID, inside.insideGID = 1000, 1000
		}
		if inside.canRun(ctx, install) == nil {
			return inside, nil
		}
	}
	if me.uid != 0 {
		return me, nil // initdb will say what it misses
	}
	uid, gid, ok := named("postgres", "nobody", "daemon")
	if !ok {
		return identity{}, errors.New("PostgreSQL may not run as root, this machine forbids user namespaces, and it has no other user: run Paddock as a plain user")
	}
	out := identity{uid: uid, gid: gid, drop: true}
	if err := out.own(at.dir); err != nil {
		return identity{}, err
	}
	if err := out.canReach(ctx, install, at); err != nil {
		return identity{}, err
	}
	return out, nil
}

// canRun tries the identity on a harmless command.
func (i identity) canRun(ctx context.Context, install Install) error {
	cmd := exec.CommandContext(ctx, filepath.Join(install.BinDir, "postgres"), "--version")
	cmd.Env, cmd.Dir = install.environment(), "/"
	cmd.SysProcAttr = i.attributes()
	cmd.SysProcAttr.Pdeathsig = 0 // it ends by itself
	return cmd.Run()
}

// canReach finds out, before PostgreSQL does and in clearer words, whether a user without rights gets
// to the programs and to the data: folders above them may be closed to others.
func (i identity) canReach(ctx context.Context, install Install, at layout) error {
	if err := i.canRun(ctx, install); err != nil {
		return fmt.Errorf("PostgreSQL may not run as root, this machine forbids user namespaces, and user %d cannot run %s: set PADDOCK_POSTGRES or XDG_CACHE_HOME to a folder everybody can reach: %w",
			i.uid, install.BinDir, err)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(install.BinDir, "postgres"), "--version")
	cmd.Env, cmd.Dir = install.environment(), at.dir
	cmd.SysProcAttr = i.attributes()
	cmd.SysProcAttr.Pdeathsig = 0
	if err := cmd.Run(); err != nil && errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("PostgreSQL may not run as root, this machine forbids user namespaces, and user %d cannot reach %s: set PADDOCK_DATA_DIR to a folder everybody can reach",
			i.uid, at.dir)
	}
	return nil
}
