package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/registry"
	"paddock/views"
)

const (
	problemsRead  = 200 // of an import, for its page
	problemsShown = 20  // of each kind
	keptShown     = 50
)

// grouped writes a number with commas between the thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// many is a number with its noun: "1 row", "1,204 rows".
func many(n int, one, more string) string { return grouped(n) + " " + noun(n, one, more) }

func noun(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func patientsMany(n int) string { return many(n, "patient", "patients") }

// importStates are words, colours and glyphs of the states.
var importStates = map[string]views.ImportState{
	imports.Staged:      {Status: "waiting", Icon: "edit", Word: "Columns to choose"},
	imports.Checking:    {Status: "consult", Icon: "clock", Word: "Being checked"},
	imports.Checked:     {Status: "waiting", Icon: "check", Word: "Ready to import"},
	imports.Running:     {Status: "consult", Icon: "clock", Word: "Being imported"},
	imports.Failed:      {Status: "late", Icon: "stop", Word: "Stopped"},
	imports.Done:        {Status: "ready", Icon: "check", Word: "Imported"},
	imports.Withdrawing: {Status: "consult", Icon: "clock", Word: "Being taken back"},
	imports.Stuck:       {Status: "late", Icon: "stop", Word: "Stopped"},
	imports.Withdrawn:   {Status: "booked", Icon: "history", Word: "Taken back"},
}

func importState(one imports.View) views.ImportState {
	if one.Stalled {
		return views.ImportState{Status: "late", Icon: "warn", Word: "Stands still"}
	}
	return importStates[one.State]
}

// outcome is one line on what came of an import.
func outcome(state string, c imports.Counts) string {
	switch state {
	case imports.Staged, imports.Checking:
		return ""
	case imports.Withdrawn:
		return listing([]counted{{c.Added - c.Kept, "taken back"}, {c.Kept, "stayed"}})
	}
	line := listing([]counted{{c.Added, "added"}, {c.Merged, "merged"}, {c.Skipped, "there already"}, {c.Refused, "refused"}})
	if state == imports.Checked && line != "" {
		return "Dry run: " + line
	}
	return line
}

type counted struct {
	n    int
	word string
}

// listing names what there is any of.
func listing(list []counted) string {
	var parts []string
	for _, c := range list {
		if c.n > 0 {
			parts = append(parts, grouped(c.n)+" "+c.word)
		}
	}
	return strings.Join(parts, ", ")
}

// size is that of a file.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64) + " MB"
	case bytes >= 1<<10:
		return grouped(int(bytes>>10)) + " KB"
	}
	return many(int(bytes), "byte", "bytes")
}

// within is a moment inside a sentence: "today 10:05", "on 12-Mar-2026 09:10".
func (v *visit) within(t time.Time) string {
	if said, today := strings.CutPrefix(v.moment(t), "today "); today {
		return "today " + said
	}
	return "on " + v.moment(t)
}

// importFrame is what every page of an import has.
func (v *visit) importFrame(one imports.View) views.Import {
	return views.Import{
		Page: v.page("practice"), Version: strconv.FormatInt(one.Version, 10), File: one.File,
		Line: size(one.Bytes) + ", chosen " + v.within(one.CreatedAt) + " by " + v.chosenBy(one), State: importState(one),
	}
}

// workView is how far a job has come.
func (v *visit) workView(one imports.View) views.ImportWork {
	c := one.Counts
	w := views.ImportWork{
		Page: v.page("practice"), Href: importPath(one.ID, ""), Progress: importPath(one.ID, "progress"), Done: c.Done, Total: c.Total,
		Help: "This goes on by itself: you can leave the page and come back.", Version: strconv.FormatInt(one.Version, 10),
	}
	switch one.State {
	case imports.Checking:
		w.Heading = "Checking each row, nothing is imported yet"
	case imports.Running:
		w.Heading = "Importing"
	default:
		w.Heading = "Taking the import back"
		w.Done, w.Total = 0, 0 // rows that are gone are not counted down
	}
	switch {
	case one.State == imports.Withdrawing:
		w.Said = patientsMany(c.Added) + " and what came with them"
		if one.Holds.Clinical() {
			w.Said = entriesMany(c.Added)
		}
	case c.Total == 0:
		w.Said = "Counting the rows"
	default:
		w.Said = grouped(c.Done) + " of " + many(c.Total, "row", "rows")
		if so := outcome(imports.Running, c); so != "" && one.State == imports.Running {
			w.Said += ": " + so
		}
	}
	w.Aloud = w.Heading
	if w.Total > 0 {
		w.Aloud = fmt.Sprintf("%d %% of the rows", w.Done*10/w.Total*10)
	}
	if one.Stalled {
		again := map[string]string{imports.Checking: "columns", imports.Running: "run", imports.Withdrawing: "withdrawal"}
		w.Again = importPath(one.ID, again[one.State])
		w.Progress += "?still"
		for at, f := range chosen(one) {
			if one.State == imports.Checking && f != "" {
				w.Fields = append(w.Fields, views.KeptField{Name: columnName(at), Value: f})
			}
		}
	}
	return w
}

