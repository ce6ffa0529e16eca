package web

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/plain"
)

// exportAudit sends the record of some days, as it is asked for, as CSV. It holds ids and no name of a client or an
// animal, so that the file tells nobody more than the page does.
func (s *Server) exportAudit(v *visit) (answer, error) {
	a, err := v.asking()
	if err != nil {
		return answer{}, err
	}
	if days := a.days(); days == 0 || days > exportMost {
		return v.problem(http.StatusUnprocessableEntity, fmt.Sprintf("An export holds %d days at most.", exportMost), "Choose its first and its last day on the audit log."), nil
	}
	v.record(audit.Entry{Action: audit.Exported, Object: "audit-log", ObjectID: a.About})
	return answer{download: &download{
		name: "audit-log.csv", kind: "text/csv; charset=utf-8",
		write: func(w io.Writer) error { return v.writeLog(w, a) },
	}}, nil
}

var logHead = []string{"When", "Who", "What happened", "Outcome", "Action", "Kind", "Id", "Other rows", "Page or form", "Address", "Device", "Person", "Session", "Request"}

// writeLog writes what is asked for, the newest first, a page of the record at a time.
func (v *visit) writeLog(w io.Writer, a asking) error {
	out := csv.NewWriter(w)
	if err := out.Write(logHead); err != nil {
		return fmt.Errorf("writing the record: %w", err)
	}
	origins := map[id.ID]identity.Origin{}
	for from := (audit.Place{}); ; {
		var lines []audit.Line
		var next audit.Place
		err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
			if lines, next, err = audit.LogAll(ctx, tx, a.Asked, from); err != nil || !v.sees(access.FieldStaff) {
				return err
			}
			return v.learn(ctx, tx, origins, lines)
		})
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := out.Write(v.logCells(l, origins[originOf(l)])); err != nil {
				return fmt.Errorf("writing the record: %w", err)
			}
		}
		if from = next; next.At.IsZero() {
			break
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the record: %w", err)
	}
	return nil
}

// learn reads the origins that are not known yet.
func (v *visit) learn(ctx context.Context, tx *db.Tx, into map[id.ID]identity.Origin, lines []audit.Line) error {
	var ids []id.ID
	for _, row := range originsOf(lines) {
		if _, ok := into[row]; !ok {
			ids = append(ids, row)
			into[row] = identity.Origin{}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := identity.Origins(ctx, tx, v.keys, ids)
	maps.Copy(into, found)
	return err
}

func (v *visit) logCells(l audit.Line, o identity.Origin) []string {
	idOf := func(row id.ID) string {
		if row.IsZero() {
			return ""
		}
		return row.String()
	}
	others := make([]string, len(l.First))
	for i, row := range l.First {
		others[i] = row.String()
	}
	if l.Things > len(l.First) {
		others = append(others, fmt.Sprintf("and %d more", l.Things-len(l.First)))
	}
	cells := []string{
		l.At.In(v.clinic.Zone()).Format(time.RFC3339), v.actorName(l), sentenceOf(l), string(l.Outcome), string(l.Action), l.Object, idOf(l.ObjectID), strings.Join(others, " "),
		l.Route, o.Address, o.Device, idOf(l.Actor), idOf(l.Session), idOf(l.Request),
	}
	for i, c := range cells {
		cells[i] = plain.Cell(c)
	}
	return cells
}
