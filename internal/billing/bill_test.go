package billing

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"paddock/internal/id"
	"paddock/internal/money"
)

// half away from zero, of a ratio, the way it is taught: add a half and cut.
func cut(r *big.Rat) int64 {
	twice := new(big.Rat).Mul(r, big.NewRat(2, 1))
	twice.Add(twice, big.NewRat(1, 1))
	q := new(big.Int).Div(twice.Num(), new(big.Int).Mul(twice.Denom(), big.NewInt(2)))
	return q.Int64()
}

// exactly is a bill computed apart from the product, in fractions.
func exactly(s Settings, charges []ChargeRow, rates map[id.ID]money.Rate) (amounts []int64, net, tax int64) {
	byRate := map[money.Rate]*big.Rat{}
	for _, c := range charges {
		amount := new(big.Rat).SetInt64(int64(c.Price))
		amount.Mul(amount, big.NewRat(int64(c.Quantity), 1000))
		amount.Mul(amount, big.NewRat(int64(10000-c.DiscountBP), 10000))
		line := cut(amount)
		amounts = append(amounts, line)
		rate := rates[c.TaxClass]
		if byRate[rate] == nil {
			byRate[rate] = new(big.Rat)
		}
		if s.TaxBy == ByLine {
			lineTax := exactTax(s, new(big.Rat).SetInt64(line), rate)
			tax += lineTax
			net += line
			if s.TaxIncluded {
				net -= lineTax
			}
			continue
		}
		byRate[rate].Add(byRate[rate], new(big.Rat).SetInt64(line))
	}
	if s.TaxBy == ByDocument {
		for rate, sum := range byRate {
			of := exactTax(s, sum, rate)
			tax += of
			net += sum.Num().Int64()
			if s.TaxIncluded {
				net -= of
			}
		}
	}
	return amounts, net, tax
}

func exactTax(s Settings, sum *big.Rat, rate money.Rate) int64 {
	r := big.NewRat(int64(rate), 1_000_000)
	if !s.TaxIncluded {
		return cut(new(big.Rat).Mul(sum, r))
	}
	without := new(big.Rat).Quo(sum, r.Add(r, big.NewRat(1, 1)))
	return sum.Num().Int64() - cut(without)
}

func TestTenThousandBillsHoldAgainstAnExactCalculation(t *testing.T) {
	rng := rand.New(rand.NewPCG(26, 11))
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	rates := map[id.ID]money.Rate{}
	var taxes Taxes
	var classes []id.ID
	for _, r := range []money.Rate{0, money.Percent(5), money.Percent(20), 72500, 81000, 135000, 88750, money.Percent(100)} {
		class := id.New()
		rates[class], classes = r, append(classes, class)
		taxes.Classes = append(taxes.Classes, TaxClass{ID: class})
		taxes.Rates = append(taxes.Rates, TaxRate{Class: class, Rate: r, From: day.AddDate(-1, 0, 0)})
	}
	for n := range 10_000 {
		s := Settings{TaxIncluded: rng.IntN(2) == 0, TaxBy: []string{ByLine, ByDocument}[rng.IntN(2)]}
		patients := []id.ID{{1}, {2}, {3}}
		var charges []ChargeRow
		for range 1 + rng.IntN(25) {
			charges = append(charges, ChargeRow{Charge: Charge{
				Patient: patients[rng.IntN(3)], Quantity: money.Quantity(1 + rng.Int64N([]int64{10, 1000, 50_000}[rng.IntN(3)])),
				Price: money.Amount(rng.Int64N([]int64{3, 500, 50_000}[rng.IntN(3)])), DiscountBP: []int{0, 0, 1000, 3333, 10000, rng.IntN(10001)}[rng.IntN(6)],
				TaxClass: classes[rng.IntN(len(classes))], Context: Administered, Day: day,
			}})
		}
		b, err := compute(s, taxes, charges)
		if err != nil {
			t.Fatal(err)
		}
		amounts, net, tax := exactly(s, charges, rates)
		if int64(b.Net) != net || int64(b.Tax) != tax {
			t.Fatalf("bill %d, %+v: %d and tax %d, exactly %d and %d", n, s, b.Net, b.Tax, net, tax)
		}
		var lineNet, lineTax money.Amount
		for i, l := range b.Lines {
			if int64(l.Amount) != amounts[i] || l.Net < 0 || l.Tax < 0 {
				t.Fatalf("bill %d: line %d is %+v, exactly %d", n, i, l, amounts[i])
			}
			if included := l.Net + l.Tax; s.TaxIncluded && included != l.Amount || !s.TaxIncluded && l.Net != l.Amount {
				t.Fatalf("bill %d: line %d does not hold together: %+v", n, i, l)
			}
			lineNet, lineTax = lineNet+l.Net, lineTax+l.Tax
		}
		if lineNet != b.Net || lineTax != b.Tax {
			t.Fatalf("bill %d is not the sum of its lines", n)
		}
		checkSplit(t, rng, b)
	}
}

