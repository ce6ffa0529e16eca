package imports

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Limits of the registry's forms, in letters.
const (
	longestName   = 80
	longestNumber = 40
	longestBreed  = 120
)

// animal is what one row says.
type animal struct {
	registry.Patient
	number, tag string
	former      string    // number in the program the list comes from
	issued      time.Time // zero where the row does not say
	chip        string
	standard    string // of the chip
}

// order is how numbers of a date stand: "dmy" or "mdy".
type order string

// The two orders; "" reads as the day first.
const (
	dayFirst   order = "dmy"
	monthFirst order = "mdy"
)

// values reads rows. It is for one goroutine.
type values struct {
	mapping Mapping
	orders  map[Field]order
	kinds   map[string]string // what a species is called, folded, to its code
	names   map[string]string // and back
	today   time.Time
	dates   map[datedText]dateRead
}

type datedText struct {
	text  string
	field Field
}

type dateRead struct {
	born registry.Birth
	err  error
}

// keptDates bounds how many texts of dates are remembered with what they say.
const keptDates = 20_000

func newValues(f file, kinds []registry.Species, now time.Time) *values {
	v := &values{
		mapping: f.Mapping, orders: f.Orders, kinds: map[string]string{}, names: map[string]string{},
		// A day ahead, so that today's date is none of the future wherever the clinic is.
		today: now.UTC().AddDate(0, 0, 1), dates: map[datedText]dateRead{},
	}
	for _, k := range kinds {
		v.names[k.Code] = strings.ToLower(k.Name)
	}
	for word, code := range speciesWords {
		if v.names[code] != "" {
			v.kinds[word] = code
		}
	}
	for _, k := range kinds {
		v.kinds[vault.Fold(k.Name)], v.kinds[k.Code] = k.Code, k.Code
	}
	return v
}

// refusal is why a row is not taken.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// text is the value of a field in a row, "" where it is not mapped.
func (v *values) text(values []string, f Field) string {
	at, ok := v.mapping[f]
	if !ok || at >= len(values) {
		return ""
	}
	return plain.Line(values[at])
}

// read reads a row, or gives a refusal.
func (v *values) read(row []string) (a animal, err error) {
	for _, f := range Fields() {
		at, ok := v.mapping[f]
		switch {
		case ok && strings.ContainsRune(row[at], 0):
			return a, refuse("“%s” holds a sign that is no text (a zero byte): write it anew in the program the list comes from", f)
		case ok && !utf8.ValidString(row[at]):
			return a, refuse("“%s” holds letters that cannot be read: save the list as UTF-8", f)
		}
	}
	a.Name, a.Colour = v.text(row, Name), v.text(row, Colour)
	a.number, a.tag, a.former = v.text(row, Number), v.text(row, Tag), v.text(row, Former)
	a.Breed = breedOf(v.text(row, Breed), v.text(row, Breed2))
	if strings.EqualFold(a.Name, "unnamed") || strings.EqualFold(a.Name, "no name") {
		a.Name = ""
	}
	kind := v.text(row, Species)
	a.Species = v.kinds[vault.Fold(kind)]
	if a.Species == "" {
		a.Species = v.kinds[singular(vault.Fold(kind))]
	}
	if a.Species == "livestock" {
		a.Species = livestock(v.text(row, Breed))
	}
	if err := v.sexOf(row, &a); err != nil {
		return a, err
	}
	switch {
	case kind == "":
		return a, refuse("the species is missing")
	case a.Species == "":
		return a, refuse("the species “%s” is not known", shortened(kind, 40))
	case utf8.RuneCountInString(a.Name) > longestName:
		return a, refuse("the name is longer than %d letters", longestName)
	case utf8.RuneCountInString(a.Colour) > longestName:
		return a, refuse("the colour is longer than %d letters", longestName)
	case utf8.RuneCountInString(a.number) > longestNumber:
		return a, refuse("the licence number is longer than %d signs", longestNumber)
	case utf8.RuneCountInString(a.tag) > longestNumber:
		return a, refuse("the tag is longer than %d signs", longestNumber)
	case utf8.RuneCountInString(a.former) > longestNumber:
		return a, refuse("the patient number is longer than %d signs", longestNumber)
	case utf8.RuneCountInString(a.Breed) > longestBreed:
		return a, refuse("the breeds are longer than %d letters", longestBreed)
	}
	if typed := v.text(row, Chip); typed != "" {
		if a.chip, a.standard, err = registry.ParseChip(typed); err != nil {
			return a, refuse("microchip “%s”: %s", shortened(typed, 40), begun(err))
		}
	}
	return a, v.datesOf(row, &a)
}

