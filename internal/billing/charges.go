package billing

import (
	"context"
	"fmt"
	"slices"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

type sealedCharge struct {
	Name string `json:"name"`
	Note string `json:"note,omitempty"`
}

type sealedMove struct {
	Reason string `json:"reason,omitempty"`
}

// over are the states of a visit that nothing is charged in any more.
var over = []string{"done", "cancelled", "no_show", "moved"}

// tidy gives the charge as it is kept, and the mistakes named name, note, quantity, unit, price, discount and context.
func (c Charge) tidy() (Charge, fault.Fields) {
	var bad fault.Fields
	c.Name = plain.Line(c.Name)
	checkName(&bad, c.Name)
	c.Note = words(&bad, "note", c.Note, "")
	if c.Quantity <= 0 || c.Quantity > money.MostQuantity {
		bad.Add("quantity", "Enter how much, more than 0")
	}
	if !slices.Contains(Units, c.Unit) {
		bad.Add("unit", "Choose what the price is for")
	}
	checkPrice(&bad, c.Price)
	switch {
	case c.DiscountBP == money.WholeBP:
		bad.Add("discount", "A whole discount is given free: say so with its reason instead")
	case c.DiscountBP < 0 || c.DiscountBP > money.WholeBP:
		bad.Add("discount", "Enter a discount of less than 100 %")
	}
	checkContext(&bad, c.Context)
	if len(bad) == 0 && !payable(c.Price, c.Quantity) {
		bad.Add("quantity", "This comes to more than can be billed: look at the decimal point")
	}
	c.Day = dayOf(c.Day)
	return c, bad
}

// payable reports whether a line stays below what a document may come to.
func payable(price money.Amount, q money.Quantity) bool {
	return price == 0 || int64(q) <= int64(money.Most)/int64(price)*int64(money.One)
}

// AddCharge notes an act that must end billed, given free or declined, under an id that came with the form. Its day
// is one of the clinic's calendar. It gives ErrAlreadyThere for a second sending, fault.Missing where patient,
// client, item, tax class or visit are not there, ErrVisitOver, ErrMismatch where the visit is another
// patient's, and fault.Fields.
func AddCharge(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, c Charge) error {
	c, bad := c.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	var there bool
	err := db.Together(ctx, tx,
		// Held in the order of locks, before the foreign keys would.
		holdClient(c.Client), holdPatient(c.Patient), holdVisit(c.Visit, c.Patient),
		func(ctx context.Context, tx *db.Tx) error { return taxClassThere(ctx, tx, c.TaxClass) },
		func(ctx context.Context, tx *db.Tx) error {
			if c.Item.IsZero() {
				return nil
			}
			_, err := OpenItem(ctx, tx, c.Item)
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.GetCharge(ctx, db.GetChargeParams{TenantID: tx.Tenant, ID: row})
			if there = err == nil; there || db.NoRows(err) {
				return nil
			}
			return err
		},
	)
	if err != nil {
		return err
	}
	if there {
		return ErrAlreadyThere
	}
	text, err := sealed(keys, "charges", row, sealedCharge{c.Name, c.Note})
	if err != nil {
		return err
	}
	err = tx.InsertCharge(ctx, db.InsertChargeParams{
		TenantID: tx.Tenant, ID: row, PatientID: c.Patient, ClientID: c.Client, VisitID: c.Visit, ItemID: c.Item, Quantity: c.Quantity, Unit: c.Unit,
		Price: int64(c.Price), DiscountBp: int32(c.DiscountBP), TaxClassID: c.TaxClass, Context: c.Context, Sealed: text, KeyVersion: keys.KeyVersion(),
		Day: c.Day, MadeAt: tx.Now(), MadeBy: tx.Who.Person,
	})
	if db.Violates(err, "charges_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("charging %s: %w", c.Patient, err)
	}
	return record(ctx, tx, keys, audit.Change{Action: audit.Created, Object: "charge", ObjectID: row, IDs: about(c), Group: group, After: c})
}

// ErrMismatch says that a form names a patient and a visit that do not belong together.
var ErrMismatch = fault.New(fault.Conflict, "This visit is another animal's. Open the page again.")

// about are the rows that a charge is found by.
func about(c Charge) []id.ID {
	var ids []id.ID
	for _, v := range []id.ID{c.Patient, c.Client, c.Visit} {
		if !v.IsZero() {
			ids = append(ids, v)
		}
	}
	return ids
}

func holdClient(client id.ID) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		if client.IsZero() {
			return nil
		}
		_, err := tx.HoldChargedClient(ctx, db.HoldChargedClientParams{TenantID: tx.Tenant, ID: client})
		return db.Missing(err, "holding a client")
	}
}

