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
	"paddock/views"
	"paddock/views/ui"
)

// priceList is what every page of prices needs to know.
type priceList struct {
	settings billing.Settings
	taxes    billing.Taxes
}

// readPrices reads it beside whatever else is read.
func (p *priceList) read() []func(ctx context.Context, tx *db.Tx) error {
	return []func(ctx context.Context, tx *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) (err error) {
			p.settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			p.taxes, err = billing.LoadTaxes(ctx, tx)
			return err
		},
	}
}

func (p priceList) className(class id.ID) string {
	c, _ := p.taxes.Class(class)
	return c.Name
}

func (s *Server) listPrices(v *visit) (answer, error) {
	asked := v.r.URL.Query()
	return v.pricesPage(asked.Get("ended") != "", asked.Get("after"), "")
}

// searchPrices narrows the list. What was typed stands in a form, never in an address.
func (s *Server) searchPrices(v *visit) (answer, error) {
	return v.pricesPage(false, "", strings.TrimSpace(v.field("find")))
}

func (v *visit) pricesPage(ended bool, after, find string) (answer, error) {
	var list priceList
	var rows []billing.ItemRow
	var more bool
	err := v.read(append(list.read(), func(ctx context.Context, tx *db.Tx) (err error) {
		if find != "" {
			rows, err = billing.FindItems(ctx, tx, find)
			return err
		}
		rows, more, err = billing.Items(ctx, tx, after, ended)
		return err
	})...)
	if err != nil {
		return answer{}, err
	}
	view := views.Prices{Page: v.page("practice"), Find: find, Ended: ended, EndedHref: "/prices?ended=1", AddHref: "/prices/new"}
	if ended {
		view.EndedHref = "/prices"
	}
	for _, r := range rows {
		view.Rows = append(view.Rows, views.PriceRow{
			Href: "/prices/" + r.ID.String() + "/edit", Code: r.Code, Name: r.Name, Unit: unitNames[r.Unit], Price: v.sum(list.settings.Currency, r.Price),
			Tax: list.className(r.TaxClass), Context: contextNames[r.Context], Barcode: r.Barcode, Ended: !r.EndedAt.IsZero(),
		})
	}
	if more {
		view.Next = "/prices?after=" + rows[len(rows)-1].Code
		if ended {
			view.Next += "&ended=1"
		}
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "price"})
	return shown(http.StatusOK, views.PricesPage(view)), nil
}

func (s *Server) newPrice(v *visit) (answer, error) {
	return v.priceForm(http.StatusOK, views.PriceForm{Action: "/prices", ID: id.New().String(), Unit: "each", Context: billing.Administered})
}

// priceForm shows the form, whose fields are filled already.
func (v *visit) priceForm(status int, f views.PriceForm) (answer, error) {
	var list priceList
	if err := v.read(list.read()...); err != nil {
		return answer{}, err
	}
	f.Page, f.Symbol, f.Taxed = v.page("practice"), list.settings.Currency.Sign(), "With the tax in it"
	if !list.settings.TaxIncluded {
		f.Taxed = "Tax comes on top"
	}
	for _, u := range billing.Units {
		f.Units = append(f.Units, ui.Option{Value: u, Label: unitNames[u]})
	}
	for _, c := range list.taxes.Classes {
		if c.EndedAt.IsZero() || c.ID.String() == f.TaxClass {
			f.TaxClasses = append(f.TaxClasses, optionOf(c.ID, c.Name))
		}
		if f.TaxClass == "" && c.Key == "standard" {
			f.TaxClass = c.ID.String()
		}
	}
	if v.partial {
		return shown(status, views.PriceFormPart(f)), nil
	}
	return shown(status, views.PriceFormPage(f)), nil
}

// typedPrice reads the form.
func (v *visit) typedPrice() (i billing.Item, f views.PriceForm, bad fault.Fields, err error) {
	f = views.PriceForm{
		Code: v.field("code"), Name: v.field("name"), Unit: v.field("unit"), Price: v.field("price"), TaxClass: v.field("tax_class"),
		Context: v.field("context"), Barcode: v.field("barcode"),
	}
	var settings billing.Settings
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		settings, err = billing.LoadSettings(ctx, tx)
		return err
	})
	if err != nil {
		return i, f, bad, err
	}
	i = billing.Item{Code: f.Code, Name: f.Name, Unit: f.Unit, Context: f.Context, Barcode: f.Barcode}
	if i.TaxClass, err = rowOf(f.TaxClass); err != nil {
		return i, f, bad, err
	}
	if i.Price, err = settings.Currency.Parse(f.Price); err != nil {
		bad.Add("price", err.Error())
	}
	return i, f, bad, nil
}

func (s *Server) createPrice(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	i, f, bad, err := v.typedPrice()
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error { return billing.AddItem(ctx, tx, v.keys, row, i) })
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.Action, f.ID, f.Mistakes = "/prices", row.String(), mistakes(bad)
		return v.priceForm(http.StatusUnprocessableEntity, f)
	case err != nil && !errors.Is(err, billing.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Price added.")
	return goTo("/prices"), nil
}

// openPrice reads the item of the path.
func (v *visit) openPrice() (r billing.ItemRow, s billing.Settings, err error) {
	row, err := v.row()
	if err != nil {
		return r, s, err
	}
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = billing.OpenItem(ctx, tx, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			s, err = billing.LoadSettings(ctx, tx)
			return err
		},
	)
	return r, s, err
}

// priceOf is the form of an item as it is stored.
func (v *visit) priceOf(r billing.ItemRow, s billing.Settings) views.PriceForm {
	path := "/prices/" + r.ID.String()
	return views.PriceForm{
		Action: path, EndAction: path + "/ending", Version: strconv.FormatInt(r.Version, 10), Code: r.Code, Name: r.Name, Unit: r.Unit,
		Price: v.typedSum(s.Currency, r.Price), TaxClass: r.TaxClass.String(), Context: r.Context, Barcode: r.Barcode, Ended: !r.EndedAt.IsZero(),
	}
}

func (s *Server) editPrice(v *visit) (answer, error) {
	r, settings, err := v.openPrice()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "price", ObjectID: r.ID})
	return v.priceForm(http.StatusOK, v.priceOf(r, settings))
}

func (s *Server) updatePrice(v *visit) (answer, error) {
	r, settings, err := v.openPrice()
	if err != nil {
		return answer{}, err
	}
	i, f, bad, err := v.typedPrice()
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return billing.ChangeItem(ctx, tx, v.keys, r.ID, v.version(), i)
		})
	}
	said, conflict := conflictIn(err)
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		stored := v.priceOf(r, settings)
		f.Action, f.EndAction, f.Version, f.Ended, f.Mistakes = stored.Action, stored.EndAction, strconv.FormatInt(max(1, v.version()), 10), stored.Ended, mistakes(bad)
		return v.priceForm(http.StatusUnprocessableEntity, f)
	case conflict:
		v.record(audit.Entry{Action: audit.Opened, Object: "price", ObjectID: r.ID})
		now := v.priceOf(r, settings)
		now.Changed = said
		return v.priceForm(http.StatusConflict, now)
	case err != nil:
		return answer{}, err
	}
	v.say("Price saved.")
	return goTo("/prices"), nil
}

func (s *Server) createPriceEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return billing.EndItem(ctx, tx, v.keys, row) })
	if err != nil {
		return answer{}, err
	}
	v.say("No longer sold.")
	return goTo("/prices"), nil
}
