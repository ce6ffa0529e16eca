package billing

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

const (
	// ItemsMost is how many items a page of the price list has.
	ItemsMost = 200
	// foundMost is how many are offered while typing.
	foundMost = 12
)

var (
	codeForm    = regexp.MustCompile(`^[A-Z0-9][A-Z0-9.-]{0,19}$`)
	barcodeForm = regexp.MustCompile(`^[0-9A-Za-z-]{1,40}$`)
)

// Items reads a page of the price list in the order of the codes, from after one on ("" for the first page), ended
// ones too if asked. more says that there are others.
func Items(ctx context.Context, tx *db.Tx, after string, ended bool) (list []ItemRow, more bool, err error) {
	rows, err := tx.ListPriceItems(ctx, db.ListPriceItemsParams{TenantID: tx.Tenant, After: after, Ended: ended, Most: ItemsMost + 1})
	if err != nil {
		return nil, false, fmt.Errorf("reading the price list: %w", err)
	}
	for _, r := range rows[:min(len(rows), ItemsMost)] {
		list = append(list, itemOf(db.GetPriceItemRow(r)))
	}
	return list, len(rows) > ItemsMost, nil
}

// FindItems reads what is sold and begins as typed in a word of its name or in its code, or has the barcode that
// was scanned. An exact code or barcode comes first.
func FindItems(ctx context.Context, tx *db.Tx, typed string) ([]ItemRow, error) {
	typed = plain.Line(typed)
	if typed == "" || utf8.RuneCountInString(typed) > 120 {
		return nil, nil
	}
	var exact, found []ItemRow
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListPriceItemsOfCode(ctx, db.ListPriceItemsOfCodeParams{TenantID: tx.Tenant, Typed: typed})
			for _, r := range rows {
				exact = append(exact, itemOf(db.GetPriceItemRow(r)))
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.FindPriceItems(ctx, db.FindPriceItemsParams{TenantID: tx.Tenant, Typed: strings.ToLower(typed), Most: foundMost})
			for _, r := range rows {
				found = append(found, itemOf(db.GetPriceItemRow(r)))
			}
			return err
		},
	)
	if err != nil {
		return nil, fmt.Errorf("looking in the price list: %w", err)
	}
	for _, f := range found {
		if !slices.ContainsFunc(exact, func(s ItemRow) bool { return s.ID == f.ID }) {
			exact = append(exact, f)
		}
	}
	return exact, nil
}

// OpenItem reads one line of the price list. It gives fault.Missing where there is none.
func OpenItem(ctx context.Context, tx *db.Tx, item id.ID) (ItemRow, error) {
	r, err := tx.GetPriceItem(ctx, db.GetPriceItemParams{TenantID: tx.Tenant, ID: item})
	return itemOf(r), db.Missing(err, "reading an item")
}

func itemOf(r db.GetPriceItemRow) ItemRow {
	i := ItemRow{
		ID: r.ID, Item: Item{Code: r.Code, Name: r.Name, Unit: r.Unit, Price: money.Amount(r.Price), TaxClass: r.TaxClassID, Context: r.Context}, Version: r.Version,
	}
	if r.Barcode != nil {
		i.Barcode = *r.Barcode
	}
	if r.EndedAt != nil {
		i.EndedAt = r.EndedAt.UTC()
	}
	return i
}

// Charge is the item as something done or sold, at its price of now.
func (r ItemRow) Charge(q money.Quantity) Charge {
	return Charge{Item: r.ID, Name: r.Name, Quantity: q, Unit: r.Unit, Price: r.Price, TaxClass: r.TaxClass, Context: r.Context}
}

// tidy gives the item as it is kept, and the mistakes named code, name, unit, price, context and barcode.
func (i Item) tidy() (Item, fault.Fields) {
	var bad fault.Fields
	i.Code = strings.ToUpper(strings.ReplaceAll(plain.Line(i.Code), " ", "-"))
	if !codeForm.MatchString(i.Code) {
		bad.Add("code", "Enter a code of up to 20 letters and digits, like CONS-10")
	}
	i.Name = plain.Line(i.Name)
	checkName(&bad, i.Name)
	if !slices.Contains(Units, i.Unit) {
		bad.Add("unit", "Choose what the price is for")
	}
	checkPrice(&bad, i.Price)
	checkContext(&bad, i.Context)
	i.Barcode = plain.Line(i.Barcode)
	if i.Barcode != "" && !barcodeForm.MatchString(i.Barcode) {
		bad.Add("barcode", "Enter the digits under the bars")
	}
	return i, bad
}

