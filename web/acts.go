package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

// planRead is what the plan of an open note is made of.
type planRead struct {
	acts      []records.Act
	charges   map[id.ID]billing.ChargeRow // for people who see money
	settings  billing.Settings
	total     billing.OpenTotal
	estimates []billing.EstimateRow
	snippets  []records.SnippetRow // for the parts of the note
	findings  findingsRead
}

// seesMoney reports whether prices may be fetched for this person in the record.
func (v *visit) seesMoney() bool { return v.may(access.BillRead) }

// readPlan reads what was done for a draft, and how the bill of its visit stands to the estimate: sums leave this
// place for people who see money alone, the others are told whether it is over.
func (v *visit) readPlan(d records.Draft) (r planRead, err error) {
	do := []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.acts, err = records.ActsOf(ctx, tx, v.keys, d.ID)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.snippets, err = records.Snippets(ctx, tx, v.keys)
			return err
		},
	}
	do = append(do, r.findings.ofDraft(v, d)...)
	if !d.Visit.IsZero() {
		do = append(do,
			func(ctx context.Context, tx *db.Tx) error {
				totals, err := billing.OpenTotals(ctx, tx, []id.ID{d.Visit})
				r.total = totals[d.Visit]
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				r.estimates, err = billing.EstimatesOfVisit(ctx, tx, v.keys, d.Visit)
				return err
			},
		)
		if v.seesMoney() {
			do = append(do, func(ctx context.Context, tx *db.Tx) error {
				rows, err := billing.ChargesOfVisit(ctx, tx, v.keys, d.Visit)
				r.charges = map[id.ID]billing.ChargeRow{}
				for _, c := range rows {
					r.charges[c.ID] = c
				}
				return err
			}, func(ctx context.Context, tx *db.Tx) (err error) {
				r.settings, err = billing.LoadSettings(ctx, tx)
				if errors.Is(err, billing.ErrNotSetUp) {
					err = nil // so nothing was charged
				}
				return err
			})
		}
	}
	return r, v.read(do...)
}

// planView is the plan of an open note.
func (v *visit) planView(d records.Draft, r planRead) views.Plan {
	view := views.Plan{
		Page: v.page("patients"), Action: "/drafts/" + d.ID.String() + "/acts", Find: "/prices/found", Draft: d.ID.String(), ID: id.New().String(),
		Quantity: "1", MayAdd: v.may(access.ChargeWrite),
	}
	for _, a := range r.acts {
		view.Lines = append(view.Lines, v.actLine(a, d.Visit, r))
	}
	if v.seesMoney() && r.total.Count > 0 {
		view.Total = v.sum(r.settings.Currency, r.total.Total)
	}
	if len(r.estimates) > 0 {
		e := r.estimates[0]
		view.Over, view.Estimate = r.total.Total > e.High, "Inside the estimate"
		if view.Over {
			view.Estimate = "The bill goes over the estimate"
		}
		if v.seesMoney() {
			view.Estimate += ", " + v.between(e.Currency, e.Low, e.High)
		}
	}
	return view
}

func (v *visit) actLine(a records.Act, visit id.ID, r planRead) views.PlanLine {
	line := views.PlanLine{Name: a.Name, Quantity: v.quantity(a.Quantity) + unitSigns[a.Unit]}
	switch a.State {
	case billing.Declined:
		line.Gone = "Not billed"
	case billing.Free:
		line.Gone = "Given free"
	}
	if c, ok := r.charges[a.Charge]; ok {
		line.Price = v.sum(r.settings.Currency, c.Price.Times(c.Quantity, c.DiscountBP))
	}
	if v.may(access.ChargeWrite) && a.State == billing.Open {
		line.Href = "/charges/" + a.Charge.String() + "/edit"
		if !visit.IsZero() {
			line.Href += "?visit=" + visit.String()
		}
	}
	return line
}

// createAct saves the open note as it is, and adds what was done to it and to the bill.
func (s *Server) createAct(v *visit) (answer, error) {
	if !v.may(access.ChargeWrite) { // the route asks for the right to write the note
		return v.refused(access.ChargeWrite)
	}
	draft, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
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
		return v.mistakenAct(draft, choices, bad)
	}
	var d records.Draft
	var version int64
	save := func(ctx context.Context, tx *db.Tx) (err error) {
		if d, err = v.sameAnimal(ctx, tx, draft); err != nil {
			return err
		}
		version, err = records.SaveDraft(ctx, tx, v.keys, draft, v.writing(), v.typedNote())
		return err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if err := save(ctx, tx); err != nil {
			return err
		}
		return records.AddAct(ctx, tx, v.keys, row, draft, item, quantity, v.today())
	})
	if errors.Is(err, registry.ErrAlreadyThere) { // sent twice, perhaps with words that are newer
		err = v.write(save)
	}
	switch {
	case errors.As(err, &bad) && v.partial && !slices.ContainsFunc(bad, func(m fault.Field) bool { return m.Name == "quantity" }):
		return v.mistakenAct(draft, nil, fault.Fields{{Name: "item", Message: "The note has a mistake, so this was not added: press Save draft to see which."}})
	case errors.As(err, &bad):
		return v.mistakenAct(draft, nil, bad)
	case errors.Is(err, records.ErrNoMore):
		return v.mistakenAct(draft, nil, fault.Fields{{Name: "item", Message: records.ErrNoMore.Error()}})
	case err != nil:
		return v.draftRefused(draft, err)
	}
	if !v.partial {
		return goTo(v.patientPath()), nil
	}
	r, err := v.readPlan(d)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "draft", ObjectID: draft})
	view := v.planView(d, r)
	view.Focus, view.Status = true, &views.DraftStatus{Saved: v.minute(s.Clock.Now()), Version: strconv.FormatInt(version, 10)}
	return shown(http.StatusOK, views.PlanPart(view)), nil
}

// mistakenAct shows the plan, or the whole note, with what was typed and what is wrong with it.
func (v *visit) mistakenAct(draft id.ID, choices []views.Item, bad fault.Fields) (answer, error) {
	if !v.partial {
		return v.mistakenDraft(draft, bad)
	}
	d, err := v.openDraft(draft)
	if err != nil {
		return answer{}, err
	}
	r, err := v.readPlan(d)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "draft", ObjectID: draft})
	view := v.planView(d, r)
	view.Typed, view.Quantity, view.ID, view.Choices, view.Mistakes, view.Focus = v.field("item"), v.field("quantity"), v.field("new_id"), choices, mistakes(bad), true
	return shown(http.StatusUnprocessableEntity, views.PlanPart(view)), nil
}

// toCharge is what is open to be charged, for those who see no notes and bill it: nil where nothing is.
func (v *visit) toCharge(rec record) *views.ToCharge {
	if len(rec.charges) == 0 {
		return nil
	}
	view := &views.ToCharge{}
	for _, c := range rec.charges {
		line := views.PlanLine{Name: c.Name, Quantity: v.quantity(c.Quantity) + unitSigns[c.Unit]}
		if v.may(access.ChargeWrite) {
			line.Href = "/charges/" + c.ID.String() + "/edit"
		}
		view.Lines = append(view.Lines, line)
		if !c.Visit.IsZero() {
			view.Href = checkoutPath(c.Visit)
		}
	}
	return view
}
