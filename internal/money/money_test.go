package money_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"paddock/internal/money"
)

func TestHalvesAreRoundedAwayFromZero(t *testing.T) {
	for _, c := range []struct{ a, b, want int64 }{
		{5, 10, 1}, {-5, 10, -1}, {4, 10, 0}, {-4, 10, 0}, {15, 10, 2}, {-15, 10, -2}, {25, 10, 3}, {7, 3, 2}, {-7, 3, -2}, {0, 9, 0}, {1, 3, 0}, {2, 3, 1},
	} {
		if got := money.Round(big.NewInt(c.a), big.NewInt(c.b)); int64(got) != c.want {
			t.Errorf("%d/%d is %d, not %d", c.a, c.b, got, c.want)
		}
	}
}

func TestALineIsRoundedOnce(t *testing.T) {
	// 28 tablets at 2.15 less 10 %: 54.18 exactly; 0.35 ml at 6.40: 2.24; a third discount that would differ if each were rounded.
	for _, c := range []struct {
		price    money.Amount
		quantity money.Quantity
		discount int
		want     money.Amount
	}{
		{215, 28 * money.One, 1000, 5418},
		{640, 350, 0, 224},
		{333, 1500, 3333, 333}, // 333 x 1.5 = 499.5 x 0.6667 = 333.017; rounded twice it would be 333 of 500
		{1, 500, 0, 1},
		{4680, money.One, 1000, 4212},
		{4680, money.One, 10000, 0},
	} {
		if got := c.price.Times(c.quantity, c.discount); got != c.want {
			t.Errorf("%d x %s less %d is %d, not %d", c.price, c.quantity, c.discount, got, c.want)
		}
	}
}

func TestTaxIsInOrOnTop(t *testing.T) {
	if got := money.Amount(18605).NetOf(money.Percent(20)); got != 15504 { // 186.05 holds 31.01
		t.Errorf("186.05 without 20 %% is %d", got)
	}
	if got := money.Amount(10000).TaxOn(72500); got != 725 {
		t.Errorf("7.25 %% on 100.00 is %d", got)
	}
	if got := money.Amount(-10010).TaxOn(money.Percent(5)); got != -501 {
		t.Errorf("5 %% on -100.10 is %d", got)
	}
}

func TestCashIsRoundedToTheSmallestCoin(t *testing.T) {
	for _, c := range []struct {
		a    money.Amount
		step int64
		want money.Amount
	}{{1253, 5, 1255}, {1252, 5, 1250}, {1250, 5, 1250}, {1253, 1, 1253}, {150, 100, 200}, {149, 100, 100}, {2, 5, 0}} {
		if got := c.a.ToStep(c.step); got != c.want {
			t.Errorf("%d to %d is %d, not %d", c.a, c.step, got, c.want)
		}
	}
}

func TestTheLastShareTakesTheRemainder(t *testing.T) {
	third := []int64{3333, 3333, 3334}
	for _, c := range []struct {
		a    money.Amount
		by   []int64
		want [3]money.Amount
	}{
		{100, third, [3]money.Amount{33, 33, 34}},
		{10000, third, [3]money.Amount{3333, 3333, 3334}},
		{1, []int64{1, 1, 1}, [3]money.Amount{0, 0, 1}},
		{2, []int64{1, 1, 1}, [3]money.Amount{0, 1, 1}},
		{101, []int64{5000, 0, 5000}, [3]money.Amount{50, 0, 51}},
		{0, third, [3]money.Amount{}},
	} {
		if got := money.Split(c.a, c.by); [3]money.Amount(got) != c.want {
			t.Errorf("%d by %v is %v, not %v", c.a, c.by, got, c.want)
		}
	}
}

