package access

import (
	"slices"
	"strings"

	"paddock/internal/id"
)

// Right is one thing that a role allows, as it is stored: a permission ("bill.read") or a field group ("field:money").
type Right string

// RightOf is the permission as a right.
func RightOf(p Permission) Right { return Right(p) }

// RightToSee is the field group as a right.
func RightToSee(f Field) Right { return Right(fieldPrefix + string(f)) }

// Field is the field group of a right that is one.
func (r Right) Field() (Field, bool) {
	f, ok := strings.CutPrefix(string(r), fieldPrefix)
	return Field(f), ok
}

// Grantable reports whether a clinic can give the right to a role of its choice: every permission and field group
// there is, but not what everybody has, what nobody can hold, what the platform keeps, or what this release does not know.
func (r Right) Grantable() bool {
	if f, ok := r.Field(); ok {
		return slices.Contains(fields, f)
	}
	return Permission(r) != SessionOwn && slices.Contains(permissions, Permission(r))
}

// Needs is the field group without which the right opens nothing, "" where there is none.
func (r Right) Needs() Field {
	if _, ok := r.Field(); ok {
		return ""
	}
	return Permission(r).Shows()
}

// Words are what stands in the table of roles: "Sign notes". They are "" for what is no right.
func (r Right) Words() string { return rightWords[r].words }

// MostUsed reports whether the right is among those that a clinic looks at first.
func (r Right) MostUsed() bool { return rightWords[r].most }

// Group is a part of the table of roles.
type Group struct {
	Name   string
	Rights []Right
}

// Groups are all rights that can be given, each once, in the order of the table.
func Groups() []Group {
	out := make([]Group, len(groups))
	for i, g := range groups {
		out[i].Name = g.name
		for _, w := range g.rights {
			out[i].Rights = append(out[i].Rights, w.right)
		}
	}
	return out
}

type worded struct {
	right Right
	words string
	most  bool
}

type group struct {
	name   string
	rights []worded
}

// groups say in people's words what each right opens, as the table of roles shows it.
var groups = []group{
	{"Diary", []worded{
		{Right(ScheduleRead), "See the diary and who is in", false},
		{Right(ScheduleWrite), "Book, move and cancel visits", true},
		{Right(ScheduleOverbook), "Overbook a full column", true},
		{Right(VisitTreat), "Call patients in and treat them", true},
		{Right(ScheduleManage), "Set hours, rosters, rooms and visit types", false},
		{Right(WallManage), "Put the board on a screen on the wall", false},
	}},
	{"Clients and patients", []worded{
		{Right(ClientRead), "See clients", false},
		{Right(ClientWrite), "Register and change clients", true},
		{Right(PatientRead), "See patients", false},
		{Right(PatientWrite), "Register and change patients", true},
		{Right(PatientRevive), "Take back that a patient died", false},
		{Right(FileWrite), "Add photographs and documents", false},
		{Right(FileVoid), "Take photographs and documents off the record", false},
	}},
	{"Records", []worded{
		{Right(ClinicalRead), "Read clinical records", true},
		{Right(ClinicalWrite), "Write clinical notes", true},
		{Right(ClinicalSign), "Sign notes", true},
		{Right(ClinicalSubmit), "Sign notes that wait for a vet’s signature", false},
		{Right(ClinicalVoid), "Mark a signed note as entered in error", false},
		{Right(SnippetManage), "Change the clinic’s words for notes", false},
		{Right(VaccinationWrite), "Write down vaccinations", true},
		{Right(VaccinationVoid), "Void a vaccination", false},
		{Right(CertificateIssue), "Sign vaccination certificates", false},
		{Right(RecordCopy), "Take a copy of a whole record", false},
	}},
	{"Laboratory", []worded{
		{Right(LabRequest), "Ask for lab tests", false},
		{Right(LabResult), "Write down lab results", false},
		{Right(LabAcknowledge), "Say that a lab result was read", false},
		{Right(LabManage), "Keep the list of lab tests", false},
	}},
	{"Medicines", []worded{
		{Right(PrescriptionWrite), "Prepare prescriptions", false},
		{Right(PrescriptionSign), "Prescribe", true},
		{Right(MedicineDispense), "Dispense medicine", true},
		{Right(LabelPrint), "Print medicine labels", true},
		{Right(FormularyManage), "Keep the drug list", false},
	}},
	{"Money", []worded{
		{Right(BillRead), "See bills and accounts", false},
		{Right(ChargeWrite), "Add to a bill", true},
		{Right(BillWrite), "Issue bills and take payments", true},
		{Right(BillCredit), "Void or credit an issued bill", true},
		{Right(BillRefund), "Pay money back", true},
		{Right(TillClose), "Close the till", false},
		{Right(TillReopen), "Open a closed day again", false},
		{Right(PriceManage), "Change prices and taxes", false},
	}},
	{"Practice", []worded{
		{Right(PeopleManage), "Invite people, change roles", true},
		{Right(AuditRead), "Read the audit log", true},
		{Right(PracticeManage), "Keep the lists of vaccines and diagnoses", false},
		{Right(ImportRun), "Import patients from a file", false},
	}},
	{"What is shown at all", []worded{
		{RightToSee(FieldContact), "Names, telephones and addresses of clients", false},
		{RightToSee(FieldClinical), "What was found, thought and planned", true},
		{RightToSee(FieldMoney), "Prices, bills and payments", true},
		{RightToSee(FieldDrugs), "The controlled drugs register", false},
		{RightToSee(FieldStaff), "What the clinic keeps about its people", false},
	}},
}

