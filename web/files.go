package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
	"paddock/views/ui"
)

// largeMost is what a request with a file of a patient may have: the largest file, and its form.
const largeMost = files.PDFMost + 1<<20

var fileKinds = map[files.Kind]string{
	files.Photo: "Photo", files.Imaging: "X-ray or scan", files.Lab: "Lab report", files.Letter: "Letter or history", files.Consent: "Consent form", files.Other: "Other",
}

var mediaWords = map[files.Media]string{files.JPEG: "JPEG picture", files.PNG: "PNG picture", files.PDF: "PDF", files.Text: "Text"}

// mediaEnds is what a file is saved as. The name is fixed, so that no clinic data stands in a header.
var mediaEnds = map[files.Media]string{files.JPEG: "picture.jpg", files.PNG: "picture.png", files.PDF: "document.pdf", files.Text: "text.txt"}

func filesPath(patient id.ID) string { return "/patients/" + patient.String() + "/files" }

func filePath(file id.ID) string { return "/files/" + file.String() }

// filesBeside is how many files a patient's page shows.
const filesBeside = 6

// shelved is what a person may know of a patient's files: List for those who read clinical text, Heads for others.
type shelved struct {
	list  []files.File
	heads []files.Head
	next  files.Cursor
	more  bool
}

// filesOf reads a patient's files in the trip of its page.
func (v *visit) filesOf(into *shelved, patient id.ID, from files.Cursor, most int) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) (err error) {
		if v.readsNotes() {
			into.list, into.next, into.more, err = files.List(ctx, tx, v.keys, patient, from, most)
		} else {
			into.heads, into.next, into.more, err = files.Heads(ctx, tx, patient, from, most)
		}
		return err
	}
}

// ids are the files that are shown.
func (s shelved) ids() (ids []id.ID) {
	for _, f := range s.list {
		ids = append(ids, f.ID)
	}
	for _, h := range s.heads {
		ids = append(ids, h.ID)
	}
	return ids
}

// cards are the files as they are shown in a grid.
func (v *visit) cards(s shelved) (out []views.FileCard) {
	for _, f := range s.list {
		c := v.headCard(f.Head)
		c.Title, c.Href = f.Title, filePath(f.ID)
		if f.Media.Picture() && !f.Voided {
			c.Thumb = c.Href + "/thumbnail"
		}
		out = append(out, c)
	}
	for _, h := range s.heads {
		out = append(out, v.headCard(h))
	}
	return out
}

func (v *visit) headCard(h files.Head) views.FileCard {
	c := views.FileCard{
		Kind: fileKinds[h.Kind], When: dated(h.TakenOn), At: h.TakenOn.Format(time.DateOnly), By: surname(v.policy.Name(h.AddedBy)), Icon: "file", Media: mediaWords[h.Media], Voided: h.Voided,
	}
	if h.Media.Picture() {
		c.Icon = "picture"
	}
	return c
}

// filesPanel is the panel on a patient's page.
func (v *visit) filesPanel(patient id.ID, s shelved) views.FilesPanel {
	p := views.FilesPanel{Href: filesPath(patient), MayAdd: v.may(access.FileWrite), More: s.more}
	for _, c := range v.cards(s) {
		if !c.Voided {
			p.Cards = append(p.Cards, c)
		}
	}
	return p
}

// typedFile is what a form says of a file.
type typedFile struct{ kind, title, taken, visit string }

func (v *visit) typedFile() typedFile {
	return typedFile{v.field("kind"), v.field("title"), v.field("taken_on"), v.field("visit")}
}

// cursor reads where a list goes on; what is malformed is its beginning.
func (v *visit) cursor() files.Cursor {
	q := v.r.URL.Query()
	day, err := time.Parse(time.DateOnly, q.Get("before"))
	row, bad := id.Parse(q.Get("than"))
	if err != nil || bad != nil {
		return files.Cursor{}
	}
	return files.Cursor{Day: day, ID: row}
}

func (s *Server) listFiles(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.filesPage(http.StatusOK, patient, typedFile{kind: string(files.Photo)}, nil)
}

