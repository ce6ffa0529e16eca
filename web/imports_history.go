package web

import (
	"context"
	"io"
	"strconv"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/views"
	"paddock/views/ui"
)

// heldLabels are what a file may hold, in the words of its form.
var heldLabels = []ui.Option{
	{Value: string(imports.Animals), Label: "Patients"},
	{Value: string(imports.History), Label: "Clinical history, a column says the kind"},
	{Value: string(imports.Visits), Label: "Clinical history: visits only"},
	{Value: string(imports.Notes), Label: "Clinical history: notes only"},
	{Value: string(imports.Weights), Label: "Clinical history: weights only"},
	{Value: string(imports.Vaccinations), Label: "Clinical history: vaccinations only"},
}

// heldChoice is what stands in the file: clinical history for those who may read it.
func (v *visit) heldChoice(holds imports.Holds) ui.Choice {
	c := ui.Choice{Name: "holds", Label: "What stands in it", Value: string(holds), Options: heldLabels}
	if !v.readsNotes() {
		c.Options = heldLabels[:1]
	}
	return c
}

// mayOpenImport gives fault.Missing for a file of clinical history to those who may not read such text: nothing of it
// is read then.
func (v *visit) mayOpenImport(row id.ID) error {
	if v.readsNotes() {
		return nil
	}
	return v.read(func(ctx context.Context, tx *db.Tx) error {
		holds, err := imports.HoldsOf(ctx, tx, row)
		if err == nil && holds.Clinical() {
			return fault.Missing
		}
		return err
	})
}

// downloadSample sends a short file that shows the columns of clinical history.
func (s *Server) downloadSample(*visit) (answer, error) {
	return answer{download: &download{name: "history-sample.csv", kind: "text/csv; charset=utf-8", write: func(w io.Writer) error {
		_, err := io.WriteString(w, imports.Sample)
		return err
	}}}, nil
}

// entriesMany is a number of entries of history.
func entriesMany(n int) string { return many(n, "entry", "entries") }

// byKind are the numbers of each kind there is any of: "12 visits", "3 weights".
func byKind(c imports.Counts) (out []string) {
	for _, k := range []struct {
		n         int
		one, more string
	}{{c.Visits, "visit", "visits"}, {c.Notes, "note", "notes"}, {c.Weights, "weight", "weights"}, {c.Doses, "vaccination", "vaccinations"}} {
		if k.n > 0 {
			out = append(out, many(k.n, k.one, k.more))
		}
	}
	return out
}

// pastSums are the numbers of a file of history: they add up to its rows.
func pastSums(c imports.Counts, past bool) []views.ImportCount {
	added := views.ImportCount{Number: grouped(c.Added), Words: "to add", Status: "ready", Shares: byKind(c)}
	skipped := views.ImportCount{Number: grouped(c.Skipped), Words: "to skip", Status: "booked", Shares: []string{"In the record already, or twice in the file"}}
	refused := views.ImportCount{Number: grouped(c.Refused), Words: "refused", Status: "booked"}
	if past {
		added.Words, skipped.Words = "added", "skipped"
	}
	if c.Refused > 0 {
		refused.Status = "late"
	}
	return []views.ImportCount{added, skipped, refused}
}

// problemKind is how a kind of problems is headed.
type problemKind struct{ title, help string }

var pastNotes = problemKind{"Taken over, with something to know", "These rows come in. A vaccination that is not counted stands in the history and makes nothing due: keep a vaccine of the same name, and import it again after taking this back, where it should."}

// pastWithdrawal asks before a file of history is taken back.
func (v *visit) pastWithdrawal(one imports.View, w imports.Withdrawal, kept *views.ImportKept) views.Withdrawal {
	goes := w.Entries - w.Used
	view := views.Withdrawal{
		Page: v.page("practice"), Action: importPath(one.ID, "withdrawal"), Version: strconv.FormatInt(one.Version, 10), File: one.File,
		Back: importPath(one.ID, ""), Kept: kept,
		Sentence: "What this import added to the records is deleted. An entry that was used since stays: a note with an addendum, what was marked as entered in error, a weight that something was prescribed by, a dose with a due day set after it.",
		Counts: []views.ImportCount{
			{Number: grouped(goes), Words: noun(goes, "entry goes", "entries go"), Status: "late"},
			{Number: grouped(w.Used), Words: noun(w.Used, "entry stays", "entries stay"), Status: "booked"},
		},
	}
	if w.Used == 0 {
		view.Counts[0].Shares = byKind(w.ByKind)
	}
	if goes > 0 {
		view.Button = "Take back " + entriesMany(goes)
	}
	return view
}