var rightWords = func() map[Right]worded {
	m := map[Right]worded{}
	for _, g := range groups {
		for _, w := range g.rights {
			m[w.right] = w
		}
	}
	return m
}()

// Rights are what a role allows that can be given, in the order of the table.
func (r Role) Rights() []Right {
	var out []Right
	for _, g := range groups {
		for _, w := range g.rights {
			if r.Allows(w.right) {
				out = append(out, w.right)
			}
		}
	}
	return out
}

// Allows reports whether a right stands among those of the role. What somebody may do is asked of a Table.
func (r Role) Allows(right Right) bool {
	if f, ok := right.Field(); ok {
		return slices.Contains(r.Fields, f)
	}
	return slices.Contains(r.Permissions, Permission(right))
}

// Own reports whether the clinic made the role itself.
func (r Role) Own() bool { return strings.HasPrefix(r.Key, OwnKey) }

// OwnKey begins the key of a role that a clinic made itself. No seeded role has such a key.
const OwnKey = "own-"

// Cell is one box of the table of roles.
type Cell struct {
	Role  id.ID
	Right Right
}

// ChangeSet is what one form gives to roles and takes from them.
type ChangeSet struct{ Add, Take []Cell }

// Empty reports whether it changes nothing.
func (c ChangeSet) Empty() bool { return len(c.Add)+len(c.Take) == 0 }

// Touched are the roles it names, each once.
func (c ChangeSet) Touched() (roles []id.ID) {
	for _, cell := range slices.Concat(c.Add, c.Take) {
		if !slices.Contains(roles, cell.Role) {
			roles = append(roles, cell.Role)
		}
	}
	return roles
}

// Of is the part of it that is about one role, without what the role has or lacks already.
func (c ChangeSet) Of(r Role) (added, taken []Right) {
	for _, g := range groups {
		for _, w := range g.rights {
			cell := Cell{r.ID, w.right}
			add, take := slices.Contains(c.Add, cell), slices.Contains(c.Take, cell)
			switch {
			case add && !take && !r.Allows(w.right):
				added = append(added, w.right)
			case take && !add && r.Allows(w.right):
				taken = append(taken, w.right)
			}
		}
	}
	return added, taken
}

// Against is the set without what is so already, and without what is no right or about no role of these.
func (c ChangeSet) Against(roles []Role) (out ChangeSet) {
	for _, r := range roles {
		added, taken := c.Of(r)
		for _, right := range added {
			out.Add = append(out.Add, Cell{r.ID, right})
		}
		for _, right := range taken {
			out.Take = append(out.Take, Cell{r.ID, right})
		}
	}
	return out
}

// Apply gives the roles as they would be. The ones given are left as they are.
func (c ChangeSet) Apply(roles []Role) []Role {
	out := slices.Clone(roles)
	for i, r := range out {
		added, taken := c.Of(r)
		if len(added)+len(taken) == 0 {
			continue
		}
		r.Permissions, r.Fields = slices.Clone(r.Permissions), slices.Clone(r.Fields)
		for _, right := range added {
			if f, ok := right.Field(); ok {
				r.Fields = append(r.Fields, f)
			} else {
				r.Permissions = append(r.Permissions, Permission(right))
			}
		}
		r.Permissions = slices.DeleteFunc(r.Permissions, func(p Permission) bool { return slices.Contains(taken, Right(p)) })
		r.Fields = slices.DeleteFunc(r.Fields, func(f Field) bool { return slices.Contains(taken, RightToSee(f)) })
		out[i] = r
	}
	return out
}

// Gives reports whether one of the roles opens what a right stands for: a permission counts only where its pages can
// be shown as well. It is what a person can really do.
func (t *Table) Gives(held RoleSet, r Right) bool {
	if f, ok := r.Field(); ok {
		return t.Sees(held, f)
	}
	if !t.May(held, Permission(r)) {
		return false
	}
	f := r.Needs()
	return f == "" || t.Sees(held, f)
}

// Difference is what somebody with these roles could do after, and not before, and the other way round, in the order of
// the table of roles.
func Difference(before *Table, was RoleSet, after *Table, now RoleSet) (gains, loses []Right) {
	for _, g := range groups {
		for _, w := range g.rights {
			could, can := before.Gives(was, w.right), after.Gives(now, w.right)
			switch {
			case can && !could:
				gains = append(gains, w.right)
			case could && !can:
				loses = append(loses, w.right)
			}
		}
	}
	return gains, loses
}
