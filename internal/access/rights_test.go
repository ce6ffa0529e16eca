package access

import (
	"slices"
	"testing"

	"paddock/internal/id"
)

func TestTheTableOfRolesHasEveryRightOnceInWords(t *testing.T) {
	seen := map[Right]string{}
	words := map[string]bool{}
	for _, g := range Groups() {
		for _, r := range g.Rights {
			if seen[r] != "" {
				t.Errorf("%s stands under %s and under %s", r, seen[r], g.Name)
			}
			seen[r] = g.Name
			if r.Words() == "" || words[r.Words()] {
				t.Errorf("%s has no words of its own: %q", r, r.Words())
			}
			words[r.Words()] = true
			if !r.Grantable() {
				t.Errorf("%s stands in the table and cannot be given", r)
			}
		}
	}
	for _, p := range All() {
		if (seen[RightOf(p)] != "") != (p != SessionOwn) {
			t.Errorf("%s: give it a place and words in groups (rights.go)", p)
		}
	}
	for _, f := range AllFields() {
		if seen[RightToSee(f)] == "" {
			t.Errorf("%s: give it a place and words in groups (rights.go)", f)
		}
	}
}

// A right too many would have no bit, which denies it to everybody.
func TestEveryRightHasABit(t *testing.T) {
	if n := len(permissions) + len(fields); n > 64 {
		t.Errorf("%d rights: a Table has 64 bits for a role", n)
	}
}

// T81: what a clinic cannot give.
func TestWhatNoClinicCanGive(t *testing.T) {
	for _, r := range []Right{"", "platform.operate", "platform.admin", "public", "wall.show", "session.own", "client", "client.read ", "*", "field:", "field:genome", "till.open", "audit.Read"} {
		if r.Grantable() || r.Words() != "" {
			t.Errorf("%q can be given", r)
		}
	}
}

func TestAChangeSetChangesWhatItNamesAndNothingElse(t *testing.T) {
	roles := withIDs(Seeded())
	desk, nurse := roles[0], roles[1]
	set := ChangeSet{
		Add: []Cell{
			{nurse.ID, RightOf(BillCredit)},
			{nurse.ID, RightToSee(FieldDrugs)},
			{nurse.ID, RightOf(ClinicalRead)}, // has it
			{nurse.ID, "platform.operate"},
			{id.New(), RightOf(AuditRead)},   // nobody's role
			{desk.ID, RightOf(ScheduleRead)}, // added and taken: neither
		},
		Take: []Cell{{desk.ID, RightOf(ScheduleRead)}, {desk.ID, RightToSee(FieldMoney)}, {desk.ID, RightOf(AuditRead)}},
	}
	want := ChangeSet{
		Add:  []Cell{{nurse.ID, RightOf(BillCredit)}, {nurse.ID, RightToSee(FieldDrugs)}},
		Take: []Cell{{desk.ID, RightToSee(FieldMoney)}},
	}
	got := set.Against(roles)
	if !slices.Equal(got.Add, want.Add) || !slices.Equal(got.Take, want.Take) {
		t.Errorf("left of it: %v", got)
	}
	after := set.Apply(roles)
	for i, r := range after {
		for _, g := range Groups() {
			for _, right := range g.Rights {
				cell := Cell{r.ID, right}
				should := roles[i].Allows(right) && !slices.Contains(want.Take, cell) || slices.Contains(want.Add, cell)
				if r.Allows(right) != should {
					t.Errorf("%s, %s: %t", r.Name, right, !should)
				}
			}
		}
	}
	if roles[1].Allows(RightOf(BillCredit)) || !roles[0].Allows(RightToSee(FieldMoney)) {
		t.Error("the roles that were given changed")
	}
}

// What somebody loses with a field group are the pages made of it too.
func TestADifferenceIsWhatSomebodyCanReallyDo(t *testing.T) {
	roles := withIDs(Seeded())
	desk, nurse := roles[0], roles[1]
	set := ChangeSet{Take: []Cell{{desk.ID, RightToSee(FieldMoney)}}, Add: []Cell{{desk.ID, RightOf(BillCredit)}}}
	clinic := id.TenantFrom(id.New())
	before, err := Compile(clinic, roles)
	if err != nil {
		t.Fatal(err)
	}
	after, err := Compile(clinic, set.Apply(roles))
	if err != nil {
		t.Fatal(err)
	}
	gains, loses := Difference(before, RoleSet{desk.ID}, after, RoleSet{desk.ID})
	if len(gains) != 0 || !slices.Contains(loses, RightOf(BillWrite)) || !slices.Contains(loses, RightToSee(FieldMoney)) || slices.Contains(loses, RightOf(ClientRead)) {
		t.Errorf("gains %v, loses %v", gains, loses)
	}
	// Who has the field from another role gains the right and loses nothing.
	both := RoleSet{desk.ID, nurse.ID}
	gains, loses = Difference(before, both, after, both)
	if !slices.Equal(gains, []Right{RightOf(BillCredit)}) || len(loses) != 0 {
		t.Errorf("with both roles: gains %v, loses %v", gains, loses)
	}
}
