package registry

import (
	"paddock/internal/id"
	"paddock/internal/vault"
)

// OpenAlertText opens what an alert says, as a row of the history has it.
func OpenAlertText(keys *vault.Clinic, alert id.ID, sealed []byte) (string, error) {
	var s sealedAlert
	err := openInto(keys, slot("alerts", alert), sealed, &s)
	return s.Text, err
}

// OpenMoveWords opens what was said when a patient's state changed, as a row of the history has it.
func OpenMoveWords(keys *vault.Clinic, move id.ID, sealed []byte) (string, error) {
	var s sealedMove
	err := openInto(keys, slot("patient_moves", move), sealed, &s)
	return s.Words, err
}
