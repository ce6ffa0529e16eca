package registry_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

func (c clinic) addPet(t *testing.T, owner id.ID, name string) id.ID {
	t.Helper()
	return c.addPatient(t, owner, registry.Patient{Name: name, Species: "dog", Sex: "unknown", Neutered: "unknown"})
}

// addFilled registers patients at once, with a number where one is given.
func (c clinic) addFilled(t *testing.T, name, number string, n int) {
	t.Helper()
	patients := make([]registry.Newcomer, n)
	for i := range patients {
		patients[i] = registry.Newcomer{PatientRow: registry.PatientRow{
			ID: id.New(), Patient: registry.Patient{Name: name, Species: "dog", Sex: "unknown", Neutered: "unknown"}, Status: registry.Active,
		}, Chip: number}
	}
	f, err := registry.SealFill(c.Keys, nil, patients)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return registry.RegisterFill(ctx, tx, c.Keys, f) }); err != nil {
		t.Fatal(err)
	}
}

func (c clinic) addNumbered(t *testing.T, name, number string) {
	t.Helper()
	c.addFilled(t, name, number, 1)
}

// moved brings a patient into a state.
func (c clinic) moved(t *testing.T, patient id.ID, state string) {
	t.Helper()
	ctx, admin, move := t.Context(), c.env.Admin(t), id.New()
	_, err := admin.Exec(ctx, `INSERT INTO app.patient_moves (tenant_id, id, patient_id, from_state, to_state, sealed, key_version, at)
		SELECT tenant_id, $1, id, 'active', $3, '', 1, now() FROM app.patients WHERE id = $2`, move, patient, state)
	if err == nil {
		_, err = admin.Exec(ctx, `UPDATE app.patients SET status = $3, last_move_id = $1 WHERE id = $2`, move, patient, state)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestSmallSlipsAreForgiven(t *testing.T) {
	c := newClinic(t)
	owner := c.addClient(t, registry.Client{FirstName: "Philippa", LastName: "Thompson"})
	c.addPet(t, owner, "Biscuit")
	c.addPet(t, id.ID{}, "Charlie")
	c.addPet(t, id.ID{}, "Steven")
	c.addPet(t, id.ID{}, "Bella")
	c.addPet(t, id.ID{}, "Billy")
	c.addClient(t, registry.Client{FirstName: "Sarah", LastName: "O'Keefe"})
	for typed, want := range map[string]string{
		"biskit":         "Biscuit", // c and k
		"biscuitt":       "Biscuit", // a letter doubled
		"biscut":         "Biscuit", // a letter missing
		"biscuit tomson": "Biscuit", // h and p missing
		"biskit thomsen": "Biscuit",
		"biskit filippa": "Biscuit",
		"tompson":        "Biscuit, Philippa Thompson",
		"filipa":         "Biscuit, Philippa Thompson", // ph and f
		"charley":        "Charlie",                    // y and i
		"charlei":        "Charlie",                    // ie and ei
		"stephen":        "Steven",
		"bela":           "Bella", // and not Billy, of the same sounds
		"sara":           "Sarah O'Keefe",
		"sarra okeef":    "Sarah O'Keefe",
		"biskit okeefe":  "",
		"basket":         "",
		"biskit7":        "", // nobody mishears a digit
	} {
		if got := names(c.search(t, typed)); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}

func TestWhatWasTypedStandsBeforeSlips(t *testing.T) {
	c := newClinic(t)
	for _, name := range []string{"Sofie", "Sophie", "Sofiella"} {
		c.addPet(t, id.ID{}, name)
	}
	if got := names(c.search(t, "sofie")); got != "Sofie, Sofiella, Sophie" && got != "Sofie, Sophie" {
		t.Errorf("sofie: %q", got)
	}
	if got := names(c.search(t, "sofi")); got != "Sofie, Sofiella, Sophie" {
		t.Errorf("sofi: %q", got)
	}
}

// The many that only sound alike, or only begin like it, do not crowd out what was typed.
func TestTheBestIsNotCutOff(t *testing.T) {
	c := newClinic(t)
	wanted := c.addPet(t, id.ID{}, "Stefan")
	longer := c.addPet(t, id.ID{}, "Stefania")
	opened := c.addPet(t, id.ID{}, "Steven")
	c.addFilled(t, "Steven", "", 320)
	if err := c.env.Scribe.Write(t.Context(), openedLeaf(c, opened)); err != nil {
		t.Fatal(err)
	}
	r := c.search(t, "stefan")
	if len(r.Patients) != 50 || r.Patients[0].ID != wanted || r.Patients[1].ID != longer || r.Patients[2].ID != opened || !r.More {
		t.Errorf("stefan: %d, more %t: %s", len(r.Patients), r.More, names(r))
	}
	if r := c.search(t, "steven"); r.Patients[0].ID != opened || !r.Patients[0].Lately {
		t.Error("of 321 Stevens the one opened last is not the first")
	}
}

// Of a clinic's many, the newest by far are those that only begin so.
func TestAnExactNameIsFoundAmongThousandsOfBeginnings(t *testing.T) {
	c := newClinic(t)
	owner := c.addClient(t, registry.Client{LastName: "Max"})
	wanted := c.addPet(t, id.ID{}, "Max")
	c.addFilled(t, "Maximus", "", 5000)
	c.addFilled(t, "Maxine", "", 5)
	r := c.search(t, "max")
	if len(r.Patients) != 50 || r.Patients[0].ID != wanted || len(r.Clients) != 1 || r.Clients[0].ID != owner || !r.More {
		t.Errorf("max: %d patients, more %t: %s", len(r.Patients), r.More, names(r))
	}
	if r := c.search(t, "maxi"); len(r.Patients) != 50 || !r.More {
		t.Errorf("maxi: %d patients, more %t", len(r.Patients), r.More)
	}
	if got := names(c.search(t, "maxin")); got != strings.Repeat("Maxine, ", 4)+"Maxine" {
		t.Errorf("maxin: %s", got)
	}
}

// Of too many to open, a word just begun cannot say which: those found by the rest are shown until it has three letters.
func TestAWordJustBegunHidesNothing(t *testing.T) {
	c := newClinic(t)
	c.addPet(t, id.ID{}, "Princess Leia")
	c.addFilled(t, "Princess", "", 310)
	if r := c.search(t, "princess le"); len(r.Patients) != 50 || !r.More {
		t.Errorf("%d found, more %t", len(r.Patients), r.More)
	}
	if got := names(c.search(t, "princess lei")); got != "Princess Leia" {
		t.Errorf("found %q", got)
	}
}

func TestTheOrderOfWhatIsFound(t *testing.T) {
	c := newClinic(t)
	died, left, still := c.addPet(t, id.ID{}, "Otto"), c.addPet(t, id.ID{}, "Otto B"), c.addPet(t, id.ID{}, "Otto C")
	c.addPet(t, id.ID{}, "Otto D")
	lately := c.addPet(t, id.ID{}, "Ottokar")
	c.moved(t, died, registry.Deceased)
	c.moved(t, left, registry.Transferred)
	c.moved(t, still, registry.Inactive)
	for _, p := range []id.ID{lately, died} {
		if err := c.env.Scribe.Write(t.Context(), openedLeaf(c, p)); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(c.search(t, "otto")); got != "Ottokar, Otto D, Otto C, Otto B, Otto" {
		t.Errorf("found %q", got)
	}
}

func TestAnAddressFindsTheClientAndTheAnimals(t *testing.T) {
	c := newClinic(t)
	h := helen()
	h.Street, h.City, h.Region, h.Postcode, h.Country = "12a Rosewood Lane", "Kirkby-in-Ashfield", "Nottinghamshire", "NG17 8AA", "United Kingdom"
	c.addPet(t, c.addClient(t, h), "Biscuit")
	c.addPet(t, c.addClient(t, registry.Client{LastName: "Quill", Street: "7 Rosewood Lane", City: "York", Postcode: "YO1 7HH"}), "Inky")
	c.addPet(t, c.addClient(t, registry.Client{LastName: "Visser", Street: "Lindengracht 7", City: "Amsterdam", Postcode: "1015KB"}), "Bram")
	c.addPet(t, c.addClient(t, registry.Client{LastName: "Ortiz", City: "Seattle", Postcode: "98101-1234"}), "Taco")
	for typed, want := range map[string]string{
		"lindengracht":    "Bram, Visser",
		"LINDENGRACHT 7":  "Bram, Visser",
		"rosewood york":   "Inky, Quill",
		"7 rosewood":      "Inky, Quill",
		"12a rosewood":    "Biscuit, Helen Thompson",
		"helen rosewood":  "Biscuit, Helen Thompson",
		"ashfield":        "Biscuit, Helen Thompson",
		"ng17 8aa":        "Biscuit, Helen Thompson",
		"NG178AA":         "Biscuit, Helen Thompson",
		"ng17":            "Biscuit, Helen Thompson",
		"ng17 8":          "Biscuit, Helen Thompson",
		"yo1 7hh":         "Inky, Quill",
		"1015 kb":         "Bram, Visser",
		"98101":           "Taco, Ortiz",
		"98101-1234":      "Taco, Ortiz",
		"ng17 8a":         "Biscuit, Helen Thompson",
		"8aa":             "",
		"nottinghamshire": "",
		"rosew":           "", // an address is found by whole words
		"ng17 8ab":        "",
	} {
		if got := names(c.search(t, typed)); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
	if got := names(c.search(t, "rosewood")); got != "Biscuit, Inky, Quill, Helen Thompson" {
		t.Errorf("rosewood finds %q", got)
	}
}

func TestAChangedAddressIsFoundByTheNewOneOnly(t *testing.T) {
	c := newClinic(t)
	h := helen()
	h.Street, h.Postcode = "Rosewood Lane", "NG17 8AA"
	row := c.addClient(t, h)
	h.Street, h.Postcode = "Harbour Street", "YO1 7HH"
	if err := c.editClient(t, row, 1, h); err != nil {
		t.Fatal(err)
	}
	if got := names(c.search(t, "harbour yo1")); got != "Helen Thompson" {
		t.Errorf("the new address finds %q", got)
	}
	for _, old := range []string{"rosewood", "ng17"} {
		if got := names(c.search(t, old)); got != "" {
			t.Errorf("%s finds %q", old, got)
		}
	}
}

// Two letters and three digits have no token: those opened last are looked through.
func TestTwoLettersAndThreeDigitsLookThroughTheRecent(t *testing.T) {
	c := newClinic(t)
	c.addPet(t, c.addClient(t, helen()), "Biscuit")
	c.addPet(t, c.addClient(t, registry.Client{LastName: "Bishop", Phones: []registry.Phone{{Number: "01632 960 555"}}}), "Rolo")
	for typed, want := range map[string]string{
		"bi": "Biscuit, Rolo", "ro": "Rolo", "th": "Biscuit", "zz": "", "555": "Rolo", "632": "Rolo", "998": "", "ro bi": "Rolo", "bi zz": "",
	} {
		if got := names(c.search(t, typed)); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
	ctx, meter := db.WithMeter(t.Context())
	err := c.env.Store.Read(ctx, c.who, func(ctx context.Context, tx *db.Tx) error {
		_, err := registry.Search(ctx, tx, c.Keys, tx.Now(), "bi")
		return err
	})
	if err != nil || meter.Trips() != 1 || meter.Statements() != 4 {
		t.Errorf("%d trips, %d statements, %v", meter.Trips(), meter.Statements(), err)
	}
}

func TestWhateverIsTypedBreaksNothing(t *testing.T) {
	c := newClinic(t)
	c.addPet(t, c.addClient(t, helen()), "Biscuit")
	for _, typed := range []string{
		`'`, `"`, `'';--`, `\`, `\\'`, `%`, `_`, `%_%`, `🐶`, `👩‍👩‍👧`, "\u202e\u2066biscuit", "كلب", "שָׁלוֹם", "a\x00b", "\xff\xfe", "'' ''", "@", "@@", "a@b@c", "+", "+++++", "0", "00", "000000",
		strings.Repeat("x", 100_000), strings.Repeat("ab ", 20_000), strings.Repeat("9", 50_000), strings.Repeat("🐶", 10_000), strings.Repeat("a1 ", 100), strings.Repeat("\u0301", 5000),
	} {
		if r := c.search(t, typed); len(r.Clients) > 0 {
			t.Errorf("%.20q finds %q", typed, names(r))
		}
	}
	if got := names(c.search(t, "\u202ebiscuit\u2069")); got != "Biscuit" {
		t.Errorf("between marks of direction: %q", got)
	}
}

// Nothing of another clinic is found, by sound or address neither; and its tokens are others (T85).
func TestSoundsAndAddressesStayInTheirClinic(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	h := helen()
	h.Street, h.Postcode = "Rosewood Lane", "NG17 8AA"
	a.addPet(t, a.addClient(t, h), "Biscuit")
	for _, typed := range []string{"biskit", "tomson", "rosewood", "ng17 8aa", "900123", "bi", "123"} {
		if got := names(a.search(t, typed)); got == "" {
			t.Errorf("%q finds nothing where it is", typed)
		}
		if got := names(b.search(t, typed)); got != "" {
			t.Errorf("%q finds %q in another clinic", typed, got)
		}
	}
	for field, text := range map[string]string{"sound": vault.Sound("biscuit"), "address": "rosewood"} {
		mine, theirs := a.Keys.Token(field, text), b.Keys.Token(field, text)
		if mine == theirs || mine == a.Keys.Token("name", text) {
			t.Errorf("%s: a token is shared", field)
		}
		b.read(t, func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListSearchHits(ctx, db.ListSearchHitsParams{
				TenantID: tx.Tenant, Fields: []string{field}, Tokens: [][]byte{mine[:]}, Bits: []int64{1}, Every: 1, Most: 10, Since: tx.Now(),
			})
			if len(rows) > 0 {
				t.Errorf("%s: A's token finds %d rows in B", field, len(rows))
			}
			return err
		})
	}
}

// A token costs most of a write: how many a patient and a client have is looked at when it grows.
func TestHowManyTokensARowHas(t *testing.T) {
	c := newClinic(t)
	h := helen()
	h.Street, h.City, h.Postcode = "12 Rosewood Lane", "York", "YO1 7HH"
	client := c.addClient(t, h)
	patient := c.addPet(t, client, "Biscuit")
	admin := c.env.Admin(t)
	for row, want := range map[id.ID]map[string]int{
		patient: {"name": 17, "sound": 3},
		client:  {"name": 11, "sound": 2, "phone": 57, "email": 11, "address": 5},
	} {
		rows, err := admin.Query(t.Context(), `SELECT field || ' ' || count(*) FROM app.search_tokens WHERE row_id = $1 GROUP BY field ORDER BY field`, row)
		if err != nil {
			t.Fatal(err)
		}
		var got, wanted []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			got = append(got, line)
		}
		for field, n := range want {
			wanted = append(wanted, field+" "+strconv.Itoa(n))
		}
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("tokens %q, want %q", got, wanted)
		}
	}
}
