package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/registry"
	"paddock/views"
)

var lookWords = map[string]string{"opened": "Opened", "printed": "Printed", "exported": "Took a copy", "downloaded": "Took a copy"}

// listLooks shows who opened the record of an animal, from the record of what was read.
func (s *Server) listLooks(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var before registry.Look
	if at, last, ok := strings.Cut(v.r.URL.Query().Get("before"), "_"); ok {
		if before.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return answer{}, fault.Missing
		}
		if before.ID, err = rowOf(last); err != nil {
			return answer{}, err
		}
	}
	var p registry.PatientView
	var looks []registry.Look
	var more bool
	var with beside
	err = v.read(append(with.ofPatient(v, row),
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			looks, more, err = registry.Looks(ctx, tx, row, before)
			return err
		},
	)...)
	if err != nil {
		return answer{}, err
	}
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: row})
	view := views.Looks{Page: v.page("patients"), Banner: v.banner(p, with, species), LogHref: auditPath + "?about=" + row.String()}
	for _, l := range looks {
		line := views.LookLine{When: v.day(l.At) + " " + v.minute(l.At), At: machine(l.At), By: "The system", What: lookWords[l.Action]}
		if !l.By.IsZero() {
			line.By = v.policy.Name(l.By)
			m, _ := v.policy.Member(l.By)
			line.Role = strings.Join(m.Roles, ", ")
		}
		view.Rows = append(view.Rows, line)
	}
	if more {
		last := looks[len(looks)-1]
		view.OlderHref = "/patients/" + row.String() + "/looks?before=" + last.At.Format(time.RFC3339Nano) + "_" + last.ID.String()
	}
	return shown(http.StatusOK, views.LooksPage(view)), nil
}
