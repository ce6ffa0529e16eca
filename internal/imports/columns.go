package imports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"paddock/internal/fault"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Field is what a column may say about an animal, or of its history: see history.go.
type Field string

// The fields a column can be mapped to.
const (
	Number   Field = "number" // of the licence
	Issued   Field = "issued" // when the licence was issued
	Name     Field = "name"
	Species  Field = "species"
	Breed    Field = "breed"
	Breed2   Field = "breed2"
	Sex      Field = "sex"
	Neutered Field = "neutered"
	Born     Field = "born"
	Colour   Field = "colour"
	Chip     Field = "chip"
	Tag      Field = "tag"
	Former   Field = "former" // the number of the animal in the program the list comes from
)

// Fields are all fields, in the order of a form.
func Fields() []Field {
	return []Field{Name, Species, Breed, Breed2, Sex, Neutered, Born, Colour, Number, Issued, Chip, Tag, Former}
}

var fieldNames = map[Field]string{
	Number: "Licence number", Issued: "Licence issued", Name: "Name", Species: "Species", Breed: "Breed", Breed2: "Second breed",
	Sex: "Sex", Neutered: "Neutered", Born: "Born", Colour: "Colour", Chip: "Microchip", Tag: "Tag",
	Former: "Patient number there",
}

// String is the field in a person's words.
func (f Field) String() string {
	if said := historyNames[f]; said != "" {
		return said
	}
	return fieldNames[f]
}

// Mapping says in which column, counted from 0, a field stands. A field that is not there is not imported.
type Mapping map[Field]int

// check names what is wrong with a mapping.
func (m Mapping) check(columns []Column) error {
	bad := m.misplaced(columns, Fields())
	if _, ok := m[Species]; !ok {
		bad.Add(string(Species), "Choose the column that says what kind of animal it is")
	}
	if !m.has(Name) && !m.has(Number) && !m.has(Chip) {
		bad.Add(string(Name), "Choose a column for the name, the licence number or the microchip: one of them must tell the animals apart")
	}
	return bad.Err()
}

// misplaced names fields that are in no column of the file, in one that is taken, or not among those there are.
func (m Mapping) misplaced(columns []Column, fields []Field) (bad fault.Fields) {
	taken := map[int]Field{}
	for _, f := range fields {
		at, mapped := m[f]
		if !mapped {
			continue
		}
		if at < 0 || at >= len(columns) {
			bad.Add(string(f), "Choose a column of the file")
		} else if other, ok := taken[at]; ok {
			bad.Add(string(f), fmt.Sprintf("This column is taken for “%s” already", other))
		} else {
			taken[at] = f
		}
	}
	for f := range m {
		if !slices.Contains(fields, f) {
			bad.Add(string(f), "There is no such field")
		}
	}
	return bad
}

func (m Mapping) has(f Field) bool { _, ok := m[f]; return ok }

// left lists the headings of columns that nothing is taken from.
func (m Mapping) left(columns []Column) (out []string) {
	used := map[int]bool{}
	for _, at := range m {
		used[at] = true
	}
	for i, c := range columns {
		if !used[i] {
			out = append(out, c.called(i))
		}
	}
	return out
}

// called is what a column is called where it may have no heading.
func (c Column) called(at int) string {
	if c.Heading == "" {
		return "column " + strconv.Itoa(at+1)
	}
	return c.Heading
}

// headings are the ways to name a field, reduced by squash. The first that fits counts, so that "name" is
// taken by the animal's before the owner's is looked at.
var headings = map[Field][]string{
	Number: {
		"licencenumber", "licenceno", "licencenr", "licenceid", "licence", "petlicence", "petlicencenumber", "licencenum",
		"registrationnumber", "registrationno",
	},
	Issued: {
		"licenceissuedate", "issuedate", "dateissued", "issued", "issuedon", "licencedate", "licenceissued", "dateofissue", "registrationdate",
	},
	Name: {"animalsname", "animalname", "petsname", "petname", "patientname", "patient", "pet", "name", "animal", "callname", "nameofanimal", "nameofpet"},
	Species: {
		"species", "animalspecies", "petspecies", "animaltype", "pettype", "patientspecies", "kindofanimal", "kind", "typeofanimal",
		"typeofpet", "speciescode", "speciesname", "type",
	},
	Breed:  {"primarybreed", "breed", "animalbreed", "petbreed", "breed1", "breedname", "race", "breedprimary", "patientbreed"},
	Breed2: {"secondarybreed", "breed2", "secondbreed", "breedsecondary", "crossbreed", "mixedwith", "crossedwith"},
	Sex:    {"sex", "gender", "animalsex", "animalgender", "petsex", "petgender", "sexname", "patientsex"},
	Neutered: {
		"neutered", "spayed", "altered", "spayedneutered", "neuteredspayed", "spayneuter", "desexed", "fixed", "sterilised", "neuterstatus", "castrated",
	},
	Born: {
		"dob", "dateofbirth", "birthdate", "born", "birthday", "birth", "datebirth", "animaldob", "petdob", "bornon", "age",
		"animalsdateofbirth", "petsdateofbirth", "patientdob", "birthyear", "yearofbirth",
	},
	Colour: {"colour", "primarycolour", "colours", "coatcolour", "animalcolour", "petcolour", "markings", "coat"},
	Chip: {
		"microchip", "chip", "microchipnumber", "chipnumber", "microchipno", "chipno", "microchipid", "chipid", "microchipcode",
		"transponder", "rfid", "isochip", "microchipnr", "chipnr",
	},
	Tag: {"tag", "tagnumber", "tagno", "rabiestag", "rabiestagnumber", "rabiestagno", "tagid", "tagnr", "eartag", "collartag"},
	Former: {
		"patientid", "patientno", "patientnumber", "patientnr", "patientcode", "animalid", "animalno", "animalnumber", "animalcode", "petid", "petno", "petnumber",
	},
}

