package billing

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
)

// ErrNoPayer says that nobody is known who pays for an animal.
var ErrNoPayer = fault.New(fault.Conflict, "Nobody is known who pays for this animal. Choose who the bill is made out to.")

// ErrNoRate says that a tax class has no rate on the day of an act.
var ErrNoRate = fault.New(fault.Conflict, "A tax class on this bill has no rate for the day. Enter one under Prices first.")

// compute gives what charges come to. A line is quantity x price less the discount, rounded once; then comes tax, at
// the rate of the day of the act. By line it is rounded for each; by document once for all lines of a rate, and
// each line has what its own amount added. The total is the sum of the lines always.
func compute(s Settings, t Taxes, charges []ChargeRow) (Bill, error) {
	b := Bill{Settings: s}
	sums := map[money.Rate]money.Amount{} // of the amounts so far
	for _, c := range charges {
		rate, ok := t.RateFor(c.TaxClass, c.Context, c.Species, c.Day)
		if !ok {
			return Bill{}, ErrNoRate
		}
		l := Line{ChargeRow: c, Rate: rate, Amount: c.Price.Times(c.Quantity, c.DiscountBP)}
		before := sums[rate]
		if s.TaxBy == ByLine {
			before = 0
		}
		upTo := before + l.Amount
		if s.TaxIncluded {
			l.Net = upTo.NetOf(rate) - before.NetOf(rate)
			l.Tax = l.Amount - l.Net
		} else {
			l.Net = l.Amount
			l.Tax = upTo.TaxOn(rate) - before.TaxOn(rate)
		}
		sums[rate] += l.Amount
		b.Net, b.Tax = b.Net+l.Net, b.Tax+l.Tax
		b.Lines = append(b.Lines, l)
	}
	b.ByRate = byRate(len(b.Lines), func(i int) (money.Rate, money.Amount, money.Amount) {
		return b.Lines[i].Rate, b.Lines[i].Net, b.Lines[i].Tax
	})
	return b, nil
}

// byRate sums lines by their rates, the highest first.
func byRate(n int, line func(i int) (rate money.Rate, net, tax money.Amount)) []RateSum {
	var sums []RateSum
	for i := range n {
		rate, net, tax := line(i)
		at := slices.IndexFunc(sums, func(r RateSum) bool { return r.Rate == rate })
		if at < 0 {
			at, sums = len(sums), append(sums, RateSum{Rate: rate})
		}
		sums[at].Net, sums[at].Tax = sums[at].Net+net, sums[at].Tax+tax
	}
	slices.SortFunc(sums, func(a, b RateSum) int { return cmp.Compare(b.Rate, a.Rate) })
	return sums
}

// share is a client's part of the bills of an animal, in basis points.
type share struct {
	client id.ID
	bp     int64
}

// payers says who pays a charge: to alone, else the client it is charged to, else those with a share of the animal.
func payers(c ChargeRow, to id.ID, shares map[id.ID][]share) []share {
	switch {
	case !to.IsZero():
		return []share{{to, money.WholeBP}}
	case !c.Client.IsZero():
		return []share{{c.Client, money.WholeBP}}
	}
	return shares[c.Patient]
}

// split hands the lines out to those who pay. What is rounded off one line is made good on the next of the same
// animal, and the last share takes the remainder: the invoices add up to the bill, in net and tax each. It gives
// ErrNoPayer.
func (b *Bill) split(to id.ID, shares map[id.ID][]share) error {
	type splitters struct{ amount, tax money.Splitter }
	of := map[id.ID]*splitters{} // by the animal, of charges that its owners share
	for i, l := range b.Lines {
		pay := payers(l.ChargeRow, to, shares)
		if len(pay) == 0 {
			return ErrNoPayer
		}
		s := &splitters{}
		if len(pay) > 1 {
			if of[l.Patient] == nil {
				of[l.Patient] = s
			}
			s = of[l.Patient]
		}
		weights := make([]int64, len(pay))
		for at, p := range pay {
			weights[at] = p.bp
		}
		amounts := s.amount.Split(l.Amount, weights, nil)
		var most []money.Amount
		if b.TaxIncluded {
			most = amounts
		}
		taxes := s.tax.Split(l.Tax, weights, most)
		for at, p := range pay {
			part := Part{Line: i, ShareBP: int(p.bp), Amount: amounts[at], Net: amounts[at], Tax: taxes[at]}
			if b.TaxIncluded {
				part.Net -= part.Tax
			}
			if part.Amount == 0 && part.Tax == 0 && l.Amount != 0 {
				continue // nothing of this line is left for them
			}
			b.payer(p.client).add(part)
		}
	}
	for i := range b.Payers {
		b.Payers[i].ShareBP = b.shareOf(b.Payers[i])
	}
	return nil
}

func (b *Bill) payer(client id.ID) *Payer {
	i := slices.IndexFunc(b.Payers, func(p Payer) bool { return p.Client == client })
	if i < 0 {
		i, b.Payers = len(b.Payers), append(b.Payers, Payer{Client: client})
	}
	return &b.Payers[i]
}

func (p *Payer) add(part Part) {
	p.Parts = append(p.Parts, part)
	p.Net, p.Tax = p.Net+part.Net, p.Tax+part.Tax
}

// shareOf is a payer's share of the whole bill: that of each line, where the payer has the same of all.
func (b *Bill) shareOf(p Payer) int {
	first := p.Parts[0].ShareBP
	same := !slices.ContainsFunc(p.Parts, func(part Part) bool { return part.ShareBP != first })
	if whole := b.Total(); !same || len(p.Parts) < len(b.Lines) {
		if whole == 0 {
			return 1
		}
		return int(max(1, p.Total().Share(money.WholeBP, int64(whole))))
	}
	return first
}

// Preview computes the bill over open charges, as Issue would make it out: to one client, or where to is zero to those
// who have a share. A charge nobody is known to pay gives ErrNoPayer with the bill, which then has no payers.
func Preview(ctx context.Context, tx *db.Tx, charges []ChargeRow, to id.ID) (Bill, error) {
	var s Settings
	var t Taxes
	var shares map[id.ID][]share
	ids := make([]id.ID, len(charges))
	for i, c := range charges {
		ids[i] = c.ID
	}
	err := db.Together(ctx, tx, loadSettings(&s), t.loadClasses, t.loadRates, loadShares(&shares, ids))
	if err != nil {
		return Bill{}, err
	}
	b, err := compute(s, t, charges)
	if err != nil {
		return Bill{}, err
	}
	if err := b.split(to, shares); err != nil {
		b.Payers = nil
		return b, err
	}
	return b, nil
}

// loadShares reads who pays for the animals of charges.
func loadShares(into *map[id.ID][]share, charges []id.ID) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListSharesOfCharges(ctx, db.ListSharesOfChargesParams{TenantID: tx.Tenant, Charges: charges})
		if err != nil {
			return fmt.Errorf("reading who pays: %w", err)
		}
		out := map[id.ID][]share{}
		for _, r := range rows {
			out[r.PatientID] = append(out[r.PatientID], share{r.ClientID, int64(r.Share)})
		}
		*into = out
		return nil
	}
}
