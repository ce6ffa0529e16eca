package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/jobs"
	"paddock/views"
	"paddock/views/ui"
)

// cutOff is said of a file of which a part came.
const cutOff = "The file did not arrive whole: choose it again"

// tooBig is said before a file of more bytes than one may have is read to its end.
var tooBig = imports.ErrTooBig.Error()

func (s *Server) listImports(v *visit) (answer, error) {
	view, err := v.importsView(id.New(), imports.Animals, "")
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.ImportsPage(view)), nil
}

// importsView is the form for a file, with what was chosen and what is wrong with the one that was sent, over the list.
func (v *visit) importsView(row id.ID, holds imports.Holds, mistake string) (views.Imports, error) {
	var list []imports.View
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = imports.List(ctx, tx, v.keys, v.readsNotes())
		return err
	})
	if err != nil {
		return views.Imports{}, err
	}
	view := views.Imports{Page: v.page("practice"), ID: row.String(), Holds: v.heldChoice(holds), Sample: "/imports/sample"}
	if mistake != "" {
		view.Mistakes = ui.Mistakes{{Name: "file", Message: strings.TrimSuffix(mistake, ".")}}
	}
	var seen []id.ID
	for _, one := range list {
		seen = append(seen, one.ID)
		view.Rows = append(view.Rows, views.ImportRow{
			Href: importPath(one.ID, ""), File: one.File, When: sentence(v.moment(one.CreatedAt)), At: machine(one.CreatedAt), By: v.chosenBy(one),
			State: importState(one), Line: outcome(one.State, one.Counts),
		})
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "import", IDs: seen})
	return view, nil
}

// importPath is the address of an import, or of a part of it.
func importPath(row id.ID, part string) string {
	path := "/imports/" + row.String()
	if part != "" {
		path += "/" + part
	}
	return path
}

// chosenBy is who chose the file; the program may have been told to on its own machine.
func (v *visit) chosenBy(one imports.View) string {
	if one.By.IsZero() {
		return "The command line"
	}
	return v.policy.Name(one.By)
}

// createImport takes a file in, as it comes.
func (s *Server) createImport(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	switch {
	case v.upload == nil || v.upload.FileName() == "":
		return v.mistakenFile("Choose a file")
	case v.r.ContentLength > fileMost:
		return v.mistakenFile(tooBig)
	}
	holds := imports.Holds(cmp.Or(v.field("holds"), string(imports.Animals)))
	if holds.Clinical() && !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	v.linger()
	err = imports.Stage(v.ctx(), s.Store, v.keys, v.who(), row, imports.Upload{
		Name: v.upload.FileName(), Country: v.clinic.Country(), Holds: holds, Zone: v.clinic.Zone().String(),
	}, v.upload)
	if errors.Is(err, imports.ErrAlreadyThere) {
		return v.sentTwice(row)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) { // the tab was closed, or the line was lost
		return v.mistakenFile(cutOff)
	}
	if sentence, ok := unsentFile(err); ok {
		return v.mistakenFile(sentence)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(importPath(row, "")), nil
}

// mistakenFile shows the form again. A file field cannot be filled in again by a page, so there is nothing
// to keep; the id is a new one, since the old may have begun.
func (v *visit) mistakenFile(sentence string) (answer, error) {
	view, err := v.importsView(id.New(), imports.Holds(v.field("holds")), sentence)
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusUnprocessableEntity, views.ImportsPage(view)), nil
}

// sentTwice leads to what the first press made, unless that was cut off by the second.
func (v *visit) sentTwice(row id.ID) (answer, error) {
	_, err := v.openImport(row)
	if errors.Is(err, fault.Missing) {
		return v.mistakenFile(cutOff)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(importPath(row, "")), nil
}

func (v *visit) openImport(row id.ID) (one imports.View, err error) {
	if err := v.mayOpenImport(row); err != nil {
		return one, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		one, err = imports.Open(ctx, tx, v.keys, row)
		return err
	})
	return one, err
}

// theImport reads the import of the path.
func (v *visit) theImport() (imports.View, error) {
	row, err := v.row()
	if err != nil {
		return imports.View{}, err
	}
	return v.openImport(row)
}

func (s *Server) showImport(v *visit) (answer, error) {
	one, err := v.theImport()
	if err != nil {
		return answer{}, err
	}
	view, err := v.importView(one)
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.ImportPage(view)), nil
}

