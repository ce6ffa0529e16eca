package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// alikeClients answers the hint of the client form: who has this number, address or name already. It is asked
// by POST like a search and changes nothing.
func (s *Server) alikeClients(v *visit) (answer, error) {
	row, err := v.formRow()
	if err != nil {
		return answer{}, err
	}
	list, err := v.likeClient(row, v.typedClient())
	if err != nil {
		return answer{}, err
	}
	v.recordAlike("client", list)
	return shown(http.StatusOK, views.AlikeList(list)), nil
}

// alikePatients answers the hint of the patient form: which of the owner's animals has this name already.
func (s *Server) alikePatients(v *visit) (answer, error) {
	row, err := v.formRow()
	if err != nil {
		return answer{}, err
	}
	var client id.ID
	if text := v.field("client"); text != "" {
		if client, err = rowOf(text); err != nil {
			return answer{}, err
		}
	}
	list, err := v.likePatient(row, client)
	if err != nil {
		return answer{}, err
	}
	v.recordAlike("patient", list)
	return shown(http.StatusOK, views.AlikeList(list)), nil
}

// formRow is the row a form is about, which is not like itself: the one that is changed, or the id a new one
// will get.
func (v *visit) formRow() (id.ID, error) {
	if v.form().Has("row") {
		return rowOf(v.field("row"))
	}
	return v.newRow()
}

// likenesses are the words for what two clients have in common.
var likenesses = map[registry.Likeness]string{
	registry.SamePhone: "has this number", registry.SameEmail: "has this e-mail address", registry.SameName: "has this name",
}

// alikeToClient is the hint of a client form before anything is found.
func (v *visit) alikeToClient() views.Alikes {
	return views.Alikes{Nonce: v.nonce, Ask: "/clients/alike", From: "identity"}
}

// likeClient finds clients that may be the one of a form.
func (v *visit) likeClient(but id.ID, typed registry.ClientForm) (list views.Alikes, err error) {
	list = v.alikeToClient()
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		found, err := registry.AlikeClients(ctx, tx, v.keys, but, typed)
		for _, c := range found {
			list.Rows = append(list.Rows, views.Alike{ID: c.ID.String(), Href: "/clients/" + c.ID.String(), Name: c.Name(), Says: likenesses[c.By], Open: "Open their page"})
		}
		return err
	})
	return list, err
}

// alikeToPatient is the hint of a patient form before anything is found.
func (v *visit) alikeToPatient() views.Alikes {
	return views.Alikes{Nonce: v.nonce, Ask: "/patients/alike", From: "identity"}
}

// likePatient finds the owner's animals of the name and species in the form.
func (v *visit) likePatient(but, client id.ID) (list views.Alikes, err error) {
	list = v.alikeToPatient()
	species, err := v.s.species(v)
	if err != nil {
		return list, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		found, err := registry.AlikePatients(ctx, tx, v.keys, but, client, v.field("name"), v.field("species"))
		for _, p := range found {
			says := "is one of the owner's animals: " + v.kind(p, species)
			if word := states[p.Status]; word != "" {
				says += ", " + strings.ToLower(word)
			}
			list.Rows = append(list.Rows, views.Alike{ID: p.ID.String(), Href: "/patients/" + p.ID.String(), Name: p.Called(), Says: says, Open: "Open the record"})
		}
		return err
	})
	return list, err
}

// recordAlike notes what a hint showed, as of a search; what it was asked for only as a commitment.
func (v *visit) recordAlike(object string, list views.Alikes) {
	var asked []string
	for _, name := range []string{"given_name", "family_name", "phone_1", "phone_2", "phone_3", "phone_4", "email", "name", "species", "client"} {
		asked = append(asked, v.field(name))
	}
	e := audit.Entry{Action: audit.Searched, Object: object, Commitment: v.keys.Commit([]byte("alike"), []byte(strings.Join(asked, "\x00")))}
	for _, r := range list.Rows {
		e.IDs = append(e.IDs, id.MustParse(r.ID))
	}
	v.record(e)
}

// askAlike is the question of a form that was sent before anybody saw the hint, as mistakes of it. There is
// none where nothing was found, where the rows found were shown, and where the person wants to save anyway.
func (v *visit) askAlike(object string, list *views.Alikes) (bad fault.Fields) {
	if !slices.ContainsFunc(list.Rows, func(r views.Alike) bool { return !slices.Contains(v.form()["alike"], r.ID) }) {
		return nil
	}
	v.recordAlike(object, *list)
	list.Anyway = true
	for _, r := range list.Rows {
		bad.Add("alike", r.Name+" "+r.Says)
	}
	return bad
}

// askAlikeClient asks about a new client. Who may not read clients is told of none.
func (v *visit) askAlikeClient(row id.ID, typed registry.ClientForm) (list views.Alikes, bad fault.Fields, err error) {
	if v.form().Has("anyway") || !v.may(access.ClientRead) {
		return list, nil, nil
	}
	list, err = v.likeClient(row, typed)
	if err != nil {
		return list, nil, err
	}
	return list, v.askAlike("client", &list), nil
}

// askAlikePatient asks about a new patient of a client. Who may not read patients is told of none.
func (v *visit) askAlikePatient(row, client id.ID) (list views.Alikes, bad fault.Fields, err error) {
	if v.form().Has("anyway") || client.IsZero() || !v.may(access.PatientRead) {
		return list, nil, nil
	}
	list, err = v.likePatient(row, client)
	if err != nil {
		return list, nil, err
	}
	return list, v.askAlike("patient", &list), nil
}
