package web

import (
	"context"
	"net/http"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/labs"
	"paddock/views"
)

// readers are the people here who acknowledge results. What anybody else asked for is read by all of them.
func (v *visit) readers() []id.ID {
	out := []id.ID{}
	for _, m := range v.policy.Members() {
		if v.policy.Holds(m.ID, access.LabAcknowledge) {
			out = append(out, m.ID)
		}
	}
	return out
}

// labInbox reads the results that nobody has acknowledged: this person's own, or the whole clinic's, which is all there
// is for those who acknowledge none.
func (v *visit) labInbox() (view views.LabInbox, err error) {
	view = views.LabInbox{Page: v.page("today"), MineHref: "/results", AllHref: "/results?all=1", Reads: v.may(access.LabAcknowledge)}
	view.All = !view.Reads || v.r.URL.Query().Get("all") != ""
	if view.Href = "/results/list"; view.All {
		view.Href += "?all=1"
	}
	var list []labs.Waiting
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = labs.Inbox(ctx, tx, v.keys, v.current.Person.ID, v.readers(), view.All)
		return err
	})
	if err != nil {
		return view, err
	}
	ids := make([]id.ID, 0, len(list))
	for _, w := range list {
		ids = append(ids, w.Patient)
		outside := 0
		for _, one := range w.Report.Values {
			if one.Outside() {
				outside++
			}
		}
		row := views.LabWaiting{
			Href: "/labs/" + w.ID.String(), Patient: w.Called, Title: w.Title(), Values: v.labWords(w.Report.Report), Urgent: w.Urgent, Corrected: !w.Report.Corrects.IsZero(),
			Line: join("Result of "+v.foundOn(w.Report.At), "asked for by "+v.policy.Name(w.By), w.Lab),
		}
		if outside > 0 {
			row.Outside = itoa(outside) + " out of range"
		}
		view.Rows = append(view.Rows, row)
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "lab-report", IDs: ids})
	return view, nil
}

// listResults is the page of results that wait to be read.
func (s *Server) listResults(v *visit) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	view, err := v.labInbox()
	return shown(http.StatusOK, views.LabInboxPage(view)), err
}

// showResults is the list alone, for a page that heard of a change.
func (s *Server) showResults(v *visit) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	view, err := v.labInbox()
	return shown(http.StatusOK, views.LabInboxPart(view)), err
}

// labCount reads how many results wait for this person.
func (v *visit) labCount(into *views.LabCount) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) (err error) {
		into.Shown = true
		into.Count, err = labs.Unseen(ctx, tx, v.current.Person.ID, v.readers())
		return err
	}
}

// showResultCount is the count alone, for the page of the day.
func (s *Server) showResultCount(v *visit) (answer, error) {
	var view views.LabCount
	if err := v.read(v.labCount(&view)); err != nil {
		return answer{}, err
	}
	view.Page = v.page("today")
	v.record(audit.Entry{Action: audit.Listed, Object: "lab-report"})
	return shown(http.StatusOK, views.LabCountPart(view)), nil
}
