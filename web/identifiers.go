package web

import (
	"context"
	"errors"
	"net/http"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

var identifierNames = map[string]string{
	registry.KindChip: "Microchip", registry.KindTag: "Tag", registry.KindTattoo: "Tattoo", registry.KindLicence: "Licence", registry.KindPassport: "Passport",
	registry.KindFormer: "Earlier system's number",
}

var endWords = map[string]string{registry.NotWorn: "No longer worn", registry.InError: "Entered in error"}

// listIdentifiers is the page of an animal's numbers: those it has, those it had, and one more.
func (s *Server) listIdentifiers(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.identifiersPage(http.StatusOK, row, id.New(), registry.IdentifierForm{Kind: registry.KindChip}, nil, nil)
}

func (s *Server) createIdentifier(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	typed := registry.IdentifierForm{
		Kind: v.field("kind"), Number: v.field("number"), Again: v.field("again"), Scanned: v.field("scanned") == "yes",
		GivenOn: v.field("given_on"), Site: v.field("site"),
	}
	n, bad := typed.Parse(v.now())
	if len(bad) > 0 {
		return v.identifiersPage(http.StatusUnprocessableEntity, patient, row, typed, nil, bad)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.AddIdentifier(ctx, tx, v.keys, row, patient, n, v.field("anyway") == "yes")
	})
	var taken *registry.Taken
	switch {
	case errors.As(err, &taken):
		bad.Add("anyway", "Another animal has this number: compare the two, or tick “Save anyway”")
		return v.identifiersPage(http.StatusUnprocessableEntity, patient, row, typed, taken.Holders, bad)
	case errors.As(err, &bad):
		return v.identifiersPage(http.StatusUnprocessableEntity, patient, row, typed, nil, bad)
	case err != nil && !errors.Is(err, registry.ErrAlreadyThere):
		return answer{}, err
	}
	v.say(identifierNames[n.Kind] + " added.")
	return goTo("/patients/" + patient.String()), nil
}

// createEnding ends a number.
func (s *Server) createEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var patient id.ID
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		patient, err = registry.EndIdentifier(ctx, tx, v.keys, row, v.field("as"))
		return err
	})
	var bad fault.Fields
	if errors.As(err, &bad) { // the form has nothing but the two reasons
		return v.problem(http.StatusUnprocessableEntity, "The number was not ended.", "Say whether it is no longer worn or was entered in error."), nil
	}
	if err != nil {
		return answer{}, err
	}
	v.say("Number ended.")
	return goTo("/patients/" + patient.String() + "/identifiers"), nil
}

func (v *visit) identifiersPage(status int, patient, row id.ID, typed registry.IdentifierForm, taken []registry.Holder, bad fault.Fields) (answer, error) {
	var p registry.PatientView
	var numbers []registry.Identifier
	var with beside
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	err = v.read(append(with.ofPatient(v, patient),
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			numbers, err = registry.Identifiers(ctx, tx, v.keys, patient)
			return err
		},
	)...)
	if err != nil {
		return answer{}, err
	}
	path := "/patients/" + patient.String()
	view := views.Identifiers{
		Page: v.page("patients"), Banner: v.banner(p, with, species),
		Form: views.NumberForm{
			Page: v.page("patients"), Action: path + "/identifiers", ID: row.String(), Cancel: path, Kind: typed.Kind, Number: typed.Number,
			Again: typed.Again, Scanned: typed.Scanned, GivenOn: typed.GivenOn, Site: typed.Site, Mistakes: mistakes(bad),
		},
	}
	for _, n := range numbers {
		if n.Worn() {
			view.Worn = append(view.Worn, v.numberView(n))
		} else {
			view.Past = append(view.Past, v.numberView(n))
		}
	}
	var seen []id.ID
	for _, h := range taken {
		seen = append(seen, h.ID)
		view.Form.Taken = append(view.Form.Taken, views.Animal{Href: "/patients/" + h.ID.String(), Name: h.Name})
	}
	for _, o := range p.Owners {
		seen = append(seen, o.ID)
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient, IDs: seen})
	if v.partial {
		return shown(status, views.NumberFormPart(view)), nil
	}
	return shown(status, views.IdentifiersPage(view)), nil
}

// numberPanel shows the numbers an animal has.
func (v *visit) numberPanel(patient id.ID, numbers []registry.Identifier) views.NumberPanel {
	var panel views.NumberPanel
	for _, n := range numbers {
		if n.Worn() {
			panel.Numbers = append(panel.Numbers, v.numberView(n))
		}
	}
	if v.may(access.PatientWrite) {
		panel.Href = "/patients/" + patient.String() + "/identifiers"
	}
	return panel
}

func (v *visit) numberView(n registry.Identifier) views.Number {
	out := views.Number{Label: identifierNames[n.Kind], Shown: n.Shown()}
	given := ""
	if !n.GivenOn.IsZero() {
		given = n.GivenOn.Format(dayForm)
	}
	out.Line = join(given, n.Site)
	if n.Worn() {
		out.EndAction = "/identifiers/" + n.ID.String() + "/ending"
		return out
	}
	out.Ended = endWords[n.EndedAs] + ", " + v.day(n.EndedAt)
	return out
}