// checkSplit hands a bill out to owners by chance, and holds the parts against the whole.
func checkSplit(t *testing.T, rng *rand.Rand, b Bill) {
	t.Helper()
	shares := map[id.ID][]share{}
	for _, l := range b.Lines {
		left := int64(money.WholeBP)
		for i := byte(1); left > 0 && shares[l.Patient] == nil || left > 0 && left < money.WholeBP; i++ {
			bp := min(left, 1+rng.Int64N(7000))
			shares[l.Patient] = append(shares[l.Patient], share{id.ID{i}, bp})
			left -= bp
		}
	}
	if err := b.split(id.ID{}, shares); err != nil {
		t.Fatal(err)
	}
	var net, tax money.Amount
	lines := make([]money.Amount, len(b.Lines))
	for _, p := range b.Payers {
		var pNet, pTax money.Amount
		for _, part := range p.Parts {
			if part.Net < 0 || part.Tax < 0 || part.Amount < 0 {
				t.Fatalf("a part is below nothing: %+v", part)
			}
			if b.TaxIncluded && part.Net+part.Tax != part.Amount || !b.TaxIncluded && part.Net != part.Amount {
				t.Fatalf("a part does not hold together: %+v", part)
			}
			pNet, pTax = pNet+part.Net, pTax+part.Tax
			lines[part.Line] += part.Amount
		}
		if pNet != p.Net || pTax != p.Tax || p.ShareBP < 1 || p.ShareBP > money.WholeBP {
			t.Fatalf("a payer's invoice is not the sum of its lines: %+v", p)
		}
		net, tax = net+p.Net, tax+p.Tax
	}
	if net != b.Net || tax != b.Tax {
		t.Fatalf("the shares come to %d and %d, the bill to %d and %d", net, tax, b.Net, b.Tax)
	}
	for i, l := range b.Lines {
		if lines[i] != l.Amount {
			t.Fatalf("line %d of %d is shared out as %d", i, l.Amount, lines[i])
		}
	}
}

func TestAThirdEachAddsUp(t *testing.T) {
	dog, a, b, c := id.New(), id.New(), id.New(), id.New()
	bill := Bill{Settings: Settings{TaxIncluded: true, TaxBy: ByLine}, Net: 8333, Tax: 1667}
	bill.Lines = []Line{{ChargeRow: ChargeRow{Charge: Charge{Patient: dog}}, Amount: 10000, Net: 8333, Tax: 1667}}
	if err := bill.split(id.ID{}, map[id.ID][]share{dog: {{a, 3333}, {b, 3333}, {c, 3334}}}); err != nil {
		t.Fatal(err)
	}
	if len(bill.Payers) != 3 || bill.Payers[0].Total() != 3333 || bill.Payers[1].Total() != 3333 || bill.Payers[2].Total() != 3334 {
		t.Errorf("three owners pay %+v", bill.Payers)
	}
	bill.Payers = nil
	if err := bill.split(b, nil); err != nil || len(bill.Payers) != 1 || bill.Payers[0].Client != b || bill.Payers[0].Total() != 10000 {
		t.Errorf("one who takes it all pays %+v, %v", bill.Payers, err)
	}
	bill.Payers = nil
	if err := bill.split(id.ID{}, nil); !errors.Is(err, ErrNoPayer) {
		t.Errorf("without an owner: %v", err)
	}
}

func TestTheNarrowestRateOfTheDayHolds(t *testing.T) {
	class, other := id.New(), id.New()
	on := func(m time.Month) time.Time { return time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC) }
	taxes := Taxes{Rates: []TaxRate{
		{Class: class, Rate: 1, From: on(1)},
		{Class: class, Rate: 2, From: on(6)},
		{Class: class, Context: Dispensed, Rate: 3, From: on(3)},
		{Class: class, Species: "horse", Rate: 4, From: on(4)},
		{Class: class, Species: "horse", Context: Dispensed, Rate: 5, From: on(8)},
		{Class: class, Rate: 6, From: on(6)}, // puts the other of the day right
		{Class: other, Rate: 9, From: on(1)},
	}}
	for _, c := range []struct {
		context, species string
		month            time.Month
		want             money.Rate
	}{
		{Administered, "dog", 1, 1},
		{Administered, "dog", 5, 1},
		{Administered, "dog", 6, 6},
		{Dispensed, "dog", 2, 1},
		{Dispensed, "dog", 3, 3},
		{Dispensed, "dog", 9, 3},
		{Administered, "horse", 3, 1},
		{Administered, "horse", 4, 4},
		{Dispensed, "horse", 4, 4},
		{Dispensed, "horse", 8, 5},
		{Administered, "horse", 9, 4},
	} {
		if got, ok := taxes.RateFor(class, c.context, c.species, on(c.month)); !ok || got != c.want {
			t.Errorf("%s, %s in %s: %d, not %d", c.context, c.species, c.month, got, c.want)
		}
	}
	if _, ok := taxes.RateFor(class, Administered, "dog", on(1).AddDate(0, 0, -1)); ok {
		t.Error("a rate holds before it begins")
	}
}

func TestWhatClinicsBeginWithIsRead(t *testing.T) {
	s, err := readStart()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.countries) < 20 || len(s.prices) < 40 {
		t.Errorf("%d countries, %d prices", len(s.countries), len(s.prices))
	}
	codes := map[string]bool{}
	for _, p := range s.prices {
		i, bad := Item{Code: p.code, Name: p.name, Unit: p.unit, Price: p.price, Context: p.context}.tidy()
		if len(bad) > 0 || i.Code != p.code || i.Name != p.name || codes[p.code] {
			t.Errorf("%+v: %v", p, bad)
		}
		codes[p.code] = true
	}
	for code, c := range s.countries {
		if !c.Currency.Valid() || c.TaxBy != ByLine && c.TaxBy != ByDocument || c.CashStep < 1 || c.percent < 50 {
			t.Errorf("%s: %+v", code, c)
		}
		if c.services != standard && len(s.rates[code]) == 0 {
			t.Errorf("%s: no rate of %s", code, c.services)
		}
	}
	for code, rates := range s.rates {
		if _, ok := s.countries[code]; !ok {
			t.Errorf("%s has rates and no currency", code)
		}
		last := map[string]time.Time{}
		for _, r := range rates {
			if !r.from.After(last[r.class]) {
				t.Errorf("%s: %s of %s is not in order", code, r.class, r.from)
			}
			last[r.class] = r.from
		}
	}
}
