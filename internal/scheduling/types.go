package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Who a type of appointment needs.
const (
	NeedsVet   = "vet"
	NeedsNurse = "nurse"
	Anyone     = "anyone"
)

// Colours are those a type may have.
var Colours = []string{"plain", "blue", "green", "amber", "violet", "red"}

// Type is why somebody comes, how long it takes, and who and where it needs.
type Type struct {
	Name    string `json:"name"`
	Minutes int    `json:"minutes"`
	// Colour is one of Colours.
	Colour string `json:"colour"`
	// Needs is NeedsVet, NeedsNurse or Anyone.
	Needs string `json:"needs"`
	// NeedsRoom is Room, Theatre, Equipment, or "" for none.
	NeedsRoom string `json:"needs_room,omitempty"`
	// Quiet says that its reason is shown on no wall.
	Quiet    bool `json:"quiet,omitempty"`
	Position int  `json:"position"`
}

// takes reports whether it can be booked with a resource of a kind: what a nurse does, a vet can do, and what
// anyone can do, needs nobody in particular.
func (t Type) takes(kind string) bool {
	switch t.Needs {
	case NeedsVet:
		return kind == Vet
	case NeedsNurse:
		return kind == Nurse || kind == Vet
	}
	return true
}

// With are those of some resources that it can be booked with: people it may be done by. Who has a theatre or a machine of
// their own is kept for what needs one, where there is anybody else.
func (t Type) With(all []ResourceRow) []ResourceRow {
	own := make(map[id.ID]string, len(all))
	for _, r := range all {
		own[r.ID] = r.Kind
	}
	var out, kept []ResourceRow
	for _, r := range all {
		switch at := own[r.Room]; {
		case !r.Stands() || isRoom(r.Kind) || !t.takes(r.Kind):
		case (at == Theatre || at == Equipment) && at != t.NeedsRoom:
			kept = append(kept, r)
		default:
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return kept
	}
	return out
}

// Offered are those that it is offered with where nobody is asked for: of With, nurses for what a nurse does, where there
// are any.
func (t Type) Offered(all []ResourceRow) []id.ID {
	var out, nurses []id.ID
	for _, r := range t.With(all) {
		out = append(out, r.ID)
		if r.Kind == Nurse {
			nurses = append(nurses, r.ID)
		}
	}
	if t.Needs == NeedsNurse && len(nurses) > 0 {
		return nurses
	}
	return out
}

// TypeRow is a type as stored. A zero EndedAt says that it can be booked.
type TypeRow struct {
	ID id.ID
	Type
	Version int64
	EndedAt time.Time
}

// Stands reports whether it can be booked.
func (t TypeRow) Stands() bool { return t.EndedAt.IsZero() }

// Types reads why somebody may come in its order, and what was, last.
func Types(ctx context.Context, tx *db.Tx) ([]TypeRow, error) {
	rows, err := tx.ListAppointmentTypes(ctx, db.ListAppointmentTypesParams{TenantID: tx.Tenant, Ended: true})
	if err != nil {
		return nil, fmt.Errorf("reading the types of appointment: %w", err)
	}
	out := make([]TypeRow, len(rows))
	for i, r := range rows {
		out[i] = typeOf(db.GetAppointmentTypeRow(r))
	}
	return out, nil
}

func typeOf(r db.GetAppointmentTypeRow) TypeRow {
	t := TypeRow{ID: r.ID, Version: r.Version, Type: Type{
		Name: r.Name, Minutes: int(r.Minutes), Colour: r.Colour, Needs: r.Needs, Quiet: r.Quiet, Position: int(r.Position),
	}}
	if r.NeedsRoom != nil {
		t.NeedsRoom = *r.NeedsRoom
	}
	if r.EndedAt != nil {
		t.EndedAt = r.EndedAt.UTC()
	}
	return t
}

// openType reads one type. It gives fault.Missing where there is none in this clinic.
func openType(ctx context.Context, tx *db.Tx, kind id.ID) (TypeRow, error) {
	r, err := tx.GetAppointmentType(ctx, db.GetAppointmentTypeParams{TenantID: tx.Tenant, ID: kind})
	if err := db.Missing(err, "reading a type of appointment"); err != nil {
		return TypeRow{}, err
	}
	return typeOf(r), nil
}

func (t Type) check() fault.Fields {
	var bad fault.Fields
	if t.Name == "" {
		bad.Add("name", "Enter a name, like Vaccination")
	}
	bad.TooLong("name", t.Name, 60)
	if t.Minutes < 5 || t.Minutes > wholeDay || t.Minutes%5 != 0 {
		bad.Add("minutes", "Enter minutes in steps of 5, from 5 on")
	}
	if !slices.Contains(Colours, t.Colour) {
		bad.Add("colour", "Choose a colour")
	}
	if !slices.Contains([]string{NeedsVet, NeedsNurse, Anyone}, t.Needs) {
		bad.Add("needs", "Choose who it needs")
	}
	if !slices.Contains([]string{"", Room, Theatre, Equipment}, t.NeedsRoom) {
		bad.Add("needs_room", "Choose where it is, or nowhere in particular")
	}
	if t.Position < 1 || t.Position > 1000 {
		bad.Add("position", "Enter its place in the list, from 1")
	}
	return bad
}

func (t Type) room() *string {
	if t.NeedsRoom == "" {
		return nil
	}
	return &t.NeedsRoom
}

// AddType makes a type of appointment under an id that came with the form. It gives ErrAlreadyThere for a
// second sending, and fault.Fields.
func AddType(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, t Type) error {
	t.Name = plain.Line(t.Name)
	if err := t.check().Err(); err != nil {
		return err
	}
	err := tx.InsertAppointmentType(ctx, db.InsertAppointmentTypeParams{
		TenantID: tx.Tenant, ID: row, Name: t.Name, Minutes: int32(t.Minutes), Colour: t.Colour, Needs: t.Needs, NeedsRoom: t.room(),
		Quiet: t.Quiet, Position: int32(t.Position),
	})
	if db.Violates(err, "appointment_types_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("making type %s: %w", row, err)
	}
	return recordType(ctx, tx, keys, row, audit.Change{Action: audit.Created, After: registry.Versioned[Type]{Version: 1, Value: t}})
}

// EditType saves a type from a form that showed it at a version; what is booked keeps its length. It gives
// *registry.Conflict[Type], fault.Missing and fault.Fields. Saving what is stored already does nothing.
func EditType(ctx context.Context, tx *db.Tx, keys *vault.Clinic, kind id.ID, version int64, t Type) error {
	t.Name = plain.Line(t.Name)
	if err := t.check().Err(); err != nil {
		return err
	}
	was, err := holdType(ctx, tx, kind)
	switch {
	case err != nil:
		return err
	case was.Type == t:
		return nil
	case was.Version != version:
		return conflict(ctx, tx, keys, kind, version, was.Version, was.Type)
	}
	n, err := tx.UpdateAppointmentType(ctx, db.UpdateAppointmentTypeParams{
		TenantID: tx.Tenant, ID: kind, Version: version, Name: t.Name, Minutes: int32(t.Minutes), Colour: t.Colour, Needs: t.Needs, NeedsRoom: t.room(),
		Quiet: t.Quiet, Position: int32(t.Position),
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving type %s: %w", kind, err)
	}
	return recordType(ctx, tx, keys, kind, audit.Change{
		Action: audit.Changed, Before: registry.Versioned[Type]{Version: version, Value: was.Type}, After: registry.Versioned[Type]{Version: version + 1, Value: t},
	})
}

func holdType(ctx context.Context, tx *db.Tx, kind id.ID) (TypeRow, error) {
	r, err := tx.LockAppointmentType(ctx, db.LockAppointmentTypeParams{TenantID: tx.Tenant, ID: kind})
	if err := db.Missing(err, "locking a type of appointment"); err != nil {
		return TypeRow{}, err
	}
	return typeOf(db.GetAppointmentTypeRow(r)), nil
}

// EndType takes a type off the list; what is booked as it stays. Ending twice does nothing more. It gives
// fault.Missing.
func EndType(ctx context.Context, tx *db.Tx, keys *vault.Clinic, kind id.ID) error {
	now := tx.Now()
	return endType(ctx, tx, keys, kind, &now)
}

// BringTypeBack puts a type that was ended on the list again. Twice does nothing more.
func BringTypeBack(ctx context.Context, tx *db.Tx, keys *vault.Clinic, kind id.ID) error {
	return endType(ctx, tx, keys, kind, nil)
}

func endType(ctx context.Context, tx *db.Tx, keys *vault.Clinic, kind id.ID, at *time.Time) error {
	was, err := holdType(ctx, tx, kind)
	if err != nil || was.Stands() == (at == nil) {
		return err
	}
	n, err := tx.EndAppointmentType(ctx, db.EndAppointmentTypeParams{TenantID: tx.Tenant, ID: kind, Version: was.Version, EndedAt: at})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("ending type %s: %w", kind, err)
	}
	return recordType(ctx, tx, keys, kind, audit.Change{
		Action: audit.Changed, Before: registry.Versioned[Type]{Version: was.Version, Value: was.Type}, After: ending{Ended: at != nil},
	})
}

func recordType(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, c audit.Change) error {
	if err := live.Touch(ctx, tx, keys, live.Schedule); err != nil {
		return err
	}
	c.Object, c.ObjectID, c.Group = "appointment-type", row, group
	return audit.RecordChange(tx, keys, c)
}
