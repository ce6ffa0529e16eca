package scheduling

import (
	"context"
	"fmt"
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

// Waiting is somebody who would come sooner or on another day.
type Waiting struct {
	// Client is zero for the first who owns or pays for the patient.
	Patient, Client, Type id.ID
	// With is the resource, zero for any that the type takes.
	With id.ID
	// First and Last bound the days, a zero Last for no end; From and To the minutes of each.
	First, Last time.Time
	From, To    int
	Words       string
}

// WaitingRow is an entry of the waitlist as stored. Instants are UTC.
type WaitingRow struct {
	ID id.ID
	Waiting
	Animal registry.Patient
	Owner  registry.Client
	// Called, Long (minutes), Needs and NeedsRoom are the type's.
	Called    string
	Long      int
	Needs     string
	NeedsRoom string
	AddedAt   time.Time
	AddedBy   id.ID
	// Fits are free times of the day shown that they would take, on a board that looked.
	Fits []Free
}

// How an entry of the waitlist ends.
const (
	EndedBooked  = "booked"
	EndedDropped = "dropped"
)

type sealedWaiting struct {
	Words string `json:"words,omitempty"`
}

// Waitlist reads who would come sooner, the longest waiting first, at most 100.
func Waitlist(ctx context.Context, tx *db.Tx, keys *vault.Clinic) ([]WaitingRow, error) {
	rows, err := tx.ListWaiting(ctx, db.ListWaitingParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("reading the waitlist: %w", err)
	}
	o := newOpener(keys)
	out := make([]WaitingRow, len(rows))
	for i, r := range rows {
		w := WaitingRow{
			ID: r.ID, AddedAt: r.AddedAt.UTC(), AddedBy: r.AddedBy,
			Waiting: Waiting{
				Patient: r.PatientID, Client: r.ClientID, Type: r.TypeID, With: r.ResourceID,
				First: r.FirstDay.UTC(), Last: utc(r.LastDay), From: int(r.FromMinute), To: int(r.ToMinute),
			},
			Called: r.TypeName, Long: int(r.Minutes), Needs: r.Needs,
		}
		if r.NeedsRoom != nil {
			w.NeedsRoom = *r.NeedsRoom
		}
		w.Animal, err = o.animal(r.PatientID, r.PatientSealed, registry.Patient{
			Species: r.Species, Breed: r.Breed, Sex: r.Sex, Neutered: r.Neutered, Born: birth(r.BornOn, r.BornPrecision, r.BornEstimated),
		})
		if err != nil {
			return nil, err
		}
		if w.Owner, err = o.client(r.ClientID, r.ClientSealed); err != nil {
			return nil, err
		}
		var s sealedWaiting
		if err := openInto(keys, slotOf("waitlist", r.ID), r.Sealed, &s); err != nil {
			return nil, err
		}
		w.Words = s.Words
		out[i] = w
	}
	return out, nil
}

func (w Waiting) check() fault.Fields {
	var bad fault.Fields
	if w.Patient.IsZero() {
		bad.Add("patient", "Choose an animal")
	}
	if w.Type.IsZero() {
		bad.Add("type", "Choose what it is for")
	}
	if w.First.IsZero() {
		bad.Add("first", "Enter the first day, like 24-Mar-2026")
	}
	if !w.Last.IsZero() && w.Last.Before(w.First) {
		bad.Add("last", "Enter the same day or a later one")
	}
	if w.From < 0 || w.From >= wholeDay {
		bad.Add("from", "Enter a time like 9:00")
	}
	if w.To <= w.From || w.To > wholeDay {
		bad.Add("to", "Enter a time after the first, like 12:00")
	}
	bad.TooLong("words", w.Words, longestReason)
	return bad
}

// changedWaiting is what the record keeps of an entry.
type changedWaiting struct {
	Patient id.ID  `json:"patient"`
	Type    id.ID  `json:"type"`
	With    id.ID  `json:"with,omitzero"`
	First   string `json:"first"`
	Last    string `json:"last,omitempty"`
	From    int    `json:"from"`
	To      int    `json:"to"`
	Words   string `json:"words,omitempty"`
}

// AddWaiting puts somebody on the waitlist under an id that came with the form. A zero To is the end of the day. It
// gives ErrAlreadyThere for a second sending, fault.Missing where patient, client, type or resource is not there,
// registry.ErrDied's kind of fault for an animal that is gone, and fault.Fields named patient, type, first, last, from,
// to and words.
func AddWaiting(ctx context.Context, tx *db.Tx, d Desk, row id.ID, w Waiting) error {
	w.Words = plain.Line(w.Words)
	if w.To == 0 {
		w.To = wholeDay
	}
	if err := w.check().Err(); err != nil {
		return err
	}
	if _, err := openType(ctx, tx, w.Type); err != nil {
		return err
	}
	if !w.With.IsZero() {
		if err := bookable(ctx, tx, d.Keys, w.With); err != nil {
			return err
		}
	}
	client, err := holdAnimal(ctx, tx, d.Keys, w.Patient, w.Client)
	if err != nil {
		return err
	}
	text, err := sealed(d.Keys, "waitlist", row, sealedWaiting{w.Words})
	if err != nil {
		return err
	}
	p := db.InsertWaitingParams{
		TenantID: tx.Tenant, ID: row, PatientID: w.Patient, ClientID: client, TypeID: w.Type, ResourceID: w.With, FirstDay: w.First,
		FromMinute: int32(w.From), ToMinute: int32(w.To), Sealed: text, KeyVersion: d.Keys.KeyVersion(), AddedAt: tx.Now(), AddedBy: tx.Who.Person,
	}
	c := changedWaiting{Patient: w.Patient, Type: w.Type, With: w.With, First: w.First.Format(time.DateOnly), From: w.From, To: w.To, Words: w.Words}
	if !w.Last.IsZero() {
		p.LastDay = &w.Last
		c.Last = w.Last.Format(time.DateOnly)
	}
	err = tx.InsertWaiting(ctx, p)
	if db.Violates(err, "waitlist_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("putting %s on the waitlist: %w", w.Patient, err)
	}
	if err := live.Touch(ctx, tx, d.Keys, live.Board); err != nil {
		return err
	}
	return recordBeside(tx, d.Keys, w.Patient, audit.Change{Action: audit.Created, Object: "waiting", ObjectID: row, After: c})
}

// bookable demands that a resource is there and stands.
func bookable(ctx context.Context, tx *db.Tx, keys *vault.Clinic, resource id.ID) error {
	by, _, err := standing(ctx, tx, keys)
	if err != nil {
		return err
	}
	if _, ok := by[resource]; !ok {
		return fault.Missing
	}
	return nil
}

// EndWaiting takes somebody off the waitlist: as is EndedBooked or EndedDropped. Ending twice does nothing more. It
// gives fault.Missing where there is no such entry.
func EndWaiting(ctx context.Context, tx *db.Tx, d Desk, entry id.ID, as string) error {
	if as != EndedBooked && as != EndedDropped {
		return fault.Fields{{Name: "as", Message: "Choose how it ended"}}
	}
	if err := endWaiting(ctx, tx, d.Keys, entry, as); err != nil {
		return err
	}
	return live.Touch(ctx, tx, d.Keys, live.Board)
}

func endWaiting(ctx context.Context, tx *db.Tx, keys *vault.Clinic, entry id.ID, as string) error {
	r, err := tx.LockWaiting(ctx, db.LockWaitingParams{TenantID: tx.Tenant, ID: entry})
	if err := db.Missing(err, "locking an entry of the waitlist"); err != nil {
		return err
	}
	if r.EndedAt != nil {
		return nil
	}
	n, err := tx.EndWaiting(ctx, db.EndWaitingParams{TenantID: tx.Tenant, ID: entry, At: tx.Now(), EndedAs: as})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("ending entry %s of the waitlist: %w", entry, err)
	}
	return recordBeside(tx, keys, r.PatientID, audit.Change{
		Action: audit.Changed, Object: "waiting", ObjectID: entry, After: map[string]string{"ended": as},
	})
}
