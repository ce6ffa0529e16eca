package vaccines_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/dbtest"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
)

func TestACertificateIsIssuedOnlyByWhoVaccinatedWithALicence(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	dose := c.recorded(t, c.given("2026-03-12"))
	refused := func(what, words string) {
		t.Helper()
		_, err := c.issue(t, dose, id.ID{}, "")
		no, ok := errors.AsType[*vaccines.NotReady](err)
		if !ok || fault.KindOf(err) != fault.Conflict {
			t.Fatalf("%s: %v", what, err)
		}
		for _, check := range no.Checks {
			if !check.OK && !check.Warns && strings.Contains(check.Words, words) {
				return
			}
		}
		t.Errorf("%s: %+v", what, no.Checks)
	}
	refused("without a licence", "licence number")
	c.licensed(t)
	c.who.Person = c.nurse
	refused("gave it, but has no licence", "licence number")
	p, role := id.ID{}, access.Veterinarian
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		other, err := identity.AddPerson(ctx, tx, c.Keys, identity.NewPerson{Name: "Tom Reilly", Email: id.New().String() + "@x.example", Roles: []string{role}})
		p = other.ID
		return err
	})
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return registry.SetLicence(ctx, tx, c.Keys, p, "TX 9") })
	c.who.Person = p
	refused("another vet", "only they may issue")
	c.who.Person = c.vet
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return practice.Save(ctx, tx, c.Keys, 1, practice.Letterhead{Name: "Oak St Vets", Jurisdictions: "US"})
	})
	refused("no address of the practice", "practice's own address")
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return practice.Save(ctx, tx, c.Keys, 2, oakSt)
	})
	stray := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, stray, c.owner, registry.Patient{Name: "Stray", Species: "dog", Sex: "male", Neutered: "no"})
	})
	d := c.given("2026-03-12")
	d.Patient = stray
	whole := dose
	dose = c.recorded(t, d)
	refused("no birth", "birth")
	dose = c.recorded(t, vaccines.Dose{Patient: c.dog, Historical: true, Source: "Passport", Product: c.rabies.ID, Lot: "L1", Expiry: on("2026-01-01"), On: on("2025-03-01")})
	refused("given elsewhere", "given elsewhere")
	if _, err := c.issue(t, whole, id.ID{}, ""); err != nil {
		t.Errorf("whole: %v", err)
	}
}

func TestACertificateIsFrozenReplacedAndVoidedInAChain(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	c.licensed(t)
	dose := c.recorded(t, c.given("2026-03-12"))
	first, err := c.issue(t, dose, id.ID{}, "")
	if err != nil {
		t.Fatal(err)
	}
	one := c.certificate(t, first)
	if one.Serial != "VC-0001" || one.State() != vaccines.Valid || one.Pack == "" {
		t.Errorf("the first is %+v", one)
	}
	f := one.Certificate
	if f.OwnerLast != "Thompson" || f.OwnerFirst != "Helen" || f.OwnerMiddle != "May" || f.Street != "1 Elm St" || f.State != "TX" || f.Phone != "512 555 0123" || f.Tag != "TX-77" || f.Chip != "" ||
		f.Species != "Dog" || f.Age != "2 years" || f.Size != "Under 20 lb" || f.Breed != "Beagle" || f.Colours != "tan" || f.Sex != "Male" || f.Neuter != "Yes" ||
		f.Product != "Samplevac Rabies 3" || f.Lot != "L123" || f.Licensed != "3 years" || !f.Rabies || !f.Given.Equal(on("2026-03-12")) || !f.Due.Equal(on("2027-03-12")) ||
		f.Vet != "Amara Nwosu" || f.LicenceNo != "TX 12345" || len(f.Address) == 0 || len(f.Code) != 19 {
		t.Errorf("it says %+v", f)
	}
	if err := c.void(t, dose, "Wrong"); !errors.Is(err, vaccines.ErrCertified) {
		t.Errorf("a certified dose was voided: %v", err)
	}
	if _, err := c.issue(t, dose, id.ID{}, ""); !errors.Is(err, vaccines.ErrChanged) {
		t.Errorf("a second first one: %v", err)
	}
	if _, err := c.issue(t, dose, first, ""); mistake(err, "reason") == "" {
		t.Errorf("replaced without a reason: %v", err)
	}
	second, err := c.issue(t, dose, first, "Wrong street")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.issue(t, dose, first, "Again"); !errors.Is(err, vaccines.ErrChanged) {
		t.Errorf("replaced twice: %v", err)
	}
	if one, two := c.certificate(t, first), c.certificate(t, second); one.State() != vaccines.Replaced || one.ReplacedBy != second || two.Serial != "VC-0002" || two.Replaces != first || two.Certificate.Code == f.Code {
		t.Errorf("the chain is %+v and %+v", one, two)
	}
	void := func(row id.ID) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return vaccines.VoidCertificate(ctx, tx, c.Keys, row, "Wrong dog")
		})
	}
	if err := void(first); !errors.Is(err, vaccines.ErrChanged) {
		t.Errorf("a replaced one was voided: %v", err)
	}
	if err := void(second); err != nil {
		t.Fatal(err)
	}
	if two := c.certificate(t, second); two.State() != vaccines.Void || two.VoidReason != "Wrong dog" {
		t.Errorf("voided it is %+v", two)
	}
	if err := c.void(t, dose, "Wrong dog"); err != nil {
		t.Errorf("the dose of a void certificate: %v", err)
	}
	if _, err := c.issue(t, dose, second, "Once more"); !errors.Is(err, vaccines.ErrVoid) {
		t.Errorf("over a void dose: %v", err)
	}
}

