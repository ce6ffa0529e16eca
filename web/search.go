package web

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/registry"
	"paddock/views"
)

// search finds clients and patients. It is asked by POST, since what is typed is clinic data and has
// no place in an address, and it changes nothing.
func (s *Server) search(v *visit) (answer, error) {
	typed := strings.TrimSpace(v.field("q"))
	view := views.Search{Query: typed, Recent: utf8.RuneCountInString(typed) < 2}
	var results registry.Results
	var recent []registry.RecentPatient
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			if view.Recent {
				recent, err = registry.Recent(ctx, tx, v.keys)
				return err
			}
			results, err = registry.Search(ctx, tx, v.keys, typed)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	for _, p := range recent[:min(10, len(recent))] {
		results.Patients = append(results.Patients, registry.PatientHit{PatientRow: p.PatientRow})
	}
	v.recordSearch(view.Recent, typed, results)
	for _, p := range results.Patients {
		view.Patients = append(view.Patients, v.patientHit(p, typed, species))
	}
	for _, c := range results.Clients {
		hit := views.Hit{Href: "/clients/" + c.ID.String(), Name: pieces(c.Name(), typed)}
		if len(c.Phones) > 0 {
			hit.Line = c.Phones[0].Number
		}
		hit.Line = join(hit.Line, c.Email)
		if v.may(access.ClientRead) {
			view.Clients = append(view.Clients, hit)
		}
	}
	view.More, view.Page = results.More, v.page("patients")
	view.Page.Query = typed
	if v.may(access.ClientWrite) {
		view.AddClient = "/clients/new"
	}
	if v.partial {
		return shown(http.StatusOK, views.SearchList(view)), nil
	}
	return shown(http.StatusOK, views.SearchPage(view)), nil
}

// recordSearch notes what was found by whom; what was typed only as a keyed commitment.
func (v *visit) recordSearch(recent bool, typed string, r registry.Results) {
	if recent {
		v.record(audit.Entry{Action: audit.Listed, Object: "patient", IDs: r.IDs()})
		return
	}
	v.record(audit.Entry{Action: audit.Searched, Object: "registry", IDs: r.IDs(), Commitment: v.keys.Commit([]byte("search"), []byte(typed))})
}

func (v *visit) patientHit(p registry.PatientHit, typed string, species map[string]string) views.Hit {
	hit := views.Hit{
		Href: "/patients/" + p.ID.String(), Species: p.Species, Name: pieces(p.Called(), typed), Line: v.kind(p.PatientRow, species),
		Gone: p.Status == registry.Deceased || p.Status == registry.Transferred,
	}
	if p.Status == registry.Deceased {
		hit.State = "Died"
	}
	if owner, ok := p.Owner(); ok {
		hit.Name = append(hit.Name, pieces(" "+owner.Surname(), typed)...)
		contact := owner.Name()
		if len(owner.Phones) > 0 {
			contact += " " + owner.Phones[0].Number
		}
		hit.Line += ". " + contact
	}
	if len(p.Numbers) > 0 {
		hit.Line += ". " + strings.Join(p.Numbers, ", ")
	}
	return hit
}

// pieces cuts a name where it was found, for underlining.
func pieces(name, typed string) []views.Piece {
	var out []views.Piece
	for _, p := range registry.Pieces(name, typed) {
		out = append(out, views.Piece{Text: p.Text, Matched: p.Matched})
	}
	return out
}