// importView is the page of an import by its state.
func (v *visit) importView(one imports.View) (view views.Import, err error) {
	v.record(audit.Entry{Action: audit.Opened, Object: "import", ObjectID: one.ID})
	view = v.importFrame(one)
	switch one.State {
	case imports.Staged:
		columns := v.columnsView(one, chosen(one), nil)
		view.Columns = &columns
	case imports.Checking, imports.Running, imports.Withdrawing:
		work := v.workView(one)
		view.Work = &work
	case imports.Checked:
		view.Checked, err = v.checkedView(one)
	default:
		view.Ended, err = v.endedView(one)
	}
	return view, err
}

// showProgress is how far a job has come, and nothing that stands in the file: it is asked each second and
// not recorded. The whole page comes anew where the job has ended, or is no longer as the page says.
func (s *Server) showProgress(v *visit) (answer, error) {
	one, err := v.theImport()
	if err != nil {
		return answer{}, err
	}
	if !v.partial || !one.Working() || one.Stalled != v.r.URL.Query().Has("still") {
		return goTo(importPath(one.ID, "")), nil
	}
	return shown(http.StatusOK, views.ImportProgressPart(v.workView(one))), nil
}

// act runs a verb on the import of the path. Where the import stands already where the verb leads, as after
// a button pressed twice, that is as good.
func (v *visit) act(do func(ctx context.Context, tx *db.Tx, row id.ID) error, leads func(imports.View) bool) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if err := v.mayOpenImport(row); err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, row) })
	if errors.Is(err, imports.ErrBusy) {
		return v.busyImport(row)
	}
	if fault.KindOf(err) == fault.Conflict {
		if now, again := v.openImport(row); again == nil && now.Version > v.version() && leads(now) {
			err = nil
		}
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(importPath(row, "")), nil
}

// busyImport shows the import again, with the way to the one it has to wait for.
func (v *visit) busyImport(row id.ID) (answer, error) {
	var other imports.View
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		other, err = imports.AtWork(ctx, tx, v.keys)
		return err
	})
	if errors.Is(err, fault.Missing) { // it has ended just now
		return answer{}, imports.ErrBusy
	}
	if err != nil {
		return answer{}, err
	}
	one, err := v.openImport(row)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "import", ObjectID: other.ID})
	view, err := v.importView(one)
	view.Busy = &views.ImportBusy{Href: importPath(other.ID, ""), File: other.File, By: v.chosenBy(other), State: importState(other).Word}
	return shown(http.StatusConflict, views.ImportPage(view)), err
}

// createRun begins an import that was checked, or lets one go on that stopped.
func (s *Server) createRun(v *visit) (answer, error) {
	return v.act(func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return imports.Start(ctx, tx, v.keys, row, v.version(), jobs.Enqueue)
	}, func(now imports.View) bool { return now.State == imports.Running || now.State == imports.Done })
}

// newWithdrawal says what would go and what would stay.
func (s *Server) newWithdrawal(v *visit) (answer, error) {
	one, err := v.theImport()
	if err != nil {
		return answer{}, err
	}
	if !withdrawable(one) {
		return goTo(importPath(one.ID, "")), nil
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "import", ObjectID: one.ID})
	view, err := v.withdrawalView(one)
	if err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.WithdrawalPage(view)), nil
}

// createWithdrawal begins to take an import back.
func (s *Server) createWithdrawal(v *visit) (answer, error) {
	return v.act(func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return imports.Withdraw(ctx, tx, v.keys, row, v.version(), jobs.Enqueue)
	}, func(now imports.View) bool { return now.State == imports.Withdrawing || now.State == imports.Withdrawn })
}

// discardImport throws a file away that was never run.
func (s *Server) discardImport(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if err := v.mayOpenImport(row); err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return imports.Discard(ctx, tx, v.keys, row, v.version())
	})
	if err != nil {
		return answer{}, err
	}
	v.say("File discarded.")
	return goTo("/imports"), nil
}

// downloadProblems sends all refused rows and conflicts of an import as CSV.
func (s *Server) downloadProblems(v *visit) (answer, error) {
	one, err := v.theImport()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Downloaded, Object: "import", ObjectID: one.ID})
	return answer{download: &download{
		name: "problems.csv", kind: "text/csv; charset=utf-8",
		write: func(w io.Writer) error {
			return imports.WriteProblems(v.ctx(), s.Store, v.keys, v.who(), one.ID, w)
		},
	}}, nil
}
