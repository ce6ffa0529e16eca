package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// mostFound is how many items are offered for a few letters.
const mostFound = 8

func optionOf(row id.ID, label string) ui.Option { return ui.Option{Value: row.String(), Label: label} }

// findPrices answers the field of the bill with what its letters begin.
func (s *Server) findPrices(v *visit) (answer, error) {
	typed := strings.TrimSpace(v.field("item"))
	if typed == "" {
		return shown(http.StatusOK, views.NoItems()), nil
	}
	rows, settings, err := v.findItems(typed)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Searched, Object: "price"})
	view := views.Items{Query: typed}
	for _, r := range rows[:min(mostFound, len(rows))] {
		view.Rows = append(view.Rows, v.itemView(settings, r))
	}
	if isRow(v.field("draft")) { // for the plan of an open note
		return shown(http.StatusOK, views.ActList(views.ActItems{Items: view, Action: "/drafts/" + v.field("draft") + "/acts", Nonce: v.nonce})), nil
	}
	return shown(http.StatusOK, views.ItemList(view)), nil
}

func (v *visit) findItems(typed string) (rows []billing.ItemRow, s billing.Settings, err error) {
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = billing.FindItems(ctx, tx, typed)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			s, err = billing.LoadSettings(ctx, tx)
			return err
		},
	)
	return rows, s, err
}

func (v *visit) itemView(s billing.Settings, r billing.ItemRow) views.Item {
	return views.Item{ID: r.ID.String(), Code: r.Code, Name: r.Name, Price: v.sum(s.Currency, r.Price)}
}

// createCharge puts an item of the price list on the bill of a visit.
func (s *Server) createCharge(v *visit) (answer, error) {
	visit, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	patient, err := rowOf(v.field("patient"))
	if err != nil {
		return answer{}, err
	}
	var bad fault.Fields
	item, choices, err := v.pickedItem(&bad)
	if err != nil {
		return answer{}, err
	}
	quantity, err := money.ParseQuantity(v.field("quantity"))
	if err != nil {
		bad.Add("quantity", err.Error())
	}
	if len(bad) > 0 {
		return v.mistakenCharge(visit, choices, bad)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return v.addCharge(ctx, tx, row, visit, patient, item, quantity)
	})
	switch said, conflict := conflictIn(err); {
	case errors.As(err, &bad):
		return v.mistakenCharge(visit, nil, bad)
	case errors.Is(err, billing.ErrAlreadyThere): // sent twice
	case conflict:
		return v.overtakenBill(visit, said)
	case err != nil:
		return answer{}, err
	}
	if !v.partial {
		return goTo(checkoutPath(visit)), nil
	}
	c, err := v.openCheckout(visit)
	if err != nil {
		return answer{}, err
	}
	c.add.Focus, c.add.Patient = true, patient.String()
	return v.checkoutPage(http.StatusOK, c)
}

// pickedItem is the item that was chosen, or the only one the typed words can mean: a code, a barcode, a name.
func (v *visit) pickedItem(bad *fault.Fields) (item billing.ItemRow, choices []views.Item, err error) {
	if text := v.field("pick"); text != "" {
		row, err := rowOf(text)
		if err != nil {
			return item, nil, err
		}
		err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
			item, err = billing.OpenItem(ctx, tx, row)
			return err
		})
		return item, nil, err
	}
	typed := strings.TrimSpace(v.field("item"))
	if typed == "" {
		bad.Add("item", "Enter a code, a name or a barcode")
		return item, nil, nil
	}
	rows, settings, err := v.findItems(typed)
	if err != nil {
		return item, nil, err
	}
	for _, r := range rows {
		if strings.EqualFold(r.Code, typed) || r.Barcode == typed || strings.EqualFold(r.Name, typed) {
			return r, nil, nil
		}
	}
	switch len(rows) {
	case 0:
		bad.Add("item", "Nothing called “"+typed+"” is on the price list")
	case 1:
		return rows[0], nil, nil
	default:
		bad.Add("item", "“"+typed+"” is more than one thing: choose which")
		for _, r := range rows[:min(mostFound, len(rows))] {
			choices = append(choices, v.itemView(settings, r))
		}
	}
	return item, choices, nil
}

