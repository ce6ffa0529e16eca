package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/jobs"
	"paddock/views"
	"paddock/views/ui"
)

// editColumns shows the columns of a file that was checked once more.
func (s *Server) editColumns(v *visit) (answer, error) {
	one, err := v.theImport()
	if err != nil {
		return answer{}, err
	}
	if one.State != imports.Checked {
		return goTo(importPath(one.ID, "")), nil
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "import", ObjectID: one.ID})
	return shown(http.StatusOK, views.ImportPage(v.columnsPage(one, chosen(one), nil))), nil
}

func (v *visit) columnsPage(one imports.View, fields []string, bad fault.Fields) views.Import {
	view := v.importFrame(one)
	columns := v.columnsView(one, fields, bad)
	view.Columns = &columns
	return view
}

// updateColumns says what stands in the columns and asks for a dry run.
func (s *Server) updateColumns(v *visit) (answer, error) {
	one, err := v.theImport()
	if err != nil {
		return answer{}, err
	}
	fields := make([]string, len(one.Columns))
	for i := range fields {
		fields[i] = v.field(columnName(i))
	}
	mapping, bad := mappingOf(fields)
	if len(bad) > 0 {
		return v.mistakenColumns(one, fields, bad)
	}
	a, err := v.act(func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return imports.SetMapping(ctx, tx, v.keys, row, v.version(), mapping, jobs.Enqueue)
	}, func(now imports.View) bool {
		return (now.State == imports.Checking || now.State == imports.Checked) && sameMapping(now.Mapping, mapping)
	})
	if errors.As(err, &bad) {
		return v.mistakenColumns(one, fields, inColumns(bad, mapping))
	}
	return a, err
}

func (v *visit) mistakenColumns(one imports.View, fields []string, bad fault.Fields) (answer, error) {
	v.record(audit.Entry{Action: audit.Opened, Object: "import", ObjectID: one.ID})
	one.Version = v.version() // still the form's, so that it meets what was done since
	view := v.columnsPage(one, fields, bad)
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.ColumnsPart(*view.Columns)), nil
	}
	return shown(http.StatusUnprocessableEntity, views.ImportPage(view)), nil
}

// columnName is the input of a column.
func columnName(at int) string { return "column_" + strconv.Itoa(at+1) }

// left is the choice of a column that is not taken over.
const left = "not taken over"

// chosen are the fields of the columns, "" for one that is left out.
func chosen(one imports.View) []string {
	out := make([]string, len(one.Columns))
	for field, at := range one.Mapping {
		if at >= 0 && at < len(out) {
			out[at] = string(field)
		}
	}
	return out
}

// mappingOf reads what was chosen for the columns. A field can be in one column only.
func mappingOf(fields []string) (imports.Mapping, fault.Fields) {
	m, bad := imports.Mapping{}, fault.Fields(nil)
	for at, f := range fields {
		if f == "" {
			continue
		}
		if _, twice := m[imports.Field(f)]; twice {
			bad.Add(columnName(at), fmt.Sprintf("“%s” is chosen for another column already", imports.Field(f)))
			continue
		}
		m[imports.Field(f)] = at
	}
	return m, bad
}

// inColumns puts mistakes about fields at the columns they were chosen for; one that was chosen for none is
// about the form as a whole.
func inColumns(bad fault.Fields, m imports.Mapping) fault.Fields {
	out := make(fault.Fields, len(bad))
	for i, b := range bad {
		out[i].Message = b.Message
		if at, there := m[imports.Field(b.Name)]; there {
			out[i].Name = columnName(at)
		}
	}
	return out
}

func sameMapping(a, b imports.Mapping) bool { return maps.Equal(a, b) }

func (v *visit) columnsView(one imports.View, fields []string, bad fault.Fields) views.ImportColumns {
	view := views.ImportColumns{
		Page: v.page("practice"), Action: importPath(one.ID, "columns"), Version: strconv.FormatInt(one.Version, 10), File: one.File,
		Reads:  "The file is read as " + one.Encoding + ", columns parted by " + separators[one.Separator] + ".",
		Fields: []ui.Option{{Label: sentence(left)}}, Button: "Check the file", Mistakes: mistakes(bad),
	}
	if one.Counts.Total > 0 {
		view.Button = "Check " + many(one.Counts.Total, "row", "rows")
	}
	if one.State == imports.Staged {
		view.Reason, view.Discard = one.Reason, importPath(one.ID, "discard")
	} else {
		view.Back = importPath(one.ID, "")
	}
	for _, f := range one.Holds.Fields() {
		view.Fields = append(view.Fields, ui.Option{Value: string(f), Label: f.String()})
	}
	for i, c := range one.Columns {
		view.Columns = append(view.Columns, views.ImportColumn{
			Name: columnName(i), Heading: cmp.Or(c.Heading, "Column "+strconv.Itoa(i+1)), Field: fields[i], Samples: different(c.Samples),
		})
	}
	return view
}

// different are the first few values that are not the same.
func different(samples []string) []string {
	var out []string
	for _, s := range samples {
		if !slices.Contains(out, s) && len(out) < 3 {
			out = append(out, s)
		}
	}
	return out
}

var separators = map[string]string{"comma": "commas", "semicolon": "semicolons", "tab": "tabs", "bar": "bars"}
