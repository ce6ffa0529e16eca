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

// The kinds of what can be booked.
const (
	Vet       = "vet"
	Nurse     = "nurse"
	Room      = "room"
	Theatre   = "theatre"
	Equipment = "equipment"
)

// kinds is the order in which what an appointment takes is told: with whom first, then where.
var kinds = []string{Vet, Nurse, Room, Theatre, Equipment}

// Resource is what can be booked: a column of the schedule.
type Resource struct {
	Kind string `json:"kind"`
	// Name is what it is called where no person stands behind it, and what a person's column is kept under.
	Name string `json:"name"`
	// Person is who this is, zero for none; Room is booked beside it, zero for none.
	Person id.ID `json:"person,omitzero"`
	Room   id.ID `json:"room,omitzero"`
	// Position is its place from the left, from 1.
	Position int `json:"position"`
}

// ResourceRow is a resource as stored. A zero EndedAt says that it can be booked.
type ResourceRow struct {
	ID id.ID
	Resource
	// Called is the person's own name, or the name. RoomCalled is that of its room.
	Called, RoomCalled string
	Version            int64
	EndedAt            time.Time
}

// Stands reports whether it can be booked.
func (r ResourceRow) Stands() bool { return r.EndedAt.IsZero() }

// Resources reads what can be booked in its order, and what could, last.
func Resources(ctx context.Context, tx *db.Tx, keys *vault.Clinic) ([]ResourceRow, error) {
	return listResources(ctx, tx, keys, true)
}

func listResources(ctx context.Context, tx *db.Tx, keys *vault.Clinic, ended bool) ([]ResourceRow, error) {
	rows, err := tx.ListResources(ctx, db.ListResourcesParams{TenantID: tx.Tenant, Ended: ended})
	if err != nil {
		return nil, fmt.Errorf("reading what can be booked: %w", err)
	}
	out := make([]ResourceRow, len(rows))
	called := make(map[id.ID]string, len(rows))
	for i, r := range rows {
		out[i] = ResourceRow{
			ID: r.ID, Resource: Resource{Kind: r.Kind, Name: r.Name, Person: r.PersonID, Room: r.RoomID, Position: int(r.Position)},
			Called: r.Name, Version: r.Version,
		}
		if r.EndedAt != nil {
			out[i].EndedAt = r.EndedAt.UTC()
		}
		if r.PersonSealed != nil {
			var person struct {
				Name string `json:"name"`
			}
			if err := openInto(keys, vault.Slot{Table: "people", Group: "staff", Row: r.PersonID}, r.PersonSealed, &person); err != nil {
				return nil, err
			}
			out[i].Called = person.Name
		}
		called[r.ID] = out[i].Called
	}
	for i := range out {
		out[i].RoomCalled = called[out[i].Room]
	}
	return out, nil
}

// standing reads what can be booked now, by id and in its order.
func standing(ctx context.Context, tx *db.Tx, keys *vault.Clinic) (map[id.ID]ResourceRow, []ResourceRow, error) {
	list, err := listResources(ctx, tx, keys, false)
	if err != nil {
		return nil, nil, err
	}
	by := make(map[id.ID]ResourceRow, len(list))
	for _, r := range list {
		by[r.ID] = r
	}
	return by, list, nil
}

// check gives the mistakes of a resource with its own id among others.
func (r Resource) check(row id.ID, others []ResourceRow) fault.Fields {
	var bad fault.Fields
	if !slices.Contains(kinds, r.Kind) {
		bad.Add("kind", "Choose what it is")
	}
	if r.Name == "" {
		bad.Add("name", "Enter a name, like Consult 1")
	}
	bad.TooLong("name", r.Name, 60)
	if !r.Person.IsZero() {
		if r.Kind != Vet && r.Kind != Nurse {
			bad.Add("person", "Only a vet or a nurse is a person")
		}
		for _, o := range others {
			if o.Person == r.Person && o.ID != row {
				bad.Add("person", o.Called+" has a column already")
			}
		}
	}
	if !r.Room.IsZero() {
		at := slices.IndexFunc(others, func(o ResourceRow) bool { return o.ID == r.Room })
		switch {
		case r.Kind != Vet && r.Kind != Nurse:
			bad.Add("room", "Only a vet or a nurse has a room")
		case at < 0 || !others[at].Stands() || !slices.Contains([]string{Room, Theatre, Equipment}, others[at].Kind):
			bad.Add("room", "Choose a room from the list")
		}
	}
	if r.Position < 1 || r.Position > 1000 {
		bad.Add("position", "Enter its place from the left, from 1")
	}
	return bad
}

// AddResource makes something that can be booked under an id that came with the form. It gives
// ErrAlreadyThere for a second sending, and fault.Fields.
func AddResource(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, r Resource) error {
	r.Name = plain.Line(r.Name)
	others, err := Resources(ctx, tx, keys)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(others, func(o ResourceRow) bool { return o.ID == row }) {
		return ErrAlreadyThere
	}
	if err := r.check(row, others).Err(); err != nil {
		return err
	}
	err = tx.InsertResource(ctx, db.InsertResourceParams{
		TenantID: tx.Tenant, ID: row, Kind: r.Kind, Name: r.Name, PersonID: r.Person, RoomID: r.Room, Position: int32(r.Position),
	})
	if db.Violates(err, "resources_pkey") {
		return ErrAlreadyThere
	}
	if err := knownPerson(err); err != nil {
		return fmt.Errorf("making resource %s: %w", row, err)
	}
	return recordResource(ctx, tx, keys, row, audit.Change{Action: audit.Created, After: registry.Versioned[Resource]{Version: 1, Value: r}})
}