// sexOf reads sex and neutering, of which the one may stand in the column of the other.
func (v *values) sexOf(row []string, a *animal) error {
	sex, neutered, ok := parseSex(v.text(row, Sex))
	if !ok {
		return refuse("the sex “%s” cannot be read", shortened(v.text(row, Sex), 40))
	}
	a.Sex, a.Neutered = sex, neutered
	said, ok := parseNeutered(v.text(row, Neutered))
	if !ok {
		return refuse("“%s” does not say whether it is neutered", shortened(v.text(row, Neutered), 40))
	}
	if said != "unknown" {
		a.Neutered = said
	}
	return nil
}

func (v *values) datesOf(row []string, a *animal) error {
	issued, err := v.date(Issued, v.text(row, Issued))
	switch {
	case err != nil:
		return refuse("licence issued “%s”: %s", shortened(v.text(row, Issued), 40), begun(err))
	case issued.Known() && (issued.Precision != registry.ToDay || issued.Estimated):
		return refuse("licence issued “%s”: this is no whole date", shortened(v.text(row, Issued), 40))
	}
	a.issued = issued.On
	if a.Born, err = v.date(Born, v.text(row, Born)); err != nil {
		return refuse("born “%s”: %s", shortened(v.text(row, Born), 40), begun(err))
	}
	return nil
}

