// Package practice holds how a clinic calls itself and where it is: its letterhead, which heads bills, labels and
// certificates alike, and the jurisdictions whose rules hold there.
package practice

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
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Letterhead is how a clinic calls itself on its documents. A document keeps the one that held when it was issued: a bill
// that deducts tax must name its supplier in full (Directive 2006/112/EC, article 226; SI 1995/2518, regulation 14).
type Letterhead struct {
	// Name is the registered one, Trading the one on the door where that is another.
	Name    string `json:"name"`
	Trading string `json:"trading,omitempty"`
	// Address, Bank and Footer are lines, each ended by a newline but for the last. Address is the street, or the whole
	// of it where the town and what follows were not entered each on its own.
	Address  string `json:"address,omitempty"`
	City     string `json:"city,omitempty"`
	Region   string `json:"region,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Country  string `json:"country,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Email    string `json:"email,omitempty"`
	// TaxNumber is the one the tax on sales is paid under, Company that of the register of companies.
	TaxNumber string `json:"tax_number,omitempty"`
	Company   string `json:"company,omitempty"`
	// Bank says how to pay, on what is still to be paid; Footer stands on everything.
	Bank   string `json:"bank,omitempty"`
	Footer string `json:"footer,omitempty"`
	// Jurisdictions are codes of ISO 3166 like GB and US-NY, apart by spaces: whose rules hold there.
	Jurisdictions string `json:"jurisdictions,omitempty"`
	// Version is 0 for none yet; By saved it.
	Version int64 `json:"-"`
	By      id.ID `json:"-"`
}

