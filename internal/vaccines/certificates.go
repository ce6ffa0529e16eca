package vaccines

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/packs"
	"paddock/internal/plain"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Certificate is what stands on a certificate, frozen when it is issued: the fields of NASPHV Form 51 (2007), all in
// the words they are printed in.
type Certificate struct {
	OwnerLast   string `json:"owner_last"`
	OwnerFirst  string `json:"owner_first,omitempty"`
	OwnerMiddle string `json:"owner_middle,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Street      string `json:"street,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Postcode    string `json:"postcode,omitempty"`

	Tag     string `json:"tag,omitempty"`
	Chip    string `json:"chip,omitempty"`
	Animal  string `json:"animal"`
	Species string `json:"species"` // dog, cat, ferret, or other with its name
	Age     string `json:"age,omitempty"`
	Size    string `json:"size,omitempty"`
	Breed   string `json:"breed,omitempty"`
	Colours string `json:"colours,omitempty"`
	Sex     string `json:"sex,omitempty"`
	Neuter  string `json:"neutered,omitempty"`

	LicenceTerm string `json:"licence_term,omitempty"`
	// Rabies says that the vaccine protects against it, and Licensed for how long: "one year".
	Rabies       bool      `json:"rabies,omitempty"`
	Product      string    `json:"product"`
	Manufacturer string    `json:"manufacturer,omitempty"`
	Lot          string    `json:"lot"`
	Expiry       time.Time `json:"expiry,omitzero"`
	Licensed     string    `json:"licensed"`
	Given        time.Time `json:"given"`
	Due          time.Time `json:"due,omitzero"`
	Because      string    `json:"because,omitempty"`

	Vet       string   `json:"vet"`
	LicenceNo string   `json:"licence_no"`
	Clinic    string   `json:"clinic"`
	Address   []string `json:"address,omitempty"`
	VetPhone  string   `json:"vet_phone,omitempty"`

	// Code is what a reader checks the certificate with at the clinic's own address.
	Code string `json:"code"`
	// Reason is why it replaces an earlier one, "" for a first.
	Reason string `json:"reason,omitempty"`
}

// CertificateRow is a certificate as stored. Instants are UTC.
type CertificateRow struct {
	ID, Dose, Patient id.ID
	Serial            string // VC-1042
	Day               time.Time
	Pack              string // version of the rules it was made under
	Replaces          id.ID  // the one it replaces, zero for none
	ReplacedBy        id.ID  // the one that replaces it, zero for none
	IssuedAt          time.Time
	IssuedBy          id.ID
	VoidAt            time.Time
	VoidBy            id.ID
	VoidReason        string
	// Certificate is empty in a list.
	Certificate Certificate
}

// The states of a certificate.
const (
	Valid    = "valid"
	Replaced = "replaced"
	Void     = "void"
)

// State is Valid, Replaced or Void; what was replaced is so even where it was void before.
func (c CertificateRow) State() string { return stateOf(c.ReplacedBy, !c.VoidAt.IsZero()) }

func stateOf(replacedBy id.ID, void bool) string {
	switch {
	case !replacedBy.IsZero():
		return Replaced
	case void:
		return Void
	}
	return Valid
}

// Certificates are those of a patient, the newest first, without what stands on them.
func Certificates(ctx context.Context, tx *db.Tx, patient id.ID) ([]CertificateRow, error) {
	rows, err := tx.ListCertificates(ctx, db.ListCertificatesParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading the certificates of a patient: %w", err)
	}
	out := make([]CertificateRow, len(rows))
	for i, r := range rows {
		out[i] = CertificateRow{
			ID: r.ID, Dose: r.DoseID, Patient: patient, Serial: serial(r.Prefix, r.Number), Day: dayOf(r.Day), Replaces: r.ReplacesID, ReplacedBy: r.ReplacedBy,
			IssuedAt: r.IssuedAt.UTC(), IssuedBy: r.IssuedBy,
		}
		if !r.VoidID.IsZero() {
			out[i].VoidAt = out[i].IssuedAt // when and why is read with the certificate itself
		}
	}
	return out, nil
}

// LastOver is the newest certificate over a dose among those of its patient, nil for none.
func LastOver(list []CertificateRow, dose id.ID) *CertificateRow {
	for _, c := range list {
		if c.Dose == dose && c.ReplacedBy.IsZero() {
			return &c
		}
	}
	return nil
}

func certificateOver(ctx context.Context, tx *db.Tx, d DoseRow) (bool, error) {
	list, err := Certificates(ctx, tx, d.Patient)
	last := LastOver(list, d.ID)
	return last != nil && last.State() == Valid, err
}