func holdPatient(patient id.ID) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.HoldChargedPatient(ctx, db.HoldChargedPatientParams{TenantID: tx.Tenant, ID: patient})
		return db.Missing(err, "holding a patient")
	}
}

// holdVisit keeps a visit of the patient from ending before the transaction does.
func holdVisit(visit, patient id.ID) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		if visit.IsZero() {
			return nil
		}
		v, err := tx.HoldChargedVisit(ctx, db.HoldChargedVisitParams{TenantID: tx.Tenant, ID: visit})
		switch err := db.Missing(err, "holding a visit"); {
		case err != nil:
			return err
		case v.PatientID != patient:
			return ErrMismatch
		case slices.Contains(over, v.State):
			return ErrVisitOver
		}
		return nil
	}
}

// ChangeCharge saves an open charge that the page showed at a version: who pays, name, note, quantity, unit, price,
// discount, tax class and context; patient, visit, item and day stay. It gives ErrChanged, fault.Missing and fault.Fields.
func ChangeCharge(ctx context.Context, tx *db.Tx, keys *vault.Clinic, charge id.ID, version int64, c Charge) error {
	c, bad := c.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	err := db.Together(ctx, tx, holdClient(c.Client), func(ctx context.Context, tx *db.Tx) error { return taxClassThere(ctx, tx, c.TaxClass) })
	if err != nil {
		return err
	}
	was, err := lockCharge(ctx, tx, keys, charge)
	if err != nil {
		return err
	}
	c.Patient, c.Visit, c.Item, c.Day = was.Patient, was.Visit, was.Item, was.Day
	if was.State == Open && was.Charge == c {
		return nil
	}
	if was.Version != version || was.State != Open {
		return ErrChanged
	}
	text, err := sealed(keys, "charges", charge, sealedCharge{c.Name, c.Note})
	if err != nil {
		return err
	}
	n, err := tx.UpdateCharge(ctx, db.UpdateChargeParams{
		TenantID: tx.Tenant, ID: charge, Version: version, ClientID: c.Client, Quantity: c.Quantity, Unit: c.Unit, Price: int64(c.Price),
		DiscountBp: int32(c.DiscountBP), TaxClassID: c.TaxClass, Context: c.Context, Sealed: text, KeyVersion: keys.KeyVersion(),
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving charge %s: %w", charge, err)
	}
	return record(ctx, tx, keys, audit.Change{Action: audit.Changed, Object: "charge", ObjectID: charge, IDs: about(c), Group: group, Before: was.Charge, After: c})
}

// lockCharge holds a charge and reads it as it is then.
func lockCharge(ctx context.Context, tx *db.Tx, keys *vault.Clinic, charge id.ID) (ChargeRow, error) {
	var row db.GetChargeRow
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.LockCharges(ctx, db.LockChargesParams{TenantID: tx.Tenant, Ids: []id.ID{charge}})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			row, err = tx.GetCharge(ctx, db.GetChargeParams{TenantID: tx.Tenant, ID: charge})
			return err
		},
	)
	if err := db.Missing(err, "locking a charge"); err != nil {
		return ChargeRow{}, err
	}
	return chargeOf(keys, row)
}

