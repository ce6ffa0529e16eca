package labs_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"paddock/internal/labs"
)

func TestValuesAreReadAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, decimal string
		sign           string
		n              labs.Number
		shown          int
	}{
		{"7.4", ".", "", 74_000, 1},
		{" 7,4 ", ".", "", 74_000, 1},
		{"7,40", ",", "", 74_000, 2},
		{"<0.5", ".", labs.Below, 5_000, 1},
		{"< 0,5", ",", labs.Below, 5_000, 1},
		{">1200", ".", labs.Above, 12_000_000, 0},
		{"<= 3", ".", labs.AtMost, 30_000, 0},
		{"≥3", ".", labs.AtLeast, 30_000, 0},
		{"-4.25", ".", "", -42_500, 2},
		{"−4.25", ".", "", -42_500, 2},
		{".5", ".", "", 5_000, 1},
		{"0", ".", "", 0, 0},
		{"1.035", ".", "", 10_350, 3},
		{"1,035", ",", "", 10_350, 3},
		{"0,035", ".", "", 350, 3},
		{"0.0001", ".", "", 1, 4},
		{"999999999.9999", ".", "", 9_999_999_999_999, 4},
	} {
		sign, n, shown, err := labs.ParseValue(c.typed, c.decimal)
		if err != nil || sign != c.sign || n != c.n || shown != c.shown {
			t.Errorf("%q with %q is %q %d %d, %v", c.typed, c.decimal, sign, n, shown, err)
		}
	}
}

// What could be a thousand times another number is asked about, never guessed.
func TestNumbersThatCouldMeanTwoThingsAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, decimal, says string }{
		{"1,200", ".", "between thousands"},
		{"1.200", ",", "between thousands"},
		{"12,345", ".", "between thousands"},
		{"1,234.5", ".", "between thousands"},
		{"1 200", ".", "between thousands"},
		{"1'200", ".", "between thousands"},
		{"1.200.000", ",", "between thousands"},
		{"", ".", "like 7.4"},
		{"<", ".", "like 7.4"},
		{"7.", ".", "like 7.4"},
		{".", ".", "like 7.4"},
		{"7.4 mmol/L", ".", "like 7.4"},
		{"positive", ".", "like 7.4"},
		{"--1", ".", "like 7.4"},
		{"1e3", ".", "like 7.4"},
		{"<>3", ".", "like 7.4"},
		{"٣", ".", "like 7.4"},
		{"1.23456", ".", "at most 9 digits"},
		{"1234567890", ".", "at most 9 digits"},
	} {
		if _, n, _, err := labs.ParseValue(c.typed, c.decimal); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q with %q is %d, %v", c.typed, c.decimal, n, err)
		}
	}
}

// What is written is read again as the same number, in either style.
func TestANumberIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 7))
	for range 20_000 {
		n, shown := labs.Number(r.Int64N(1_000_000_000_000)>>r.IntN(40)), r.IntN(5)
		if r.IntN(4) == 0 {
			n = -n
		}
		text := n.Format(shown)
		if got, places, err := labs.ParseNumber(text, "."); err != nil || got != n || places < shown {
			t.Fatalf("%d with %d digits is %q, which is %d with %d: %v", n, shown, text, got, places, err)
		}
		comma := strings.Replace(text, ".", ",", 1)
		if got, _, err := labs.ParseNumber(comma, ","); err != nil || got != n {
			t.Fatalf("%q is %d, not %d: %v", comma, got, n, err)
		}
	}
}

func TestFlagsSayWhatIsCertain(t *testing.T) {
	t.Parallel()
	end := func(s string) *labs.Number {
		if s == "" {
			return nil
		}
		n, _, err := labs.ParseNumber(s, ".")
		if err != nil {
			t.Fatal(err)
		}
		return &n
	}
	for _, c := range []struct{ value, low, high, want string }{
		{"5", "", "", labs.NoRange},
		{"<5", "", "", labs.NoRange},
		{"5", "2.5", "9.6", labs.Inside},
		{"2.5", "2.5", "9.6", labs.Inside},
		{"9.6", "2.5", "9.6", labs.Inside},
		{"2.4999", "2.5", "9.6", labs.Low},
		{"9.6001", "2.5", "9.6", labs.High},
		{"-5", "-4", "4", labs.Low},
		{"0", "-4", "4", labs.Inside},
		{"5", "", "4", labs.High},
		{"3", "", "4", labs.Inside},
		{"5", "6", "", labs.Low},
		{"7", "6", "", labs.Inside},
		{"<2.5", "2.5", "9.6", labs.Low},
		{"<2", "2.5", "9.6", labs.Low},
		{"≤2.5", "2.5", "9.6", labs.Unclear},
		{"≤2.4", "2.5", "9.6", labs.Low},
		{"<5", "2.5", "9.6", labs.Unclear},
		{"<12", "2.5", "9.6", labs.Unclear},
		{"<5", "", "9.6", labs.Inside},
		{"<9.6", "", "9.6", labs.Inside},
		{"<9.7", "", "9.6", labs.Unclear},
		{"<0.5", "0", "10", labs.Inside},
		{"<0", "0", "10", labs.Low},
		{"≤0", "0", "10", labs.Inside},
		{"<11", "0", "10", labs.Unclear},
		{"<0.5", "-4", "4", labs.Unclear},
		{">9.6", "2.5", "9.6", labs.High},
		{">12", "2.5", "9.6", labs.High},
		{"≥9.6", "2.5", "9.6", labs.Unclear},
		{"≥9.7", "2.5", "9.6", labs.High},
		{">5", "2.5", "9.6", labs.Unclear},
		{">1", "2.5", "9.6", labs.Unclear},
		{">7", "6", "", labs.Inside},
		{">5", "6", "", labs.Unclear},
	} {
		sign, n, _, err := labs.ParseValue(c.value, ".")
		if err != nil {
			t.Fatal(err)
		}
		if got := labs.Flag(sign, n, end(c.low), end(c.high)); got != c.want {
			t.Errorf("%s beside %q to %q is %q, not %q", c.value, c.low, c.high, got, c.want)
		}
	}
}

