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
	Patient       id.ID
	Name, Species string
	Kind, Number  string
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

// SameNumber reports whether two numbers differ in spaces, dashes and case only.
func SameNumber(a, b string) bool { return vault.QueryChip(a) == vault.QueryChip(b) }

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
	patients := map[id.ID]Twin{}
	var out []Twin
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListImportTwinPatients(ctx, db.ListImportTwinPatientsParams{TenantID: tx.Tenant, Ids: ids})
			for _, r := range rows {
				var s sealedPatient
				if err := openInto(keys, slot("patients", r.ID), r.Sealed, &s); err != nil {
					return err
				}
				patients[r.ID] = Twin{Patient: r.ID, Name: s.Name, Species: r.Species}
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
		p := patients[t.Patient]
		out[i].Name, out[i].Species = p.Name, p.Species
	}
	return out, nil
}

// numbersOf reads the numbers of patients, without their names.
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

// RemovePatients deletes patients that nothing but numbers is known of, with these and with what they are
// found by. The caller holds them and has seen that nothing else was written about them: the database
// refuses to delete one that has an owner, a note or the like.
func RemovePatients(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patients []id.ID) error {
	held, err := tx.LockImportPatients(ctx, db.LockImportPatientsParams{TenantID: tx.Tenant, Ids: patients})
	if err != nil {
		return fmt.Errorf("holding patients that are taken back: %w", err)
	}
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
		if err := openInto(keys, slot("patients", p.ID), p.Sealed, &s); err != nil {
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