// filesPage is the page of a patient's files, over the form that adds one. A file field cannot be filled in again by
// a page; everything else that was typed is kept. The id is always a new one, since the old may have begun.
func (v *visit) filesPage(status int, patient id.ID, typed typedFile, bad fault.Fields) (answer, error) {
	var p registry.PatientView
	var with beside
	var list shelved
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	from := v.cursor()
	err = v.read(append(with.ofPatient(v, patient), v.filesOf(&list, patient, from, files.PageMost), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})...)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient, IDs: list.ids()})
	view := views.Files{Page: v.page("patients"), Banner: v.banner(p, with, species), Cards: v.cards(list), Closed: len(list.heads) > 0, Later: !from.ID.IsZero(), Href: filesPath(patient)}
	if list.more {
		view.Older = view.Href + "?before=" + list.next.Day.Format(time.DateOnly) + "&than=" + list.next.ID.String()
	}
	if v.may(access.FileWrite) {
		view.Form = &views.FileForm{
			Page: view.Page, Action: view.Href, ID: id.New().String(), Kind: typed.kind, Title: typed.title, TakenOn: typed.taken, Visit: typed.visit, Mistakes: mistakes(bad),
		}
		for _, k := range files.Kinds {
			view.Form.Kinds = append(view.Form.Kinds, ui.Option{Value: string(k), Label: fileKinds[k]})
		}
	}
	return shown(status, views.FilesPage(view)), nil
}

// createFile takes a file in, as it comes.
func (s *Server) createFile(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	typed := v.typedFile()
	again := func(bad fault.Fields) (answer, error) {
		return v.filesPage(http.StatusUnprocessableEntity, patient, typed, bad)
	}
	in := files.Incoming{Patient: patient, Kind: files.Kind(typed.kind), Title: typed.title, Today: v.today()}
	if typed.visit != "" {
		if in.Visit, err = rowOf(typed.visit); err != nil {
			return answer{}, err
		}
	}
	var bad fault.Fields
	if in.TakenOn, err = registry.ParseDay(typed.taken, v.now()); err != nil {
		bad.Add("taken_on", err.Error())
	}
	switch {
	case v.upload == nil || v.upload.FileName() == "":
		bad.Add("file", "Choose a file")
	case v.r.ContentLength > largeMost:
		bad.Add("file", tooLarge)
	}
	if len(bad) > 0 {
		return again(bad)
	}
	in.Name = v.upload.FileName()
	v.linger()
	err = files.Add(v.ctx(), files.Deps{Store: s.Store, Shelf: s.Shelf}, v.keys, v.who(), row, in, v.upload)
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return again(fault.Fields{{Name: "file", Message: tooLarge}})
	case errors.As(err, &bad):
		return again(bad)
	case errors.Is(err, files.ErrOnItsWay):
		return again(fault.Fields{{Name: "file", Message: "This file is on its way already, from another window: look below whether it is in"}})
	case errors.Is(err, io.ErrUnexpectedEOF): // the tab was closed, or the line was lost
		return again(fault.Fields{{Name: "file", Message: cutOff}})
	case err != nil && !errors.Is(err, files.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("File added.")
	return goTo(filesPath(patient)), nil
}

const tooLarge = "This file is larger than 200 MB, more than any that is kept"

// closedFiles refuses those whose roles have the right but not the field: what is clinical is not selected for them.
func (v *visit) closedFiles() bool { return !v.sees(access.FieldClinical) }

func (s *Server) showFile(v *visit) (answer, error) {
	file, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.filePage(http.StatusOK, file, "", nil)
}

// filePage is one file, large, with what is said of it.
func (v *visit) filePage(status int, file id.ID, reason string, bad fault.Fields) (answer, error) {
	if v.closedFiles() {
		return v.refused(access.ClinicalRead)
	}
	var f files.File
	var p registry.PatientView
	var with beside
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = files.Open(ctx, tx, v.keys, file)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	err = v.read(append(with.ofPatient(v, f.Patient), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, f.Patient)
		return err
	})...)
	if err != nil {
		return answer{}, err
	}
	v.recordOf(f.Patient, audit.Entry{Action: audit.Opened, Object: "file", ObjectID: file, IDs: []id.ID{f.Patient}})
	return shown(status, views.FilePage(v.fileView(f, v.banner(p, with, species), reason, bad))), nil
}