// begun is a sentence of a form as the end of another. What a form asks to be typed instead is no help
// where a file was made by a program.
func begun(err error) string {
	s := err.Error()
	if s == "" || strings.HasPrefix(s, "Enter a date") {
		return "this is no date that can be read"
	}
	if first, _, _ := strings.Cut(s, " "); slices.Contains(months, first) {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// months keep their capital.
var months = strings.Fields("January February March April May June July August September October November December")

// date reads a date as the registry does, with the numbers in the order of its column.
func (v *values) date(f Field, typed string) (registry.Birth, error) {
	return v.dateBy(f, typed, v.today)
}

// dateBy is date up to a day, which is the same for all values of a field.
func (v *values) dateBy(f Field, typed string, today time.Time) (registry.Birth, error) {
	if typed == "" {
		return registry.Birth{}, nil
	}
	key := datedText{typed, f}
	if r, ok := v.dates[key]; ok {
		return r.born, r.err
	}
	text := withoutTime(typed)
	if first, second, rest, ok := numbered(text); ok && inOrder(first, second, v.orders[f]) == monthFirst {
		text = fmt.Sprintf("%d/%d/%s", second, first, rest)
	}
	born, err := registry.ParseBirth(text, today)
	if len(v.dates) < keptDates {
		v.dates[datedText{strings.Clone(typed), f}] = dateRead{born, err}
	}
	return born, err
}

var (
	clockTime = regexp.MustCompile(`[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm]| ?[Zz]| ?[+-]\d{2}:?\d{2})?$`)
	inNumbers = regexp.MustCompile(`^(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})$`)
)

// withoutTime leaves the time of day out, which exports put behind dates.
func withoutTime(s string) string { return clockTime.ReplaceAllString(s, "") }

// numbered takes a date of three numbers apart, the year last.
func numbered(s string) (first, second int, year string, ok bool) {
	m := inNumbers.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, "", false
	}
	_, err := fmt.Sscan(m[1]+" "+m[2], &first, &second)
	return first, second, m[3], err == nil
}

// inOrder says how one date is read: as it can be read at all, else as its column is.
func inOrder(first, second int, column order) order {
	switch {
	case first > 12:
		return dayFirst
	case second > 12:
		return monthFirst
	}
	return column
}

// dated reports whether a sample is a date and no mere number.
func dated(s string) bool {
	if first, second, _, ok := numbered(withoutTime(s)); ok {
		return first <= 31 && second <= 31 && (first <= 12 || second <= 12)
	}
	if len(onlyDigits(s)) == len(s) {
		return false
	}
	b, err := registry.ParseBirth(withoutTime(s), farAhead)
	return err == nil && b.Known() && !b.Estimated
}

var farAhead = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// breedOf joins the two breeds of a list: "Manx mix", "Schnauzer, Miniature × Terrier, Rat".
func breedOf(first, second string) string {
	switch {
	case second == "" || second == first:
		return first
	case first == "":
		return second
	case strings.EqualFold(second, "mix"):
		return first + " mix"
	}
	return first + " × " + second
}

// livestock tells the kinds of livestock that are licensed in a city apart by their breed.
func livestock(breed string) string {
	b := vault.Fold(breed)
	switch {
	case strings.Contains(b, "pot-bellied") || strings.Contains(b, "pot bellied") || strings.Contains(b, "pig"):
		return "pig"
	case strings.Contains(b, "goat") || b == "miniature":
		return "goat"
	}
	return "livestock"
}

// speciesWords are what the kinds of animals are called beside their names and codes, folded, one of each.
var speciesWords = wordsFor(map[string]string{
	"dog": "dog canine k9 puppy hound", "cat": "cat feline kitten kitty", "rabbit": "rabbit bunny lapine leporine",
	"guineapig": "guinea-pig cavy guineapig", "hamster": "hamster", "rat": "rat", "mouse": "mouse mice", "ferret": "ferret",
	"bird": "bird avian parrot budgie budgerigar canary cockatiel psittacine", "chicken": "chicken hen rooster cockerel poultry",
	"tortoise": "tortoise turtle chelonian", "lizard": "lizard gecko iguana bearded-dragon", "snake": "snake", "fish": "fish",
	"horse": "horse equine pony foal", "goat": "goat caprine", "sheep": "sheep ovine lamb", "pig": "pig porcine swine hog",
	"cattle": "cattle bovine cow bull calf", "alpaca": "alpaca", "livestock": "livestock",
})

func wordsFor(lists map[string]string) map[string]string {
	out := map[string]string{}
	for code, list := range lists {
		for _, w := range strings.Fields(list) {
			out[w], out[strings.ReplaceAll(w, "-", " ")] = code, code
		}
	}
	return out
}

// singular takes the plural of a word that has a simple one.
func singular(word string) string {
	for _, ending := range []struct{ from, to string }{{"ies", "y"}, {"s", ""}} {
		if cut, ok := strings.CutSuffix(word, ending.from); ok && speciesWords[cut+ending.to] != "" {
			return cut + ending.to
		}
	}
	return word
}

var (
	males    = []string{"m", "male", "boy", "dog", "tom", "buck", "gelding", "stallion", "colt", "ram", "mc", "mn", "nm", "cm", "mi", "me", "im"}
	females  = []string{"f", "female", "girl", "bitch", "queen", "doe", "mare", "filly", "ewe", "fs", "fn", "sf", "nf", "fi", "fe", "if"}
	cut      = []string{"neutered", "spayed", "castrated", "altered", "desexed", "sterilised", "fixed", "gelding", "mc", "mn", "nm", "cm", "fs", "fn", "sf", "nf", "n", "s", "c"}
	uncut    = []string{"intact", "entire", "unaltered", "unneutered", "unspayed", "uncastrated", "stallion", "mi", "me", "im", "fi", "fe", "if", "i", "e"}
	nothing  = []string{"", "u", "unknown", "unk", "not known", "none", "na", "n/a", "?", "-", "other"}
	sayYes   = []string{"yes", "y", "true", "t", "1", "x"}
	sayNo    = []string{"no", "n", "false", "f", "0", "not neutered", "not spayed", "not altered"}
	betweens = func(r rune) bool { return strings.ContainsRune(" /,-().;+", r) }
)

// parseSex reads a sex, with what it says about neutering: "M", "FS", "neutered male", "Female (spayed)".
func parseSex(typed string) (sex, neutered string, ok bool) {
	sex, neutered = "unknown", "unknown"
	text := british.Replace(vault.Fold(typed))
	if slices.Contains(nothing, text) {
		return sex, neutered, true
	}
	words := strings.FieldsFunc(text, betweens)
	for i, w := range words {
		known := false
		if slices.Contains(males, w) && sex != "female" {
			sex, known = "male", true
		} else if slices.Contains(females, w) && sex != "male" {
			sex, known = "female", true
		}
		switch {
		case slices.Contains(cut, w):
			neutered, known = "yes", true
			if i > 0 && words[i-1] == "not" {
				neutered = "no"
			}
		case slices.Contains(uncut, w):
			neutered, known = "no", true
		case w == "not" || w == "unknown" || w == "sex":
			known = true
		}
		if !known {
			return "", "", false
		}
	}
	return sex, neutered, len(words) > 0
}

// parseNeutered reads a column that says whether an animal is neutered.
func parseNeutered(typed string) (neutered string, ok bool) {
	text := vault.Fold(typed)
	switch {
	case slices.Contains(sayYes, text):
		return "yes", true
	case slices.Contains(sayNo, text):
		return "no", true
	case slices.Contains(nothing, text):
		return "unknown", true
	}
	_, neutered, ok = parseSex(text)
	return neutered, ok && neutered != "unknown"
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