func checkName(bad *fault.Fields, name string) {
	switch {
	case name == "":
		bad.Add("name", "Enter what it is called on the bill")
	case utf8.RuneCountInString(name) > 120:
		bad.Add("name", "Keep this under 120 letters")
	}
}

func checkPrice(bad *fault.Fields, price money.Amount) {
	if price < 0 || price > money.Most {
		bad.Add("price", "Enter a price of 0 or more")
	}
}

func checkContext(bad *fault.Fields, context string) {
	if context != Administered && context != Dispensed {
		bad.Add("context", "Choose given here or sent home")
	}
}

// AddItem adds a line to the price list under an id that came with the form. It gives ErrAlreadyThere for a second
// sending, fault.Missing for an unknown tax class, and fault.Fields.
func AddItem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, i Item) error {
	i, bad := i.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	if err := taxClassThere(ctx, tx, i.TaxClass); err != nil {
		return err
	}
	p := db.InsertPriceItemParams{
		TenantID: tx.Tenant, ID: row, Code: i.Code, Name: i.Name, Unit: i.Unit, Price: int64(i.Price), TaxClassID: i.TaxClass, Context: i.Context,
	}
	if i.Barcode != "" {
		p.Barcode = &i.Barcode
	}
	err := tx.InsertPriceItem(ctx, p)
	if db.Violates(err, "price_items_pkey") {
		return ErrAlreadyThere
	}
	if err := codeTaken(err); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "price", ObjectID: row, Group: group, After: i})
}

// ChangeItem saves a line of the price list that the form showed at a version. What is charged already keeps its
// price. It gives ErrChanged, fault.Missing and fault.Fields.
func ChangeItem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, item id.ID, version int64, i Item) error {
	i, bad := i.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	row, err := tx.LockPriceItem(ctx, db.LockPriceItemParams{TenantID: tx.Tenant, ID: item})
	if err := db.Missing(err, "locking an item"); err != nil {
		return err
	}
	was := itemOf(db.GetPriceItemRow(row))
	if was.Item == i {
		return nil
	}
	if was.Version != version {
		return ErrChanged
	}
	if err := taxClassThere(ctx, tx, i.TaxClass); err != nil {
		return err
	}
	p := db.UpdatePriceItemParams{
		TenantID: tx.Tenant, ID: item, Version: version, Code: i.Code, Name: i.Name, Unit: i.Unit, Price: int64(i.Price), TaxClassID: i.TaxClass, Context: i.Context,
	}
	if i.Barcode != "" {
		p.Barcode = &i.Barcode
	}
	n, err := tx.UpdatePriceItem(ctx, p)
	if err := codeTaken(db.OneRow(n, err)); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "price", ObjectID: item, Group: group, Before: was.Item, After: i})
}

// EndItem takes a line off the price list. Ending it twice does nothing more. It gives fault.Missing where there is none.
func EndItem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, item id.ID) error {
	was, err := OpenItem(ctx, tx, item)
	if err != nil {
		return err
	}
	now := tx.Now()
	n, err := tx.EndPriceItem(ctx, db.EndPriceItemParams{TenantID: tx.Tenant, ID: item, EndedAt: &now})
	if err != nil {
		return fmt.Errorf("ending an item: %w", err)
	}
	if n == 0 {
		return nil
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "price", ObjectID: item, Group: group, Before: was.Item})
}

func codeTaken(err error) error {
	if db.Violates(err, "price_items_code") {
		return fault.Fields{{Name: "code", Message: "Another item has this code"}}
	}
	if err != nil {
		return fmt.Errorf("saving an item: %w", err)
	}
	return nil
}

func taxClassThere(ctx context.Context, tx *db.Tx, class id.ID) error {
	rows, err := tx.ListTaxClasses(ctx, db.ListTaxClassesParams{TenantID: tx.Tenant})
	if err != nil {
		return fmt.Errorf("reading the tax classes: %w", err)
	}
	if !slices.ContainsFunc(rows, func(r db.ListTaxClassesRow) bool { return r.ID == class }) {
		return fault.Missing
	}
	return nil
}
