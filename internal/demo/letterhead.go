package demo

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/practice"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
)

// letterhead is what heads the documents of a sample clinic. Its numbers are nobody's: the telephones are of ranges
// kept for fiction, and none of the others has been given out.
func (c Clinic) letterhead() practice.Letterhead {
	l := practice.Letterhead{Trading: c.Name, Email: "desk@" + c.Label + ".example"}
	l.Postcode = invented[c.Country]
	switch c.Country {
	case "IE":
		l.Name, l.Address, l.City, l.Region, l.Phone = c.Name+" Limited", "3 Lighthouse Row", "Kilmaren", "Co. Galway", "020 910 0110"
		l.TaxNumber, l.Company = "IE 0000000AA", "000000"
		l.Bank = "By transfer: IBAN IE00 TEST 0000 0000 0000 00, with the number of the bill."
	case "US":
		l.Name, l.Address, l.City, l.Region, l.Phone = c.Name+" LLC", "410 Northgate Avenue", "Millbrook Falls", "NY", "(212) 555-0110"
		l.TaxNumber, l.Jurisdictions = "00-0000000", "US US-NY"
		l.Bank = "Checks are made out to " + l.Name + "."
	default:
		l.Name, l.Address, l.City, l.Region, l.Phone = c.Name+" Ltd", "14 Oakvale Lane", "Little Rowan", "Rowanshire", "01632 960110"
		l.TaxNumber, l.Company = "GB 000 0000 00", "00000000"
		l.Bank = "By transfer: " + l.Name + ", sort code 00-00-00, account 00000000, with the number of the bill."
	}
	l.Footer = "Thank you. Out of hours, call the same number."
	return l
}

// headed gives a sample clinic its letterhead, unless it has one already: whoever changed it keeps theirs.
func (d Deps) headed(ctx context.Context, c Clinic, at tenancy.Clinic, keys *vault.Clinic, admin id.ID) error {
	return d.Store.Write(ctx, d.as(at, admin), func(ctx context.Context, tx *db.Tx) error {
		now, err := practice.Load(ctx, tx, keys)
		if err != nil || now.Version > 0 {
			return err
		}
		if err := practice.Save(ctx, tx, keys, 0, c.letterhead()); err != nil {
			return fmt.Errorf("giving the sample clinic %s a letterhead: %w", c.Label, err)
		}
		return nil
	})
}
