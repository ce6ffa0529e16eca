package pharmacy

import (
	"paddock/internal/id"
	"paddock/internal/vault"
)

// OpenText opens what the label of a prescription says, as a row of the history has it.
func OpenText(keys *vault.Clinic, prescription id.ID, sealed []byte) (t Text, err error) {
	err = keys.OpenJSON(slot("prescriptions", groupLabel, prescription), sealed, &t)
	return t, err
}

// OpenSupply opens batch and expiry of a supply, as a row of the history has them.
func OpenSupply(keys *vault.Clinic, supply id.ID, sealed []byte) (batch, expiry string, err error) {
	var text sealedSupply
	err = keys.OpenJSON(slot("prescription_supplies", groupLabel, supply), sealed, &text)
	return text.Batch, text.Expiry, err
}
