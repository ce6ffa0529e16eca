package money

import (
	"errors"
	"math/big"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// Quantity is how much of something, in thousandths: 1.5 tablets are 1500. It is numeric(13,3) in the database.
type Quantity int64

// Rate is a percentage in ten-thousandths of a percent: 20 % is 200000. It is numeric(7,4) in the database.
type Rate int64

const (
	thousandth    = 1000
	quantityDigit = 3
	rateDigit     = 4
	// wholeRate is 100 percent.
	wholeRate = 1_000_000
	// MostQuantity is what numeric(13,3) holds.
	MostQuantity Quantity = 9_999_999_999_999
)

// One is a quantity of one.
const One Quantity = thousandth

// Percent is a rate of whole percents.
func Percent(n int64) Rate { return Rate(n * wholeRate / 100) }

var errScale = errors.New("a number from the database has more digits than its column may")

// String gives the quantity with as many digits as it needs: 1.5, 0.35, 28.
func (q Quantity) String() string { return plain(int64(q), quantityDigit) }

// String gives the percentage without its sign: 20, 7.25.
func (r Rate) String() string { return plain(int64(r), rateDigit) }

// plain writes a number of so many digits after the point, without those that say nothing.
func plain(n int64, digits int) string {
	s := fixed(n, digits)
	if digits > 0 {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// NumericValue lets pgx send a quantity as a numeric.
func (q Quantity) NumericValue() (pgtype.Numeric, error) {
	return pgtype.Numeric{Int: big.NewInt(int64(q)), Exp: -quantityDigit, Valid: true}, nil
}

// ScanNumeric lets pgx read a numeric into a quantity.
func (q *Quantity) ScanNumeric(n pgtype.Numeric) error {
	v, err := scaled(n, quantityDigit)
	*q = Quantity(v)
	return err
}

// NumericValue lets pgx send a rate as a numeric.
func (r Rate) NumericValue() (pgtype.Numeric, error) {
	return pgtype.Numeric{Int: big.NewInt(int64(r)), Exp: -rateDigit, Valid: true}, nil
}

// ScanNumeric lets pgx read a numeric into a rate.
func (r *Rate) ScanNumeric(n pgtype.Numeric) error {
	v, err := scaled(n, rateDigit)
	*r = Rate(v)
	return err
}

// scaled is a numeric as a whole number of its last digit.
func scaled(n pgtype.Numeric, digits int32) (int64, error) {
	if !n.Valid || n.NaN || n.InfinityModifier != pgtype.Finite || n.Int == nil {
		return 0, errScale
	}
	v, ten := new(big.Int).Set(n.Int), big.NewInt(10)
	for e := n.Exp + digits; e > 0; e-- {
		v.Mul(v, ten)
	}
	for e := n.Exp + digits; e < 0; e++ {
		var rest big.Int
		if v.QuoRem(v, ten, &rest); rest.Sign() != 0 {
			return 0, errScale
		}
	}
	if !v.IsInt64() {
		return 0, errScale
	}
	return v.Int64(), nil
}
