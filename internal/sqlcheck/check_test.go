package sqlcheck

import (
	"strings"
	"testing"
)

func catalogue() Catalogue {
	c := Catalogue{
		Tenant:    map[Table]bool{},
		Reference: map[Table]bool{{"app", "species"}: true},
		Control:   map[Table]bool{{"platform", "clinic"}: true},
		Functions: map[string]bool{"sec.tenant": true},
	}
	for _, name := range []string{"patients", "clients", "notes", "drafts", "tokens"} {
		c.Tenant[Table{"app", name}] = true
	}
	return c
}

func check(name, sql string) []Problem {
	return Check(Statement{Name: name, SQL: sql, Tenant: []int{1}}, catalogue())
}

func TestEachWrongStatementIsRefusedAndItsRepairAccepted(t *testing.T) {
	for _, f := range fixtures {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			found := check(f.name, f.wrong)
			if !says(found, f.says) {
				t.Errorf("%s\nfound %v, want one that says %q", f.wrong, found, f.says)
			}
			if f.right == "" {
				return
			}
			if found := check(f.name, f.right); len(found) > 0 {
				t.Errorf("%s\nis right, but: %v", f.right, found)
			}
		})
	}
}

func says(found []Problem, words string) bool {
	for _, p := range found {
		if strings.Contains(p.String(), words) {
			return true
		}
	}
	return false
}

func TestStatementsOfOurShapesAreAccepted(t *testing.T) {
	for name, sql := range rightBesides {
		if found := check(name, sql); len(found) > 0 {
			t.Errorf("%s: %s\n%v", name, sql, found)
		}
	}
}

// Every right statement with any one of its ties cut is refused: the fixtures cannot leave out a place.
func TestCuttingAnyOneTieIsFound(t *testing.T) {
	cut := 0
	for _, f := range fixtures {
		const tie = "tenant_id = $1"
		for at := range f.right {
			if !strings.HasPrefix(f.right[at:], tie) || redundant[f.name] {
				continue
			}
			cut++
			broken := f.right[:at] + "tenant_id IS NOT NULL" + f.right[at+len(tie):]
			if found := check(f.name, broken); len(found) == 0 {
				t.Errorf("%s: nothing found in\n%s", f.name, broken)
			}
		}
	}
	if cut < 60 {
		t.Errorf("only %d ties were cut", cut)
	}
}

// redundant fixtures compare more often than they need, or compare what is no table.
var redundant = map[string]bool{
	"subquery tied from outside only":        true,
	"EXISTS that ties the outer table again": true,
	"only in HAVING":                         true,
}

func TestTheTenantsParameterMustBeOne(t *testing.T) {
	sql := `SELECT id FROM patients WHERE tenant_id = $2 AND id = $1`
	if found := Check(Statement{Name: "second", SQL: sql, Tenant: []int{2}}, catalogue()); len(found) > 0 {
		t.Errorf("a tenant in second place: %v", found)
	}
	for name, tenant := range map[string][]int{"none": nil, "another": {1}, "two": {1, 2}} {
		if found := Check(Statement{Name: name, SQL: sql, Tenant: tenant}, catalogue()); len(found) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
	if found := Check(Statement{SQL: `SELECT code FROM species`}, catalogue()); len(found) > 0 {
		t.Errorf("a statement without a tenant table needs no parameter: %v", found)
	}
}

func TestAProblemNamesStatementAndPlace(t *testing.T) {
	found := check("ListPatients", `SELECT p.id FROM patients p`)
	if len(found) != 1 {
		t.Fatalf("found %v", found)
	}
	want := `ListPatients: app.patients, here called "p", is not tied by tenant_id = $1 (byte 17)`
	if got := found[0].String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
