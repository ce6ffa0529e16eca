package main

import (
	"os"
	"path/filepath"
	"testing"

	"paddock/db"
)

// A folder made by an earlier release lacks the passwords of later roles: those it has are kept.
func TestPasswordsOfLaterRolesAreAdded(t *testing.T) {
	f := folder(t.TempDir())
	if err := os.WriteFile(f.secrets(), []byte(`{"paddock_app": "kept", "paddock_gone": "kept as well"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := f.makeSecrets()
	if err != nil {
		t.Fatal(err)
	}
	if first[db.RoleApp].Reveal() != "kept" || first["paddock_gone"].Reveal() != "kept as well" {
		t.Error("a password that was there was made anew")
	}
	for _, role := range db.LoginRoles() {
		if first[role] == "" {
			t.Errorf("%s has no password", role)
		}
	}
	second, err := f.makeSecrets()
	if err != nil {
		t.Fatal(err)
	}
	for role, password := range first {
		if second[role] != password {
			t.Errorf("the password of %s was made twice", role)
		}
	}
	info, err := os.Stat(filepath.Join(string(f), "secrets.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}
