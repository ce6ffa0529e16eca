package pharmacy

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Supply is medicine that is handed out on a prescription.
type Supply struct {
	Quantity money.Quantity `json:"quantity"`
	Batch    string         `json:"batch"`
	// Expiry is the month the batch is good until, "11-2027".
	Expiry string `json:"expiry"`
}

// Supplied is a supply as stored. Instants are UTC, Day is of the clinic's calendar.
type Supplied struct {
	ID, Prescription id.ID
	Number           int // of the prescription's, from 1
	Supply
	Charge id.ID
	Day    time.Time
	At     time.Time
	By     id.ID
}

type sealedSupply struct {
	Batch  string `json:"batch"`
	Expiry string `json:"expiry"`
}

func suppliedOf(keys *vault.Clinic, r db.GetSupplyRow) (Supplied, error) {
	s := Supplied{
		ID: r.ID, Prescription: r.PrescriptionID, Number: int(r.Number), Supply: Supply{Quantity: r.Quantity}, Charge: r.ChargeID, Day: r.Day.UTC(), At: r.At.UTC(), By: r.ByID,
	}
	var err error
	s.Batch, s.Expiry, err = OpenSupply(keys, r.ID, r.Sealed)
	return s, err
}

var (
	monthFirst = regexp.MustCompile(`^(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})$`)
	yearFirst  = regexp.MustCompile(`^(\d{4})-(\d{1,2})$`)
	monthNamed = regexp.MustCompile(`^([A-Za-z]{3,9})\s*[-/. ]\s*(\d{4}|\d{2})$`)
)

// ParseExpiry reads the month that is printed on a pack: "11-2027", "11/27", "2027-11", "Nov 2027". It gives the house
// form and the last day of that month; ok is false for anything else.
func ParseExpiry(typed string) (text string, last time.Time, ok bool) {
	typed = plain.Line(typed)
	var month, year int
	if m := monthFirst.FindStringSubmatch(typed); m != nil {
		month, _ = strconv.Atoi(m[1])
		year, _ = strconv.Atoi(m[2])
	} else if m := yearFirst.FindStringSubmatch(typed); m != nil {
		year, _ = strconv.Atoi(m[1])
		month, _ = strconv.Atoi(m[2])
	} else if m := monthNamed.FindStringSubmatch(typed); m != nil {
		if named, err := time.Parse("Jan", strings.ToUpper(m[1][:1])+strings.ToLower(m[1][1:3])); err == nil && strings.HasPrefix(strings.ToLower(named.Month().String()), strings.ToLower(m[1])) {
			month = int(named.Month())
		}
		year, _ = strconv.Atoi(m[2])
	}
	if year > 0 && year < 100 {
		year += 2000
	}
	if month < 1 || month > 12 || year < 2000 {
		return "", time.Time{}, false
	}
	last = time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC)
	return last.Format("01-2006"), last, true
}

func (s Supply) tidy(at Place, approved money.Quantity) (Supply, fault.Fields) {
	var bad fault.Fields
	switch {
	case s.Quantity <= 0:
		bad.Add("quantity", "Enter how much is supplied, more than 0")
	case s.Quantity > approved:
		bad.Add("quantity", "One supply of "+approved.String()+" was approved: a veterinarian prescribes more")
	}
	s.Batch = plain.Words(&bad, "batch", s.Batch, "Enter the batch that stands on the pack", 40)
	text, last, ok := ParseExpiry(s.Expiry)
	switch {
	case !ok:
		bad.Add("expiry", "Enter the month on the pack, like 11-2027")
	case at.Today.After(last):
		bad.Add("expiry", "This batch expired in "+last.Format("January 2006")+". Take another")
	}
	s.Expiry = text
	return s, bad
}