// merged is the place of the renewals among the sums.
const merged = 1

// sums are the numbers of an import: they add up to the rows of its file. past tells those that came from
// those that would come.
func sums(c imports.Counts, past bool) []views.ImportCount {
	added := views.ImportCount{Number: grouped(c.Added), Words: "to add", Status: "ready"}
	merged := views.ImportCount{Number: grouped(c.Merged), Words: noun(c.Merged, "renewal", "renewals") + " to merge", Status: "ready", Shares: []string{"One more licence of an animal that is there"}}
	skipped := views.ImportCount{Number: grouped(c.Skipped), Words: "to skip", Status: "booked", Shares: []string{"In the clinic already, or twice in the file"}}
	refused := views.ImportCount{Number: grouped(c.Refused), Words: "refused", Status: "booked"}
	if past {
		added.Words, merged.Words, skipped.Words = "added", noun(c.Merged, "renewal", "renewals")+" merged", "skipped"
	}
	if c.Unnamed > 0 {
		added.Shares = append(added.Shares, grouped(c.Unnamed)+" without a name")
	}
	if c.Conflicts > 0 {
		added.Shares = append(added.Shares, grouped(c.Conflicts)+" with the number of another animal")
	}
	if c.Refused > 0 {
		refused.Status = "late"
	}
	return []views.ImportCount{added, merged, skipped, refused}
}

func (v *visit) checkedView(one imports.View) (*views.ImportChecked, error) {
	c := one.Counts
	view := &views.ImportChecked{
		Sentence: "Nothing is imported yet. Of the " + many(c.Total, "row", "rows") + " of the file:", Counts: sums(c, false), Notes: one.Notes,
		Columns: importPath(one.ID, "columns"), Discard: importPath(one.ID, "discard"),
	}
	switch {
	case c.Added > 0 && one.Holds.Clinical():
		view.Counts = pastSums(c, false)
		view.Run, view.Button = importPath(one.ID, "run"), "Import "+entriesMany(c.Added)
	case one.Holds.Clinical():
		view.Counts = pastSums(c, false)
		view.Sentence = "There is nothing to import. Of the " + many(c.Total, "row", "rows") + " of the file:"
	case c.Added > 0:
		view.Run, view.Button = importPath(one.ID, "run"), "Import "+patientsMany(c.Added)
	case c.Merged > 0:
		view.Run, view.Button = importPath(one.ID, "run"), "Import "+many(c.Merged, "renewal", "renewals")
	default:
		view.Sentence = "There is nothing to import. Of the " + many(c.Total, "row", "rows") + " of the file:"
	}
	var err error
	view.Problems, view.DownloadLabel, err = v.problems(one, view.Counts)
	if view.DownloadLabel != "" {
		view.Download = importPath(one.ID, "problems")
	}
	return view, err
}

// problems are the first of each kind, and what the link to all of them says. Rows of which something is not
// taken over are counted with the renewals in counts.
func (v *visit) problems(one imports.View, counts []views.ImportCount) (panels []views.ImportProblems, label string, err error) {
	var list []imports.Problem
	var all int
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, all, err = imports.Problems(ctx, tx, v.keys, one.ID, problemsRead)
		return err
	})
	if err != nil || all == 0 {
		return nil, "", err
	}
	c := one.Counts
	notes, changes := all-c.Refused-c.Conflicts, problemKind{"Changes not taken over", "These rows bring one more licence to an animal that is there. What else they say of it stays as it is."}
	if one.Holds.Clinical() {
		changes = pastNotes
	}
	if notes > 0 && len(counts) > merged && !one.Holds.Clinical() {
		counts[merged].Shares = append(counts[merged].Shares, grouped(notes)+" with changes that are not taken over")
	}
	for _, kind := range []struct {
		kind, title, help string
		all               int
	}{
		{imports.Refused, "Refused", "These rows are left out. Mend them in the file and import it again: what is there already is skipped.", c.Refused},
		{imports.Clash, "Same number, another animal", "These become animals of their own. Look at them afterwards.", c.Conflicts},
		{imports.Note, changes.title, changes.help, notes},
	} {
		panel := views.ImportProblems{ID: "problems-" + kind.kind, Title: kind.title, Help: kind.help, Count: grouped(kind.all)}
		for _, p := range list {
			if p.Kind == kind.kind && len(panel.Rows) < problemsShown {
				panel.Rows = append(panel.Rows, views.ImportProblem{Line: grouped(p.Line), Why: sentence(p.Reason)})
			}
		}
		if more := kind.all - len(panel.Rows); more > 0 && len(panel.Rows) > 0 {
			panel.Rest = grouped(more) + " more in the download"
		}
		if len(panel.Rows) > 0 {
			panels = append(panels, panel)
		}
	}
	return panels, "Download all " + grouped(all) + " as CSV", nil
}