// Resolve gives an open charge free or notes that it was declined, under the id of a move that came with the form.
// Free takes a reason. It gives ErrAlreadyThere for a second sending, ErrChanged, fault.Missing, and fault.Fields
// named to and reason.
func Resolve(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, charge id.ID, version int64, to, reason string) error {
	var bad fault.Fields
	ask := ""
	switch to {
	case Free:
		ask = "Enter why it is free, like goodwill"
	case Declined:
	default:
		bad.Add("to", "Choose given free or declined")
	}
	reason = words(&bad, "reason", reason, ask)
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := lockCharge(ctx, tx, keys, charge)
	if err != nil {
		return err
	}
	return moveSeen(ctx, tx, keys, row, was, version, []string{Open}, to, reason)
}

// Reopen takes back that a charge was given free or declined. It gives what Resolve gives, and ErrVisitOver.
func Reopen(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, charge id.ID, version int64, reason string) error {
	var bad fault.Fields
	reason = words(&bad, "reason", reason, "")
	if err := bad.Err(); err != nil {
		return err
	}
	seen, err := OpenCharge(ctx, tx, keys, charge)
	if err != nil {
		return err
	}
	if err := holdVisit(seen.Visit, seen.Patient)(ctx, tx); err != nil {
		return err
	}
	was, err := lockCharge(ctx, tx, keys, charge)
	if err != nil {
		return err
	}
	return moveSeen(ctx, tx, keys, row, was, version, []string{Free, Declined}, Open, reason)
}

// moveSeen moves a charge that the caller holds, if the page showed it as it is.
func moveSeen(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, was ChargeRow, version int64, from []string, to, reason string) error {
	switch {
	case was.lastMove == row:
		return ErrAlreadyThere
	case was.Version != version || !slices.Contains(from, was.State):
		return ErrChanged
	}
	moves := chargeMoves{from: was.State, to: to, reason: reason}
	moves.add(row, was.ID, id.ID{})
	jobs, err := moves.write(keys)
	if err != nil {
		return err
	}
	if err := db.Together(ctx, tx, jobs...); err != nil {
		if db.Violates(err, "charge_moves_pkey") {
			return ErrAlreadyThere
		}
		return fmt.Errorf("moving charge %s: %w", was.ID, err)
	}
	return record(ctx, tx, keys, audit.Change{
		Action: audit.Changed, Object: "charge", ObjectID: was.ID, IDs: about(was.Charge), Group: group,
		Before: chargeState{was.State, was.Reason}, After: chargeState{to, reason},
	})
}

// chargeState is what the record says about a move of a charge.
type chargeState struct {
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

// chargeMoves are moves of charges from one state to another.
type chargeMoves struct {
	from, to, reason        string
	rows, charges, invoices []id.ID // one of each for a charge; zero for no invoice
}

func (m *chargeMoves) add(row, charge, invoice id.ID) {
	m.rows, m.charges, m.invoices = append(m.rows, row), append(m.charges, charge), append(m.invoices, invoice)
}

// write gives the two statements that move the charges, the second of which refers to what the first wrote.
func (m chargeMoves) write(keys *vault.Clinic) ([]func(context.Context, *db.Tx) error, error) {
	if len(m.rows) == 0 {
		return nil, nil
	}
	texts := make([][]byte, len(m.rows))
	for i, row := range m.rows {
		var err error
		if texts[i], err = sealed(keys, "charge_moves", row, sealedMove{m.reason}); err != nil {
			return nil, err
		}
	}
	return []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertChargeMoves(ctx, db.InsertChargeMovesParams{
				TenantID: tx.Tenant, FromState: m.from, ToState: m.to, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
				Ids: m.rows, Charges: m.charges, Invoices: m.invoices, Sealed: texts,
			})
		},
		func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.UpdateChargeStates(ctx, db.UpdateChargeStatesParams{TenantID: tx.Tenant, State: m.to, Ids: m.rows, Charges: m.charges})
			if err == nil && n != int64(len(m.rows)) {
				return fmt.Errorf("%d charges moved of %d that are locked", n, len(m.rows))
			}
			return err
		},
	}, nil
}
