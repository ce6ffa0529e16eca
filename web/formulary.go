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
	"paddock/internal/pharmacy"
	"paddock/internal/registry"
	"paddock/views"
	"paddock/views/ui"
)

// soldItems reads what a drug can be sold by: the items of the price list.
func soldItems(into *[]billing.ItemRow) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		for after, more := "", true; more; {
			rows, others, err := billing.Items(ctx, tx, after, false)
			if err != nil {
				return err
			}
			*into = append(*into, rows...)
			if more = others; more {
				after = rows[len(rows)-1].Code
			}
		}
		return nil
	}
}

func (s *Server) listDrugs(v *visit) (answer, error) {
	ended := v.r.URL.Query().Get("ended") != ""
	var list []pharmacy.DrugRow
	var items []billing.ItemRow
	var settings billing.Settings
	err := v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = pharmacy.List(ctx, tx, ended)
			return err
		},
		soldItems(&items),
		func(ctx context.Context, tx *db.Tx) (err error) {
			settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	price := map[id.ID]string{}
	for _, i := range items {
		price[i.ID] = v.sum(settings.Currency, i.Price)
	}
	view := views.Formulary{Page: v.page("practice"), Ended: ended, EndedHref: "/formulary?ended=1", AddHref: "/formulary/new"}
	if ended {
		view.EndedHref = "/formulary"
	}
	for _, d := range list {
		row := views.DrugLine{
			Href: "/formulary/" + d.ID.String() + "/edit", Name: d.Name, Ingredients: strings.Join(d.Ingredients, ", "), Route: pharmacy.RouteWords(d.Route), Price: price[d.Item], Ended: !d.EndedAt.IsZero(),
		}
		if row.Ended {
			row.ReturnAction = "/formulary/" + d.ID.String() + "/return"
		}
		if row.Price == "" {
			row.Price = "No price yet"
		}
		view.Rows = append(view.Rows, row)
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "drug"})
	return shown(http.StatusOK, views.FormularyPage(view)), nil
}

// kindsOf are the species a drug may have rules for, in the order they are offered.
func (v *visit) kindsOf() (kinds []registry.Species, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		kinds, err = registry.ListSpecies(ctx, tx)
		return err
	})
	return kinds, err
}

// drugPage shows the form, whose fields are filled already.
func (v *visit) drugPage(status int, f views.DrugForm) (answer, error) {
	var items []billing.ItemRow
	if err := v.read(soldItems(&items)); err != nil {
		return answer{}, err
	}
	f.Page, f.Items = v.page("practice"), []ui.Option{{Value: "", Label: "None yet"}}
	for _, i := range items {
		f.Items = append(f.Items, optionOf(i.ID, i.Name))
	}
	for _, u := range pharmacy.Units {
		f.Units = append(f.Units, ui.Option{Value: u, Label: u})
	}
	for _, r := range pharmacy.Routes {
		f.Routes = append(f.Routes, ui.Option{Value: r, Label: pharmacy.RouteWords(r)})
	}
	if v.partial {
		return shown(status, views.DrugFormPart(f)), nil
	}
	return shown(status, views.DrugFormPage(f)), nil
}

func (s *Server) newDrug(v *visit) (answer, error) {
	kinds, err := v.kindsOf()
	if err != nil {
		return answer{}, err
	}
	f := views.DrugForm{Action: "/formulary", ID: id.New().String(), Unit: "tablet", Route: "mouth", Step: "1", PerItem: "1"}
	for _, k := range kinds {
		f.Rules = append(f.Rules, views.DrugRule{Species: k.Code, Kind: k.Name})
	}
	return v.drugPage(http.StatusOK, f)
}

// drugForm is a drug as it is stored.
func (v *visit) drugForm(d pharmacy.DrugRow, kinds []registry.Species) views.DrugForm {
	path := "/formulary/" + d.ID.String()
	f := views.DrugForm{
		Action: path, EndAction: path + "/ending", Version: strconv.FormatInt(d.Version, 10), Name: d.Name, Ingredients: strings.Join(d.Ingredients, "; "),
		Families: strings.Join(d.Families, "; "), Strength: d.Strength, Unit: d.Unit, Route: d.Route, Step: v.quantity(d.Step), PerItem: v.quantity(d.PerItem), Caution: d.Cautions,
		Ended: !d.EndedAt.IsZero(),
	}
	if d.Micrograms > 0 {
		f.Milligrams = v.quantity(money.Quantity(d.Micrograms))
	}
	if !d.Item.IsZero() {
		f.Item = d.Item.String()
	}
	for _, k := range kinds {
		r, ok := d.Rule(k.Code)
		row := views.DrugRule{Species: k.Code, Kind: k.Name}
		if ok {
			row.Banned, row.Licensed, row.Checked, row.Source = r.Banned, r.Licensed, r.Checked, r.Source
			if r.High > 0 {
				row.Low, row.High = v.quantity(money.Quantity(r.Low)), v.quantity(money.Quantity(r.High))
			}
			for text, days := range map[*string]*int{&row.Meat: r.Meat, &row.Milk: r.Milk} {
				if days != nil {
					*text = strconv.Itoa(*days)
				}
			}
		}
		f.Rules = append(f.Rules, row)
	}
	return f
}

