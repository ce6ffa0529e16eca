package imports

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Limits of one-line texts, in letters.
const (
	longestWho     = 120
	longestVaccine = 120
	longestLot     = 40
)

// past is what one row of history says, whoever's it is.
type past struct {
	kind Holds
	// key and chip are how the animal is known; name tells animals of one number apart.
	key, chip, name string
	// at is when it was, in UTC: midnight at the clinic where only the day is known. day is that of the clinic.
	at, day time.Time
	note    records.EarlierNote
	weight  registry.Weighed
	dose    struct {
		name, maker, lot, by string
		expiry, next         time.Time
	}
	// notes are said of a row that is taken, but for something.
	notes []string
}

// pastReading is a row as it was read, or why it is refused.
type pastReading struct {
	line    int
	past    past
	refused string
	// tokens are of key and chip, nil for none.
	key, chip *[8]byte
}

// pastReader reads rows of history. It is for one goroutine.
type pastReader struct {
	*values
	holds Holds
	zone  *time.Location
	now   time.Time
	keys  *vault.Clinic
	// unit is what the heading over the weights says, "" for nothing.
	unit string
}

func (f file) pastReader(keys *vault.Clinic, now time.Time) *pastReader {
	zone, err := time.LoadLocation(f.Zone)
	if err != nil {
		zone = time.UTC
	}
	v := &pastReader{values: newValues(f, nil, now), holds: f.Holds, zone: zone, now: now, keys: keys}
	if at, ok := f.Mapping[Weighed]; ok {
		if words := strings.FieldsFunc(vault.Fold(f.Columns[at].Heading), betweens); len(words) > 1 {
			v.unit = weightUnits[words[len(words)-1]]
		}
	}
	return v
}

// weightUnits are the ways to write the units of a weight, folded.
var weightUnits = map[string]string{
	"kg": "kg", "kgs": "kg", "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilograms": "kg", "g": "g", "gr": "g", "gram": "g", "grams": "g",
	"lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "oz": "oz", "ounce": "oz", "ounces": "oz",
}

// kindWords are what the kinds are called, folded.
var kindWords = map[string]Holds{
	"visit": Visits, "visits": Visits, "appointment": Visits, "attendance": Visits,
	"note": Notes, "notes": Notes, "clinical note": Notes, "consult": Notes, "consultation": Notes, "soap": Notes,
	"weight": Weights, "weights": Weights, "weighing": Weights,
	"vaccination": Vaccinations, "vaccinations": Vaccinations, "vaccine": Vaccinations, "immunisation": Vaccinations,
}

func (v *pastReader) read(r entry) pastReading {
	out := pastReading{line: r.line, refused: r.broken}
	if out.refused != "" {
		return out
	}
	var err error
	if out.past, err = v.past(r.values); err != nil {
		out.refused = err.Error()
		return out
	}
	token := func(number string) *[8]byte {
		if t, ok := registry.NumberToken(v.keys, number); ok {
			return &t
		}
		return nil
	}
	out.key, out.chip = token(out.past.key), token(out.past.chip)
	if out.key == nil && out.chip == nil {
		out.refused = "it names no animal: the number is missing"
	}
	return out
}

// past reads a row, or gives a refusal.
func (v *pastReader) past(row []string) (p past, err error) {
	for _, f := range v.holds.Fields() {
		at, ok := v.mapping[f]
		switch {
		case ok && strings.ContainsRune(row[at], 0):
			return p, refuse("“%s” holds a sign that is no text (a zero byte): write it anew in the program the list comes from", f)
		case ok && !utf8.ValidString(row[at]):
			return p, refuse("“%s” holds letters that cannot be read: save the list as UTF-8", f)
		}
	}
	p.kind, p.key, p.name = v.holds, v.text(row, Key), v.text(row, Name)
	if v.holds == History {
		typed := v.text(row, EntryKind)
		if typed == "" {
			return p, refuse("the kind of entry is missing")
		}
		if p.kind = kindWords[vault.Fold(typed)]; p.kind == "" {
			return p, refuse("the kind “%s” is not known: visit, note, weight and vaccination are", shortened(typed, 40))
		}
	}
	if chip := v.text(row, Chip); chip != "" {
		if p.chip, _, err = registry.ParseChip(chip); err != nil {
			return p, refuse("microchip “%s”: %s", shortened(chip, 40), begun(err))
		}
	}
	if err := v.moment(row, &p); err != nil {
		return p, err
	}
	by := v.text(row, Who)
	if utf8.RuneCountInString(by) > longestWho {
		return p, refuse("“%s” is longer than %d letters", Who, longestWho)
	}
	if p.kind == Weights {
		err = v.weightOf(row, &p)
		return p, err
	}
	if p.kind == Vaccinations {
		err = v.doseOf(row, by, &p)
		return p, err
	}
	err = v.noteOf(row, by, &p)
	return p, err
}

func (v *pastReader) noteOf(row []string, by string, p *past) error {
	raw := func(f Field) string {
		if at, ok := v.mapping[f]; ok {
			return strings.TrimSpace(row[at])
		}
		return ""
	}
	n := records.EarlierNote{EventAt: p.at, Earlier: records.Earlier{By: by, Visit: p.kind == Visits, Text: raw(Text)}}
	if p.kind == Visits {
		n.Earlier.Text = raw(Cause)
		if n.Earlier.Text == "" {
			n.Earlier.Text = raw(Text)
		}
	} else {
		n.SOAP = records.SOAP{Subjective: raw(Subjective), Objective: raw(Objective), Assessment: raw(Assessment), Plan: raw(Plan)}
	}
	n, err := n.Tidy()
	var bad fault.Fields
	if errors.As(err, &bad) && len(bad) > 0 {
		empty := strings.TrimSpace(n.Earlier.Text+n.Subjective+n.Objective+n.Assessment+n.Plan) == ""
		switch {
		case empty && p.kind == Visits:
			return refuse("the reason of the visit is missing")
		case empty:
			return refuse("the note has no text")
		}
		return refuse("the text is longer than 50,000 letters")
	}
	p.note = n
	return err
}

