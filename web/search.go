package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
	"paddock/views"
)

// chipDigits are those of a microchip (ISO 11784).
const chipDigits = 15

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
			results, err = registry.Search(ctx, tx, v.keys, v.today(), typed)
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
	if only, ok := readChip(typed, results); ok && !v.partial {
		return goTo("/patients/" + only.String()), nil
	}
	for _, p := range results.Patients {
		view.Patients = append(view.Patients, v.patientHit(p, typed, species))
	}
	for _, c := range results.Clients {
		if v.may(access.ClientRead) {
			view.Clients = append(view.Clients, clientHit(c, typed))
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

// readChip is the one patient with the number of a chip that was read or typed whole. A reader types it into
// any page and ends with Enter.
func readChip(typed string, r registry.Results) (only id.ID, ok bool) {
	number := vault.QueryChip(typed)
	if len(number) != chipDigits || strings.Trim(number, "0123456789") != "" || len(r.Patients) != 1 {
		return only, false
	}
	hit := r.Patients[0]
	return hit.ID, slices.ContainsFunc(hit.Numbers, func(n string) bool { return vault.QueryChip(n) == number })
}

func (v *visit) patientHit(p registry.PatientHit, typed string, species map[string]string) views.Hit {
	hit := views.Hit{
		Href: "/patients/" + p.ID.String(), Species: p.Species, Name: pieces(p.Called(), typed), Line: unmatched(v.kind(p.PatientRow, species)),
		Gone: p.Status == registry.Deceased || p.Status == registry.Transferred, State: states[p.Status],
	}
	if first, ok := p.Owner(); ok {
		owner := askedOwner(p, typed)
		hit.Name = append(hit.Name, pieces(" "+first.Surname(), typed)...)
		hit.Line = append(hit.Line, unmatched(". ")...)
		if owner.ID != first.ID {
			hit.Line = append(hit.Line, unmatched(first.Name()+", ")...)
		}
		hit.Line = append(hit.Line, pieces(owner.Name(), typed)...)
		if phone, ok := registry.PhoneAsked(owner.Client, typed); ok {
			hit.Line = append(append(hit.Line, unmatched(" ")...), cut(registry.PhonePieces(phone.Number, typed))...)
		}
		if v.may(access.ClientRead) {
			hit.Second = "/clients/" + owner.ID.String()
		}
	}
	if len(p.Numbers) > 0 {
		hit.Line = append(hit.Line, unmatched(". "+strings.Join(p.Numbers, ", "))...)
	}
	return hit
}

// askedOwner is the client an animal was found by: the first of those who answer most of the words that its
// own name does not, by name, phone, e-mail or address. An animal that has one has an owner.
func askedOwner(p registry.PatientHit, typed string) registry.Owner {
	words := slices.DeleteFunc(vault.QueryWords(typed), func(w string) bool { return matched(pieces(p.Called(), w)) })
	best, most := p.Owners[0], 0
	for _, o := range p.Owners {
		n := 0
		for _, w := range words {
			if matched(pieces(o.Name(), w)) || matched(pieces(join(o.Email, o.Street, o.City, o.Postcode), w)) {
				n++
			}
		}
		if phone, ok := registry.PhoneAsked(o.Client, typed); ok && matched(cut(registry.PhonePieces(phone.Number, typed))) {
			n++
		}
		if n > most {
			best, most = o, n
		}
	}
	return best
}

// matched reports whether any of it is underlined.
func matched(text []views.Piece) bool {
	return slices.ContainsFunc(text, func(p views.Piece) bool { return p.Matched })
}

// states are the words for a patient that is not active.
var states = map[string]string{registry.Deceased: "Died", registry.Transferred: "Left", registry.Inactive: "Inactive"}

func clientHit(c registry.ClientHit, typed string) views.Hit {
	hit := views.Hit{Href: "/clients/" + c.ID.String(), Name: pieces(c.Name(), typed)}
	add := func(text []views.Piece) {
		if len(hit.Line) > 0 && len(text) > 0 {
			hit.Line = append(hit.Line, unmatched(", ")...)
		}
		hit.Line = append(hit.Line, text...)
	}
	if phone, ok := registry.PhoneAsked(c.Client, typed); ok {
		add(cut(registry.PhonePieces(phone.Number, typed)))
	}
	add(pieces(c.Email, typed))
	add(pieces(join(c.Street, c.City, c.Postcode), typed))
	return hit
}

func unmatched(text string) []views.Piece {
	if text == "" {
		return nil
	}
	return []views.Piece{{Text: text}}
}

// pieces cuts a name where it was found, for underlining.
func pieces(name, typed string) []views.Piece { return cut(registry.Pieces(name, typed)) }

func cut(text []registry.Piece) []views.Piece {
	var out []views.Piece
	for _, p := range text {
		out = append(out, views.Piece{Text: p.Text, Matched: p.Matched})
	}
	return out
}