// typedDrug reads the form.
func (v *visit) typedDrug(kinds []registry.Species) (d pharmacy.Drug, f views.DrugForm, bad fault.Fields, err error) {
	f = views.DrugForm{
		ID: v.field("new_id"), Version: v.field("version"), Name: v.field("name"), Ingredients: v.field("ingredients"), Families: v.field("families"), Strength: v.field("strength"),
		Unit: v.field("unit"), Route: v.field("route"), Milligrams: v.field("milligrams"), Step: v.field("step"), Item: v.field("item"), PerItem: v.field("per_item"), Caution: v.field("cautions"),
	}
	d = pharmacy.Drug{
		Name: f.Name, Ingredients: pharmacy.Listed(f.Ingredients), Families: pharmacy.Listed(f.Families), Strength: f.Strength, Unit: f.Unit, Route: f.Route, Cautions: f.Caution,
	}
	if f.Item != "" {
		if d.Item, err = rowOf(f.Item); err != nil {
			return d, f, nil, err
		}
	}
	number := func(name, text string) money.Quantity {
		if strings.TrimSpace(text) == "" {
			return 0
		}
		q, err := money.ParseQuantity(text)
		if err != nil {
			bad.Add(name, err.Error())
		}
		return q
	}
	d.Micrograms = int64(number("milligrams", f.Milligrams))
	d.Step, d.PerItem = number("step", f.Step), number("per_item", f.PerItem)
	for _, k := range kinds {
		at := func(name string) string { return v.field(name + "-" + k.Code) }
		row := views.DrugRule{
			Species: k.Code, Kind: k.Name, Low: at("low"), High: at("high"), Meat: at("meat"), Milk: at("milk"), Source: at("source"),
			Banned: at("banned") != "", Licensed: at("licensed") != "", Checked: at("checked") != "",
		}
		f.Rules = append(f.Rules, row)
		if row == (views.DrugRule{Species: k.Code, Kind: k.Name}) {
			continue
		}
		r := pharmacy.Rule{Species: k.Code, Banned: row.Banned, Licensed: row.Licensed, Checked: row.Checked, Source: row.Source}
		r.Low, r.High = int64(number("low-"+k.Code, row.Low)), int64(number("high-"+k.Code, row.High))
		for name, into := range map[string]**int{"meat": &r.Meat, "milk": &r.Milk} {
			if text := strings.TrimSpace(at(name)); text != "" {
				n, err := strconv.Atoi(text)
				if err != nil {
					bad.Add(name+"-"+k.Code, "Enter a whole number of days")
				}
				*into = &n
			}
		}
		d.Rules = append(d.Rules, r)
	}
	return d, f, bad, nil
}

// drugNames gives mistakes of the verb to the inputs of the form.
func drugNames(bad fault.Fields) fault.Fields {
	for i, m := range bad {
		if species, ok := strings.CutPrefix(m.Name, "range-"); ok {
			bad[i].Name = "low-" + species
		}
		if m.Name == "micrograms" {
			bad[i].Name = "milligrams"
		}
	}
	return bad
}

func (s *Server) createDrug(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	kinds, err := v.kindsOf()
	if err != nil {
		return answer{}, err
	}
	d, f, bad, err := v.typedDrug(kinds)
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error { return pharmacy.AddDrug(ctx, tx, v.keys, row, d) })
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.Action, f.Mistakes = "/formulary", mistakes(drugNames(bad))
		return v.drugPage(http.StatusUnprocessableEntity, f)
	case err != nil && !errors.Is(err, pharmacy.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Medicine added.")
	return goTo("/formulary"), nil
}

// openDrug reads the drug of the path.
func (v *visit) openDrug() (d pharmacy.DrugRow, kinds []registry.Species, err error) {
	row, err := v.row()
	if err != nil {
		return d, nil, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if d, err = pharmacy.OpenDrug(ctx, tx, row); err != nil {
			return err
		}
		kinds, err = registry.ListSpecies(ctx, tx)
		return err
	})
	return d, kinds, err
}

