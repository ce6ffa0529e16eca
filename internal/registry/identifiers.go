package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// The kinds of number an animal has.
const (
	KindChip     = "chip"
	KindTag      = "tag"
	KindTattoo   = "tattoo"
	KindLicence  = "licence"
	KindPassport = "passport"
	KindFormer   = "former" // in an earlier practice system: it comes with an import only
)

// Why a number ended. One that is not worn any more still finds its animal: a lost tag is found and rung
// about. One that was entered in error does not.
const (
	NotWorn = "not-worn"
	InError = "in-error"
)

// Identifier is one number on an animal.
type Identifier struct {
	ID     id.ID  `json:"-"`
	Kind   string `json:"kind"`
	Number string `json:"number"`
	// Standard is that of a chip (ParseChip), "" for the rest and where nobody looked.
	Standard string `json:"standard,omitempty"`
	// Raw is the number as it was typed, where that differs.
	Raw string `json:"raw,omitempty"`
	// Site is where on the body it is.
	Site string `json:"site,omitempty"`
	// GivenOn is the day of the implant or of issue, zero where not known.
	GivenOn time.Time `json:"given_on,omitzero"`
	// RecordedAt and EndedAt are UTC; a number that is worn has not ended. EndedAs is NotWorn or InError.
	RecordedAt time.Time `json:"-"`
	EndedAt    time.Time `json:"-"`
	EndedAs    string    `json:"ended_as,omitempty"`
}

// Worn reports whether the animal still has the number.
func (i Identifier) Worn() bool { return i.EndedAt.IsZero() }

// Shown is the number as people read it: that of a chip in groups of three.
func (i Identifier) Shown() string {
	if i.Kind == KindChip {
		return FormatChip(i.Number)
	}
	return i.Number
}

// alike reports whether two numbers are the same but for how they are written.
func (i Identifier) alike(o Identifier) bool {
	return i.Kind == o.Kind && vault.QueryChip(i.Number) == vault.QueryChip(o.Number)
}

// sealedIdentifier is what every number has sealed, numberDetails what may come with it.
type (
	sealedIdentifier struct {
		Number string `json:"number"`
	}
	numberDetails struct {
		sealedIdentifier
		Raw  string `json:"raw,omitempty"`
		Site string `json:"site,omitempty"`
	}
)

