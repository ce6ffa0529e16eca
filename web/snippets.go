package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

const snippetsPath = "/snippets"

// listSnippets shows the clinic's own words for notes.
func (s *Server) listSnippets(v *visit) (answer, error) {
	return v.snippetsPage(http.StatusOK, views.SnippetForm{ID: id.New().String()})
}

func (v *visit) readSnippets() (rows []records.SnippetRow, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = records.Snippets(ctx, tx, v.keys)
		return err
	})
	return rows, err
}

func (v *visit) snippetsPage(status int, form views.SnippetForm) (answer, error) {
	rows, err := v.readSnippets()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "snippet"})
	form.Page, form.Action, form.Heading = v.page("practice"), snippetsPath, "Add a snippet"
	if v.partial {
		return shown(status, views.SnippetFormPart(form)), nil
	}
	view := views.Snippets{Page: form.Page, Add: form}
	for _, r := range rows {
		path := snippetsPath + "/" + r.ID.String()
		view.Rows = append(view.Rows, views.SnippetLine{Name: r.Name, Text: r.Text, EditHref: path + "/edit", EndAction: path + "/ending"})
	}
	return shown(status, views.SnippetsPage(view)), nil
}

func (v *visit) typedSnippet() records.Snippet {
	return records.Snippet{Name: v.field("name"), Text: v.field("text")}
}

// createSnippet adds one.
func (s *Server) createSnippet(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return records.AddSnippet(ctx, tx, v.keys, row, v.typedSnippet())
	})
	var bad fault.Fields
	if errors.As(err, &bad) {
		return v.snippetsPage(http.StatusUnprocessableEntity, views.SnippetForm{ID: row.String(), Name: v.field("name"), Text: v.field("text"), Mistakes: mistakes(bad)})
	}
	if err != nil && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	v.say("Added.")
	return goTo(snippetsPath), nil
}

// editSnippet shows the form of one.
func (s *Server) editSnippet(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.snippetPage(http.StatusOK, row, nil)
}

// snippetPage shows the form of one, as it is or as it was typed.
func (v *visit) snippetPage(status int, row id.ID, typed *views.SnippetForm) (answer, error) {
	var r records.SnippetRow
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = records.OpenSnippet(ctx, tx, v.keys, row)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "snippet", ObjectID: row})
	form := views.SnippetForm{Version: strconv.FormatInt(r.Version, 10), Name: r.Name, Text: r.Text}
	if typed != nil {
		form = *typed
	}
	form.Page, form.Heading, form.Action, form.Cancel = v.page("practice"), "Change /"+r.Name, snippetsPath+"/"+row.String(), snippetsPath
	if v.partial {
		return shown(status, views.SnippetFormPart(form)), nil
	}
	return shown(status, views.SnippetFormPage(form)), nil
}

// updateSnippet saves one.
func (s *Server) updateSnippet(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return records.ChangeSnippet(ctx, tx, v.keys, row, v.version(), v.typedSnippet())
	})
	typed := views.SnippetForm{Version: v.field("version"), Name: v.field("name"), Text: v.field("text")}
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		typed.Mistakes = mistakes(bad)
		return v.snippetPage(http.StatusUnprocessableEntity, row, &typed)
	case errors.Is(err, records.ErrSnippetChanged):
		return v.overtakenSnippet(row, typed, err)
	case err != nil:
		return answer{}, err
	}
	v.say("Saved.")
	return goTo(snippetsPath), nil
}

// overtakenSnippet keeps the form of one that somebody else has saved meanwhile, with theirs beside each field that
// differs.
func (v *visit) overtakenSnippet(row id.ID, typed views.SnippetForm, err error) (answer, error) {
	said, _ := conflictIn(err)
	var now records.SnippetRow
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		now, err = records.OpenSnippet(ctx, tx, v.keys, row)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	typed.Version, typed.Mistakes = strconv.FormatInt(now.Version, 10), mistakes(overtaken(said, []meanwhile{
		{"name", typed.Name, now.Name, "/" + now.Name}, {"text", typed.Text, now.Text, now.Text},
	}))
	return v.snippetPage(http.StatusConflict, row, &typed)
}

// createSnippetEnding takes one out of the list.
func (s *Server) createSnippetEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if err := v.write(func(ctx context.Context, tx *db.Tx) error { return records.EndSnippet(ctx, tx, v.keys, row) }); err != nil {
		return answer{}, err
	}
	v.say("Taken out.")
	return goTo(snippetsPath), nil
}

// withSnippet is the note of the form with the snippet that was chosen put into its part, as it is without script.
func (v *visit) withSnippet(ctx context.Context, tx *db.Tx, s records.SOAP) (records.SOAP, error) {
	if v.field("into") == "" {
		return s, nil
	}
	row, err := rowOf(v.field("snippet"))
	if err != nil {
		return s, err
	}
	r, err := records.OpenSnippet(ctx, tx, v.keys, row)
	return s.With(v.field("into"), r.Snippet), err
}

// snippetChoices are those an open note may take in.
func snippetChoices(rows []records.SnippetRow) (out []views.SnippetChoice) {
	for _, r := range rows {
		out = append(out, views.SnippetChoice{ID: r.ID.String(), Name: r.Name, Text: r.Text})
	}
	return out
}
