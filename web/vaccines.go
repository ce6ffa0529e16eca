package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vaccines"
	"paddock/views"
	"paddock/views/ui"
)

const vaccinesPath = "/vaccines"

func (s *Server) listVaccines(v *visit) (answer, error) {
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	ended := v.r.URL.Query().Get("ended") != ""
	var rows []vaccines.ProductRow
	var items map[id.ID]billing.ItemRow
	var list priceList
	err = v.read(append(list.read(),
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = vaccines.Products(ctx, tx, ended)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			items, err = priced(ctx, tx)
			return err
		},
	)...)
	if err != nil {
		return answer{}, err
	}
	view := views.Vaccines{Page: v.page("practice"), Ended: ended, EndedHref: vaccinesPath + "?ended=1", AddHref: vaccinesPath + "/new"}
	if ended {
		view.EndedHref = vaccinesPath
	}
	for _, r := range rows {
		row := views.VaccineRow{
			Href: vaccinesPath + "/" + r.ID.String() + "/edit", Name: r.Name, Maker: r.Manufacturer, Against: against(r.Protects), Lasts: countOf(r.Months, "month", "months"), Ended: !r.EndedAt.IsZero(),
			Course: countOf(r.FirstDoses, "dose", "doses"),
		}
		if r.FirstDoses > 1 {
			row.Course += ", " + countOf(r.FirstWeeks, "week", "weeks") + " apart"
		}
		if row.Ended {
			row.ReturnAction = vaccinesPath + "/" + r.ID.String() + "/return"
		}
		names := make([]string, len(r.Species))
		for i, code := range r.Species {
			names[i] = species[code]
		}
		row.Species = strings.Join(names, ", ")
		if item, ok := items[r.Item]; ok {
			row.Price = v.sum(list.settings.Currency, item.Price)
		}
		view.Rows = append(view.Rows, row)
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "vaccine"})
	return shown(http.StatusOK, views.VaccinesPage(view)), nil
}

// priced are the items of the first page of the price list, which has the vaccinations of every clinic that has not
// written hundreds of others.
func priced(ctx context.Context, tx *db.Tx) (map[id.ID]billing.ItemRow, error) {
	rows, _, err := billing.Items(ctx, tx, "", false)
	out := map[id.ID]billing.ItemRow{}
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
}

func (s *Server) newVaccine(v *visit) (answer, error) {
	return v.vaccineForm(http.StatusOK, views.VaccineForm{Action: vaccinesPath, ID: id.New().String(), Months: "12", FirstDoses: "1", FirstWeeks: "0", FirstMonths: "0", From: "8", Route: "under-skin"}, nil, nil)
}

// vaccineForm shows the form, whose fields are filled already.
func (v *visit) vaccineForm(status int, f views.VaccineForm, species, protects []string) (answer, error) {
	kinds, err := v.s.speciesList(v)
	if err != nil {
		return answer{}, err
	}
	var items []billing.ItemRow
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		items, _, err = billing.Items(ctx, tx, "", false)
		if chosen, ok := id.Parse(f.Item); err == nil && ok == nil && !slices.ContainsFunc(items, func(i billing.ItemRow) bool { return i.ID == chosen }) {
			var one billing.ItemRow
			if one, err = billing.OpenItem(ctx, tx, chosen); err == nil {
				items = append(items, one)
			}
		}
		return err
	})
	if err != nil {
		return answer{}, err
	}
	f.Page, f.Items = v.page("practice"), []ui.Option{{Value: "", Label: "Nothing"}}
	for _, i := range items {
		f.Items = append(f.Items, optionOf(i.ID, i.Code+", "+i.Name))
	}
	for _, k := range kinds {
		f.Species = append(f.Species, views.Ticked{Value: k.Code, Label: k.Name, On: slices.Contains(species, k.Code)})
	}
	for _, d := range vaccines.Diseases {
		f.Protects = append(f.Protects, views.Ticked{Value: d.Code, Label: d.Name, On: slices.Contains(protects, d.Code)})
	}
	for _, r := range vaccines.Routes {
		f.Routes = append(f.Routes, ui.Option{Value: r.Code, Label: r.Name})
	}
	if v.partial {
		return shown(status, views.VaccineFormPart(f)), nil
	}
	return shown(status, views.VaccineFormPage(f)), nil
}

// typedVaccine reads the form.
func (v *visit) typedVaccine() (p vaccines.Product, f views.VaccineForm, bad fault.Fields, err error) {
	f = views.VaccineForm{
		Name: v.field("name"), Manufacturer: v.field("manufacturer"), Route: v.field("route"), Volume: v.field("volume"), Item: v.field("item"), Months: v.field("months"),
		FirstDoses: v.field("first_doses"), FirstWeeks: v.field("first_weeks"), FirstMonths: v.field("first_months"), From: v.field("min_weeks"),
	}
	p = vaccines.Product{Name: f.Name, Manufacturer: f.Manufacturer, Species: v.form()["species"], Protects: v.form()["protects"], Route: f.Route, Volume: f.Volume}
	for _, n := range []struct {
		name, text string
		into       *int
	}{
		{"months", f.Months, &p.Months},
		{"min_weeks", f.From, &p.MinWeeks},
		{"first_doses", f.FirstDoses, &p.FirstDoses},
		{"first_weeks", f.FirstWeeks, &p.FirstWeeks},
		{"first_months", f.FirstMonths, &p.FirstMonths},
	} {
		if *n.into, err = strconv.Atoi(strings.TrimSpace(n.text)); err != nil {
			bad.Add(n.name, "Enter a whole number")
		}
	}
	if f.Item != "" {
		if p.Item, err = rowOf(f.Item); err != nil {
			return p, f, bad, err
		}
	}
	return p, f, bad, nil
}