func (v *visit) fileView(f files.File, banner views.Banner, reason string, bad fault.Fields) views.File {
	path := filePath(f.ID)
	view := views.File{Page: v.page("patients"), Banner: banner, Title: f.Title, Kind: fileKinds[f.Kind], Back: filesPath(f.Patient)}
	if view.Opens = !f.Voided || v.may(access.FileVoid); view.Opens {
		view.Href, view.Save = path+"/content", path+"/content?save=yes"
		if f.Media.Picture() {
			view.Width, view.Height = strconv.Itoa(f.Width), strconv.Itoa(f.Height)
		}
	}
	size := mediaWords[f.Media] + ", " + weighty(f.Bytes)
	if f.Width > 0 {
		size += ", " + strconv.Itoa(f.Width) + " × " + strconv.Itoa(f.Height) + " points"
	}
	view.Facts = []views.FileFact{{Word: "Kind", Value: view.Kind}, {Word: "Taken", Value: dated(f.TakenOn)}, {Word: "Added", Value: v.moment(f.AddedAt) + " by " + v.policy.Name(f.AddedBy)}, {Word: "File", Value: size}}
	switch {
	case f.Voided:
		view.Voided = "Taken off the record " + v.moment(f.Void.At) + " by " + v.policy.Name(f.Void.By) + ": " + f.Void.Reason
	case v.may(access.FileVoid):
		view.Void = &views.FileVoidForm{Page: view.Page, Action: path + "/void", Reason: reason, Mistakes: mistakes(bad)}
	default:
		if holders := v.policy.People(access.FileVoid); len(holders) > 0 {
			view.Ask = "Does it not belong here? Ask " + strings.Join(holders[:min(2, len(holders))], " or ") + " to take it off the record."
		}
	}
	return view
}

// weighty is a number of bytes as people say it.
func weighty(n int64) string {
	switch {
	case n < 1000:
		return countOf(int(n), "byte", "bytes")
	case n < 1_000_000:
		return strconv.FormatInt((n+500)/1000, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}

// unlock reads what opens the file of the path, for this person.
func (v *visit) unlockFile() (k files.Key, err error) {
	file, err := v.row()
	if err != nil {
		return k, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		k, err = files.Unlock(ctx, tx, v.keys, file)
		return err
	})
	if err == nil && k.Voided && !v.may(access.FileVoid) {
		err = fault.Missing
	}
	return k, err
}

// downloadFile sends a file: a picture to be looked at, all else to be saved.
func (s *Server) downloadFile(v *visit) (answer, error) {
	if v.closedFiles() {
		return v.refused(access.ClinicalRead)
	}
	k, err := v.unlockFile()
	if err != nil {
		return answer{}, err
	}
	v.linger()
	from, err := s.Shelf.Content(v.ctx(), v.keys, k)
	if err != nil {
		return answer{}, err
	}
	save := v.r.URL.Query().Get("save") != ""
	what := audit.Opened
	if save || !k.Media.Picture() {
		what = audit.Downloaded
	}
	v.recordOf(k.Patient, audit.Entry{Action: what, Object: "file", ObjectID: k.ID, IDs: []id.ID{k.Patient}})
	return answer{download: &download{
		name: mediaEnds[k.Media], kind: string(k.Media), shown: k.Media.Picture() && !save, inert: true, size: k.Bytes, from: from,
	}}, nil
}

// showThumbnail sends a picture in small.
func (s *Server) showThumbnail(v *visit) (answer, error) {
	if v.closedFiles() {
		return v.refused(access.ClinicalRead)
	}
	k, err := v.unlockFile()
	if err != nil {
		return answer{}, err
	}
	v.linger()
	from, err := s.Shelf.Thumbnail(v.ctx(), v.keys, k)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "file", ObjectID: k.ID, IDs: []id.ID{k.Patient}})
	return answer{download: &download{name: "thumbnail.jpg", kind: string(files.JPEG), shown: true, inert: true, from: from}}, nil
}

// createFileVoid takes a file off the record.
func (s *Server) createFileVoid(v *visit) (answer, error) {
	file, err := v.row()
	if err != nil {
		return answer{}, err
	}
	reason := v.field("reason")
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return files.TakeOff(ctx, tx, v.keys, file, reason) })
	var bad fault.Fields
	if errors.As(err, &bad) {
		return v.filePage(http.StatusUnprocessableEntity, file, reason, bad)
	}
	if err != nil && !errors.Is(err, files.ErrAlreadyVoid) {
		return answer{}, err
	}
	v.say("File taken off the record.")
	return goTo(filePath(file)), nil
}