// british spells words of headings and values in one of the two ways there are.
var british = strings.NewReplacer("license", "licence", "color", "colour", "ized", "ised")

// squash reduces a heading to its letters and digits, folded, in one spelling.
func squash(s string) string {
	return british.Replace(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, vault.Fold(s)))
}

// Guess says what the columns seem to be: by their headings, and where these say nothing, by what stands
// in them.
func Guess(columns []Column) Mapping {
	m, taken := guess(columns, Fields(), headings)
	for i, c := range columns {
		if taken[i] || !silent(c.Heading) {
			continue
		}
		for _, f := range []Field{Chip, Species, Sex, Born} {
			if !m.has(f) && looksLike(f, c.Samples) {
				m[f], taken[i] = i, true
				break
			}
		}
	}
	return m
}

// guess takes each field from the first column that is called by one of its names.
func guess(columns []Column, fields []Field, names map[Field][]string) (m Mapping, taken []bool) {
	m, taken = Mapping{}, make([]bool, len(columns))
	for _, f := range fields {
		for _, synonym := range names[f] {
			at := slices.IndexFunc(columns, func(c Column) bool { return squash(c.Heading) == synonym })
			if at >= 0 && !taken[at] {
				m[f], taken[at] = at, true
				break
			}
		}
	}
	return m, taken
}

// silent reports whether a heading says nothing: "", "Column 3", "F7".
func silent(heading string) bool {
	s := strings.TrimRight(squash(heading), "0123456789")
	return s == "" || s == "column" || s == "col" || s == "field" || s == "f" || s == "unnamed"
}

// looksLike reports whether all samples, of which there is one at least, read as values of a field.
func looksLike(f Field, samples []string) bool {
	seen := false
	for _, s := range samples {
		if s = plain.Line(s); s == "" {
			continue
		}
		seen = true
		ok := false
		switch f {
		case Chip:
			ok = len(onlyDigits(s)) == 15 && len(squash(s)) == 15
		case Species:
			ok = speciesWords[singular(vault.Fold(s))] != ""
		case Sex:
			sex, _, read := parseSex(s)
			ok = read && sex != "unknown"
		default:
			ok = dated(s)
		}
		if !ok {
			return false
		}
	}
	return seen
}

// ParseMapping reads what a command line says of columns, as number="License Number",name=3: fields with
// the heading of their column or its place, counted from 1. It is laid over the guess, and a field with
// nothing behind the sign is left out. The error is a sentence.
func ParseMapping(typed string, columns []Column) (Mapping, error) {
	m := Guess(columns)
	for _, pair := range splitPairs(typed) {
		name, value, found := strings.Cut(pair, "=")
		f := Field(strings.ToLower(strings.TrimSpace(name)))
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		if !found || fieldNames[f] == "" {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("%.40q names no field; a field is one of %s.", strings.TrimSpace(name), fieldWords()))
		}
		if value == "" {
			delete(m, f)
			continue
		}
		at := slices.IndexFunc(columns, func(c Column) bool { return strings.EqualFold(c.Heading, value) })
		if at < 0 {
			at = slices.IndexFunc(columns, func(c Column) bool { return c.Heading != "" && squash(c.Heading) == squash(value) })
		}
		if n, err := strconv.Atoi(value); at < 0 && err == nil {
			at = n - 1
		}
		if at < 0 || at >= len(columns) {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("The file has no column %.60q; it has %s.", value, headingWords(columns)))
		}
		for other, where := range m {
			if where == at {
				delete(m, other) // what is said outright takes a column from what was guessed
			}
		}
		m[f] = at
	}
	return m, nil
}

// Explain says in one sentence what a mapping of these columns lacks, "" where nothing.
func (m Mapping) Explain(columns []Column) string {
	err := m.check(columns)
	if err == nil {
		return ""
	}
	switch {
	case !m.has(Species):
		return fmt.Sprintf("The first line of the file names no column for the species; it names %s.", headingWords(columns))
	case !m.has(Name) && !m.has(Number) && !m.has(Chip):
		return fmt.Sprintf("The first line of the file names no column for the name, the licence number or the microchip; it names %s.", headingWords(columns))
	}
	var bad fault.Fields
	for _, f := range Fields() {
		if said := asFields(err).Message(string(f)); said != "" {
			bad.Add(string(f), said)
			return fmt.Sprintf("%s: %s.", f, said)
		}
	}
	return "The columns are not chosen right."
}

func asFields(err error) fault.Fields {
	bad, _ := err.(fault.Fields) //nolint:errorlint // check gives it bare
	return bad
}

// splitPairs cuts at commas outside of quotes.
func splitPairs(s string) []string {
	quoted := false
	list := strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ',' && !quoted
	})
	return slices.DeleteFunc(list, func(p string) bool { return strings.TrimSpace(p) == "" })
}

func fieldWords() string {
	var out []string
	for _, f := range Fields() {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}

func headingWords(columns []Column) string {
	var out []string
	for i, c := range columns {
		if i == 12 {
			out = append(out, "…")
			break
		}
		out = append(out, fmt.Sprintf("%.40s", c.called(i)))
	}
	return strings.Join(out, ", ")
}