// AddressLines are the lines of the address as they stand on paper: a region by its code stands beside its town, as in
// Buffalo, NY 14201, one by its name on a line of its own.
func (l Letterhead) AddressLines() (lines []string) {
	if l.Address != "" {
		lines = strings.Split(l.Address, "\n")
	}
	rest := []string{l.City, l.Region, l.Postcode, l.Country}
	if regionCode.MatchString(l.Region) && l.City != "" {
		rest = []string{plain.Line(l.City + ", " + l.Region + " " + l.Postcode), l.Country}
	}
	for _, line := range rest {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Rules are the jurisdictions whose rules hold there: until somebody enters others, the country of the clinic alone.
func (l Letterhead) Rules(country string) []string {
	if l.Jurisdictions == "" {
		return []string{country}
	}
	return strings.Fields(l.Jurisdictions)
}

// What fits the head and the foot of a page.
const (
	longestName    = 120
	longestContact = 80
	longestNumber  = 40
	rulesMost      = 12
	addressLines   = 6
	bankLines      = 6
	footerLines    = 8
)

var numberOnPaper = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z ./-]*$`)

// jurisdictionForm is a country, or a part of one as ISO 3166-2 names it.
var jurisdictionForm = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)

// regionCode is that of a state or province, as the posts of America and Australia write it.
var regionCode = regexp.MustCompile(`^[A-Z]{2,3}$`)

// ErrChanged says that somebody else saved the letterhead since the form was opened.
var ErrChanged = fault.New(fault.Conflict, "Somebody else changed this meanwhile. Look at it again: nothing was saved.")

// group is the field group letterheads are sealed in.
const group = "contact"

func slot(row id.ID) vault.Slot { return vault.Slot{Table: "letterheads", Group: group, Row: row} }

// tidy gives the letterhead as it is kept, and the mistakes named name, trading, address, city, region, postcode,
// country, phone, email, tax_number, company, bank, footer and jurisdictions.
func (l Letterhead) tidy() (Letterhead, fault.Fields) {
	var bad fault.Fields
	if l.Name = plain.Line(l.Name); l.Name == "" {
		bad.Add("name", "Enter the name the clinic is registered under")
	}
	for _, f := range []struct {
		name string
		text *string
		most int
	}{
		{"name", &l.Name, longestName},
		{"trading", &l.Trading, longestName},
		{"city", &l.City, longestContact},
		{"region", &l.Region, longestContact},
		{"postcode", &l.Postcode, longestNumber},
		{"country", &l.Country, longestContact},
		{"phone", &l.Phone, longestContact},
		{"email", &l.Email, longestContact},
	} {
		*f.text = plain.Words(&bad, f.name, *f.text, "", f.most)
	}
	if at := strings.Index(l.Email, "@"); l.Email != "" && (at < 1 || at == len(l.Email)-1) {
		bad.Add("email", "Enter an e-mail address like desk@clinic.example")
	}
	l.Address = paragraph(&bad, "address", l.Address, addressLines)
	l.Bank = paragraph(&bad, "bank", l.Bank, bankLines)
	l.Footer = paragraph(&bad, "footer", l.Footer, footerLines)
	l.TaxNumber = registered(&bad, "tax_number", l.TaxNumber)
	l.Company = registered(&bad, "company", l.Company)
	l.Jurisdictions = jurisdictions(&bad, l.Jurisdictions)
	return l, bad
}

// jurisdictions gives the codes in capitals, each once, apart by spaces.
func jurisdictions(bad *fault.Fields, typed string) string {
	var list []string
	for code := range strings.FieldsSeq(strings.ReplaceAll(typed, ",", " ")) {
		if code = strings.ToUpper(code); !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	if len(list) > rulesMost || slices.ContainsFunc(list, func(code string) bool { return !jurisdictionForm.MatchString(code) }) {
		bad.Add("jurisdictions", fmt.Sprintf("Enter codes like GB, US or US-NY, apart by spaces, at most %d", rulesMost))
		return typed
	}
	return strings.Join(list, " ")
}

// registered gives a number of a register as it is printed.
func registered(bad *fault.Fields, name, typed string) string {
	s := plain.Line(typed)
	if s != "" && (len(s) > longestNumber || !numberOnPaper.MatchString(s)) {
		bad.Add(name, "Enter the number in letters, digits and spaces, like GB 123 4567 89")
	}
	return s
}

// paragraph gives typed lines without the empty ones.
func paragraph(bad *fault.Fields, name, typed string, most int) string {
	var lines []string
	for line := range strings.Lines(typed) {
		if line = plain.Line(line); line == "" {
			continue
		}
		if utf8.RuneCountInString(line) > longestName {
			bad.Add(name, fmt.Sprintf("Keep each line under %d letters", longestName))
			return typed
		}
		lines = append(lines, line)
	}
	if len(lines) > most {
		bad.Add(name, fmt.Sprintf("Keep this to %d lines", most))
	}
	return strings.Join(lines, "\n")
}

// Load reads the one that holds: the zero Letterhead where none was set up.
func Load(ctx context.Context, tx *db.Tx, keys *vault.Clinic) (l Letterhead, err error) {
	err = Loading(&l, keys)(ctx, tx)
	return l, err
}

// Loading is Load beside other reads of a transaction.
func Loading(into *Letterhead, keys *vault.Clinic) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.GetLetterhead(ctx, db.GetLetterheadParams{TenantID: tx.Tenant})
		if db.NoRows(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the letterhead: %w", err)
		}
		into.Version, into.By = r.Version, r.MadeBy
		return keys.OpenJSON(slot(r.ID), r.Sealed, into)
	}
}

// Save saves what heads the documents issued from now on, from a form that showed it at a version. It gives
// ErrChanged, and fault.Fields named as the fields are.
func Save(ctx context.Context, tx *db.Tx, keys *vault.Clinic, version int64, l Letterhead) error {
	l, bad := l.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := Load(ctx, tx, keys)
	if err != nil {
		return err
	}
	if l.Version, l.By = was.Version, was.By; l == was {
		return nil
	}
	if was.Version != version {
		return ErrChanged
	}
	row := id.New()
	text, err := keys.SealJSON(slot(row), l)
	if err != nil {
		return err
	}
	err = tx.InsertLetterhead(ctx, db.InsertLetterheadParams{
		TenantID: tx.Tenant, ID: row, Version: version + 1, Sealed: text, KeyVersion: keys.KeyVersion(), MadeAt: tx.Now(), MadeBy: tx.Who.Person,
	})
	if db.Violates(err, "letterheads_version") { // somebody saved at the same moment
		return ErrChanged
	}
	if err != nil {
		return fmt.Errorf("saving the letterhead: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "letterhead", ObjectID: row, Group: group, Before: was, After: l,
	})
}

// Kept is the letterhead as a document keeps it, nil for none.
func (l Letterhead) Kept() *Letterhead {
	if l.Name == "" {
		return nil
	}
	return &l
}

// Printed is what a document kept: the zero Letterhead where it was issued before there was one.
func (l *Letterhead) Printed() Letterhead {
	if l == nil {
		return Letterhead{}
	}
	return *l
}
