package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// identity is as whom the server runs. PostgreSQL refuses user id 0, also in a container, where
// nobody else may exist.
type identity struct {
	uid, gid  int  // as seen from outside: the owner of the files
	drop      bool // give up root for uid
	namespace bool // run in a user namespace, where we are insideUID
	insideUID int
	insideGID int
}

// current is this process's own user.
func current() identity { return identity{uid: os.Geteuid(), gid: os.Getegid()} }

// own hands a folder and all in it to the user the server runs as, where that is another.
func (i identity) own(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("handing %s to PostgreSQL: %w", path, err)
		}
		info, err := d.Info()
		if err != nil {
			return fmt.Errorf("handing %s to PostgreSQL: %w", path, err)
		}
		if owner, ok := ownerOf(info); ok && owner == i.uid {
			return nil
		}
		if err := os.Lchown(path, i.uid, i.gid); err != nil { //nolint:gosec // the folder is closed to others, and links are not followed
			return fmt.Errorf("handing %s to PostgreSQL: %w", path, err)
		}
		return nil
	})
}

// named finds the first of the users that this machine knows, besides root: initdb looks its own
// user up by number and fails where the number has no name.
func named(names ...string) (uid, gid int, ok bool) {
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return uid, gid, true
		}
	}
	return 0, 0, false
}
