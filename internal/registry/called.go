package registry

import (
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Called is what a patient is called, from its sealed row alone: for who may see that and no more.
func Called(keys *vault.Clinic, patient id.ID, sealed []byte) (string, error) {
	var s sealedPatient
	if err := openInto(keys, slot("patients", patient), sealed, &s); err != nil {
		return "", err
	}
	return Patient{Name: s.Name}.Called(), nil
}