func (v *pastReader) weightOf(row []string, p *past) error {
	typed, said := v.text(row, Weighed), v.text(row, Unit)
	if typed == "" {
		return refuse("the weight is missing")
	}
	unit := v.unit
	if said != "" {
		if unit = weightUnits[vault.Fold(said)]; unit == "" {
			return refuse("the unit “%s” is not known: kg, g, lb and oz are", shortened(said, 40))
		}
	}
	if unit == "" {
		if strings.Trim(typed, "0123456789., ") == "" {
			return refuse("the weight “%s” says no unit", shortened(typed, 40))
		}
		unit = "kg" // the value says its own
	}
	w, err := registry.ParseWeight(typed, unit)
	if err != nil {
		return refuse("the weight “%s” cannot be read", shortened(typed, 40))
	}
	p.weight = w
	return nil
}

func (v *pastReader) doseOf(row []string, by string, p *past) error {
	d := &p.dose
	d.name, d.maker, d.lot, d.by = v.text(row, Vaccine), v.text(row, Maker), v.text(row, Lot), by
	switch {
	case d.name == "":
		return refuse("the vaccine is missing")
	case utf8.RuneCountInString(d.name) > longestVaccine || utf8.RuneCountInString(d.maker) > longestVaccine:
		return refuse("the vaccine or its manufacturer is longer than %d letters", longestVaccine)
	case utf8.RuneCountInString(d.lot) > longestLot:
		return refuse("the lot is longer than %d signs", longestLot)
	}
	for _, f := range []struct {
		field Field
		into  *time.Time
	}{{Expiry, &d.expiry}, {NextDue, &d.next}} {
		typed := v.text(row, f.field)
		if typed == "" {
			continue
		}
		born, err := v.dateBy(f.field, typed, farAhead)
		switch {
		case err != nil || !born.Known() || born.Estimated || born.Precision == registry.ToYear || born.Precision == registry.ToMonth && f.field == NextDue:
			p.notes = append(p.notes, fmt.Sprintf("“%s” was “%s”, which is no date that can be read: it is left out", f.field, shortened(typed, 40)))
		case born.Precision == registry.ToMonth:
			*f.into = born.On.AddDate(0, 1, -1) // a lot is good to the end of its month
		default:
			*f.into = born.On
		}
	}
	return nil
}

// moment reads day and time. A time that is midnight is none: programs put it behind days.
func (v *pastReader) moment(row []string, p *past) error {
	typed, clock := v.text(row, When), v.text(row, Clock)
	if typed == "" {
		return refuse("the date is missing")
	}
	born, err := v.date(When, typed)
	switch {
	case err != nil:
		return refuse("date “%s”: %s", shortened(typed, 40), begun(err))
	case !born.Known() || born.Precision != registry.ToDay || born.Estimated:
		return refuse("date “%s”: this is no whole date", shortened(typed, 40))
	}
	if clock == "" {
		clock = clockTime.FindString(typed)
	}
	p.day = born.On
	y, m, d := born.On.Date()
	p.at = time.Date(y, m, d, 0, 0, 0, 0, v.zone).UTC()
	if clock = strings.TrimSpace(strings.TrimPrefix(clock, "T")); clock != "" {
		t, zoned, ok := clockOf(clock)
		if !ok {
			return refuse("the time “%s” cannot be read", shortened(clock, 40))
		}
		if h, min, s := t.Clock(); h != 0 || min != 0 || s != 0 {
			zone := v.zone
			if zoned {
				zone = t.Location()
			}
			p.at = time.Date(y, m, d, h, min, s, 0, zone).UTC()
			y, m, d = p.at.In(v.zone).Date()
			p.day = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		}
	}
	if p.at.After(v.now) {
		return refuse("date “%s”: this is in the future", shortened(typed, 40))
	}
	return nil
}

// clockOf reads a time of day, with a zone where it has one.
func clockOf(text string) (t time.Time, zoned, ok bool) {
	text = strings.ToUpper(text)
	for _, form := range []string{"15:04:05", "15:04", "3:04:05 PM", "3:04:05PM", "3:04 PM", "3:04PM", "15.04", "1504"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, false, true
		}
	}
	for _, form := range []string{"15:04:05Z07:00", "15:04:05Z0700", "15:04Z07:00", "15:04Z0700", "15:04:05 Z07:00", "15:04:05 Z0700"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, true, true
		}
	}
	return time.Time{}, false, false
}

// print is the fingerprint of an entry: the same of a patient, day, kind and content, however the animal was named.
func (p past) print(keys *vault.Clinic, patient id.ID) [8]byte {
	parts := []string{patient.String(), string(p.kind), p.day.Format(time.DateOnly)}
	switch p.kind {
	case Weights:
		parts = append(parts, strconv.FormatInt(p.weight.Grams, 10))
	case Vaccinations:
		parts = append(parts, vault.Fold(p.dose.name), vault.Fold(p.dose.lot))
	default:
		n := p.note
		for _, text := range []string{n.Subjective, n.Objective, n.Assessment, n.Plan, n.Earlier.Text} {
			parts = append(parts, plain.Line(text))
		}
	}
	return keys.Token("import entry", strings.Join(parts, "\x00"))
}
