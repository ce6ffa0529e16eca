package imports

import (
	"context"
	"slices"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
)

// Holds is what stands in a file. The texts stand in imports.
type Holds string

// What a file may hold. A file of History has a column that says the kind of each row.
const (
	Animals      Holds = "animals"
	History      Holds = "history"
	Visits       Holds = "visit"
	Notes        Holds = "note"
	Weights      Holds = "weight"
	Vaccinations Holds = "vaccination"
)

// historyKinds are the kinds of rows, which stand in import_entries.
var historyKinds = []Holds{Visits, Notes, Weights, Vaccinations}

// Clinical reports whether the file holds clinical history, which is for who may read such text.
func (h Holds) Clinical() bool { return h != Animals }

// known gives what a form said, Animals for nothing.
func (h Holds) known() (Holds, error) {
	if h == "" {
		return Animals, nil
	}
	if h != Animals && h != History && !slices.Contains(historyKinds, h) {
		return h, fault.New(fault.Invalid, "Choose what stands in the file.")
	}
	return h, nil
}

// each is what a line of the file is.
func (h Holds) each() string {
	if h == Animals {
		return "animal"
	}
	if h == History {
		return "entry"
	}
	return string(h)
}

// HoldsOf says what stands in the file of an import, before anything of it is read, or gives fault.Missing.
func HoldsOf(ctx context.Context, tx *db.Tx, row id.ID) (Holds, error) {
	h, err := tx.GetImportHolds(ctx, db.GetImportHoldsParams{TenantID: tx.Tenant, ID: row})
	return Holds(h), db.Missing(err, "reading what an import holds")
}

// The fields of clinical history, beside Chip and Name of the animal.
const (
	Key        Field = "patient" // any number of the animal that the clinic knows
	EntryKind  Field = "kind"
	When       Field = "when"
	Clock      Field = "time" // where it stands apart
	Who        Field = "who"
	Cause      Field = "reason" // of a visit
	Subjective Field = "subjective"
	Objective  Field = "objective"
	Assessment Field = "assessment"
	Plan       Field = "plan"
	Text       Field = "text"
	Weighed    Field = "weight"
	Unit       Field = "unit"
	Vaccine    Field = "vaccine"
	Maker      Field = "maker"
	Lot        Field = "lot"
	Expiry     Field = "expiry"
	NextDue    Field = "due"
)

var historyNames = map[Field]string{
	Key: "Patient's number", EntryKind: "Kind of entry", When: "Date", Clock: "Time of day", Who: "Who saw, wrote or gave it", Cause: "Reason of the visit",
	Subjective: "Note: subjective", Objective: "Note: objective", Assessment: "Note: assessment", Plan: "Note: plan", Text: "Note: text",
	Weighed: "Weight", Unit: "Unit of weight", Vaccine: "Vaccine", Maker: "Manufacturer", Lot: "Batch or lot", Expiry: "Lot expires", NextDue: "Next due",
}

// ofKind are the fields that only entries of one kind have.
var ofKind = map[Holds][]Field{
	Visits: {Cause}, Notes: {Subjective, Objective, Assessment, Plan, Text}, Weights: {Weighed, Unit}, Vaccinations: {Vaccine, Maker, Lot, Expiry, NextDue},
}

// Fields are those a column of such a file can be mapped to, in the order of a form.
func (h Holds) Fields() []Field {
	if !h.Clinical() {
		return Fields()
	}
	out := []Field{Key, Chip, Name}
	kinds := []Holds{h}
	if h == History {
		out, kinds = append(out, EntryKind), historyKinds
	}
	out = append(out, When, Clock, Who)
	for _, k := range kinds {
		out = append(out, ofKind[k]...)
	}
	return out
}

// dates are the fields whose values are days.
func (h Holds) dates() []Field {
	if !h.Clinical() {
		return []Field{Issued, Born}
	}
	return []Field{When, Expiry, NextDue}
}

