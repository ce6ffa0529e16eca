package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/static"
)

// rowsOf makes rows of a shop as they are asked for, for one person's request.
func (h *shop) rowsOf(t *testing.T, role string) func(word string) string {
	made := map[string]string{}
	var word func(w string) string
	word = func(w string) string {
		if made[w] != "" {
			return made[w]
		}
		switch w {
		case "asset":
			made[w] = static.Path("logo.svg")
		case "email":
			made[w] = h.people[role].Email
		case "ownsession":
			made[w] = h.as(t, role).sessionID(t).String()
		case "idle", "idlesession":
			made["idle"], made["idlesession"] = h.idler(t)
		case "new":
			made[w] = id.New().String()
		case "client":
			made[w] = h.newClient(t).String()
		case "animal":
			made[w] = h.newAnimal(t).String()
		case "draft", "draftanimal":
			draft, animal := h.draft(t, role)
			made["draft"], made["draftanimal"] = draft.String(), animal.String()
		case "snippet":
			made[w] = h.snippet(t).String()
		case "note":
			note, _ := h.note(t)
			made[w] = note.String()
		case "number":
			made[w] = h.newNumber(t, h.newAnimal(t)).String()
		case "alert", "clientalert":
			made["alert"], made["clientalert"] = h.alerts(t)
		case "weight":
			made[w] = h.weight(t).String()
		case "dead", "death":
			made["dead"], made["death"] = h.dead(t)
		case "kept":
			made[w] = h.keep(t, role).String()
		case "staged", "checked", "done":
			made[w] = h.newImport(t, w).String()
		case "expected":
			made[w] = h.expected(t).String()
		case "appointment":
			made[w] = h.appointment(t).String()
		case "roomed", "move":
			visit, move := h.roomed(t)
			made["roomed"], made["move"] = visit.String(), move.String()
		case "waiting":
			made[w] = h.waiting(t).String()
		case "quarter":
			made[w] = h.rota(t).quarter()
		case "vet", "room":
			made["vet"], made["room"] = h.rota(t).vet.String(), h.rota(t).room.String()
		case "kind":
			made[w] = h.rota(t).kind.String()
		case "queued", "resource", "type", "gone", "retired", "block":
			made[w] = h.practiceRow(t, w).String()
		case "file":
			made[w] = h.newFile(t, h.newAnimal(t)).String()
		case "token":
			made[w] = h.setupLink(t)
		case "ownrole":
			made[w] = h.ownRole(t).String()
		case "newcomer":
			made[w] = h.newcomer(t).String()
		case "colleague", "parted":
			made[w] = h.invited(t, w == "parted").String()
		case "screen", "wallcode":
			made["screen"], made["wallcode"] = h.newScreen(t)
		default:
			if h.moneyRow(t, w, made) || h.vaccineRow(t, w, made) || h.problemRow(t, role, w, made, word) || h.medicineRow(t, w, made) || h.labRow(t, w, made) {
				break
			}
			t.Fatalf("no row is called %q", w)
		}
		return made[w]
	}
	return word
}

func (h *shop) keep(t *testing.T, role string) id.ID {
	t.Helper()
	who := h.who(role)
	who.Purpose = actor.Session
	row, err := h.site.deps.KeptForms.Keep(context.Background(), who, who.Person, identity.Kept{Path: "/clients", Values: clientForm()})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// setupLink is the token of a person who has no passphrase yet.
func (h *shop) setupLink(t *testing.T) (token string) {
	t.Helper()
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Provision
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		p, err := identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: "New Person", Email: id.New().String() + "@x.example", Roles: []string{access.Nurse}})
		if err != nil {
			return err
		}
		token, err = identity.NewSetupLink(ctx, tx, p.ID)
		return err
	})
	return token
}

// invited is somebody who was invited, or whose access was ended since.
func (h *shop) invited(t *testing.T, parted bool) (row id.ID) {
	t.Helper()
	row = id.New()
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		_, err := identity.Invite(ctx, tx, h.keys, identity.NewPerson{ID: row, Name: "Canary Colleague", Email: row.String() + "@x.example", Roles: []string{access.Nurse}})
		if err == nil && parted {
			err = identity.Deactivate(ctx, tx, h.keys, row, 1, "Left in May")
		}
		return err
	})
	return row
}

// nobodys is a value of the right form that is no row's.
func nobodys(word string) string {
	switch word {
	case "token":
		return strings.Repeat("A", 43)
	case "wallcode":
		return "0000-0000-0000"
	case "proof":
		return "0000-0000-0000-0000"
	}
	return id.New().String()
}

// idler is a person whose sessions nobody here needs, signed in.
func (h *shop) idler(t *testing.T) (person, session string) {
	t.Helper()
	var p identity.Person
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: "Ida Idle", Email: id.New().String() + "@example.org", Roles: []string{access.Nurse}}); err != nil {
			return err
		}
		_, err = tx.UpdatePersonActive(ctx, db.UpdatePersonActiveParams{TenantID: tx.Tenant, ID: p.ID})
		return err
	})
	p.State = identity.Active
	b := h.browser(t)
	w := httptest.NewRecorder()
	who := h.who(access.Nurse)
	who.Purpose, who.Person = actor.Session, id.ID{}
	must(t, h.site.deps.Sessions.Begin(context.Background(), w, who, p))
	b.take(w)
	return p.ID.String(), b.sessionID(t).String()
}
