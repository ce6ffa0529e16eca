package files

import (
	"paddock/internal/id"
	"paddock/internal/vault"
)

// OpenTitle opens what a file is called, as a row of the history has it.
func OpenTitle(keys *vault.Clinic, file id.ID, sealed []byte) (string, error) {
	var s about
	err := keys.OpenJSON(slot("files", file), sealed, &s)
	return s.Title, err
}
