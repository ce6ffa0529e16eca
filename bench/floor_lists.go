package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"paddock/db"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/registry"
	"paddock/internal/vault"
	"paddock/views"
	"paddock/views/ui"
)

// asked is what the product asks the database for when the beginning of a name is typed. The tokens are the
// product's: those of the floor's database were copied with the rest.
func asked(keys *vault.Clinic, typed string) db.ListSearchHitsParams {
	const lately = 14 * 24 * time.Hour
	p := db.ListSearchHitsParams{Every: 1, Since: clock.System.Now().Add(-lately).UTC(), Most: 80, Each: 240}
	for _, t := range []struct {
		field, label, text string
		bits               int64
	}{
		{"name", "name", typed, 1<<8 | 1<<24},
		{"name", "whole name", typed, 1 | 1<<24},
		{"email", "email", typed, 1 << 8},
		{"address", "address", typed, 1 << 8},
	} {
		hash := keys.Token(t.label, t.text)
		p.Fields, p.Tokens, p.Bits = append(p.Fields, t.field), append(p.Tokens, hash[:]), append(p.Bits, t.bits)
	}
	return p
}

// page is what every page of the floor begins with.
func (f *floor) page() ui.Page {
	return ui.Page{
		Nonce: "AAAAAAAAAAAAAAAAAAAAAA", CSRF: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Assets: f.assets, Clinic: f.Clinic, Here: "patients",
		Person: ui.Person{Name: f.VetName, Role: f.Role, Initials: "TR"}, Today: true, Bills: true,
		Practice: []ui.Link{{Href: "/formulary", Label: "Medicines"}, {Href: "/snippets", Label: "Snippets"}}, Mark: live.Mark(clock.System.Now()),
		Stay: ui.Stay{Idle: "900", Locks: "900", Ends: "43200"},
	}
}

// listPatients is the page of the patients opened last.
func (f *floor) listPatients(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var rows []db.ListRecentPatientsRow
	ask := func(q *db.Queries) (err error) {
		rows, err = q.ListRecentPatients(ctx, db.ListRecentPatientsParams{})
		return unqueued(err)
	}
	if err := f.transaction(ctx, ask, f.leaf("listed", "patient", "GET /patients", id.ID{})); err != nil {
		return err
	}
	view := views.Patients{Page: f.page(), MayAdd: true}
	now, last := clock.System.Now().In(f.zone), id.ID{}
	for _, p := range rows {
		if p.ID == last {
			continue
		}
		last = p.ID
		own, owner, err := opened(p.Sealed, p.ClientSealed)
		if err != nil {
			return err
		}
		row := views.PatientRow{
			Href: "/patients/" + p.ID.String(), Species: p.Species, Name: own.Name,
			Kind:  join(f.species[p.Species], p.Breed, registry.Age(bornOf(p.BornOn, p.BornPrecision, p.BornEstimated), now)),
			Owner: owner.Name(), OwnerHref: "/clients/" + p.ClientID.String(), Phone: owner.Phones[0].Number,
		}
		if p.OpenedAt.Unix() > 0 {
			row.Opened, row.OpenedAt = p.OpenedAt.In(f.zone).Format("02-Jan-2006 15:04"), p.OpenedAt.UTC().Format(time.RFC3339)
		}
		view.Rows = append(view.Rows, row)
	}
	return show(ctx, w, views.PatientsPage(view))
}

// search is the page of what is found for the beginning of a name: the product's statement, sorted by name.
func (f *floor) search(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("reading the form: %w", err)
	}
	typed := r.PostForm.Get("q")
	p, ok := f.Asked[typed]
	if !ok {
		return errors.New("the floor was not told how to look for this")
	}
	ctx := r.Context()
	var rows []db.ListSearchHitsRow
	ask := func(q *db.Queries) (err error) {
		rows, err = q.ListSearchHits(ctx, p)
		return unqueued(err)
	}
	if err := f.transaction(ctx, ask, f.leaf("searched", "registry", "POST /search", id.ID{})); err != nil {
		return err
	}
	view := views.Search{Page: f.page(), Query: typed, AddClient: "/clients/new"}
	now, last := clock.System.Now().In(f.zone), id.ID{}
	for _, h := range rows {
		if h.ID == last {
			continue
		}
		last = h.ID
		if h.Kind == "client" {
			var c registry.Client
			if err := json.Unmarshal(h.ClientSealed, &c); err != nil {
				return fmt.Errorf("reading a client: %w", err)
			}
			view.Clients = append(view.Clients, views.Hit{Href: "/clients/" + h.ID.String(), Name: text(c.Name()), Line: text(c.Phones[0].Number + ", " + c.Email)})
			continue
		}
		own, owner, err := opened(h.Sealed, h.ClientSealed)
		if err != nil {
			return err
		}
		view.Patients = append(view.Patients, views.Hit{
			Href: "/patients/" + h.ID.String(), Second: "/clients/" + h.ClientID.String(), Species: h.Species, Name: text(own.Name + " " + owner.Surname()),
			Line: text(join(f.species[h.Species], h.Breed, registry.Age(bornOf(h.BornOn, h.BornPrecision, h.BornEstimated), now)) + ". " + owner.Name() + " " + owner.Phones[0].Number),
		})
	}
	byName := func(a, b views.Hit) int { return cmp.Compare(a.Name[0].Text, b.Name[0].Text) }
	slices.SortFunc(view.Patients, byName)
	slices.SortFunc(view.Clients, byName)
	view.More = len(view.Patients) > 50 || len(view.Clients) > 20
	view.Patients, view.Clients = view.Patients[:min(50, len(view.Patients))], view.Clients[:min(20, len(view.Clients))]
	return show(ctx, w, views.SearchPage(view))
}

func text(s string) []views.Piece { return []views.Piece{{Text: s}} }

// opened reads what the product would open.
func opened(patient, client []byte) (own plainPatient, owner registry.Client, err error) {
	if err := errors.Join(json.Unmarshal(patient, &own), json.Unmarshal(client, &owner)); err != nil {
		return own, owner, fmt.Errorf("reading a patient: %w", err)
	}
	return own, owner, nil
}

// unqueued drops the error that says that a statement is queued.
func unqueued(err error) error {
	if errors.Is(err, errQueued) {
		return nil
	}
	return err
}

// show renders a page and sends it.
func show(ctx context.Context, w http.ResponseWriter, c templ.Component) error {
	var b bytes.Buffer
	b.Grow(64 << 10)
	if err := c.Render(ctx, &b); err != nil {
		return fmt.Errorf("rendering: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // the client is gone, and counts it
	return nil
}
