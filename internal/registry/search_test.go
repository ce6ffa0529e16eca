package registry_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/registry"
)

func openedLeaf(c clinic, patient id.ID) audit.Leaf {
	return audit.NewLeaf(c.who, c.env.Store.Now(), audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
}

func names(r registry.Results) string {
	var out []string
	for _, p := range r.Patients {
		out = append(out, p.Called())
	}
	for _, c := range r.Clients {
		out = append(out, c.Name())
	}
	return strings.Join(out, ", ")
}

func TestSearchFindsByWhatPeopleType(t *testing.T) {
	c := newClinic(t)
	h := c.addClient(t, helen())
	c.addPatient(t, h, biscuit())
	c.addClient(t, registry.Client{FirstName: "Siân", LastName: "O'Brien", Phones: []registry.Phone{{Number: "01632 960 555"}}})
	müller := c.addClient(t, registry.Client{FirstName: "Jürgen", LastName: "Müller-Lüdenscheidt"})
	pet := func(owner id.ID, name, species string) {
		c.addPatient(t, owner, registry.Patient{Name: name, Species: species, Sex: "unknown", Neutered: "unknown"})
	}
	pet(müller, "Schnuffi", "rabbit")
	pet(id.ID{}, "Maximus", "cat")
	pet(id.ID{}, "Max", "dog")
	pet(id.ID{}, "Bo", "dog")
	pet(id.ID{}, `Lady "Piper" 100%`, "cat")
	pet(id.ID{}, "たま", "cat")
	for typed, want := range map[string]string{
		"biscuit":                    "Biscuit",
		"BISC":                       "Biscuit",
		"biscuit thompson":           "Biscuit",
		"thompson biscuit":           "Biscuit",
		"bisc helen":                 "Biscuit",
		"thom":                       "Biscuit, Helen Thompson",
		"biscuit müller":             "",
		"isc":                        "",
		"sian":                       "Siân O'Brien",
		"obrien":                     "Siân O'Brien",
		"O’Brien":                    "Siân O'Brien",
		"brien":                      "Siân O'Brien",
		"muller":                     "Schnuffi, Jürgen Müller-Lüdenscheidt",
		"Müller-Lüd":                 "Schnuffi, Jürgen Müller-Lüdenscheidt",
		"max":                        "Max, Maximus",
		"maxi":                       "Maximus",
		"bo":                         "Bo",
		"b":                          "",
		"":                           "",
		"piper":                      `Lady "Piper" 100%`,
		`"piper"`:                    `Lady "Piper" 100%`,
		"lady 100%":                  `Lady "Piper" 100%`,
		"%":                          "",
		"%%%":                        "",
		"_____":                      "",
		"' OR 1=1 --":                "",
		`\`:                          "",
		"🐶🐱":                         "",
		"たま":                         "たま",
		"0123":                       "Biscuit, Helen Thompson",
		"123":                        "Biscuit", // by the phone of one opened last
		"900123":                     "Biscuit, Helen Thompson",
		"07700 900123":               "Biscuit, Helen Thompson",
		"07700":                      "Biscuit, Helen Thompson",
		"0770":                       "",
		"+447700900123":              "Biscuit, Helen Thompson",
		"020 7946 0018":              "Biscuit, Helen Thompson",
		"960555":                     "Siân O'Brien",
		"helen 900123":               "Biscuit, Helen Thompson",
		"helen.thompson@example.com": "Biscuit, Helen Thompson",
		"HELEN.THOMPSON@EXAMPLE.COM": "Biscuit, Helen Thompson",
		"helen@example.com":          "",
		"example.com":                "",
	} {
		if got := names(c.search(t, typed)); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}

func TestARenamedOwnerIsFoundByTheNewNameAndNoLongerByTheOld(t *testing.T) {
	c := newClinic(t)
	h := c.addClient(t, helen())
	animal := c.addPatient(t, h, biscuit())
	married := helen()
	married.LastName = "Featherstone"
	if err := c.editClient(t, h, 1, married); err != nil {
		t.Fatal(err)
	}
	if got := names(c.search(t, "biscuit featherstone")); got != "Biscuit" {
		t.Errorf("by the new name: %q", got)
	}
	if got := names(c.search(t, "biscuit thompson")); got != "" {
		t.Errorf("by the old name: %q", got)
	}
	renamed := biscuit()
	renamed.Name = "Crumpet"
	if err := c.editPatient(t, animal, renamed); err != nil {
		t.Fatal(err)
	}
	if got := names(c.search(t, "crumpet feather")); got != "Crumpet" {
		t.Errorf("by the animal's new name: %q", got)
	}
	if got := names(c.search(t, "biscuit")); got != "" {
		t.Errorf("by the animal's old name: %q", got)
	}
}

func TestASearchTakesOneRoundTripAndAnEmptyOneNone(t *testing.T) {
	c := newClinic(t)
	c.addPatient(t, c.addClient(t, helen()), biscuit())
	for typed, most := range map[string]int{"thompson": 1, "900123": 1, "nobody at all": 1, "x": 0} {
		ctx, meter := db.WithMeter(t.Context())
		err := c.env.Store.Read(ctx, c.who, func(ctx context.Context, tx *db.Tx) error {
			_, err := registry.Search(ctx, tx, c.Keys, tx.Now(), typed)
			return err
		})
		if err != nil || meter.Trips() > most {
			t.Errorf("%q: %d round trips, %v", typed, meter.Trips(), err)
		}
	}
}

func TestASearchIsOneStatementInOneTrip(t *testing.T) {
	c := newClinic(t)
	c.addPatient(t, c.addClient(t, helen()), biscuit())
	c.addNumbered(t, "Marmalade", "900101")
	for typed, want := range map[string]string{
		"thom": "Biscuit, Helen Thompson", "0123": "Biscuit, Helen Thompson", "helen.thompson@example.com": "Biscuit, Helen Thompson",
		"900101": "Marmalade", "marma 0101": "Marmalade", "nobody at all": "",
	} {
		ctx, meter := db.WithMeter(t.Context())
		var r registry.Results
		err := c.env.Store.Read(ctx, c.who, func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = registry.Search(ctx, tx, c.Keys, tx.Now(), typed)
			return err
		})
		if err != nil || names(r) != want {
			t.Errorf("%q finds %q, want %q, %v", typed, names(r), want, err)
		}
		if meter.Trips() != 1 || meter.Statements() != 2 { // its own and the fence's
			t.Errorf("%q: %d trips, %d statements", typed, meter.Trips(), meter.Statements())
		}
	}
}

func TestAPatientOfTwoOwnersIsFoundOnceWithBothAndItsNumbers(t *testing.T) {
	c := newClinic(t)
	c.addNumbered(t, "Marmalade", "900101")
	animal := c.search(t, "marmalade").Patients[0].ID
	for _, owner := range []id.ID{c.addClient(t, helen()), c.addClient(t, registry.Client{LastName: "Quill"})} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertOwnership(ctx, db.InsertOwnershipParams{TenantID: tx.Tenant, ID: id.New(), PatientID: animal, ClientID: owner, Role: "owner", Since: tx.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	r := c.search(t, "900101")
	if len(r.Patients) != 1 {
		t.Fatalf("found %q", names(r))
	}
	hit := r.Patients[0]
	var owners []string
	for _, o := range hit.Owners {
		owners = append(owners, o.Name())
	}
	if !slices.Equal(owners, []string{"Helen Thompson", "Quill"}) || !slices.Equal(hit.Numbers, []string{"900101"}) {
		t.Errorf("owners %q, numbers %q", owners, hit.Numbers)
	}
}

// A token whose row is not there, as nothing of ours leaves one, must not stop a search.
func TestATokenOfNoRowFindsNothing(t *testing.T) {
	c := newClinic(t)
	c.addPatient(t, id.ID{}, biscuit())
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		hash := c.Keys.Token("name", "biscuit")
		return tx.InsertSearchTokens(ctx, db.InsertSearchTokensParams{
			TenantID: tx.Tenant, Fields: []string{"name", "name"}, Tokens: [][]byte{hash[:], hash[:]}, RowIds: []id.ID{id.New(), id.New()}, Kinds: []string{"patient", "client"},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(c.search(t, "biscuit")); got != "Biscuit" {
		t.Errorf("found %q", got)
	}
}

// A token is cut to eight bytes, so rows can be found that do not hold the word: they must not be shown.
func TestAFalseHitIsDroppedAfterOpening(t *testing.T) {
	c := newClinic(t)
	animal := c.addPatient(t, id.ID{}, biscuit())
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		hash := c.Keys.Token("name", "rover")
		return tx.InsertSearchTokens(ctx, db.InsertSearchTokensParams{
			TenantID: tx.Tenant, Fields: []string{"name"}, Tokens: [][]byte{hash[:]}, RowIds: []id.ID{animal}, Kinds: []string{"patient"},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(c.search(t, "rover")); got != "" {
		t.Errorf("found %q", got)
	}
}

func TestPiecesMarkWhatWasFound(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		want        []registry.Piece
	}{
		{"Biscuit", "bis", []registry.Piece{{"Bis", true}, {"cuit", false}}},
		{"Siân O’Brien", "sia obri", []registry.Piece{{"Siâ", true}, {"n ", false}, {"O’Bri", true}, {"en", false}}},
		{"Zoe\u0308", "zoe", []registry.Piece{{"Zoe\u0308", true}}},
		{"Biscuit", "%", []registry.Piece{{"Biscuit", false}}},
		{"", "x", nil},
	} {
		if got := registry.Pieces(c.name, c.typed); !slices.Equal(got, c.want) {
			t.Errorf("%q by %q: %+v", c.name, c.typed, got)
		}
	}
}

func TestAWordJustBegunNarrowsTheSearch(t *testing.T) {
	c := newClinic(t)
	for _, name := range []string{"Princess Leia", "Princess Zelda", "Leo"} {
		c.addPatient(t, id.ID{}, registry.Patient{Name: name, Species: "cat", Sex: "unknown", Neutered: "unknown"})
	}
	for _, typed := range []string{"princess l", "princess le", "princess lei", "LE princess"} {
		if got := names(c.search(t, typed)); got != "Princess Leia" {
			t.Errorf("%q found %q", typed, got)
		}
	}
}