// addCharge notes the item for an animal. Only that of the visit is on its bill; another one's is billed beside it.
func (v *visit) addCharge(ctx context.Context, tx *db.Tx, row, visit, patient id.ID, item billing.ItemRow, q money.Quantity) error {
	card, err := scheduling.OpenCard(ctx, tx, v.desk(), visit)
	if err != nil {
		return err
	}
	c := item.Charge(q)
	c.Patient, c.Day = patient, v.today()
	if patient == card.PatientID {
		c.Visit = visit
		return billing.AddCharge(ctx, tx, v.keys, row, c)
	}
	animals, err := registry.ClientPatients(ctx, tx, v.keys, card.ClientID)
	if err != nil {
		return err
	}
	for _, a := range animals {
		if a.ID == patient && a.Until.IsZero() {
			c.Client = card.ClientID
			return billing.AddCharge(ctx, tx, v.keys, row, c)
		}
	}
	return fault.Missing
}

// mistakenCharge shows the bill with the form as it was sent.
func (v *visit) mistakenCharge(visit id.ID, choices []views.Item, bad fault.Fields) (answer, error) {
	c, err := v.openCheckout(visit)
	if err != nil {
		return answer{}, err
	}
	c.add = views.AddItem{
		ID: v.field("new_id"), Typed: v.field("item"), Quantity: v.field("quantity"), Patient: v.field("patient"), Choices: choices, Mistakes: mistakes(bad),
	}
	return v.checkoutPage(http.StatusUnprocessableEntity, c)
}

// overtakenBill shows the bill as it stands now, and says why nothing was done.
func (v *visit) overtakenBill(visit id.ID, said string) (answer, error) {
	c, err := v.openCheckout(visit)
	if err != nil {
		return answer{}, err
	}
	c.changed = said
	return v.checkoutPage(http.StatusConflict, c)
}

// chargeForm is what the page of one line shows.
type chargeForm struct {
	row      billing.ChargeRow
	settings billing.Settings
	animal   registry.PatientView
	view     views.ChargeForm
}

// openCharge reads the line of the path.
func (v *visit) openCharge() (f chargeForm, err error) {
	row, err := v.row()
	if err != nil {
		return f, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if f.row, err = billing.OpenCharge(ctx, tx, v.keys, row); err != nil {
			return err
		}
		if f.settings, err = billing.LoadSettings(ctx, tx); err != nil {
			return err
		}
		f.animal, err = registry.OpenPatient(ctx, tx, v.keys, f.row.Patient)
		return err
	})
	return f, err
}

// billOf is where a line is shown: on the bill of the visit the form came from, or of its own.
func (v *visit) billOf(c billing.ChargeRow) string {
	from := v.r.URL.Query().Get("visit")
	if v.r.Method == http.MethodPost {
		from = v.field("visit")
	}
	if visit, err := rowOf(from); err == nil {
		return checkoutPath(visit)
	}
	if !c.Visit.IsZero() {
		return checkoutPath(c.Visit)
	}
	if !c.Client.IsZero() {
		return accountPath(c.Client)
	}
	return "/patients/" + c.Patient.String()
}