// OpenCertificate reads one certificate. It gives fault.Missing.
func OpenCertificate(ctx context.Context, tx *db.Tx, keys *vault.Clinic, certificate id.ID) (CertificateRow, error) {
	r, err := tx.GetCertificate(ctx, db.GetCertificateParams{TenantID: tx.Tenant, ID: certificate})
	if err := db.Missing(err, "reading a certificate"); err != nil {
		return CertificateRow{}, err
	}
	c := CertificateRow{
		ID: r.ID, Dose: r.DoseID, Patient: r.PatientID, Serial: serial(r.Prefix, r.Number), Day: dayOf(r.Day), Pack: r.Pack, Replaces: r.ReplacesID, ReplacedBy: r.ReplacedBy,
		IssuedAt: r.IssuedAt.UTC(), IssuedBy: r.IssuedBy, VoidBy: r.VoidBy,
	}
	if err := keys.OpenJSON(slot("certificates", r.ID), r.Sealed, &c.Certificate); err != nil {
		return c, err
	}
	if r.VoidAt != nil {
		var why sealedReason
		if err := keys.OpenJSON(slot("certificate_voids", r.VoidID), r.VoidSealed, &why); err != nil {
			return c, err
		}
		c.VoidAt, c.VoidReason = r.VoidAt.UTC(), why.Reason
	}
	return c, nil
}

func serial(prefix string, number int64) string { return fmt.Sprintf("%s%04d", prefix, number) }

// NewCertificate is the issue of a certificate over a dose. Its id comes with the form.
type NewCertificate struct {
	Dose id.ID
	// Replaces is the last certificate over the dose as the page showed it, zero for none, and Reason why it is replaced.
	Replaces id.ID
	Reason   string
	// Size is of Sizes, LicenceTerm what the animal's own licence says, "" for nothing.
	Size, LicenceTerm string
	// Clinic and Vet are what the clinic and the person who signs are called, Country the clinic's.
	Clinic, Vet, Country string
	Today                time.Time
}