// knownPerson turns the refusal of a person into words.
func knownPerson(err error) error {
	if db.Violates(err, "resources_person") {
		return fault.Fields{{Name: "person", Message: "This person has a column already"}}
	}
	if db.Violates(err, "resources_tenant_id_person_id_fkey") {
		return fault.Fields{{Name: "person", Message: "Choose a person from the list"}}
	}
	return err
}

// EditResource saves what can be booked, from a form that showed it at a version. It gives
// *registry.Conflict[Resource], fault.Missing and fault.Fields. Saving what is stored already does nothing.
func EditResource(ctx context.Context, tx *db.Tx, keys *vault.Clinic, resource id.ID, version int64, r Resource) error {
	r.Name = plain.Line(r.Name)
	was, err := holdResource(ctx, tx, resource)
	if err != nil {
		return err
	}
	others, err := Resources(ctx, tx, keys)
	if err != nil {
		return err
	}
	if err := r.check(resource, others).Err(); err != nil {
		return err
	}
	switch {
	case was.Resource == r:
		return nil
	case was.Version != version:
		return conflict(ctx, tx, keys, resource, version, was.Version, was.Resource)
	}
	n, err := tx.UpdateResource(ctx, db.UpdateResourceParams{
		TenantID: tx.Tenant, ID: resource, Version: version, Kind: r.Kind, Name: r.Name, PersonID: r.Person, RoomID: r.Room, Position: int32(r.Position),
	})
	if err := db.OneRow(n, knownPerson(err)); err != nil {
		return fmt.Errorf("saving resource %s: %w", resource, err)
	}
	return recordResource(ctx, tx, keys, resource, audit.Change{
		Action: audit.Changed, Before: registry.Versioned[Resource]{Version: version, Value: was.Resource},
		After: registry.Versioned[Resource]{Version: version + 1, Value: r},
	})
}

func holdResource(ctx context.Context, tx *db.Tx, resource id.ID) (ResourceRow, error) {
	r, err := tx.LockResource(ctx, db.LockResourceParams{TenantID: tx.Tenant, ID: resource})
	if err := db.Missing(err, "locking a resource"); err != nil {
		return ResourceRow{}, err
	}
	out := ResourceRow{
		ID: r.ID, Resource: Resource{Kind: r.Kind, Name: r.Name, Person: r.PersonID, Room: r.RoomID, Position: int(r.Position)}, Version: r.Version,
	}
	if r.EndedAt != nil {
		out.EndedAt = r.EndedAt.UTC()
	}
	return out, nil
}

// EndResource takes a resource off the schedule; what was booked with it stays in the record. Ending twice does nothing
// more. It gives fault.Missing, and fault.Fields while something is booked with it from now on.
func EndResource(ctx context.Context, tx *db.Tx, d Desk, resource id.ID) error {
	was, err := holdResource(ctx, tx, resource)
	if err != nil || !was.Stands() {
		return err
	}
	ahead, err := tx.CountResourceAhead(ctx, db.CountResourceAheadParams{TenantID: tx.Tenant, ResourceID: resource, Since: tx.Now()})
	if err != nil {
		return fmt.Errorf("counting what is booked with %s: %w", resource, err)
	}
	if ahead > 0 {
		return fault.Fields{{Name: "", Message: fmt.Sprintf("%s booked with %s. Move or cancel them first", count(int(ahead), "appointment is", "appointments are"), was.Name)}}
	}
	now := tx.Now()
	return endResource(ctx, tx, d.Keys, was, &now)
}

// BringResourceBack puts a resource that was ended on the schedule again. Twice does nothing more.
func BringResourceBack(ctx context.Context, tx *db.Tx, d Desk, resource id.ID) error {
	was, err := holdResource(ctx, tx, resource)
	if err != nil || was.Stands() {
		return err
	}
	return endResource(ctx, tx, d.Keys, was, nil)
}

func endResource(ctx context.Context, tx *db.Tx, keys *vault.Clinic, was ResourceRow, at *time.Time) error {
	n, err := tx.EndResource(ctx, db.EndResourceParams{TenantID: tx.Tenant, ID: was.ID, Version: was.Version, EndedAt: at})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("ending resource %s: %w", was.ID, err)
	}
	return recordResource(ctx, tx, keys, was.ID, audit.Change{
		Action: audit.Changed, Before: registry.Versioned[Resource]{Version: was.Version, Value: was.Resource}, After: ending{Ended: at != nil},
	})
}

// ending is what the record says of what was ended, or brought back.
type ending struct {
	Ended bool `json:"ended"`
}

func recordResource(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, c audit.Change) error {
	if err := live.Touch(ctx, tx, keys, live.Schedule, live.Board); err != nil {
		return err
	}
	c.Object, c.ObjectID, c.Group = "resource", row, group
	return audit.RecordChange(tx, keys, c)
}

// count says how many.
func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
