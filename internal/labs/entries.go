package labs

import (
	"strings"

	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
)

// Entry is one line of what was typed of a result.
type Entry struct {
	// Key names its fields: value-KEY, unit-KEY, low-KEY and high-KEY.
	Key string
	// Test is what was measured, its zero value for none chosen.
	Test TestRow
	// Filled says that unit and range stood in their fields when the form was shown: empty means that there is none.
	Filled                 bool
	Value, Unit, Low, High string
}

// Read makes values of what was typed for an animal of a species; lines without a value are left out. decimal is the
// sign between whole and part of the clinic's country. The mistakes are named like the fields.
func Read(entries []Entry, species, decimal string) (out []Value, bad fault.Fields) {
	seen := map[id.ID]bool{}
	for _, e := range entries {
		if strings.TrimSpace(e.Value) == "" {
			continue
		}
		if e.Test.ID.IsZero() {
			bad.Add("test-"+e.Key, "Choose the test of this value")
			continue
		}
		if seen[e.Test.ID] {
			bad.Add("value-"+e.Key, e.Test.Name+" stands here twice")
		}
		seen[e.Test.ID] = true
		out = append(out, e.read(species, decimal, &bad))
	}
	return out, bad
}

func (e Entry) read(species, decimal string, bad *fault.Fields) Value {
	own := e.Test.Range(species)
	v := Value{Test: e.Test.ID, Name: e.Test.Name}
	var err error
	if v.Sign, v.Number, v.Places, err = ParseValue(e.Value, decimal); err != nil {
		bad.Add("value-"+e.Key, e.about(err))
	}
	v.Places = max(v.Places, e.Test.Decimals)
	v.Unit = plain.Words(bad, "unit-"+e.Key, e.Unit, "", 20)
	if v.Unit == "" && !e.Filled {
		v.Unit = e.Test.Unit
	}
	v.Low, v.High = e.end("low-", e.Low, decimal, bad), e.end("high-", e.High, decimal, bad)
	switch {
	case v.Low == nil && v.High == nil && !e.Filled && v.Unit == e.Test.Unit:
		v.Low, v.High = own.Low, own.High
	case v.Low != nil && v.High != nil && *v.High < *v.Low:
		bad.Add("low-"+e.Key, e.Test.Name+": enter the range from low to high")
	case e.Filled && v.Unit != e.Test.Unit && (v.Low != nil || v.High != nil) && same(v.Low, own.Low) && same(v.High, own.High):
		bad.Add("low-"+e.Key, e.Test.Name+": this range is in "+unitName(e.Test.Unit)+": enter the one in "+unitName(v.Unit)+", or empty it")
	}
	return v
}

func (e Entry) end(name, typed, decimal string, bad *fault.Fields) *Number {
	if strings.TrimSpace(typed) == "" {
		return nil
	}
	n, _, err := ParseNumber(typed, decimal)
	if err != nil {
		bad.Add(name+e.Key, e.about(err))
		return nil
	}
	return &n
}

// about is a mistake with the name of its test, since a form has many.
func (e Entry) about(err error) string {
	s := err.Error()
	return e.Test.Name + ": " + strings.ToLower(s[:1]) + s[1:]
}

func same(a, b *Number) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func unitName(unit string) string {
	if unit == "" {
		return "plain numbers"
	}
	return unit
}
