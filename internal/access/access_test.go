package access

import (
	"slices"
	"testing"

	"paddock/internal/id"
)

// withIDs gives the seeded roles rows, as provisioning does.
func withIDs(roles []Role) []Role {
	for i := range roles {
		roles[i].ID = id.New()
	}
	return roles
}

func compiled(t testing.TB, roles []Role) *Table {
	t.Helper()
	table, err := Compile(id.TenantFrom(id.New()), roles)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestSeededRolesHoldExactlyWhatTheyNeed(t *testing.T) {
	desk := []Permission{SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite}
	desk = append(desk, ScheduleRead, ScheduleWrite, BillRead, ChargeWrite, FileWrite)
	money := []Permission{BillWrite, TillClose}
	want := map[string][]Permission{
		Receptionist: append(slices.Clone(desk), append(money, ScheduleOverbook)...),
		Nurse:        append(slices.Clone(desk), ClinicalRead, VisitTreat),
		Veterinarian: append(slices.Clone(desk), PatientRevive, ClinicalRead, ClinicalWrite, ClinicalSign, SnippetManage, VisitTreat, ScheduleOverbook),
		PracticeAdmin: append(slices.Clone(desk), append(money, PatientRevive, ClinicalRead, ClinicalVoid, SnippetManage, ScheduleOverbook, ScheduleManage,
			BillCredit, BillRefund, TillReopen, PriceManage, WallManage, ImportRun, AuditRead, PeopleManage, FileVoid)...),
	}
	want[Trainee] = append(slices.Clone(desk), ClinicalRead, ClinicalWrite, ClinicalSubmit, VisitTreat, VaccinationWrite)
	want[Nurse] = append(want[Nurse], VaccinationWrite)
	want[Veterinarian] = append(want[Veterinarian], VaccinationWrite, VaccinationVoid, CertificateIssue)
	want[PracticeAdmin] = append(want[PracticeAdmin], VaccinationVoid, PracticeManage)
	roles := withIDs(Seeded())
	table := compiled(t, roles)
	if len(roles) != len(want) {
		t.Fatalf("%d seeded roles, want %d", len(roles), len(want))
	}
	for key, more := range map[string][]Permission{
		Receptionist: {LabelPrint}, Nurse: {PrescriptionWrite, MedicineDispense, LabelPrint},
		Veterinarian:  {PrescriptionWrite, PrescriptionSign, MedicineDispense, LabelPrint, FormularyManage},
		PracticeAdmin: {LabelPrint, FormularyManage},
		Trainee:       {PrescriptionWrite, MedicineDispense, LabelPrint},
	} {
		want[key] = append(want[key], more...)
	}
	want[Veterinarian], want[PracticeAdmin] = append(want[Veterinarian], RecordCopy), append(want[PracticeAdmin], RecordCopy)
	want[Nurse] = append(want[Nurse], LabResult)
	want[Veterinarian] = append(want[Veterinarian], LabRequest, LabResult, LabAcknowledge, LabManage)
	want[PracticeAdmin] = append(want[PracticeAdmin], LabManage)
	for _, r := range roles {
		for _, p := range All() {
			if got := table.May(RoleSet{r.ID}, p); got != slices.Contains(want[r.Key], p) {
				t.Errorf("%s may %s: %t", r.Key, p, got)
			}
		}
	}
}

func TestReceptionNeverSeesTheClinicalField(t *testing.T) {
	roles := withIDs(Seeded())
	table := compiled(t, roles)
	for _, r := range roles {
		if got, want := table.Sees(RoleSet{r.ID}, FieldClinical), r.Key != Receptionist; got != want {
			t.Errorf("%s sees clinical: %t", r.Key, got)
		}
		if !table.Sees(RoleSet{r.ID}, FieldContact) {
			t.Errorf("%s does not see contacts", r.Key)
		}
	}
}

func TestRolesOfOnePersonAddUp(t *testing.T) {
	roles := withIDs(Seeded())
	table := compiled(t, roles)
	both := RoleSet{roles[0].ID, roles[2].ID, roles[0].ID}
	if !table.May(both, ClinicalSign) || !table.Sees(both, FieldMoney) || !table.Sees(both, FieldDrugs) {
		t.Error("a receptionist who is a vet as well lacks a right of one of the roles")
	}
	if table.May(both, AuditRead) {
		t.Error("two roles together give a right that neither has")
	}
}

func TestWhatIsUnknownOrEmptyIsDenied(t *testing.T) {
	roles := withIDs(Seeded())
	table := compiled(t, roles)
	admin := RoleSet{roles[3].ID}
	for name, held := range map[string]RoleSet{
		"nobody": nil, "a zero role": {id.ID{}}, "an unknown role": {id.New()},
	} {
		for _, p := range append(All(), Public, "") {
			if table.May(held, p) {
				t.Errorf("%s may %q", name, p)
			}
		}
		for _, f := range AllFields() {
			if table.Sees(held, f) {
				t.Errorf("%s sees %s", name, f)
			}
		}
	}
	for _, p := range []Permission{"", Public, "client", "client.", ".read", "client.delete", "field:contact.read", "Client.Read", "*"} {
		if table.May(admin, p) {
			t.Errorf("the admin holds %q, which is no right", p)
		}
	}
	for _, f := range []Field{"", "client", "Contact", "*"} {
		if table.Sees(admin, f) {
			t.Errorf("the admin sees %q, which is no field group", f)
		}
	}
	for name, none := range map[string]*Table{"nil": nil, "zero": {}} {
		if none.May(admin, ClientRead) || none.Sees(admin, FieldContact) || none.Holders(ClientRead) != nil {
			t.Errorf("the %s table allows", name)
		}
	}
	other := compiled(t, withIDs(Seeded()))
	if other.May(admin, ClientRead) {
		t.Error("a role of one clinic counts in another")
	}
}

func TestCompileRefusesWhatItCannotName(t *testing.T) {
	clinic, role := id.TenantFrom(id.New()), id.New()
	if _, err := Compile(id.Tenant{}, nil); err == nil {
		t.Error("compiled for no clinic")
	}
	if _, err := Compile(clinic, []Role{{Name: "no id"}}); err == nil {
		t.Error("compiled a role without an id")
	}
	if _, err := Compile(clinic, []Role{{ID: role}, {ID: role}}); err == nil {
		t.Error("compiled two roles with one id")
	}
	table, err := Compile(clinic, nil)
	if err != nil {
		t.Fatalf("a clinic without roles: %v", err)
	}
	if table.May(RoleSet{role}, SessionOwn) {
		t.Error("a clinic without roles allows")
	}
}

func TestCompileLeavesOutWhatThisReleaseDoesNotKnow(t *testing.T) {
	role := Role{
		ID: id.New(), Name: "from a newer release",
		Permissions: []Permission{"till.open", Public, "", ClientRead}, Fields: []Field{"genome", FieldContact},
	}
	table := compiled(t, []Role{role})
	held := RoleSet{role.ID}
	if !table.May(held, ClientRead) || !table.May(held, SessionOwn) || !table.Sees(held, FieldContact) {
		t.Error("a right that is known was lost")
	}
	if table.May(held, "till.open") || table.May(held, Public) || table.Sees(held, "genome") {
		t.Error("a right that is not known was given")
	}
}

func TestHoldersNamesTheRolesInTheClinicsOrder(t *testing.T) {
	table := compiled(t, withIDs(Seeded()))
	for p, want := range map[Permission][]string{
		ClinicalSign: {"Veterinarian"},
		ClinicalRead: {"Nurse", "Veterinarian", "Practice admin", "Trainee vet"},
		"till.open":  nil,
	} {
		if got := table.Holders(p); !slices.Equal(got, want) {
			t.Errorf("holders of %s: %v, want %v", p, got, want)
		}
	}
}

func TestEveryPermissionHasASentence(t *testing.T) {
	seen := map[string]Permission{}
	for _, p := range append(All(), Public) {
		s := p.Sentence()
		if s == "" {
			t.Errorf("%s has no sentence", p)
		}
		if before, twice := seen[s]; twice {
			t.Errorf("%s and %s share a sentence", p, before)
		}
		seen[s] = p
	}
	if s := Permission("till.open").Sentence(); s != "" {
		t.Errorf("a permission that does not exist is described: %q", s)
	}
}

func TestAskingATableAllocatesNothing(t *testing.T) {
	roles := withIDs(Seeded())
	table := compiled(t, roles)
	held := RoleSet{roles[0].ID, roles[1].ID, roles[2].ID}
	if n := testing.AllocsPerRun(1000, func() {
		_ = table.May(held, AuditRead)
		_ = table.Sees(held, FieldStaff)
		_ = table.Gives(held, RightOf(BillWrite))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMay(b *testing.B) {
	roles := withIDs(Seeded())
	table := compiled(b, roles)
	held := RoleSet{roles[0].ID, roles[1].ID}
	b.ReportAllocs()
	for b.Loop() {
		_ = table.May(held, AuditRead)
	}
}

// BenchmarkGives is what a page asks for somebody with five roles: the right and the field group of its sums.
func BenchmarkGives(b *testing.B) {
	roles := withIDs(Seeded())
	table := compiled(b, roles)
	held := RoleSet{roles[4].ID, roles[1].ID, roles[2].ID, roles[0].ID, roles[3].ID}
	b.ReportAllocs()
	for b.Loop() {
		_ = table.Gives(held, RightOf(TillReopen))
	}
}

func BenchmarkCompile(b *testing.B) {
	roles := withIDs(Seeded())
	clinic := id.TenantFrom(id.New())
	for b.Loop() {
		if _, err := Compile(clinic, roles); err != nil {
			b.Fatal(err)
		}
	}
}
