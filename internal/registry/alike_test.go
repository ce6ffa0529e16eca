package registry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
)

func (c clinic) alike(t *testing.T, but id.ID, f registry.ClientForm) string {
	t.Helper()
	var out []string
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		found, err := registry.AlikeClients(ctx, tx, c.Keys, but, f)
		for _, a := range found {
			out = append(out, []string{"", "phone", "e-mail", "name"}[a.By]+" "+a.Name())
		}
		return err
	})
	return strings.Join(out, ", ")
}

func phone(numbers ...string) registry.ClientForm {
	var f registry.ClientForm
	for _, n := range numbers {
		f.Phones = append(f.Phones, registry.Phone{Number: n})
	}
	return f
}

func TestWhoMayBeTheSameClient(t *testing.T) {
	c := newClinic(t)
	row := c.addClient(t, helen())
	c.addClient(t, registry.Client{FirstName: "Helen", LastName: "Quill", Phones: []registry.Phone{{Number: "01632 960 555"}}})
	for _, one := range []struct {
		typed registry.ClientForm
		want  string
	}{
		{phone("07700900123"), "phone Helen Thompson"},
		{phone("", "+44 7700 900123"), "phone Helen Thompson"},
		{phone("020 7946 0018"), "phone Helen Thompson"},
		{phone("07700 900123", "01632960555"), "phone Helen Quill, phone Helen Thompson"},
		{phone("07700 90012"), ""}, // not whole yet
		{phone("900123"), ""},
		{phone("0123"), ""},
		{registry.ClientForm{Email: " HELEN.Thompson@example.com"}, "e-mail Helen Thompson"},
		{registry.ClientForm{Email: "helen.thompson"}, ""},
		{registry.ClientForm{Email: "helen@example.com"}, ""},
		{registry.ClientForm{FirstName: "helen", LastName: "THOMPSON"}, "name Helen Thompson"},
		{registry.ClientForm{FirstName: "Hélen", LastName: "Thompson"}, "name Helen Thompson"},
		{registry.ClientForm{FirstName: "Thompson", LastName: "Helen"}, ""},
		{registry.ClientForm{FirstName: "Helen"}, ""},
		{registry.ClientForm{LastName: "Thompson"}, ""},
		{registry.ClientForm{FirstName: "Helen Mary", LastName: "Thompson"}, ""},
		{registry.ClientForm{FirstName: "Helen", LastName: "Quill", Email: "helen.thompson@example.com"}, "e-mail Helen Thompson, name Helen Quill"},
		{registry.ClientForm{}, ""},
		{registry.ClientForm{FirstName: `'"%_\`, LastName: "🐶", Email: strings.Repeat("x", 10_000) + "@x.y", Phones: []registry.Phone{{Number: strings.Repeat("9", 1000)}}}, ""},
	} {
		if got := c.alike(t, id.New(), one.typed); got != one.want {
			t.Errorf("%+v is like %q, want %q", one.typed, got, one.want)
		}
	}
	if got := c.alike(t, row, registry.FormOfClient(helen())); got != "" {
		t.Errorf("a client is like itself: %q", got)
	}
	if got := newClinic(t).alike(t, id.New(), registry.FormOfClient(helen())); got != "" {
		t.Errorf("another clinic is told of %q", got)
	}
	for range 5 {
		c.addClient(t, helen())
	}
	if got := c.alike(t, id.New(), registry.FormOfClient(helen())); got != "phone Helen Thompson, phone Helen Thompson, phone Helen Thompson" {
		t.Errorf("of six there are shown %q", got)
	}
}

func TestWhichAnimalMayBeTheSame(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	h, q := c.addClient(t, helen()), c.addClient(t, registry.Client{LastName: "Quill"})
	row := c.addPet(t, h, "Biscuit")
	look := func(c clinic, but, client id.ID, name, species string) (out []id.ID, err error) {
		t.Helper()
		err = c.env.Store.Read(t.Context(), c.who, func(ctx context.Context, tx *db.Tx) error {
			found, err := registry.AlikePatients(ctx, tx, c.Keys, but, client, name, species)
			for _, p := range found {
				out = append(out, p.ID)
			}
			return err
		})
		return out, err
	}
	ask := func(c clinic, but, client id.ID, name, species string) []id.ID {
		t.Helper()
		out, err := look(c, but, client, name, species)
		if err != nil {
			t.Error(err)
		}
		return out
	}
	if got := ask(c, id.New(), h, " BISCUIT ", "dog"); !slices.Equal(got, []id.ID{row}) {
		t.Errorf("the same name is like %v", got)
	}
	for _, got := range [][]id.ID{
		ask(c, row, h, "Biscuit", "dog"), ask(c, id.New(), q, "Biscuit", "dog"), ask(c, id.New(), h, "Biscuit", "cat"), ask(c, id.New(), h, "Bis", "dog"),
		ask(c, id.New(), h, "", "dog"), ask(c, id.New(), id.ID{}, "Biscuit", "dog"),
	} {
		if len(got) > 0 {
			t.Errorf("found %v", got)
		}
	}
	for what, one := range map[string]struct {
		clinic
		client id.ID
	}{"another clinic's owner": {other, h}, "nobody": {c, id.New()}} {
		if got, err := look(one.clinic, id.New(), one.client, "Biscuit", "dog"); !errors.Is(err, fault.Missing) || len(got) > 0 {
			t.Errorf("%s has %v, %v", what, got, err)
		}
	}
}

func TestAFormOfWhatWasTypedIntoTheSearch(t *testing.T) {
	for typed, want := range map[string]registry.ClientForm{
		"bisc":                {LastName: "Bisc"},
		" helen  thompson ":   {FirstName: "Helen", LastName: "Thompson"},
		"Anne-Marie de Vries": {FirstName: "Anne-Marie De", LastName: "Vries"},
		"O'Brien":             {LastName: "O'Brien"},
		"élan":                {LastName: "Élan"},
		"zoe@example.com":     {Email: "zoe@example.com"},
		"07700 900123":        {Phones: []registry.Phone{{Number: "07700 900123"}}},
		"%%%":                 {},
		"":                    {},
	} {
		got := registry.FormOfTyped(typed)
		if got.FirstName != want.FirstName || got.LastName != want.LastName || got.Email != want.Email || !slices.Equal(got.Phones, want.Phones) {
			t.Errorf("%q gives %+v, want %+v", typed, got, want)
		}
	}
}

func TestPhonePiecesMarkTheDigitsTyped(t *testing.T) {
	for _, c := range []struct {
		number, typed string
		want          []registry.Piece
	}{
		{"07700 900123", "0123", []registry.Piece{{"07700 90", false}, {"0123", true}}},
		{"07700 900123", "07700", []registry.Piece{{"07700", true}, {" 900123", false}}},
		{"07700 900123", "+44 7700 900123", []registry.Piece{{"07700 900123", true}}},
		{"07700 900123", "helen 900123", []registry.Piece{{"07700 ", false}, {"900123", true}}},
		{"07700 900123", "123", []registry.Piece{{"07700 900", false}, {"123", true}}},
		{"07700 900123", "helen", []registry.Piece{{"07700 900123", false}}},
		{"", "0123", []registry.Piece{{"", false}}},
		{"０７７００", "07700", []registry.Piece{{"０７７００", false}}},
	} {
		if got := registry.PhonePieces(c.number, c.typed); !slices.Equal(got, c.want) {
			t.Errorf("%q by %q: %+v", c.number, c.typed, got)
		}
	}
}
