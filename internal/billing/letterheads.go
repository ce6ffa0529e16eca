package billing

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Letterhead is how a clinic calls itself on its documents. A document keeps the one that held when it was issued: a bill
// that deducts tax must name its supplier in full (Directive 2006/112/EC, article 226; SI 1995/2518, regulation 14).
type Letterhead struct {
	// Name is the registered one, Trading the one on the door where that is another.
	Name    string `json:"name"`
	Trading string `json:"trading,omitempty"`
	// Address, Bank and Footer are lines, each ended by a newline but for the last.
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
	// TaxNumber is the one the tax on sales is paid under, Company that of the register of companies.
	TaxNumber string `json:"tax_number,omitempty"`
	Company   string `json:"company,omitempty"`
	// Bank says how to pay, on what is still to be paid; Footer stands on everything.
	Bank   string `json:"bank,omitempty"`
	Footer string `json:"footer,omitempty"`
	// Version is 0 for none yet; By saved it.
	Version int64 `json:"-"`
	By      id.ID `json:"-"`
}

// What fits the head and the foot of a page.
const (
	longestName    = 120
	longestContact = 80
	longestNumber  = 40
	addressLines   = 6
	bankLines      = 6
	footerLines    = 8
)

var numberOnPaper = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z ./-]*$`)

// tidy gives the letterhead as it is kept, and the mistakes named name, trading, address, phone, email, tax_number,
// company, bank and footer.
func (l Letterhead) tidy() (Letterhead, fault.Fields) {
	var bad fault.Fields
	if l.Name = clean(l.Name); l.Name == "" {
		bad.Add("name", "Enter the name the clinic is registered under")
	}
	l.Trading, l.Phone, l.Email = clean(l.Trading), clean(l.Phone), clean(l.Email)
	for _, f := range []struct {
		name, text string
		most       int
	}{{"name", l.Name, longestName}, {"trading", l.Trading, longestName}, {"phone", l.Phone, longestContact}, {"email", l.Email, longestContact}} {
		if utf8.RuneCountInString(f.text) > f.most {
			bad.Add(f.name, fmt.Sprintf("Keep this under %d letters", f.most))
		}
	}
	if at := strings.Index(l.Email, "@"); l.Email != "" && (at < 1 || at == len(l.Email)-1) {
		bad.Add("email", "Enter an e-mail address like desk@clinic.example")
	}
	l.Address = paragraph(&bad, "address", l.Address, addressLines)
	l.Bank = paragraph(&bad, "bank", l.Bank, bankLines)
	l.Footer = paragraph(&bad, "footer", l.Footer, footerLines)
	l.TaxNumber = registered(&bad, "tax_number", l.TaxNumber)
	l.Company = registered(&bad, "company", l.Company)
	return l, bad
}

// registered gives a number of a register as it is printed.
func registered(bad *fault.Fields, name, typed string) string {
	s := clean(typed)
	if s != "" && (len(s) > longestNumber || !numberOnPaper.MatchString(s)) {
		bad.Add(name, "Enter the number in letters, digits and spaces, like GB 123 4567 89")
	}
	return s
}

// paragraph gives typed lines without the empty ones.
func paragraph(bad *fault.Fields, name, typed string, most int) string {
	var lines []string
	for line := range strings.Lines(typed) {
		if line = clean(line); line == "" {
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

// LoadLetterhead reads the one that holds: the zero Letterhead where none was set up.
func LoadLetterhead(ctx context.Context, tx *db.Tx, keys *vault.Clinic) (l Letterhead, err error) {
	err = loadLetterhead(&l, keys)(ctx, tx)
	return l, err
}

func loadLetterhead(into *Letterhead, keys *vault.Clinic) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.GetLetterhead(ctx, db.GetLetterheadParams{TenantID: tx.Tenant})
		if db.NoRows(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the letterhead: %w", err)
		}
		into.Version, into.By = r.Version, r.MadeBy
		return open(keys, "letterheads", r.ID, r.Sealed, into)
	}
}

// SaveLetterhead saves what heads the documents issued from now on, from a form that showed it at a version. It gives
// ErrChanged, and fault.Fields named as the fields are.
func SaveLetterhead(ctx context.Context, tx *db.Tx, keys *vault.Clinic, version int64, l Letterhead) error {
	l, bad := l.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := LoadLetterhead(ctx, tx, keys)
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
	text, err := sealed(keys, "letterheads", row, l)
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

// kept is the letterhead as a document keeps it, nil for none.
func (l Letterhead) kept() *Letterhead {
	if l.Name == "" {
		return nil
	}
	return &l
}

// printed is what a document kept: the zero Letterhead where it was issued before there was one.
func (l *Letterhead) printed() Letterhead {
	if l == nil {
		return Letterhead{}
	}
	return *l
}
