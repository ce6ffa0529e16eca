// Package money counts exactly: amounts in whole minor units of a currency, quantities in thousandths and
// rates in ten-thousandths of a percent. Nothing here is a floating-point number.
//
// What has to be rounded is rounded once, half away from zero: our own rule, which is the rounding of commerce
// (DIN 1333) and the one EU law prescribes for sums in euro (Council Regulation (EC) No 1103/97, article 5).
package money

import (
	"math/big"
	"slices"
	"strings"
)

// Amount is a sum in the minor units of a currency: pence, cents, yen.
type Amount int64

// Most bounds what is typed or multiplied, in minor units, as the database's checks do; sums of many stay far
// inside an int64.
const Most Amount = 100_000_000_000

// Currency is a code of ISO 4217: GBP.
type Currency string

// exponents are the digits after the decimal sign where they are not two (ISO 4217, list one).
var exponents = map[Currency]int{
	"BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KMF": 0, "KRW": 0, "KWD": 3,
	"LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}

// Valid reports whether the code has the form of one: three capitals.
func (c Currency) Valid() bool {
	return len(c) == 3 && strings.Trim(string(c), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Exponent is how many digits stand after the decimal sign: 2 for pounds, 0 for yen.
func (c Currency) Exponent() int {
	if e, ok := exponents[c]; ok {
		return e
	}
	return 2
}

// Round divides a by b, which is positive, and rounds half away from zero.
func Round(a, b *big.Int) Amount {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int)) // towards zero
	if r.Abs(r).Lsh(r, 1).Cmp(b) >= 0 {
		q.Add(q, big.NewInt(int64(a.Sign())))
	}
	return Amount(q.Int64())
}

// Share is the part of the whole that num/den is, rounded; den is positive.
func (a Amount) Share(num, den int64) Amount {
	n := big.NewInt(int64(a))
	return Round(n.Mul(n, big.NewInt(num)), big.NewInt(den))
}

// Times is quantity times price less a discount in basis points, rounded once.
func (a Amount) Times(q Quantity, discountBP int) Amount {
	n := big.NewInt(int64(a))
	n.Mul(n, big.NewInt(int64(q)))
	n.Mul(n, big.NewInt(int64(WholeBP-discountBP)))
	return Round(n, big.NewInt(thousandth*WholeBP))
}

// WholeBP is a whole in basis points.
const WholeBP = 10_000

// TaxOn is the tax that comes on top of an amount.
func (a Amount) TaxOn(r Rate) Amount {
	n := big.NewInt(int64(a))
	return Round(n.Mul(n, big.NewInt(int64(r))), big.NewInt(wholeRate))
}

// NetOf is an amount without the tax it includes.
func (a Amount) NetOf(r Rate) Amount {
	n := big.NewInt(int64(a))
	return Round(n.Mul(n, big.NewInt(wholeRate)), big.NewInt(wholeRate+int64(r)))
}

// ToStep is the amount rounded to a multiple of step, as cash is where the smallest coins are gone.
func (a Amount) ToStep(step int64) Amount {
	if step <= 1 {
		return a
	}
	return Round(big.NewInt(int64(a)), big.NewInt(step)) * Amount(step)
}

// Split hands an amount that is not negative out by weights, which are not negative either and not all 0. The
// parts add up to the amount. What is left of rounding down goes to the largest fractions, and to the later one
// of two that are alike, so that the last share takes the remainder.
func Split(a Amount, weights []int64) []Amount {
	var s Splitter
	return s.Split(a, weights, nil)
}

// Splitter splits several amounts by weights and makes good on each what the ones before were rounded by: whoever
// pays half of twenty lines pays half of their sum, to the minor unit.
type Splitter struct {
	// owed is what each has been given too little so far, in parts of 1/total.
	owed  []*big.Int
	total int64
}

// Split is the next amount, by the same weights as those before. Where most is given, no part is above its own:
// these must be enough for the amount.
func (s *Splitter) Split(a Amount, weights []int64, most []Amount) []Amount {
	if s.owed == nil {
		for _, w := range weights {
			s.owed, s.total = append(s.owed, new(big.Int)), s.total+w
		}
	}
	total := big.NewInt(s.total)
	out, left := make([]Amount, len(weights)), a
	order := make([]int, len(weights))
	room := func(i int) Amount {
		if most == nil {
			return left
		}
		return min(left, most[i]-out[i])
	}
	for i, w := range weights {
		part := big.NewInt(int64(a))
		s.owed[i].Add(s.owed[i], part.Mul(part, big.NewInt(w)))
		order[i] = i
	}
	// Who is owed most first, the later of two alike.
	byOwed := func(i, j int) int {
		if c := s.owed[j].Cmp(s.owed[i]); c != 0 {
			return c
		}
		return j - i
	}
	give := func(i int, n Amount) {
		part := big.NewInt(int64(n))
		s.owed[i].Sub(s.owed[i], part.Mul(part, total))
		out[i] += n
		left -= n
	}
	slices.SortFunc(order, byOwed)
	for _, i := range order {
		if s.owed[i].Sign() > 0 && weights[i] > 0 {
			whole := new(big.Int).Quo(s.owed[i], total)
			give(i, min(room(i), Amount(whole.Int64())))
		}
	}
	for left > 0 {
		slices.SortFunc(order, byOwed)
		at := slices.IndexFunc(order, func(i int) bool { return weights[i] > 0 && room(i) > 0 })
		if at < 0 { // the bounds are too small: the last one takes it
			at = 0
			order[0] = len(weights) - 1
			most = nil
		}
		give(order[at], 1)
	}
	return out
}