func TestPartsAddUpAndStayWithinAUnitOfTheirShare(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		weights := make([]int64, 1+rng.IntN(6))
		var total int64
		for i := range weights {
			weights[i] = 1 + rng.Int64N(9999)
			total += weights[i]
		}
		var s money.Splitter
		given := make([]money.Amount, len(weights))
		var all money.Amount
		for range 1 + rng.IntN(30) {
			a := money.Amount(rng.Int64N(20000) * rng.Int64N(2))
			all += a
			var sum money.Amount
			for i, part := range s.Split(a, weights, nil) {
				if part < 0 {
					t.Fatalf("a part is %d", part)
				}
				given[i] += part
				sum += part
			}
			if sum != a {
				t.Fatalf("the parts of %d add up to %d", a, sum)
			}
		}
		for i, g := range given {
			ideal := new(big.Rat).SetFrac64(int64(all)*weights[i], total)
			off := ideal.Sub(ideal, new(big.Rat).SetInt64(int64(g)))
			if off.Abs(off).Cmp(big.NewRat(2, 1)) >= 0 {
				t.Fatalf("who has %d of %d was given %d of %d", weights[i], total, g, all)
			}
		}
	}
}

func TestBoundedPartsStayBelowTheirBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		weights := []int64{1 + rng.Int64N(5000), 1 + rng.Int64N(5000), rng.Int64N(5000)}
		var amounts, taxes money.Splitter
		for range 10 {
			a := money.Amount(rng.Int64N(50))
			tax := money.Amount(rng.Int64N(int64(a) + 1))
			most := amounts.Split(a, weights, nil)
			var sum money.Amount
			for i, part := range taxes.Split(tax, weights, most) {
				if part < 0 || part > most[i] {
					t.Fatalf("%d of at most %d", part, most[i])
				}
				sum += part
			}
			if sum != tax {
				t.Fatalf("parts of %d add up to %d", tax, sum)
			}
		}
	}
}

