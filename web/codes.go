package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

const (
	codesPath  = "/code-lists"
	codesShown = 200
)

// listCodeLists shows the lists that diagnoses are chosen from.
func (s *Server) listCodeLists(v *visit) (answer, error) {
	return v.codeListsPage(http.StatusOK, views.CodeLoad{ID: id.New().String()})
}

func (v *visit) codeListsPage(status int, load views.CodeLoad) (answer, error) {
	var rows []records.CodeSystemRow
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = records.CodeSystems(ctx, tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "code-list"})
	load.Page = v.page("practice")
	view := views.CodeLists{Page: load.Page, Load: load}
	for _, r := range rows {
		view.Rows = append(view.Rows, views.CodeListRow{
			Href: codesPath + "/" + r.ID.String(), Name: r.Name + " " + r.Version, Codes: countOf(r.Codes, "code", "codes"), Licence: r.Licence, Ended: !r.Ended.IsZero(),
		})
	}
	return shown(status, views.CodeListsPage(view)), nil
}

// createCodeList takes a list in from a file, whole or not at all; a dry run only looks at it.
func (s *Server) createCodeList(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	load := views.CodeLoad{ID: row.String(), Name: v.field("name"), Version: v.field("version"), Licence: v.field("licence"), Source: v.field("source")}
	refuse := func(mistake string) (answer, error) {
		load.Mistakes = mistakes(fault.Fields{{Name: "file", Message: strings.TrimSuffix(mistake, ".")}})
		return v.codeListsPage(http.StatusUnprocessableEntity, load)
	}
	if v.upload == nil || v.upload.FileName() == "" {
		return refuse("Choose a file")
	}
	v.linger()
	known, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	species := map[string]bool{}
	for code := range known {
		species[code] = true
	}
	codes, problems, err := records.ReadCodes(v.upload, species)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return refuse(cutOff)
	}
	if sentence, ok := unsentFile(err); ok {
		return refuse(sentence)
	}
	if err != nil {
		return answer{}, err
	}
	if len(problems) > 0 {
		for _, p := range problems {
			load.Problems = append(load.Problems, fmt.Sprintf("Line %d: %s", p.Line, p.Message))
		}
		return refuse("The file has " + countOf(len(problems), "line", "lines") + " to mend")
	}
	if v.field("dry") != "" {
		load.Found = "The file is right: " + countOf(len(codes), "code", "codes") + "."
		return v.codeListsPage(http.StatusOK, load)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return records.AddCodeSystem(ctx, tx, v.keys, row, records.CodeSystem{Name: load.Name, Version: load.Version, Licence: load.Licence, Source: load.Source}, codes)
	})
	var bad fault.Fields
	if errors.As(err, &bad) {
		load.Mistakes = mistakes(bad)
		return v.codeListsPage(http.StatusUnprocessableEntity, load)
	}
	if err != nil && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	v.say("The list was taken in: " + countOf(len(codes), "code", "codes") + ".")
	return goTo(codesPath + "/" + row.String()), nil
}

// showCodeList shows one list with its codes.
func (s *Server) showCodeList(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.codeListPage(http.StatusOK, row, views.CodeForm{ID: id.New().String()}, nil)
}

func (v *visit) codeListPage(status int, row id.ID, form views.CodeForm, ticked []string) (answer, error) {
	var list records.CodeSystemRow
	var rows []records.CodeRow
	err := v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = records.OpenCodeSystem(ctx, tx, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = records.Codes(ctx, tx, row, v.r.URL.Query().Get("after"), codesShown+1)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	kinds, err := v.s.speciesList(v)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "code-list", ObjectID: row})
	path := codesPath + "/" + row.String()
	view := views.CodeListPage{Page: v.page("practice"), Name: list.Name + " " + list.Version, Licence: list.Licence, Source: list.Source, Ended: !list.Ended.IsZero()}
	if !list.Own && !view.Ended {
		view.EndAction = path + "/ending"
	}
	names := map[string]string{}
	for _, k := range kinds {
		names[k.Code] = k.Name
		on := false
		for _, t := range ticked {
			on = on || t == k.Code
		}
		form.Species = append(form.Species, views.Ticked{Value: k.Code, Label: k.Name, On: on})
	}
	if list.Own {
		form.Page, form.Action = view.Page, path+"/codes"
		view.Add = &form
	}
	for _, r := range rows[:min(codesShown, len(rows))] {
		line := views.CodeRow{Code: r.Code.Code, Name: r.Name}
		for _, s := range r.Species {
			line.Species = join(line.Species, names[s])
		}
		if r.Parent != "" {
			line.Parent = "below " + r.Parent
		}
		if !r.Ended && !view.Ended {
			line.EndAction = "/codes/" + r.ID.String() + "/ending"
		}
		view.Rows = append(view.Rows, line)
	}
	if len(rows) > codesShown {
		view.MoreHref = path + "?after=" + url.QueryEscape(rows[codesShown-1].Code.Code)
	}
	if v.partial && view.Add != nil {
		return shown(status, views.CodeFormPart(view.Name, form)), nil
	}
	return shown(status, views.CodeListOnePage(view)), nil
}

// createCode adds a code to the clinic's own list.
func (s *Server) createCode(v *visit) (answer, error) {
	list, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	c := records.Code{Code: v.field("code"), Name: v.field("name"), Species: v.form()["species"]}
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return records.AddCode(ctx, tx, v.keys, row, list, c) })
	var bad fault.Fields
	if errors.As(err, &bad) {
		form := views.CodeForm{ID: row.String(), Code: c.Code, Name: c.Name, Mistakes: mistakes(bad)}
		return v.codeListPage(http.StatusUnprocessableEntity, list, form, c.Species)
	}
	if err != nil && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	v.say("Added.")
	return goTo(codesPath + "/" + list.String()), nil
}

// createCodeEnding takes a code out of what is offered.
func (s *Server) createCodeEnding(v *visit) (answer, error) {
	return v.rowAct(codesPath, "Taken out.", func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return records.EndCode(ctx, tx, v.keys, row)
	})
}

// createCodeListEnding takes a list out of what is offered.
func (s *Server) createCodeListEnding(v *visit) (answer, error) {
	return v.rowAct(codesPath, "No longer offered.", func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return records.EndCodeSystem(ctx, tx, v.keys, row)
	})
}