// A refused one takes no serial along: they have no gaps.
func TestSerialsHaveNoGaps(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	c.licensed(t)
	var rows []id.ID
	for range 4 {
		rows = append(rows, c.recorded(t, c.given("2026-03-12")))
	}
	broken := errors.New("the line broke")
	done := make(chan error, len(rows))
	for i, dose := range rows {
		go func() {
			row := id.New()
			done <- c.env.Store.Write(context.Background(), c.who, func(ctx context.Context, tx *db.Tx) error {
				err := vaccines.Issue(ctx, tx, c.Keys, row, vaccines.NewCertificate{Dose: dose, Clinic: "Elm", Vet: "Amara", Country: "US", Today: today})
				if err == nil && i == 1 {
					return broken
				}
				return err
			})
		}()
	}
	for range rows {
		if err := <-done; err != nil && !errors.Is(err, broken) {
			t.Fatal(err)
		}
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := vaccines.Certificates(ctx, tx, c.dog)
		seen := map[string]bool{}
		for _, one := range list {
			seen[one.Serial] = true
		}
		if len(list) != 3 || !seen["VC-0001"] || !seen["VC-0002"] || !seen["VC-0003"] {
			t.Errorf("the serials are %v", seen)
		}
		return err
	})
}

func TestACodeIsKnownToItsOwnClinicAlone(t *testing.T) {
	t.Parallel()
	env := dbtest.Shared(t)
	c, other := newClinic(t, env), newClinic(t, env)
	c.licensed(t)
	row, err := c.issue(t, c.recorded(t, c.given("2026-03-12")), id.ID{}, "")
	if err != nil {
		t.Fatal(err)
	}
	code := c.certificate(t, row).Certificate.Code
	verify := func(c *clinic, code string) (v vaccines.Verified, err error) {
		err = env.Store.Read(t.Context(), c.who, func(ctx context.Context, tx *db.Tx) error {
			v, err = vaccines.Verify(ctx, tx, c.Keys, code)
			return err
		})
		return v, err
	}
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), strings.ReplaceAll(code, "-", " ")} {
		if v, err := verify(c, typed); err != nil || v.Serial != "VC-0001" || v.State != vaccines.Valid || v.Species != "dog" {
			t.Errorf("%q gave %+v, %v", typed, v, err)
		}
	}
	for _, typed := range []string{"", "0000-0000-0000-0000", code + "0", strings.Repeat("é", 400)} {
		if _, err := verify(c, typed); !errors.Is(err, fault.Missing) {
			t.Errorf("%.20q gave %v", typed, err)
		}
	}
	if _, err := verify(other, code); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic knows it: %v", err)
	}
}

// A certificate says what law and label say of its dose, whatever day somebody set by hand.
func TestACertificateSaysTheDayOfTheRule(t *testing.T) {
	t.Parallel()
	c := newClinic(t, dbtest.Shared(t))
	c.licensed(t)
	dose := c.recorded(t, c.given("2026-03-12"))
	rule := c.due(t)[0].Due
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return vaccines.SetDue(ctx, tx, c.Keys, id.New(), c.dog, "rabies", on("2028-01-01"), "With the spring visit", today)
	})
	if l := c.due(t)[0]; l.Due.Equal(rule) {
		t.Fatalf("no day was set: %+v", l)
	}
	row, err := c.issue(t, dose, id.ID{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := c.certificate(t, row).Certificate; !got.Due.Equal(rule) || strings.Contains(got.Because, "by hand") {
		t.Errorf("it says %s because %s, and the rule says %s", got.Due, got.Because, rule)
	}
}
