package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// A search is a read page: the session is one trip and all that was found the other.
func TestASearchIsTwoTrips(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "sorrel")
	client, animal := h.newClient(t), h.newAnimal(t)
	h.as(t, access.Veterinarian).get("/patients") // roles and species are in memory from then on
	for _, role := range roleKeys {
		b := h.as(t, role)
		for typed, row := range map[string]string{"qui": client.String(), "900777": client.String(), "pip": animal.String(), "nobody": "", "p": ""} {
			r := b.send("/search", url.Values{"q": {typed}})
			if r.status != http.StatusOK || !strings.Contains(r.body, row) {
				t.Errorf("%q as %s: %d, without %s", typed, role, r.status, row)
			}
			if trips, statements := b.meter.Trips(), b.meter.Statements(); trips > tripsMost || statements > statementsMost {
				t.Errorf("%q as %s: %d trips, %d statements", typed, role, trips, statements)
			}
		}
	}
}

// chipped registers animals with a chip number.
func (h *shop) chipped(t *testing.T, number string, names ...string) (last id.ID) {
	t.Helper()
	var patients []registry.Newcomer
	for _, name := range names {
		last = id.New()
		patients = append(patients, registry.Newcomer{PatientRow: registry.PatientRow{
			ID: last, Patient: registry.Patient{Name: name, Species: "dog", Sex: "male", Neutered: "no"}, Status: registry.Active,
		}, Chip: number})
	}
	f, err := registry.SealFill(h.keys, nil, patients)
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error { return registry.RegisterFill(ctx, tx, h.keys, f) })
	return last
}

// As a reader does it, or a person who types it whole and presses Enter.
func TestAChipOpensThePatientThatWearsIt(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	one := s.a.chipped(t, "985112345678903", "Rolo")
	s.a.chipped(t, "985112345678911", "Max", "Moritz")
	s.b.chipped(t, "985112345678929", "Other")
	desk := s.a.as(t, access.Receptionist)
	for typed, want := range map[string]string{
		"985112345678903": "/patients/" + one.String(), "985 112 345 678 903": "/patients/" + one.String(),
		"985112345678911": "", "985112345678929": "", "98511234567890": "", "345678903": "", "rolo": "",
	} {
		r := desk.send("/search", url.Values{"q": {typed}})
		if r.header.Get("Location") != want || want == "" && r.status != http.StatusOK {
			t.Errorf("%q: %d to %q", typed, r.status, r.header.Get("Location"))
		}
		if found := s.leaves(t, s.a, r.request()); len(found) != 1 || found[0].Action != "searched" {
			t.Errorf("%q is recorded as %+v", typed, found)
		}
		if strings.Contains(r.body, "Other") {
			t.Errorf("%q shows another clinic's patient", typed)
		}
	}
	desk.partial = true
	r := desk.send("/search", url.Values{"q": {"985112345678903"}})
	htmltest.Has(t, r.body, "[role=option][href='/patients/"+one.String()+"']", "985112345678903")
}

func TestWhatWasTypedArrivesInTheNewClientsForm(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	desk := s.a.as(t, access.Receptionist)
	found := desk.send("/search", url.Values{"q": {"wilhelmina bisc"}})
	htmltest.Has(t, found.body, ".empty", "No one called “wilhelmina bisc”. New owner?")
	page := desk.submit(found, "main .pagehead form", nil)
	if page.status != http.StatusOK {
		t.Fatalf("%d", page.status)
	}
	form := htmltest.Form(t, page.body, "#client-form")
	if form.Get("given_name") != "Wilhelmina" || form.Get("family_name") != "Bisc" || form.Get("new_id") == "" {
		t.Errorf("the form holds %v", form)
	}
	desk.partial = true
	list := desk.send("/search", url.Values{"q": {"xylo"}})
	htmltest.Has(t, list.body, "button[formaction='/clients/new']", "New client “xylo”")
	htmltest.Has(t, list.body, ".nobody", "No one called “xylo”. New owner?")
}

// Each row has two things besides the name that tell it from its namesakes, and leads to the owner too.
func TestARowOfASearchTellsNamesakesApart(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "tansy")
	client := h.newClient(t)
	h.client = client
	animal := h.newAnimal(t)
	desk := h.as(t, access.Receptionist)
	desk.partial = true
	r := desk.send("/search", url.Values{"q": {"900777"}})
	row := "[role=option][href='/patients/" + animal.String() + "']"
	htmltest.Has(t, r.body, row+" .sub", "Cat. Ada Quill 07700 900777")
	htmltest.Has(t, r.body, row+" .sub mark", "900777")
	if got := htmltest.Attr(t, r.body, row, "data-second"); got != "/clients/"+client.String() {
		t.Errorf("the second action is %q", got)
	}
	htmltest.Has(t, r.body, "[role=option][href='/clients/"+client.String()+"'] mark", "900777")
}

// An animal found by its second owner shows who that is, and leads there.
func TestAnAnimalShowsTheOwnerItWasFoundBy(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "tarragon")
	first, second := h.called(t, "Ashworth"), id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, h.keys, second, registry.Client{
			FirstName: "Ben", LastName: "Birch", Phones: []registry.Phone{{Number: "020 7946 0777"}}, Email: "benbirch@example.org", City: "Harrogate",
		})
	})
	animal := h.ownedBy(t, first)
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.SetOwners(ctx, tx, h.keys, animal, 1, []registry.Bond{
			{Client: first, Role: registry.RoleOwner, Share: 5000}, {Client: second, Role: registry.RolePayer, Share: 5000},
		})
	})
	desk := h.as(t, access.Receptionist)
	desk.partial = true
	row := "[role=option][href='/patients/" + animal.String() + "']"
	for typed, want := range map[string]struct{ line, mark, second string }{
		"birch":                {"Dog. Ashworth, Ben Birch 020 7946 0777", "Birch", second.String()},
		"biscuit birch":        {"Dog. Ashworth, Ben Birch 020 7946 0777", "Birch", second.String()},
		"79460777":             {"Dog. Ashworth, Ben Birch 020 7946 0777", "7946 0777", second.String()},
		"benbirch@example.org": {"Dog. Ashworth, Ben Birch 020 7946 0777", "", second.String()},
		"harrogate":            {"Dog. Ashworth, Ben Birch 020 7946 0777", "", second.String()},
		"biscuit":              {"Dog. Ashworth 07700 900321", "Biscuit", first.String()},
		"ashworth":             {"Dog. Ashworth 07700 900321", "Ashworth", first.String()},
	} {
		r := desk.send("/search", url.Values{"q": {typed}})
		htmltest.Has(t, r.body, row+" .sub", want.line)
		if want.mark != "" {
			htmltest.Has(t, r.body, row+" mark", want.mark)
		}
		if got := htmltest.Attr(t, r.body, row, "data-second"); got != "/clients/"+want.second {
			t.Errorf("%q: the second action is %q", typed, got)
		}
	}
}