func (s *Server) createVaccine(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	p, f, bad, err := v.typedVaccine()
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error { return vaccines.AddProduct(ctx, tx, v.keys, row, p) })
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.Action, f.ID, f.Mistakes = vaccinesPath, row.String(), mistakes(bad)
		return v.vaccineForm(http.StatusUnprocessableEntity, f, p.Species, p.Protects)
	case err != nil && !errors.Is(err, vaccines.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Vaccine added.")
	return goTo(vaccinesPath), nil
}

// openVaccine reads the vaccine of the path.
func (v *visit) openVaccine() (r vaccines.ProductRow, err error) {
	row, err := v.row()
	if err != nil {
		return r, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = vaccines.OpenProduct(ctx, tx, row)
		return err
	})
	return r, err
}

// vaccineOf is the form of a vaccine as it is stored.
func vaccineOf(r vaccines.ProductRow) views.VaccineForm {
	path := vaccinesPath + "/" + r.ID.String()
	f := views.VaccineForm{
		Action: path, EndAction: path + "/ending", Version: strconv.FormatInt(r.Version, 10), Name: r.Name, Manufacturer: r.Manufacturer, Route: r.Route, Volume: r.Volume,
		Months: strconv.Itoa(r.Months), FirstDoses: strconv.Itoa(r.FirstDoses), FirstWeeks: strconv.Itoa(r.FirstWeeks), FirstMonths: strconv.Itoa(r.FirstMonths), From: strconv.Itoa(r.MinWeeks),
		Ended: !r.EndedAt.IsZero(),
	}
	if !r.Item.IsZero() {
		f.Item = r.Item.String()
	}
	return f
}

func (s *Server) editVaccine(v *visit) (answer, error) {
	r, err := v.openVaccine()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "vaccine", ObjectID: r.ID})
	return v.vaccineForm(http.StatusOK, vaccineOf(r), r.Species, r.Protects)
}

func (s *Server) updateVaccine(v *visit) (answer, error) {
	r, err := v.openVaccine()
	if err != nil {
		return answer{}, err
	}
	p, f, bad, err := v.typedVaccine()
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return vaccines.ChangeProduct(ctx, tx, v.keys, r.ID, v.version(), p)
		})
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		stored := vaccineOf(r)
		f.Action, f.EndAction, f.Version, f.Ended, f.Mistakes = stored.Action, stored.EndAction, strconv.FormatInt(max(1, v.version()), 10), stored.Ended, mistakes(bad)
		return v.vaccineForm(http.StatusUnprocessableEntity, f, p.Species, p.Protects)
	case errors.Is(err, vaccines.ErrChanged):
		return v.overtakenVaccine(p, f, err)
	case err != nil:
		return answer{}, err
	}
	v.say("Vaccine saved.")
	return goTo(vaccinesPath), nil
}

// overtakenVaccine keeps the form of a vaccine that somebody else has saved meanwhile, with theirs beside each field that
// differs.
func (v *visit) overtakenVaccine(typed vaccines.Product, f views.VaccineForm, err error) (answer, error) {
	said, _ := conflictIn(err)
	now, err := v.openVaccine()
	if err != nil {
		return answer{}, err
	}
	kinds, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	price, err := v.priceName(now.Item)
	if err != nil {
		return answer{}, err
	}
	names := make([]string, len(now.Species))
	for i, code := range now.Species {
		names[i] = kinds[code]
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "vaccine", ObjectID: now.ID})
	listed := func(codes []string) string { return strings.Join(slices.Sorted(slices.Values(codes)), " ") }
	mine, theirs := vaccineOf(vaccines.ProductRow{Product: typed}), vaccineOf(now)
	f.Version, f.Action, f.EndAction, f.Ended = theirs.Version, theirs.Action, theirs.EndAction, theirs.Ended
	f.Mistakes = mistakes(overtaken(said, []meanwhile{
		{"name", mine.Name, theirs.Name, theirs.Name},
		{"manufacturer", mine.Manufacturer, theirs.Manufacturer, theirs.Manufacturer},
		{"species", listed(typed.Species), listed(now.Species), strings.Join(names, ", ")},
		{"protects", listed(typed.Protects), listed(now.Protects), against(now.Protects)},
		{"months", mine.Months, theirs.Months, theirs.Months},
		{"min_weeks", mine.From, theirs.From, theirs.From},
		{"first_doses", mine.FirstDoses, theirs.FirstDoses, theirs.FirstDoses},
		{"first_weeks", mine.FirstWeeks, theirs.FirstWeeks, theirs.FirstWeeks},
		{"first_months", mine.FirstMonths, theirs.FirstMonths, theirs.FirstMonths},
		{"route", mine.Route, theirs.Route, vaccines.RouteName(theirs.Route)},
		{"volume", mine.Volume, theirs.Volume, theirs.Volume},
		{"item", mine.Item, theirs.Item, price},
	}))
	return v.vaccineForm(http.StatusConflict, f, typed.Species, typed.Protects)
}

func (s *Server) createVaccineEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if err := v.write(func(ctx context.Context, tx *db.Tx) error { return vaccines.EndProduct(ctx, tx, v.keys, row) }); err != nil {
		return answer{}, err
	}
	v.say("No longer kept.")
	return goTo(vaccinesPath), nil
}

// createVaccineReturn puts one on the list again.
func (s *Server) createVaccineReturn(v *visit) (answer, error) {
	return v.rowAct(vaccinesPath, "Kept again.", func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return vaccines.BringProductBack(ctx, tx, v.keys, row)
	})
}
