package imports_test

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
)

func TestHistoryIsTakenBackButForWhatWasUsed(t *testing.T) {
	c := hospital(t)
	row, _ := c.runHistory(t, imports.History, history)
	juniper := c.patient(t, "juniper")
	notes, weights := c.notes(t, juniper), c.weights(t, juniper)
	doses, _ := c.doses(t, juniper)
	who := c.who
	person := c.person(t)
	who.Person = person
	err := c.env.Store.Write(t.Context(), who, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(
			records.AddAddendum(ctx, tx, c.Keys, id.New(), notes[1].ID, records.KindAddendum, time.Time{}, "Read again", "Nothing to add"),
			second(registry.StrikeWeight(ctx, tx, c.Keys, weights[1].ID)),
			vaccines.SetDue(ctx, tx, c.Keys, id.New(), juniper, "dhppi", time.Now().AddDate(0, 1, 0), "With the spring visit", time.Now()),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	var w imports.Withdrawal
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = imports.PreviewWithdrawal(ctx, tx, c.Keys, row, 10)
		return err
	})
	var said []string
	for _, k := range w.Kept {
		said = append(said, fmt.Sprintf("%s %d %s", k.Name, k.Line, k.Why))
	}
	if w.Entries != 8 || w.Used != 3 || !slices.Equal(said, []string{
		"Juniper 3 note: has an addendum", "Juniper 7 weight: was marked as entered in error", "Juniper 8 vaccination: has a due day set after it",
	}) {
		t.Errorf("%d entries, %d used: %q", w.Entries, w.Used, said)
	}
	if kept := c.takeBack(t, row); kept != 3 {
		t.Errorf("%d stayed", kept)
	}
	left, _ := c.doses(t, juniper)
	if n, w := c.notes(t, juniper), c.weights(t, juniper); len(n) != 1 || n[0].ID != notes[1].ID || len(w) != 1 || w[0].ID != weights[1].ID || len(left) != 1 || left[0].ID != doses[1].ID {
		t.Errorf("%d notes, %d weights, %d doses stayed", len(n), len(w), len(left))
	}
	if v := c.view(t, row); v.State != imports.Withdrawn || v.Counts.Kept != 3 {
		t.Errorf("%+v", v)
	}
	// What was taken back comes again with another import; what stayed is known.
	if _, n := c.runHistory(t, imports.History, history); n.Added != 5 || n.Skipped != 4 {
		t.Errorf("again it came to %+v", n)
	}
}

// Cut off anywhere, a run goes on after the last row that was written and comes to the same.
func TestARunOfHistoryThatIsKilledGoesOn(t *testing.T) {
	c := hospital(t)
	var b strings.Builder
	b.WriteString("Patient number,Name,Date,Text\n")
	day := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 2600 {
		fmt.Fprintf(&b, "P-101,%s,%s,Entry %d\n", []string{"Pepper", "Salt"}[i%2], day.AddDate(0, 0, i%500).Format(time.DateOnly), i%2500)
	}
	row := c.stageHistory(t, imports.Notes, b.String())
	said := c.check(t, row)
	if said.Added != 2500 || said.Skipped != 100 {
		t.Fatalf("the dry run says %+v", said)
	}
	c.start(t, row)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := imports.Run(ctx, c.env.Store, c.Keys, c.who, row, func(n imports.Counts) {
		if n.Done >= 1000 {
			cancel()
		}
	})
	if err == nil {
		t.Fatal("it was not cut off")
	}
	if v := c.view(t, row); v.State != imports.Running || v.Counts.Done < 1000 || v.Counts.Done == 2600 {
		t.Fatalf("cut off at %+v", v.Counts)
	}
	got, err := imports.Run(t.Context(), c.env.Store, c.Keys, c.who, row, nil)
	if err != nil || got != said {
		t.Errorf("it came to %+v, %v", got, err)
	}
	if kept := c.takeBack(t, row); kept != 0 {
		t.Errorf("%d stayed", kept)
	}
	if n := len(c.notes(t, c.patient(t, "pepper"))); n != 0 {
		t.Errorf("%d notes stayed", n)
	}
}

// The database lets nothing go that did not come with an import, whatever statement the application sends.
func TestOnlyWhatCameWithAnImportCanBeDeleted(t *testing.T) { // T99
	c := hospital(t)
	c.runHistory(t, imports.History, history)
	juniper := c.patient(t, "juniper")
	who := c.who
	who.Person, who.Purpose = c.person(t), actor.Work
	err := c.env.Store.Write(t.Context(), who, func(ctx context.Context, tx *db.Tx) error {
		f, err := records.SealFill(c.Keys, []records.PastNote{{ID: id.New(), Patient: juniper, EventAt: time.Now(), SOAP: records.SOAP{Plan: "Rest"}}})
		if err != nil {
			return err
		}
		w, err := registry.ParseWeight("24.7", "kg")
		if err != nil {
			return err
		}
		return errors.Join(
			records.SignFill(ctx, tx, c.Keys, f),
			registry.AddWeight(ctx, tx, c.Keys, id.New(), juniper, registry.Weight{Weighed: w, At: time.Now().Add(-time.Hour), Source: registry.Measured}, w.Grams),
			vaccines.RecordPast(ctx, tx, c.Keys, id.New(), vaccines.Dose{
				Patient: juniper, Name: "Old", Protects: []string{"lepto"}, Course: vaccines.Course{Months: 12}, Historical: true, Source: "passport", On: time.Now().AddDate(-1, 0, 0),
			}, nil, time.Now()),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, conn := t.Context(), c.env.As(t, db.RoleApp)
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, db.Enter, c.env.Signer.Sign(who, conn.PgConn().PID())); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int64{"notes": 3, "weights": 2, "doses": 3} {
		gone, err := tx.Exec(ctx, "DELETE FROM app."+table)
		var left int64
		if err == nil {
			err = tx.QueryRow(ctx, "SELECT count(*) FROM app."+table).Scan(&left)
		}
		if err != nil || gone.RowsAffected() != want || left != 1 {
			t.Errorf("%d of %s went and %d are left: %v", gone.RowsAffected(), table, left, err)
		}
	}
	if _, err := tx.Exec(ctx, "UPDATE app.weights SET import_id = NULL"); err == nil {
		t.Error("which import a weight came with can be changed")
	}
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
}

// What the database itself refuses to let go stays and is counted, whichever table refers to it.
func TestAPatientThatAnythingRefersToStays(t *testing.T) {
	c := newClinic(t)
	animals, _ := c.run(t, herd)
	past, _ := c.runHistory(t, imports.Weights, "Patient number,Name,Date,Weight\nP-101,Salt,2021-06-14,4 kg\n")
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(
			vaccines.SetDue(ctx, tx, c.Keys, id.New(), c.patient(t, "basil"), "rabbit", time.Now().AddDate(0, 1, 0), "With the spring visit", time.Now()),
			vaccines.RecordPast(ctx, tx, c.Keys, id.New(), vaccines.Dose{
				Patient: c.patient(t, "juniper"), Name: "Old", Protects: []string{"lepto"}, Course: vaccines.Course{Months: 12}, Historical: true, Source: "passport", On: time.Now().AddDate(-1, 0, 0),
			}, nil, time.Now()),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	if kept := c.takeBack(t, animals); kept != 3 {
		t.Errorf("%d stayed", kept)
	}
	if got := names(c.search(t, "pepper")); got != "" {
		t.Errorf("%q is there", got)
	}
	c.takeBack(t, past)
	if kept := c.takeBack(t, animals); kept != 2 {
		t.Errorf("without the history %d stayed", kept)
	}
}
