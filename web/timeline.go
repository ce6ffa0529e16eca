package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/timeline"
	"paddock/views"
)

// How many entries of a history the page of a patient shows, and a page of the history alone.
const (
	historyFirst = 15
	historyMost  = 50
)

// historyKinds are what can be shown alone. Their codes stand in addresses and say nothing of any animal.
var historyKinds = []struct {
	code, word string
	kinds      []timeline.Kind
}{
	{"", "All", timeline.Kinds},
	{"visits", "Visits", []timeline.Kind{timeline.Note, timeline.Visit}},
	{"medicines", "Medicines", []timeline.Kind{timeline.Medicine, timeline.Supply}},
	{"vaccines", "Vaccines", []timeline.Kind{timeline.Dose, timeline.Certificate}},
	{"weights", "Weights", []timeline.Kind{timeline.Weight}},
	{"labs", "Lab", []timeline.Kind{timeline.Lab}},
	{"problems", "Problems", []timeline.Kind{timeline.Problem}},
	{"files", "Files", []timeline.Kind{timeline.File}},
	{"alerts", "Alerts", []timeline.Kind{timeline.Alert, timeline.Move}},
}

// history is a page of what happened to an animal, as far as the person may see it.
type history struct {
	show string // a code of historyKinds; what is unknown is all
	from timeline.Cursor
	page timeline.Page
	// drafts are read where the newest visits are shown, for those who read clinical text.
	drafts []records.Draft
}

// kinds are those that are read. Who does not see the schedule sees no visits, who reads no notes no problems.
func (h history) kinds(v *visit) (out []timeline.Kind) {
	list := timeline.Kinds
	for _, k := range historyKinds {
		if k.code == h.show {
			list = k.kinds
		}
	}
	for _, k := range list {
		if k == timeline.Visit && !v.may(access.ScheduleRead) || k == timeline.Problem && !v.readsNotes() {
			continue
		}
		out = append(out, k)
	}
	return out
}

// ofPatient reads it beside whatever else is read.
func (h *history) ofPatient(v *visit, patient id.ID, most int) []func(ctx context.Context, tx *db.Tx) error {
	do := []func(ctx context.Context, tx *db.Tx) error{func(ctx context.Context, tx *db.Tx) (err error) {
		h.page, err = timeline.Read(ctx, tx, v.keys, timeline.Ask{
			Patient: patient, Kinds: h.kinds(v), From: h.from, Most: most, Zone: v.clinic.Zone(), Clinical: v.readsNotes(),
		})
		return err
	}}
	if v.readsNotes() && h.from.IsZero() && (h.show == "" || h.show == "visits") {
		do = append(do, func(ctx context.Context, tx *db.Tx) (err error) {
			if v.may(access.ClinicalWrite) {
				h.drafts, err = records.Drafts(ctx, tx, v.keys, patient)
			} else {
				h.drafts, err = records.DraftHeads(ctx, tx, patient)
			}
			return err
		})
	}
	return do
}

// historyPlace reads where a history goes on; what is malformed is its beginning.
func historyPlace(before, than string) timeline.Cursor {
	at, err := strconv.ParseInt(before, 10, 64)
	row, bad := id.Parse(than)
	if err != nil || bad != nil || at < 0 || at > 253402300799e6 {
		return timeline.Cursor{}
	}
	return timeline.Cursor{At: time.UnixMicro(at).UTC(), ID: row}
}

func historyPath(patient id.ID) string { return "/patients/" + patient.String() + "/history" }

// historyHref is the address of a page of one kind from a place on.
func historyHref(patient id.ID, show string, from timeline.Cursor) string {
	var with []string
	if show != "" {
		with = append(with, "show="+show)
	}
	if !from.IsZero() {
		with = append(with, "before="+strconv.FormatInt(from.At.UnixMicro(), 10), "than="+from.ID.String())
	}
	if len(with) == 0 {
		return historyPath(patient)
	}
	return historyPath(patient) + "?" + strings.Join(with, "&")
}

// historyView is the panel. weights are known ones, newest first, to say how a weight changed.
func (v *visit) historyView(patient id.ID, h history, weights []registry.WeightRow) views.History {
	view := v.historyFrame(patient, h.show)
	for _, d := range h.drafts {
		v.addEntry(&view, d.EventAt, v.draftEntry(d))
	}
	list := timeline.Fold(h.page.Entries)
	for i, e := range list {
		view.NotesClosed = view.NotesClosed || e.Kind == timeline.Note && !v.readsNotes()
		v.addEntry(&view, e.At, v.historyEntry(e, list[i+1:], weights))
	}
	if h.page.More {
		view.Older = historyHref(patient, h.show, h.page.Next)
	}
	if !h.from.IsZero() {
		view.Newest = historyHref(patient, h.show, timeline.Cursor{})
	}
	return view
}

// historyFrame is the panel without entries.
func (v *visit) historyFrame(patient id.ID, show string) views.History {
	view := views.History{Page: v.page("patients")}
	if v.readsNotes() {
		view.SearchAction = historyPath(patient) + "/search"
	}
	if v.may(access.AuditRead) {
		view.LooksHref = "/patients/" + patient.String() + "/looks"
	}
	if v.may(access.RecordCopy) {
		view.PrintHref = historyPath(patient) + "/print"
	}
	for _, k := range historyKinds {
		view.Filters = append(view.Filters, views.HistoryFilter{Href: historyHref(patient, k.code, timeline.Cursor{}), Word: k.word, Here: k.code == show})
	}
	return view
}

// showHistory is the history by itself, from a place on and of one kind; to htmx the panel, or what comes next in it.
func (s *Server) showHistory(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	asked := v.r.URL.Query()
	h := history{from: historyPlace(asked.Get("before"), asked.Get("than"))}
	for _, k := range historyKinds {
		if k.code == asked.Get("show") {
			h.show = k.code
		}
	}
	var p registry.PatientView
	var with beside
	most := historyMost
	if h.from.IsZero() {
		most = historyFirst
	}
	err = v.read(append(append(with.ofPatient(v, patient), h.ofPatient(v, patient, most)...), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})...)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	view := v.historyView(patient, h, nil)
	switch {
	case v.partial && !h.from.IsZero():
		if len(view.Years) > 0 && view.Years[0].Label == v.yearOf(h.from.At) {
			view.Years[0].Label = "" // it stands above already
		}
		view.Newest = ""
		return shown(http.StatusOK, views.HistoryMore(view)), nil
	case v.partial:
		return shown(http.StatusOK, views.HistoryPart(view)), nil
	}
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	view.Banner = v.banner(p, with, species)
	return shown(http.StatusOK, views.HistoryPage(view)), nil
}

// addEntry puts an entry under its year; entries come newest first.
func (v *visit) addEntry(view *views.History, at time.Time, e views.Entry) {
	label := v.yearOf(at)
	if n := len(view.Years); n == 0 || view.Years[n-1].Label != label {
		view.Years = append(view.Years, views.Year{Label: label})
	}
	last := &view.Years[len(view.Years)-1]
	last.Entries = append(last.Entries, e)
	view.Count++
}

// yearOf is the year an entry stands under, "" for the present one.
func (v *visit) yearOf(at time.Time) string {
	if year := at.In(v.clinic.Zone()).Year(); year != v.now().Year() {
		return itoa(year)
	}
	return ""
}