// historyHeadings are as headings are.
var historyHeadings = map[Field][]string{
	Key: {
		"patientnumber", "patientno", "patientnr", "patientid", "animalnumber", "animalno", "animalid", "petid", "petnumber", "petno", "licencenumber",
		"licenceno", "licence", "tag", "tagnumber", "number", "patientcode", "animalcode",
	},
	Chip:      headings[Chip],
	Name:      {"animalsname", "animalname", "petsname", "petname", "patientname", "patient", "pet", "name", "animal", "callname"},
	EntryKind: {"kind", "entrykind", "recordkind", "entrytype", "recordtype", "type", "kindofentry"},
	When: {
		"date", "when", "datetime", "eventdate", "entrydate", "visitdate", "notedate", "recorddate", "dategiven", "givenon", "given", "weighedon", "vaccinationdate",
		"dateofvisit", "day", "dateandtime", "timestamp",
	},
	Clock:      {"time", "timeofday", "visittime", "clock"},
	Who:        {"who", "author", "vet", "veterinarian", "clinician", "doctor", "by", "seenby", "givenby", "writtenby", "staff", "user", "provider", "administeredby"},
	Cause:      {"reason", "reasonforvisit", "visitreason", "presentingcomplaint", "complaint", "purpose", "reasonofvisit"},
	Subjective: {"subjective", "s", "history", "anamnesis"},
	Objective:  {"objective", "o", "findings", "exam", "examination"},
	Assessment: {"assessment", "a", "diagnosis"},
	Plan:       {"plan", "p", "treatment"},
	Text:       {"text", "note", "notes", "comment", "comments", "clinicalnote", "clinicalnotes", "description", "body", "record"},
	Weighed:    {"weight", "weightvalue", "bodyweight", "value", "wt", "weightkg", "weightg", "weightlb", "weightlbs"},
	Unit:       {"unit", "weightunit", "units", "uom"},
	Vaccine:    {"vaccine", "vaccinename", "product", "vaccineproduct", "vaccination", "productname"},
	Maker:      {"manufacturer", "maker", "brand", "madeby"},
	Lot:        {"lot", "batch", "lotnumber", "batchnumber", "lotno", "batchno", "batchlot", "lotbatch", "serial", "serialnumber"},
	Expiry:     {"expiry", "expirydate", "expires", "expiration", "expirationdate", "lotexpiry", "lotexpires", "useby"},
	NextDue:    {"nextdue", "due", "duedate", "nextduedate", "nextdose", "boosterdue", "dueon", "nextdate"},
}

func (f *file) guess() Mapping {
	if !f.Holds.Clinical() {
		return Guess(f.Columns)
	}
	m, taken := guess(f.Columns, f.Holds.Fields(), historyHeadings)
	for i, c := range f.Columns {
		if !taken[i] && !m.has(Chip) && silent(c.Heading) && looksLike(Chip, c.Samples) {
			m[Chip] = i
		}
	}
	return m
}

// check names what is wrong with a mapping of the file's columns.
func (f *file) check(m Mapping) error {
	if !f.Holds.Clinical() {
		return m.check(f.Columns)
	}
	bad := m.misplaced(f.Columns, f.Holds.Fields())
	if !m.has(Key) && !m.has(Chip) {
		bad.Add(string(Key), "Choose the column with a number of the animal that the clinic knows: its microchip, licence or tag")
	}
	if !m.has(When) {
		bad.Add(string(When), "Choose the column with the date")
	}
	if f.Holds == History && !m.has(EntryKind) {
		bad.Add(string(EntryKind), "Choose the column that says what kind of entry it is: visit, note, weight or vaccination")
	}
	for kind, need := range map[Holds]struct {
		field Field
		said  string
	}{
		Weights: {Weighed, "Choose the column with the weight"}, Vaccinations: {Vaccine, "Choose the column with the vaccine"},
	} {
		if f.Holds == kind && !m.has(need.field) {
			bad.Add(string(need.field), need.said)
		}
	}
	if f.Holds == Notes && !slices.ContainsFunc(ofKind[Notes], m.has) {
		bad.Add(string(Text), "Choose a column with the text of the note")
	}
	return bad.Err()
}