func (v *visit) chargePage(status int, f chargeForm) (answer, error) {
	c, view := f.row, f.view
	path := "/charges/" + c.ID.String()
	view.Page, view.Action, view.ResolveAction, view.Back = v.page("bills"), path, path+"/resolution", v.billOf(c)
	view.Name, view.For, view.State, view.Reason = c.Name, f.animal.Called(), c.State, c.Reason
	view.Line = join(v.policy.Name(c.MadeBy), v.moment(c.MadeAt))
	view.Unit, view.Symbol, view.NewID = strings.ToLower(unitNames[c.Unit]), f.settings.Currency.Sign(), id.New().String()
	view.Version = strconv.FormatInt(c.Version, 10)
	if view.Visit = v.r.URL.Query().Get("visit"); v.r.Method == http.MethodPost {
		view.Visit = v.field("visit")
	}
	if len(view.Mistakes) == 0 {
		view.Quantity, view.Price, view.Note = v.quantity(c.Quantity), v.typedSum(f.settings.Currency, c.Price), c.Note
		if c.DiscountBP > 0 {
			view.Discount = v.basis(c.DiscountBP)
		}
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "charge", ObjectID: c.ID, IDs: []id.ID{c.Patient}})
	return shown(status, views.ChargePage(view)), nil
}

func (s *Server) editCharge(v *visit) (answer, error) {
	f, err := v.openCharge()
	if err != nil {
		return answer{}, err
	}
	return v.chargePage(http.StatusOK, f)
}

// updateCharge changes quantity, price, discount and words of a line.
func (s *Server) updateCharge(v *visit) (answer, error) {
	f, err := v.openCharge()
	if err != nil {
		return answer{}, err
	}
	c, bad := f.row.Charge, fault.Fields{}
	if c.Quantity, err = money.ParseQuantity(v.field("quantity")); err != nil {
		bad.Add("quantity", err.Error())
	}
	if c.Price, err = f.settings.Currency.Parse(v.field("price")); err != nil {
		bad.Add("price", err.Error())
	}
	c.DiscountBP, c.Note = 0, v.field("note")
	if typed := strings.TrimSpace(v.field("discount")); typed != "" {
		share, err := money.ParseRate(typed)
		if err != nil {
			bad.Add("discount", err.Error())
		}
		c.DiscountBP = int(share * 100 / money.Percent(1))
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return billing.ChangeCharge(ctx, tx, v.keys, f.row.ID, v.version(), c)
		})
	}
	if len(bad) > 0 || errors.As(err, &bad) {
		f.view = views.ChargeForm{Quantity: v.field("quantity"), Price: v.field("price"), Discount: v.field("discount"), Note: v.field("note"), Mistakes: mistakes(bad)}
		return v.chargePage(http.StatusUnprocessableEntity, f)
	}
	return v.afterCharge(f, err, "Line saved.")
}

// createResolution ends a line without billing it, or opens it again.
func (s *Server) createResolution(v *visit) (answer, error) {
	f, err := v.openCharge()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	as, reason, said := v.field("as"), v.field("reason"), "Taken off the bill."
	var bad fault.Fields
	if as != billing.Free && as != billing.Declined && as != billing.Open {
		bad.Add("as", "Choose whether it is given free or was declined")
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			if as == billing.Open {
				return billing.Reopen(ctx, tx, v.keys, row, f.row.ID, v.version(), reason)
			}
			return billing.Resolve(ctx, tx, v.keys, row, f.row.ID, v.version(), as, reason)
		})
	}
	if as == billing.Open {
		said = "Back on the bill."
	}
	if len(bad) > 0 || errors.As(err, &bad) {
		f.view = views.ChargeForm{As: as, Why: reason, Wrong: mistakes(bad)}
		return v.chargePage(http.StatusUnprocessableEntity, f)
	}
	return v.afterCharge(f, err, said)
}

// afterCharge goes back to the bill, or shows how the line stands now where somebody else was quicker.
func (v *visit) afterCharge(f chargeForm, err error, said string) (answer, error) {
	if errors.Is(err, billing.ErrAlreadyThere) {
		err = nil
	}
	if sentence, conflict := conflictIn(err); conflict {
		now, err := v.openCharge()
		if err != nil {
			return answer{}, err
		}
		now.view.Changed = sentence
		return v.chargePage(http.StatusConflict, now)
	}
	if err != nil {
		return answer{}, err
	}
	v.say(said)
	return goTo(v.billOf(f.row)), nil
}