// endedView is an import that has run, stopped, or was taken back.
func (v *visit) endedView(one imports.View) (*views.ImportEnded, error) {
	c := one.Counts
	view, used := &views.ImportEnded{Counts: sums(c, true), Notes: one.Notes}, "patients that were used since."
	if one.Holds.Clinical() {
		view.Counts, used = pastSums(c, true), "entries that were used since."
	}
	switch one.State {
	case imports.Done:
		view.Sentence = "All " + many(c.Total, "row", "rows") + " were gone through. The batch can be taken back as a whole, but for " + used
		view.Patients, view.Withdrawal, view.WithdrawalLabel = "/patients", importPath(one.ID, "withdrawal"), "Take this import back"
	case imports.Failed:
		view.Failed, view.Sentence = one.Reason, grouped(c.Done)+" of "+many(c.Total, "row", "rows")+" were gone through. Going on begins after them."
		view.Again, view.AgainButton = importPath(one.ID, "run"), "Go on importing"
		view.Withdrawal, view.WithdrawalLabel = importPath(one.ID, "withdrawal"), "Take back what came in"
	case imports.Stuck:
		view.Failed, view.Sentence, view.Counts, view.Notes = one.Reason, "Some of it is taken back. Going on takes back the rest.", nil, nil
		view.Again, view.AgainButton = importPath(one.ID, "withdrawal"), "Go on taking it back"
	default:
		return v.withdrawnView(one)
	}
	var err error
	view.Problems, view.DownloadLabel, err = v.problems(one, view.Counts)
	if view.DownloadLabel != "" {
		view.Download = importPath(one.ID, "problems")
	}
	return view, err
}

func (v *visit) withdrawnView(one imports.View) (*views.ImportEnded, error) {
	c := one.Counts
	view := &views.ImportEnded{Sentence: "The import was taken back " + v.within(one.MovedAt) + ". The file can be imported again."}
	if c.Kept == 0 {
		return view, nil
	}
	stayed := patientsMany(c.Kept)
	if one.Holds.Clinical() {
		stayed = entriesMany(c.Kept)
	}
	view.Sentence += " " + stayed + " stayed, used since the import."
	view.Withdrawal, view.WithdrawalLabel = importPath(one.ID, "withdrawal"), "Try these again"
	_, kept, err := v.previewWithdrawal(one)
	view.Kept = kept
	return view, err
}

// previewWithdrawal says what taking an import back would do, and shows what would stay.
func (v *visit) previewWithdrawal(one imports.View) (w imports.Withdrawal, panel *views.ImportKept, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = imports.PreviewWithdrawal(ctx, tx, v.keys, one.ID, keptShown)
		return err
	})
	if err != nil || len(w.Kept) == 0 {
		return w, nil, err
	}
	panel = &views.ImportKept{Title: "Stay, since they were used", Count: grouped(w.Used)}
	if more := w.Used - len(w.Kept); more > 0 {
		panel.Rest = "And " + grouped(more) + " more"
	}
	var seen []id.ID
	for _, k := range w.Kept {
		seen = append(seen, k.Patient)
		panel.Rows = append(panel.Rows, views.KeptAnimal{
			Href: "/patients/" + k.Patient.String(), Name: registry.Patient{Name: k.Name}.Called(), Line: "line " + grouped(k.Line), Why: sentence(k.Why),
		})
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "patient", IDs: seen})
	return w, panel, nil
}

// withdrawable reports whether there is something to take back.
func withdrawable(one imports.View) bool {
	return one.State == imports.Done || one.State == imports.Failed || one.State == imports.Withdrawn && one.Counts.Kept > 0
}

// withdrawalView asks before an import is taken back.
func (v *visit) withdrawalView(one imports.View) (views.Withdrawal, error) {
	w, kept, err := v.previewWithdrawal(one)
	if err != nil {
		return views.Withdrawal{}, err
	}
	if one.Holds.Clinical() {
		return v.pastWithdrawal(one, w, kept), nil
	}
	goes := w.Patients - w.Used
	view := views.Withdrawal{
		Page: v.page("practice"), Action: importPath(one.ID, "withdrawal"), Version: strconv.FormatInt(one.Version, 10), File: one.File,
		Back: importPath(one.ID, ""), Kept: kept,
		Sentence: "Patients this import added are deleted, with their numbers. A patient that was used since stays: one with notes, an owner, or a change.",
		Counts: []views.ImportCount{
			{Number: grouped(goes), Words: noun(goes, "patient goes", "patients go"), Status: "late"},
			{Number: grouped(w.Used), Words: noun(w.Used, "patient stays", "patients stay"), Status: "booked"},
		},
	}
	if w.Numbers > 0 {
		view.Counts = append(view.Counts, views.ImportCount{Number: grouped(w.Numbers), Words: noun(w.Numbers, "renewal goes", "renewals go"), Status: "late", Shares: []string{"Taken off the animals they were merged into"}})
	}
	switch {
	case goes > 0:
		view.Button = "Take back " + patientsMany(goes)
	case w.Numbers > 0:
		view.Button = "Take back " + many(w.Numbers, "renewal", "renewals")
	}
	return view, nil
}