func TestWhatPeopleTypeIsRead(t *testing.T) {
	for typed, want := range map[string]money.Amount{
		"12": 1200, "12.5": 1250, "12,50": 1250, "£1,234.50": 123450, "1.234,50": 123450, " 1 234,5 ": 123450, "1'234.50": 123450, "0.05": 5, ".5": 50, "5.": 500,
		"GBP 12": 1200, "12 £": 1200, "1,234,567": 123456700, "007": 700, "0": 0, "0.000": 0, "1.234.567,8": 123456780,
	} {
		if got, err := money.Currency("GBP").Parse(typed); err != nil || got != want {
			t.Errorf("%q is read as %d, %v; not %d", typed, got, err, want)
		}
	}
	for typed, want := range map[string]error{
		"": money.ErrUnread, "abc": money.ErrUnread, "1,234": money.ErrAmbiguous, "1.234": money.ErrAmbiguous, "1.2345": money.ErrTooFine, "-5": money.ErrNegative,
		"−5": money.ErrNegative, "1,23,456": money.ErrUnread, "12345678901": money.ErrTooLarge, "1.2.3": money.ErrUnread, "..": money.ErrUnread, "1e5": money.ErrUnread,
		"99999999999999999999999": money.ErrTooLarge, "1.234,567": money.ErrTooFine,
	} {
		if got, err := money.Currency("GBP").Parse(typed); !errors.Is(err, want) {
			t.Errorf("%q is read as %d, %v; not %v", typed, got, err, want)
		}
	}
	if got, err := money.Currency("JPY").Parse("¥12"); err != nil || got != 12 {
		t.Errorf("12 yen are %d, %v", got, err)
	}
	if _, err := money.Currency("JPY").Parse("12.5"); !errors.Is(err, money.ErrTooFine) {
		t.Errorf("half a yen: %v", err)
	}
	if got, err := money.Currency("KWD").Parse("1.234"); err != nil || got != 1234 {
		t.Errorf("1.234 dinar are %d, %v", got, err)
	}
	for typed, want := range map[string]money.Quantity{"1.5": 1500, "0,35": 350, "28": 28000, "½": 500, "1/4": 250, "0.001": 1, "1.234": 1234} {
		if got, err := money.ParseQuantity(typed); err != nil || got != want {
			t.Errorf("%q is read as %d, %v; not %d", typed, got, err, want)
		}
	}
	if _, err := money.ParseQuantity("1,234"); !errors.Is(err, money.ErrAmbiguous) {
		t.Errorf("1,234 of something: %v", err)
	}
	if got, err := money.ParseRate("7,25 %"); err != nil || got != 72500 {
		t.Errorf("7,25 %% is %d, %v", got, err)
	}
	if got, err := money.ParseRate("7.125"); err != nil || got != 71250 {
		t.Errorf("7.125 %% is %d, %v", got, err)
	}
	if _, err := money.ParseRate("101"); !errors.Is(err, money.ErrTooLarge) {
		t.Errorf("101 %%: %v", err)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, country := range []string{"GB", "US", "DE", "CH", "FR", "JP", "AT"} {
		style := money.StyleOf(country)
		for _, currency := range []money.Currency{"GBP", "EUR", "CHF", "JPY", "KWD"} {
			for range 200 {
				a := money.Amount(rng.Int64N(int64(money.Most)) >> rng.IntN(30))
				plain := currency.Plain(a, style)
				if currency.Exponent() == 3 { // a comma may be for thousands there, and is asked about
					continue
				}
				if got, err := currency.Parse(plain); err != nil || got != a {
					t.Fatalf("%s %s: %d is written %q and read %d, %v", country, currency, a, plain, got, err)
				}
			}
		}
	}
}

func TestSumsAreWrittenAsTheCountryDoes(t *testing.T) {
	for _, c := range []struct {
		currency money.Currency
		country  string
		a        money.Amount
		want     string
	}{
		{"GBP", "GB", 16605, "£166.05"},
		{"GBP", "GB", -2000, "−£20.00"},
		{"GBP", "GB", 123456789, "£1,234,567.89"},
		{"USD", "US", 5, "$0.05"},
		{"EUR", "DE", 123450, "1.234,50\u00a0€"},
		{"EUR", "IE", 123450, "€1,234.50"},
		{"CHF", "CH", 123450, "CHF\u00a01’234.50"},
		{"JPY", "JP", 1234, "¥1,234"},
		{"EUR", "NL", 123450, "€\u00a01.234,50"},
		{"EUR", "FR", 123450, "1\u202f234,50\u00a0€"},
		{"KWD", "KW", 1234, "KWD\u00a01.234"},
		{"GBP", "GB", 0, "£0.00"},
	} {
		if got := c.currency.Format(c.a, money.StyleOf(c.country)); got != c.want {
			t.Errorf("%d %s in %s is %q, not %q", c.a, c.currency, c.country, got, c.want)
		}
	}
	for q, want := range map[money.Quantity]string{1500: "1.5", 350: "0.35", 28000: "28", 1: "0.001", 100000: "100"} {
		if q.String() != want {
			t.Errorf("%d thousandths are %q", q, q.String())
		}
	}
	if got := money.Rate(72500).String(); got != "7.25" {
		t.Errorf("7.25 %% is %q", got)
	}
}

func TestNumbersOfTheDatabaseAreExact(t *testing.T) {
	for _, c := range []struct {
		n    pgtype.Numeric
		want money.Quantity
	}{
		{pgtype.Numeric{Int: big.NewInt(15), Exp: -1, Valid: true}, 1500},
		{pgtype.Numeric{Int: big.NewInt(2), Exp: 3, Valid: true}, 2000000},
		{pgtype.Numeric{Int: big.NewInt(1500000), Exp: -6, Valid: true}, 1500},
	} {
		var q money.Quantity
		if err := q.ScanNumeric(c.n); err != nil || q != c.want {
			t.Errorf("%v is read as %d, %v", c.n, q, err)
		}
	}
	for _, n := range []pgtype.Numeric{
		{},
		{NaN: true, Valid: true},
		{Int: big.NewInt(1), InfinityModifier: pgtype.Infinity, Valid: true},
		{Int: big.NewInt(15), Exp: -5, Valid: true},
		{Int: new(big.Int).Lsh(big.NewInt(1), 70), Exp: 0, Valid: true},
	} {
		var q money.Quantity
		if err := q.ScanNumeric(n); err == nil {
			t.Errorf("%v is read as %d", n, q)
		}
	}
}
