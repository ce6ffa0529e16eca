package imports_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/imports"
)

func TestAnotherClinicsImportIsMissingEverywhere(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	row, _ := a.run(t, sample(t))
	ctx := t.Context()
	write := func(do func(ctx context.Context, tx *db.Tx) error) error { return b.write(t, do) }
	read := func(do func(ctx context.Context, tx *db.Tx) error) error { return b.env.Store.Read(ctx, b.who, do) }
	for name, err := range map[string]error{
		"open": read(func(ctx context.Context, tx *db.Tx) error { _, err := imports.Open(ctx, tx, b.Keys, row); return err }),
		"problems": read(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := imports.Problems(ctx, tx, b.Keys, row, 1)
			return err
		}),
		"preview": read(func(ctx context.Context, tx *db.Tx) error {
			_, err := imports.PreviewWithdrawal(ctx, tx, b.Keys, row, 1)
			return err
		}),
		"mapping": write(func(ctx context.Context, tx *db.Tx) error {
			return imports.SetMapping(ctx, tx, b.Keys, row, 1, imports.Mapping{imports.Name: 0, imports.Species: 1}, nil)
		}),
		"start":    write(func(ctx context.Context, tx *db.Tx) error { return imports.Start(ctx, tx, b.Keys, row, 1, nil) }),
		"withdraw": write(func(ctx context.Context, tx *db.Tx) error { return imports.Withdraw(ctx, tx, b.Keys, row, 1, nil) }),
		"discard":  write(func(ctx context.Context, tx *db.Tx) error { return imports.Discard(ctx, tx, b.Keys, row, 1) }),
		"download": imports.WriteProblems(ctx, b.env.Store, b.Keys, b.who, row, io.Discard),
		"check":    second(imports.Check(ctx, b.env.Store, b.Keys, b.who, row, nil)),
		"run":      second(imports.Run(ctx, b.env.Store, b.Keys, b.who, row, nil)),
		"back":     second(imports.TakeBack(ctx, b.env.Store, b.Keys, b.who, row)),
		"give up":  imports.GiveUp(ctx, b.env.Store, b.Keys, b.who, row, io.EOF),
	} {
		if !errors.Is(err, fault.Missing) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if v := a.view(t, row); v.State != imports.Done {
		t.Errorf("it is %s now", v.State)
	}
}

func second[T any](_ T, err error) error { return err }

func TestAPartOpensWithTheKeysOfItsClinicOnly(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	row := a.staged(t, sample(t))
	a.read(t, func(ctx context.Context, tx *db.Tx) error {
		part, err := tx.GetImportPart(ctx, db.GetImportPartParams{TenantID: tx.Tenant, ImportID: row, Part: 0})
		if err != nil {
			return err
		}
		if plain, err := a.Keys.Open(imports.PartSlot(part.ID), part.Sealed); err != nil || !bytes.Contains(plain, []byte("Marmalade")) {
			t.Errorf("its own clinic: %v", err)
		}
		if _, err := b.Keys.Open(imports.PartSlot(part.ID), part.Sealed); err == nil {
			t.Error("another clinic's keys open it")
		}
		if bytes.Contains(part.Sealed, []byte("Marmalade")) {
			t.Error("it stands there in the clear")
		}
		return nil
	})
}

func TestMovesThatAreNotListedAreRefusedByTheDatabase(t *testing.T) {
	c := newClinic(t)
	row := c.staged(t, sample(t))
	for _, to := range []string{imports.Running, imports.Done, imports.Withdrawn, imports.Uploading} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertImportMove(ctx, db.InsertImportMoveParams{
				TenantID: tx.Tenant, ID: id.New(), ImportID: row, FromState: imports.Staged, ToState: to, Sealed: []byte("x"), KeyVersion: 1, At: tx.Now(),
			})
		})
		if !db.Violates(err, "import_moves_allowed") {
			t.Errorf("to %s: %v", to, err)
		}
	}
	// Nor does a state go without its move.
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.MoveImport(ctx, db.MoveImportParams{TenantID: tx.Tenant, ID: row, FromState: imports.Staged, ToState: imports.Done, MoveID: id.New(), UpdatedAt: tx.Now()})
		return err
	})
	if !db.Violates(err, "imports_last_move") {
		t.Errorf("without a move: %v", err)
	}
}