// A flag agrees with every exact value that a sign stands for: what is low or high or inside is so of each of them, and
// what is unclear is not the same of all.
func TestAFlagHoldsOfEveryValueASignStandsFor(t *testing.T) {
	t.Parallel()
	for low := labs.Number(-3); low <= 3; low++ {
		for high := low; high <= 4; high++ {
			for n := labs.Number(-5); n <= 6; n++ {
				for _, sign := range []string{labs.Below, labs.AtMost, labs.Above, labs.AtLeast} {
					told := map[string]bool{}
					for exact := labs.Number(-30); exact <= 30; exact++ {
						stands := map[string]bool{labs.Below: exact < n, labs.AtMost: exact <= n, labs.Above: exact > n, labs.AtLeast: exact >= n}[sign]
						if stands && (low != 0 || exact >= 0 || n < 0 || n == 0 && sign == labs.Below) {
							told[labs.Flag("", exact, &low, &high)] = true
						}
					}
					got := labs.Flag(sign, n, &low, &high)
					switch {
					case got == labs.Unclear:
						// Of neighbouring whole numbers all may agree where no value between them is tried: that is careful, not wrong.
					case len(told) > 1 || !told[got]:
						t.Fatalf("%s%d beside %d to %d is %q, and exactly %v", sign, n, low, high, got, told)
					}
				}
			}
		}
	}
}

func TestARowIsReadWithItsUnitAndRange(t *testing.T) {
	t.Parallel()
	low, high := labs.Number(25_000), labs.Number(96_000)
	urea := labs.TestRow{ID: somebody, Test: labs.Test{Name: "Urea", Unit: "mmol/L", Decimals: 1, Ranges: []labs.Range{{Species: "dog", Low: &low, High: &high}}}}
	for i, c := range []struct {
		e     labs.Entry
		shown string
		unit  string
		ends  string
		wrong string
	}{
		{labs.Entry{Test: urea, Value: "12"}, "12.0", "mmol/L", "2.5 9.6", ""},
		{labs.Entry{Test: urea, Value: "<12", Unit: "mmol/L", Filled: true}, "<12.0", "mmol/L", "", ""},
		{labs.Entry{Test: urea, Value: "12", Unit: "mg/dL"}, "12.0", "mg/dL", "", ""},
		{labs.Entry{Test: urea, Value: "12", Unit: "mg/dL", Low: "2.5", High: "9.6", Filled: true}, "", "", "", "low-1"},
		{labs.Entry{Test: urea, Value: "12", Unit: "mg/dL", Low: "7", High: "27", Filled: true}, "12.0", "mg/dL", "7.0 27.0", ""},
		{labs.Entry{Test: urea, Value: "12", Low: "9", High: "2", Unit: "mmol/L", Filled: true}, "", "", "", "low-1"},
		{labs.Entry{Test: urea, Value: "much"}, "", "", "", "value-1"},
		{labs.Entry{Value: "12"}, "", "", "", "test-1"},
	} {
		c.e.Key = "1"
		got, bad := labs.Read([]labs.Entry{c.e, {Key: "2", Test: urea}}, "dog", ".")
		if c.wrong != "" {
			if bad.Message(c.wrong) == "" {
				t.Errorf("%d: %v", i, bad)
			}
			continue
		}
		if len(bad) > 0 || len(got) != 1 {
			t.Errorf("%d: %v %v", i, got, bad)
			continue
		}
		ends := ""
		if got[0].Low != nil {
			ends = got[0].Low.Format(1) + " " + got[0].High.Format(1)
		}
		if got[0].Shown() != c.shown || got[0].Unit != c.unit || ends != c.ends {
			t.Errorf("%d: %s %s %q", i, got[0].Shown(), got[0].Unit, ends)
		}
	}
	twice := []labs.Entry{{Key: "1", Test: urea, Value: "1"}, {Key: "2", Test: urea, Value: "2"}}
	if _, bad := labs.Read(twice, "dog", "."); bad.Message("value-2") == "" {
		t.Error("a test stands twice in a result")
	}
	if got := strconv.Quote(labs.Number(-5).Format(0)); got != `"-0.0005"` {
		t.Errorf("a part is lost: %s", got)
	}
}
