package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/plain"
)

// survey reads the file once to count its rows and to find out how its dates are to be read.
func (w *worker) survey(ctx context.Context) error {
	l, err := w.rows(ctx)
	if err != nil {
		return err
	}
	total := 0
	dates := map[Field]*evidence{}
	for _, f := range w.file.Holds.dates() {
		if w.file.Mapping.has(f) {
			dates[f] = &evidence{}
		}
	}
	for {
		r, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading import %s: %w", w.row, err)
		}
		total++
		if r.broken != "" {
			continue
		}
		for f, e := range dates {
			e.see(withoutTime(plain.Line(r.values[w.file.Mapping[f]])))
		}
	}
	if total == 0 {
		return fault.New(fault.Invalid, "The file has one line only: it needs a line of headings and under it a line for each "+w.file.Holds.each()+".")
	}
	w.file.Orders, w.file.Notes = map[Field]order{}, w.file.notes()
	for _, f := range w.file.Holds.dates() {
		if e := dates[f]; e != nil {
			o, said := e.decide(w.file.Country)
			w.file.Orders[f] = o
			if said != "" {
				w.file.Notes = append(w.file.Notes, fmt.Sprintf("“%s”: %s", w.file.Columns[w.file.Mapping[f]].called(w.file.Mapping[f]), said))
			}
		}
	}
	w.counts, w.problemParts = Counts{Total: total}, 0
	return w.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.SetImportTotal(ctx, db.SetImportTotalParams{TenantID: tx.Tenant, ID: w.row, State: w.state, RowsTotal: int32(total), UpdatedAt: tx.Now()})
		if err != nil {
			return err
		}
		if n != 1 {
			return errElsewhere
		}
		if err := forgetCounts(ctx, tx, w.row); err != nil {
			return err
		}
		return saveFile(ctx, tx, w.keys, w.row, w.file)
	})
}

// evidence is what a column of dates says about the order of its numbers.
type evidence struct {
	days, months, either int // values that can only be read with the day first, the month first, or both ways
}

func (e *evidence) see(text string) {
	first, second, _, ok := numbered(text)
	switch {
	case !ok:
	case first > 12 && second <= 12:
		e.days++
	case second > 12 && first <= 12:
		e.months++
	case first <= 12 && second <= 12 && first != second:
		e.either++
	}
}

// decide takes the column as a whole: what only some of its values tell holds of all. Where none tells, it
// is read as in the clinic's country; said is the sentence about that, or "".
func (e *evidence) decide(country string) (o order, said string) {
	here := dayFirst
	if country == "US" || country == "PH" || country == "PW" || country == "FM" || country == "MH" {
		here = monthFirst
	}
	switch {
	case e.days > e.months:
		o = dayFirst
	case e.months > e.days:
		o = monthFirst
	default:
		o = here
	}
	words := "the day comes first, as 31/12/2020."
	if o == monthFirst {
		words = "the month comes first, as 12/31/2020."
	}
	switch {
	case e.days > 0 && e.months > 0:
		return o, fmt.Sprintf("some dates can only be read with the day first and some with the month first. Where both can be, %s", words)
	case e.days == 0 && e.months == 0 && e.either > 0:
		return o, "no date of this column tells whether day or month comes first. They are read as usual in the clinic's country: " + words
	}
	return o, ""
}

// notes are what is to be said of the file whatever its rows are.
func (f *file) notes() []string {
	var out []string
	switch f.Encoding {
	case encWindows:
		out = append(out, "The file is not in UTF-8. It was read as Windows-1252 (Latin-1): look at names with accents in the samples.")
	case encUTF16:
		out = append(out, "The file is in UTF-16 and was read as such.")
	}
	if left := f.Mapping.left(f.Columns); len(left) > 0 {
		out = append(out, "Not taken over: "+strings.Join(left, ", ")+".")
	}
	return out
}
