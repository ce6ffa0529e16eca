// Package vaccines keeps the vaccines of a clinic, the doses its animals were given, here or elsewhere, when the next
// ones are due and why, and the certificates over them.
//
// Its verbs take a fenced transaction and never open one; rule, record and SQL of an act stand together in them. Doses
// and certificates are only ever added to. A patient is held before it is certain that a dose or a certificate of it
// stands; a charge is made before its dose, in the order of locks.
package vaccines

import (
	"slices"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// group is the field group that doses and certificates are sealed in.
const group = "clinical"

var (
	// ErrAlreadyThere says that a row of this id was made before, as by a form sent twice. What the first sending
	// saved stands.
	ErrAlreadyThere = fault.New(fault.Conflict, "This was saved already.")
	// ErrChanged says that somebody else was faster with what the page showed.
	ErrChanged = fault.New(fault.Conflict, "Somebody else changed this meanwhile. Look at it again: nothing was saved.")
	// ErrCertified refuses to void a dose over which a certificate stands.
	ErrCertified = fault.New(fault.Conflict, "A certificate stands over this dose. Void the certificate first.")
	// ErrVoid refuses what can only be done with a dose or a certificate that stands.
	ErrVoid = fault.New(fault.Conflict, "This was entered in error and is void.")
	// ErrDied refuses a dose given to an animal that has died.
	ErrDied = fault.New(fault.Conflict, "This patient has died. A dose given earlier elsewhere can still be written down.")
)

// Disease is what a vaccine protects against. Its code stands in rows, so it never changes.
type Disease struct{ Code, Name string }

// Rabies is the code of the disease whose rules are law.
const Rabies = "rabies"

// Diseases are those that vaccines here protect against, in the order they are shown.
var Diseases = []Disease{
	{Rabies, "Rabies"},
	{"dhppi", "Distemper, hepatitis, parvovirus"},
	{"lepto", "Leptospirosis"},
	{"kennelcough", "Kennel cough"},
	{"lyme", "Lyme disease"},
	{"cattrio", "Cat flu and panleucopenia"},
	{"felv", "Feline leukaemia"},
	{"rabbit", "Myxomatosis and RHD"},
	{"distemper", "Distemper (ferret)"},
	{"fluhorse", "Equine influenza"},
	{"tetanus", "Tetanus"},
}

// DiseaseName is what a code is called, or the code itself.
func DiseaseName(code string) string {
	for _, d := range Diseases {
		if d.Code == code {
			return d.Name
		}
	}
	return code
}

func known(code string) bool {
	return slices.ContainsFunc(Diseases, func(d Disease) bool { return d.Code == code })
}

// Routes are how a vaccine is given.
var Routes = []struct{ Code, Name string }{
	{"under-skin", "Under the skin"}, {"muscle", "Into a muscle"}, {"nose", "Into the nose"}, {"mouth", "By mouth"},
}

// RouteName is what a route is called.
func RouteName(code string) string {
	for _, r := range Routes {
		if r.Code == code {
			return r.Name
		}
	}
	return code
}

func slot(table string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: group, Row: row}
}

// record records a change of a row that is a patient's, and that the patient changed by it, so that it is found by both.
func record(tx *db.Tx, keys *vault.Clinic, patient id.ID, c audit.Change) error {
	c.Group, c.IDs = group, []id.ID{patient}
	if err := audit.RecordChange(tx, keys, c); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: audit.Changed, Object: "patient", ObjectID: patient, IDs: []id.ID{c.ObjectID}})
}