// Issue signs a certificate over a dose as the person of the transaction, under the next serial. It gives
// ErrAlreadyThere, ErrChanged where a later certificate stands over the dose than the page showed, ErrVoid,
// NotReady, fault.Missing, and fault.Fields named size, licence_term and reason.
func Issue(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, n NewCertificate) error {
	var bad fault.Fields
	n.LicenceTerm = plain.Words(&bad, "licence_term", n.LicenceTerm, "", 60)
	ask := ""
	if !n.Replaces.IsZero() {
		ask = "Enter why a new one is issued, like the owner's name was wrong"
	}
	n.Reason = plain.Words(&bad, "reason", n.Reason, ask, 500)
	if n.Size != "" && sizeName(n.Size) == "" {
		bad.Add("size", "Choose the size")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if _, err := tx.GetCertificate(ctx, db.GetCertificateParams{TenantID: tx.Tenant, ID: row}); !db.NoRows(err) {
		if err == nil {
			err = ErrAlreadyThere
		}
		return err
	}
	d, err := holdDose(ctx, tx, keys, n.Dose)
	if err != nil {
		return err
	}
	k, err := LoadCase(ctx, tx, keys, d, n.Country)
	if err != nil {
		return err
	}
	if last := LastOver(k.certificates, d.ID); last == nil && !n.Replaces.IsZero() || last != nil && last.ID != n.Replaces {
		return ErrChanged
	}
	if !d.Stands() {
		return ErrVoid
	}
	if checks := k.Checks(tx.Who.Person, n.Today); Blocked(checks) {
		return &NotReady{checks}
	}
	if k.kind, err = speciesName(ctx, tx, k.Patient.Species); err != nil {
		return err
	}
	return k.issue(ctx, tx, keys, row, n)
}

// speciesName is what a certificate calls a species: as the form does, else other with its name.
func speciesName(ctx context.Context, tx *db.Tx, code string) (string, error) {
	if name := formSpecies[code]; name != "" {
		return name, nil
	}
	list, err := registry.ListSpecies(ctx, tx)
	name := ""
	for _, s := range list {
		if s.Code == code {
			name = s.Name
		}
	}
	return "Other: " + name, err
}

func (k Case) issue(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, n NewCertificate) error {
	series, err := tx.GetCertificateSeries(ctx, db.GetCertificateSeriesParams{TenantID: tx.Tenant})
	if err != nil {
		return fmt.Errorf("reading the series of certificates: %w", err)
	}
	c := k.snapshot(n)
	sealed, err := keys.SealJSON(slot("certificates", row), c)
	if err != nil {
		return err
	}
	_, err = tx.InsertCertificate(ctx, db.InsertCertificateParams{
		TenantID: tx.Tenant, ID: row, SeriesID: series.ID, DoseID: k.Dose.ID, PatientID: k.Dose.Patient, ReplacesID: n.Replaces, CodeHash: codeHash(keys, c.Code), Day: n.Today,
		Species: k.Patient.Species, Protects: strings.Join(k.Dose.Protects, " "), Pack: packs.Version(), Sealed: sealed, KeyVersion: keys.KeyVersion(),
		IssuedAt: tx.Now(), IssuedBy: tx.Who.Person,
	})
	switch {
	case db.Violates(err, "certificates_pkey"):
		return ErrAlreadyThere
	case db.Violates(err, "certificates_replaced_once"):
		return ErrChanged
	case err != nil:
		return fmt.Errorf("issuing a certificate: %w", err)
	}
	return record(tx, keys, k.Dose.Patient, audit.Change{Action: audit.Signed, Object: "certificate", ObjectID: row, After: c})
}

// codeLetters are those of a code: no two look alike.
var codeLetters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

// newCode has 80 random bits: nobody finds a certificate by trying.
func newCode() string {
	raw := make([]byte, 10)
	_, _ = rand.Read(raw) // crypto/rand.Read never fails
	text := codeLetters.EncodeToString(raw)
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}

// codeHash is what a code is found by, however it was typed. It is keyed, so that a code is another clinic's nowhere.
func codeHash(keys *vault.Clinic, code string) []byte {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	return keys.Commit([]byte("certificate code"), []byte(plain))
}

// Verified is what anybody who has the code of a certificate may learn.
type Verified struct {
	ID       id.ID
	Serial   string
	Day      time.Time
	Species  string
	Protects []string
	State    string
}

// Verify finds the certificate of a code. It gives fault.Missing for a code that is no certificate's here.
func Verify(ctx context.Context, tx *db.Tx, keys *vault.Clinic, code string) (Verified, error) {
	r, err := tx.GetCertificateOfCode(ctx, db.GetCertificateOfCodeParams{TenantID: tx.Tenant, CodeHash: codeHash(keys, code[:min(len(code), 64)])})
	if err := db.Missing(err, "looking for a certificate"); err != nil {
		return Verified{}, err
	}
	return Verified{
		ID: r.ID, Serial: serial(r.Prefix, r.Number), Day: dayOf(r.Day), Species: r.Species, Protects: strings.Fields(r.Protects), State: stateOf(r.ReplacedBy, !r.VoidID.IsZero()),
	}, nil
}

// VoidCertificate says that a certificate does not hold. Voiding it twice does nothing more. It gives ErrChanged where
// it was replaced, fault.Missing, and fault.Fields named reason.
func VoidCertificate(ctx context.Context, tx *db.Tx, keys *vault.Clinic, certificate id.ID, reason string) error {
	var bad fault.Fields
	reason = plain.Words(&bad, "reason", reason, "Enter why it does not hold", 500)
	if err := bad.Err(); err != nil {
		return err
	}
	c, err := OpenCertificate(ctx, tx, keys, certificate)
	if err != nil {
		return err
	}
	if _, err := holdDose(ctx, tx, keys, c.Dose); err != nil {
		return err
	}
	if c, err = OpenCertificate(ctx, tx, keys, certificate); err != nil {
		return err
	}
	switch c.State() {
	case Void:
		return nil
	case Replaced:
		return ErrChanged
	}
	sealed, err := keys.SealJSON(slot("certificate_voids", certificate), sealedReason{reason})
	if err != nil {
		return err
	}
	err = tx.InsertCertificateVoid(ctx, db.InsertCertificateVoidParams{
		TenantID: tx.Tenant, ID: certificate, Sealed: sealed, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
	})
	if err != nil {
		return fmt.Errorf("voiding a certificate: %w", err)
	}
	return record(tx, keys, c.Patient, audit.Change{Action: audit.Changed, Object: "certificate", ObjectID: certificate, Before: c.Serial, After: sealedReason{reason}})
}

// Case is everything a certificate over a dose is made of.
type Case struct {
	Dose    DoseRow
	Patient registry.PatientView
	From    practice.Letterhead
	Licence string // of the person who would sign
	Weight  int64  // grams, 0 for not known
	product ProductRow
	heads   Heads
	country string
	kind    string // what a certificate calls the species, read when one is issued

	certificates []CertificateRow
}

// Certificates are those of the patient, the newest first.
func (k Case) Certificates() []CertificateRow { return k.certificates }

// LoadCase reads what a certificate over a dose would be made of.
func LoadCase(ctx context.Context, tx *db.Tx, keys *vault.Clinic, d DoseRow, country string) (Case, error) {
	k := Case{Dose: d, country: country}
	do := append(LoadHeads(&k.heads, d.Patient),
		func(ctx context.Context, tx *db.Tx) (err error) {
			k.Patient, err = registry.OpenPatient(ctx, tx, keys, d.Patient)
			return err
		},
		practice.Loading(&k.From, keys),
		func(ctx context.Context, tx *db.Tx) (err error) {
			k.Licence, err = registry.LicenceOf(ctx, tx, keys, tx.Who.Person)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			k.certificates, err = Certificates(ctx, tx, d.Patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			w, ok, err := registry.LastWeight(ctx, tx, d.Patient)
			if ok {
				k.Weight = w.Grams
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			if !d.Product.IsZero() {
				k.product, err = OpenProduct(ctx, tx, d.Product)
			}
			return err
		},
	)
	return k, db.Together(ctx, tx, do...)
}
