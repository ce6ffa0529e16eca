package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Twin is a number that a patient has, as an import looks for them: of kind "chip" or "licence", say.
type Twin struct {
	Patient id.ID
	// Animal is what is known of the patient.
	Animal       Patient
	Kind, Number string
	// GivenOn is zero where it is not known.
	GivenOn time.Time
}

// NumberToken is the keyed hash that a whole number is found by; "" where it has no letter and no digit.
// Numbers that differ in spaces, dashes and case have the same.
func NumberToken(keys *vault.Clinic, number string) (token [8]byte, ok bool) {
	text := vault.QueryChip(number)
	if text == "" {
		return token, false
	}
	return term{fieldNumber, false, text}.token(keys), true
}

// Twins reads the numbers of all patients that have one of those the tokens stand for, the oldest patient
// first. Others may be among them, which end alike.
func Twins(ctx context.Context, tx *db.Tx, keys *vault.Clinic, tokens [][]byte) ([]Twin, error) {
	ids, err := tx.ListImportTwins(ctx, db.ListImportTwinsParams{TenantID: tx.Tenant, Tokens: tokens})
	if err != nil {
		return nil, fmt.Errorf("looking for numbers that are there already: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	patients := map[id.ID]Patient{}
	var out []Twin
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListImportTwinPatients(ctx, db.ListImportTwinPatientsParams{TenantID: tx.Tenant, Ids: ids})
			for _, r := range rows {
				row := plainPatient{
					id: r.ID, species: r.Species, breed: r.Breed, sex: r.Sex, neutered: r.Neutered,
					bornOn: r.BornOn, bornPrecision: r.BornPrecision, bornEstimated: r.BornEstimated, sealed: r.Sealed,
				}
				if patients[r.ID], err = row.open(keys); err != nil {
					return err
				}
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			out, err = numbersOf(ctx, tx, keys, ids)
			return err
		},
	)
	if err != nil {
		return nil, fmt.Errorf("reading who has these numbers: %w", err)
	}
	for i, t := range out {
		out[i].Animal = patients[t.Patient]
	}
	return out, nil
}

// numbersOf reads the numbers of patients, without what else is known of them.
func numbersOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patients []id.ID) ([]Twin, error) {
	rows, err := tx.ListImportTwinNumbers(ctx, db.ListImportTwinNumbersParams{TenantID: tx.Tenant, Ids: patients})
	if err != nil {
		return nil, err
	}
	out := make([]Twin, len(rows))
	for i, r := range rows {
		var s sealedIdentifier
		if err := openInto(keys, slot("identifiers", r.ID), r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = Twin{Patient: r.PatientID, Kind: r.Kind, Number: s.Number}
		if r.GivenOn != nil {
			out[i].GivenOn = r.GivenOn.UTC()
		}
	}
	return out, nil
}

// HeldPatient is a patient that HoldPatients holds.
type HeldPatient struct {
	ID     id.ID
	sealed []byte
}

// HoldPatients holds patients against everything that would be written about them, in the order of their
// ids. One that is not there is left out.
func HoldPatients(ctx context.Context, tx *db.Tx, patients []id.ID) ([]HeldPatient, error) {
	sorted := slices.SortedFunc(slices.Values(patients), func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	rows, err := tx.LockImportPatients(ctx, db.LockImportPatientsParams{TenantID: tx.Tenant, Ids: sorted})
	if err != nil {
		return nil, fmt.Errorf("holding patients: %w", err)
	}
	out := make([]HeldPatient, len(rows))
	for i, r := range rows {
		out[i] = HeldPatient{r.ID, r.Sealed}
	}
	return out, nil
}

// HeldIDs are the ids of patients that are held.
func HeldIDs(held []HeldPatient) []id.ID {
	out := make([]id.ID, len(held))
	for i, p := range held {
		out[i] = p.ID
	}
	return out
}

// RemovePatients deletes patients that nothing but numbers is known of, with these and with what they are
// found by. The caller has seen, after it held them, that nothing else was written about them: the database
// refuses to delete one that has an owner, a note or the like.
func RemovePatients(ctx context.Context, tx *db.Tx, keys *vault.Clinic, held []HeldPatient) error {
	patients := HeldIDs(held)
	numbers, err := numbersOf(ctx, tx, keys, patients)
	if err != nil {
		return fmt.Errorf("reading the numbers of patients that are taken back: %w", err)
	}
	of := map[id.ID][]string{}
	for _, n := range numbers {
		of[n.Patient] = append(of[n.Patient], n.Number)
	}
	var gone tokenRows
	var rows []id.ID
	for _, p := range held {
		var s sealedPatient
		if err := openInto(keys, slot("patients", p.ID), p.sealed, &s); err != nil {
			return err
		}
		before := len(gone.tokens)
		gone.add(keys, patientTerms(s.Name, nil, of[p.ID]))
		rows = append(rows, slices.Repeat([]id.ID{p.ID}, len(gone.tokens)-before)...)
	}
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeleteSearchTokens(ctx, db.DeleteSearchTokensParams{TenantID: tx.Tenant, Fields: gone.fields, Tokens: gone.tokens, RowIds: rows})
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeleteIdentifiersOf(ctx, db.DeleteIdentifiersOfParams{TenantID: tx.Tenant, Ids: patients})
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeletePatients(ctx, db.DeletePatientsParams{TenantID: tx.Tenant, Ids: patients})
			return err
		},
	)
	if err != nil {
		return fmt.Errorf("taking patients back: %w", err)
	}
	return nil
}

// RemoveNumbers deletes numbers of patients that keep another of the same letters and digits, so that what
// they are found by stays right.
func RemoveNumbers(ctx context.Context, tx *db.Tx, numbers []id.ID) error {
	if _, err := tx.DeleteIdentifiers(ctx, db.DeleteIdentifiersParams{TenantID: tx.Tenant, Ids: numbers}); err != nil {
		return fmt.Errorf("taking numbers back: %w", err)
	}
	return nil
}