// Identifiers reads the numbers an animal has or had, the oldest entry first.
func Identifiers(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]Identifier, error) {
	rows, err := tx.ListIdentifiers(ctx, db.ListIdentifiersParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading identifiers: %w", err)
	}
	out := make([]Identifier, len(rows))
	for i, r := range rows {
		if out[i], err = openIdentifier(keys, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func openIdentifier(keys *vault.Clinic, r db.ListIdentifiersRow) (Identifier, error) {
	var s numberDetails
	if err := openInto(keys, slot("identifiers", r.ID), r.Sealed, &s); err != nil {
		return Identifier{}, err
	}
	out := Identifier{ID: r.ID, Kind: r.Kind, Number: s.Number, Raw: s.Raw, Site: s.Site, RecordedAt: r.RecordedAt.UTC()}
	if r.Standard != nil {
		out.Standard = *r.Standard
	}
	if r.GivenOn != nil {
		out.GivenOn = r.GivenOn.UTC()
	}
	if r.EndedAt != nil && r.EndedAs != nil {
		out.EndedAt, out.EndedAs = r.EndedAt.UTC(), *r.EndedAs
	}
	return out, nil
}

// Holder is an animal that has a number.
type Holder struct {
	ID   id.ID
	Name string
}

// Taken says that other animals of the clinic have a number: one is lost and found, or somebody slipped. It
// is a fault of kind Conflict, and saving anyway is allowed.
type Taken struct{ Holders []Holder }

func (t *Taken) Error() string {
	return fmt.Sprintf("%d other animals have this number", len(t.Holders))
}

// Unwrap gives the fault a person reads.
func (t *Taken) Unwrap() error {
	return fault.New(fault.Conflict, "Another animal has this number.")
}

// AddIdentifier notes a number on a patient under an id that came with the form. It gives *Taken where other
// animals have the number, unless it is to be saved anyway, fault.Fields where this one has it,
// fault.Missing where there is no such patient, and ErrAlreadyThere for a second sending.
func AddIdentifier(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID, n Identifier, anyway bool) error {
	held, err := tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	has, err := Identifiers(ctx, tx, keys, patient)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(has, func(o Identifier) bool { return o.ID == row }) {
		return ErrAlreadyThere
	}
	if slices.ContainsFunc(has, func(o Identifier) bool { return o.Worn() && o.alike(n) }) {
		var p sealedPatient
		if err := openInto(keys, slot("patients", patient), held.Sealed, &p); err != nil {
			return err
		}
		return fault.Fields{{Name: "number", Message: Patient{Name: p.Name}.Called() + " has this number already"}}
	}
	holders, err := numberHolders(ctx, tx, keys, patient, n)
	if err != nil {
		return err
	}
	if len(holders) > 0 && !anyway {
		return &Taken{holders}
	}
	if err := insertIdentifier(ctx, tx, keys, row, patient, n); err != nil {
		return err
	}
	about := []id.ID{patient}
	for _, h := range holders {
		about = append(about, h.ID)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "identifier", ObjectID: row, IDs: about, Group: group, After: n})
}

func insertIdentifier(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID, n Identifier) error {
	text, err := sealed(keys, "identifiers", row, numberDetails{sealedIdentifier{n.Number}, n.Raw, n.Site})
	if err != nil {
		return err
	}
	p := db.InsertIdentifierParams{
		TenantID: tx.Tenant, ID: row, PatientID: patient, Kind: n.Kind, Sealed: text, KeyVersion: keys.KeyVersion(), RecordedAt: tx.Now(),
	}
	if n.Standard != "" {
		p.Standard = &n.Standard
	}
	if !n.GivenOn.IsZero() {
		p.GivenOn = &n.GivenOn
	}
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			err := tx.InsertIdentifier(ctx, p)
			if db.Violates(err, "identifiers_pkey") {
				return ErrAlreadyThere
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			return refind(ctx, tx, keys, patient, "patient", nil, wornTerms(n))
		},
	)
	if errors.Is(err, ErrAlreadyThere) {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("noting a number of patient %s: %w", patient, err)
	}
	return nil
}

// wornTerms are what numbers let their animal be found by; one entered in error does not.
func wornTerms(list ...Identifier) []term {
	var numbers []string
	for _, n := range list {
		if n.EndedAs != InError {
			numbers = append(numbers, n.Number)
		}
	}
	return patientTerms("", nil, numbers)
}

// numberHolders are the other animals that have a number.
func numberHolders(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID, n Identifier) (out []Holder, err error) {
	token := keys.Token(fieldNumber, vault.QueryChip(n.Number))
	rows, err := tx.ListNumberHolders(ctx, db.ListNumberHoldersParams{TenantID: tx.Tenant, Kind: n.Kind, Token: token[:], PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("looking who has a number: %w", err)
	}
	for _, r := range rows {
		var s sealedIdentifier
		if err := openInto(keys, slot("identifiers", r.ID), r.NumberSealed, &s); err != nil {
			return nil, err
		}
		if !n.alike(Identifier{Kind: n.Kind, Number: s.Number}) || slices.ContainsFunc(out, func(h Holder) bool { return h.ID == r.PatientID }) {
			continue
		}
		var p sealedPatient
		if err := openInto(keys, slot("patients", r.PatientID), r.Sealed, &p); err != nil {
			return nil, err
		}
		out = append(out, Holder{ID: r.PatientID, Name: Patient{Name: p.Name}.Called()})
	}
	return out, nil
}

// EndIdentifier says that a number is no longer worn (NotWorn), or never was (InError), and gives the patient
// it was on. It gives fault.Missing where there is no such number, fault.Fields for another reason. Ending
// one that has ended does nothing; adding the number again undoes it.
func EndIdentifier(ctx context.Context, tx *db.Tx, keys *vault.Clinic, number id.ID, as string) (patient id.ID, err error) {
	if as != NotWorn && as != InError {
		return id.ID{}, fault.Fields{{Name: "as", Message: "Choose why the number ends"}}
	}
	found, err := tx.GetIdentifier(ctx, db.GetIdentifierParams{TenantID: tx.Tenant, ID: number})
	if err := db.Missing(err, "reading a number"); err != nil {
		return id.ID{}, err
	}
	patient = found.PatientID
	if _, err := tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: patient}); err != nil {
		return patient, fmt.Errorf("locking patient %s: %w", patient, err)
	}
	before, err := Identifiers(ctx, tx, keys, patient)
	if err != nil {
		return patient, err
	}
	at := slices.IndexFunc(before, func(n Identifier) bool { return n.ID == number })
	if at < 0 || !before[at].Worn() {
		return patient, nil
	}
	after := slices.Clone(before)
	after[at].EndedAt, after[at].EndedAs = tx.Now(), as
	n, err := tx.EndIdentifier(ctx, db.EndIdentifierParams{TenantID: tx.Tenant, ID: number, EndedAt: &after[at].EndedAt, EndedAs: &as})
	if err := db.OneRow(n, err); err != nil {
		return patient, fmt.Errorf("ending number %s: %w", number, err)
	}
	if err := refind(ctx, tx, keys, patient, "patient", wornTerms(before...), wornTerms(after...)); err != nil {
		return patient, err
	}
	return patient, audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "identifier", ObjectID: number, IDs: []id.ID{patient}, Group: group, Before: before[at], After: after[at],
	})
}
