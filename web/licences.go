package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
	"paddock/views/ui"
)

const licencesPath = "/licences"

// listLicences keeps the numbers under which people practise.
func (s *Server) listLicences(v *visit) (answer, error) {
	return v.licencesPage(http.StatusOK, id.ID{}, "", nil)
}

func (v *visit) licencesPage(status int, of id.ID, typed string, bad fault.Fields) (answer, error) {
	var numbers map[id.ID]string
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		numbers, err = registry.Licences(ctx, tx, v.keys)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	view := views.Licences{Page: v.page("practice")}
	for _, m := range v.policy.Members() {
		row := views.LicenceRow{ID: m.ID.String(), Action: licencesPath + "/" + m.ID.String(), Name: m.Name, Roles: strings.Join(m.Roles, ", "), Number: numbers[m.ID]}
		if m.ID == of {
			row.Number = typed
			for _, b := range bad {
				row.Mistakes = append(row.Mistakes, ui.Mistake{Name: b.Name + "-" + row.ID, Message: b.Message})
			}
		}
		view.Rows = append(view.Rows, row)
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "licence"})
	return shown(status, views.LicencesPage(view)), nil
}

func (s *Server) updateLicence(v *visit) (answer, error) {
	person, err := v.row()
	if err != nil {
		return answer{}, err
	}
	number := v.field("number-" + person.String())
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.SetLicence(ctx, tx, v.keys, person, number)
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.licencesPage(http.StatusUnprocessableEntity, person, number, bad)
	case err != nil:
		return answer{}, err
	}
	v.say("Licence saved.")
	return goTo(licencesPath), nil
}