// Dispense hands out one of the supplies that were approved, under an id that came with the form, and charges it in the
// same transaction: on the bill of the visit the patient is here for, if any. Of two at once for the last supply one
// wins. It gives ErrAlreadyThere for a second sending, ErrNothingLeft, ErrOver, ErrDied, ErrNoPrice, fault.Missing, and
// fault.Fields named quantity, batch and expiry.
func Dispense(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, row, prescription id.ID, s Supply) error {
	held, err := tx.GetPrescription(ctx, db.GetPrescriptionParams{TenantID: tx.Tenant, ID: prescription})
	if err := db.Missing(err, "reading a prescription"); err != nil {
		return err
	}
	if err := holdLiving(ctx, tx, held.PatientID); err != nil {
		return err
	}
	state, err := tx.LockPrescriptionState(ctx, db.LockPrescriptionStateParams{TenantID: tx.Tenant, ID: prescription})
	if err != nil {
		return fmt.Errorf("locking prescription %s: %w", prescription, err)
	}
	if _, err := tx.GetSupply(ctx, db.GetSupplyParams{TenantID: tx.Tenant, ID: row}); err == nil {
		return ErrAlreadyThere
	} else if !db.NoRows(err) {
		return fmt.Errorf("looking for a supply: %w", err)
	}
	switch {
	case state.State == Completed || state.SuppliesLeft <= 0:
		return ErrNothingLeft
	case state.State == Stopped || at.Today.After(held.ExpiresOn):
		return ErrOver
	}
	s, bad := s.tidy(at, held.Quantity)
	if err := bad.Err(); err != nil {
		return err
	}
	p, err := prescriptionOf(keys, held)
	if err != nil {
		return err
	}
	charge, err := chargeSupply(ctx, tx, keys, at, p, s)
	if err != nil {
		return err
	}
	return writeSupply(ctx, tx, keys, at, row, charge, p, state, s)
}

// chargeSupply notes what a supply costs.
func chargeSupply(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, p Prescription, s Supply) (charge id.ID, err error) {
	d, err := tx.GetDrug(ctx, db.GetDrugParams{TenantID: tx.Tenant, ID: p.Drug})
	if err != nil {
		return charge, fmt.Errorf("reading drug %s: %w", p.Drug, err)
	}
	if d.ItemID.IsZero() {
		return charge, ErrNoPrice
	}
	item, err := billing.OpenItem(ctx, tx, d.ItemID)
	if err != nil {
		return charge, err
	}
	c := item.Charge(Charged(s.Quantity, money.Quantity(d.PerItem)))
	c.Patient, c.Context, c.Day, c.Note = p.Patient, billing.Dispensed, at.Today, p.Directions
	visit, err := tx.GetVisitUnderWay(ctx, db.GetVisitUnderWayParams{TenantID: tx.Tenant, PatientID: p.Patient})
	switch {
	case err == nil:
		c.Visit = visit
	case !db.NoRows(err):
		return charge, fmt.Errorf("looking for the visit of patient %s: %w", p.Patient, err)
	}
	charge = id.New()
	return charge, billing.AddCharge(ctx, tx, keys, charge, c)
}

// Charged is how many items of the price list a quantity is, to the thousandth, half up; never none.
func Charged(q, perItem money.Quantity) money.Quantity {
	return max(1, (q*money.One+perItem/2)/perItem)
}

func writeSupply(ctx context.Context, tx *db.Tx, keys *vault.Clinic, at Place, row, charge id.ID, p Prescription, state db.LockPrescriptionStateRow, s Supply) error {
	text, err := keys.SealJSON(slot("prescription_supplies", groupLabel, row), sealedSupply{s.Batch, s.Expiry})
	if err != nil {
		return err
	}
	left := state.SuppliesLeft - 1
	err = tx.InsertSupply(ctx, db.InsertSupplyParams{
		TenantID: tx.Tenant, ID: row, PrescriptionID: p.ID, PatientID: p.Patient, Number: int32(p.Supplies) - left, Quantity: s.Quantity, ChargeID: charge,
		Sealed: text, KeyVersion: keys.KeyVersion(), Day: at.Today, At: tx.Now(), ByID: tx.Who.Person,
	})
	if err != nil {
		return fmt.Errorf("keeping a supply of prescription %s: %w", p.ID, err)
	}
	err = audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "supply", ObjectID: row, IDs: []id.ID{p.ID, p.Patient, charge}, Group: groupLabel, After: s,
	})
	if err != nil {
		return err
	}
	to := Dispensing
	if left == 0 {
		to = Completed
	}
	if to != state.State {
		return moveTo(ctx, tx, keys, id.New(), p.ID, p.Patient, state.State, to, left, "")
	}
	n, err := tx.UpdatePrescriptionState(ctx, db.UpdatePrescriptionStateParams{
		TenantID: tx.Tenant, ID: p.ID, State: state.State, SuppliesLeft: left, LastMoveID: state.LastMoveID,
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("counting a supply of prescription %s: %w", p.ID, err)
	}
	return nil
}