func (s *Server) editDrug(v *visit) (answer, error) {
	d, kinds, err := v.openDrug()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "drug", ObjectID: d.ID})
	return v.drugPage(http.StatusOK, v.drugForm(d, kinds))
}

func (s *Server) updateDrug(v *visit) (answer, error) {
	was, kinds, err := v.openDrug()
	if err != nil {
		return answer{}, err
	}
	d, f, bad, err := v.typedDrug(kinds)
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return pharmacy.ChangeDrug(ctx, tx, v.keys, was.ID, v.version(), d)
		})
	}
	stored := v.drugForm(was, kinds)
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.ID, f.Action, f.EndAction, f.Ended, f.Mistakes = "", stored.Action, stored.EndAction, stored.Ended, mistakes(drugNames(bad))
		return v.drugPage(http.StatusUnprocessableEntity, f)
	case errors.Is(err, pharmacy.ErrChanged):
		return v.overtakenDrug(d, f, err)
	case err != nil:
		return answer{}, err
	}
	v.say("Medicine saved.")
	return goTo("/formulary"), nil
}

// overtakenDrug keeps the form of a drug that somebody else has saved meanwhile, with theirs beside each field that
// differs.
func (v *visit) overtakenDrug(typed pharmacy.Drug, f views.DrugForm, err error) (answer, error) {
	said, _ := conflictIn(err)
	now, kinds, err := v.openDrug()
	if err != nil {
		return answer{}, err
	}
	price, err := v.priceName(now.Item)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "drug", ObjectID: now.ID})
	mine, theirs := v.drugForm(pharmacy.DrugRow{Drug: typed}, kinds), v.drugForm(now, kinds)
	fields := []meanwhile{
		{"name", mine.Name, theirs.Name, theirs.Name},
		{"ingredients", mine.Ingredients, theirs.Ingredients, theirs.Ingredients},
		{"families", mine.Families, theirs.Families, theirs.Families},
		{"strength", mine.Strength, theirs.Strength, theirs.Strength},
		{"unit", mine.Unit, theirs.Unit, theirs.Unit},
		{"milligrams", mine.Milligrams, theirs.Milligrams, theirs.Milligrams},
		{"step", mine.Step, theirs.Step, theirs.Step},
		{"route", mine.Route, theirs.Route, pharmacy.RouteWords(theirs.Route)},
		{"cautions", mine.Caution, theirs.Caution, theirs.Caution},
		{"item", mine.Item, theirs.Item, price},
		{"per_item", mine.PerItem, theirs.PerItem, theirs.PerItem},
	}
	for i, r := range theirs.Rules {
		own, at := mine.Rules[i], "-"+r.Species
		fields = append(
			fields, meanwhile{"low" + at, own.Low, r.Low, r.Low}, meanwhile{"high" + at, own.High, r.High, r.High}, meanwhile{"meat" + at, own.Meat, r.Meat, r.Meat},
			meanwhile{"milk" + at, own.Milk, r.Milk, r.Milk}, meanwhile{"source" + at, own.Source, r.Source, r.Source}, meanwhile{"ticks" + at, tickedWords(own), tickedWords(r), tickedWords(r)},
		)
	}
	f.ID, f.Version, f.Action, f.EndAction, f.Ended, f.Mistakes = "", theirs.Version, theirs.Action, theirs.EndAction, theirs.Ended, mistakes(overtaken(said, fields))
	return v.drugPage(http.StatusConflict, f)
}

// tickedWords are the boxes of a rule that are ticked, in their words.
func tickedWords(r views.DrugRule) string {
	var words []string
	for _, box := range []struct {
		on    bool
		words string
	}{{r.Banned, "Never given"}, {r.Licensed, "Authorised for it"}, {r.Checked, "Source read"}} {
		if box.on {
			words = append(words, box.words)
		}
	}
	return strings.Join(words, ", ")
}

// priceName is what an item of the price list is called, "" for none.
func (v *visit) priceName(item id.ID) (name string, err error) {
	if item.IsZero() {
		return "", nil
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		row, err := billing.OpenItem(ctx, tx, item)
		name = row.Name
		return err
	})
	return name, err
}

func (s *Server) createDrugEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return pharmacy.EndDrug(ctx, tx, v.keys, row) })
	if err != nil {
		return answer{}, err
	}
	v.say("Taken off the list.")
	return goTo("/formulary"), nil
}

// createDrugReturn puts one on the list again.
func (s *Server) createDrugReturn(v *visit) (answer, error) {
	return v.rowAct("/formulary", "On the list again.", func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return pharmacy.BringDrugBack(ctx, tx, v.keys, row)
	})
}
