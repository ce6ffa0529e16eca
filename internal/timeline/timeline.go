// Package timeline reads the history of a patient: what all slices keep of it, as one list with the newest first. It
// changes nothing. A new kind of entry is an arm of the statements in queries/timeline.sql and a row of openers here.
package timeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/labs"
	"paddock/internal/pharmacy"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/internal/vaccines"
	"paddock/internal/vault"
)

// Kind is what sort of thing happened.
type Kind string

// The kinds.
const (
	Note        Kind = "note"
	Visit       Kind = "visit"
	Weight      Kind = "weight"
	Dose        Kind = "dose"
	Certificate Kind = "certificate"
	Medicine    Kind = "medicine"
	Supply      Kind = "supply"
	File        Kind = "file"
	Alert       Kind = "alert"
	Move        Kind = "move"
	Lab         Kind = "lab"
	Problem     Kind = "problem" // not read without clinical text
)

// FromImport stands for what came from an earlier practice system.
const FromImport = "imported"

// Waits stands for a note that no veterinarian has approved yet.
const Waits = "waits"

// Kinds are all of them.
var Kinds = []Kind{Note, Visit, Weight, Dose, Certificate, Medicine, Supply, File, Alert, Move, Lab, Problem}

// Entry is one thing that happened.
type Entry struct {
	Kind Kind
	ID   id.ID
	// At is UTC. One that is Untimed is known by its day only: it stands at the day's beginning at the clinic.
	At      time.Time
	Untimed bool
	// EnteredAt is when it was written down, in UTC.
	EnteredAt time.Time
	// By is who did it, zero where nobody is known.
	By id.ID
	// Of is what it belongs to: the visit of a note, a dose or a file, the dose of a certificate, the request of a lab
	// report, the prescription of a supply, the problem of one of its states; zero for none.
	Of   id.ID
	Void bool
	// Code, Detail and Amount are by kind: a visit's state and type; a weight's unit and source, value as typed, and
	// grams; "elsewhere" or "" and the diseases of a dose; a certificate's diseases, prefix and number; a
	// prescription's state, quantity with unit, and supplies left times 1000 plus those approved; a supply's unit,
	// quantity and number; a file's kind and media; an alert's level, topic and the second it ended; the state a move
	// led to, its day and manner. A note's amount is how many addenda it has, its code FromImport or "", its detail
	// Waits or "". The source of a weight may be FromImport too. A problem's state and version.
	Code, Detail string
	Amount       int64

	// What was opened, by kind; zero in what is read without clinical text.
	SOAP     records.SOAP
	Earlier  records.Earlier
	Dose     vaccines.DoseText
	Medicine pharmacy.Text // of a supply too
	// Batch and Expiry are a supply's.
	Batch, Expiry string
	Lab           labs.Report
	// Text is the reason of a visit or a move, what a file or a problem is called and what an alert says.
	Text string
}

// Cursor is a place in a history. The zero Cursor is before the newest.
type Cursor struct {
	At time.Time
	ID id.ID
}

// IsZero reports whether it is the beginning.
func (c Cursor) IsZero() bool { return c.At.IsZero() || c.ID.IsZero() }

var (
	ever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	last = id.MustParse("ffffffff-ffff-ffff-ffff-ffffffffffff")
)

// Ask is what of a history is read.
type Ask struct {
	Patient id.ID
	// Kinds are those asked for.
	Kinds []Kind
	From  Cursor
	// Most is how many entries there are at the most.
	Most int
	// Zone is the clinic's: days begin there.
	Zone *time.Location
	// Clinical says that clinical text is selected and opened.
	Clinical bool
}

// Page is a part of a history. Next is where it goes on where More is true.
type Page struct {
	Entries []Entry
	Next    Cursor
	More    bool
}

// Read reads one page, in one trip. It selects one row more than the page has at the most, and opens none of what is
// not shown.
func Read(ctx context.Context, tx *db.Tx, keys *vault.Clinic, a Ask) (p Page, err error) {
	at, before := a.From.At, a.From.ID
	if a.From.IsZero() {
		at, before = ever, last
	}
	day := at.In(a.Zone).AddDate(0, 0, 1)
	ask := db.ListTimelineParams{
		TenantID: tx.Tenant, PatientID: a.Patient, Before: at, BeforeID: before, Zone: a.Zone.String(), Most: int32(a.Most + 1),
		Day: time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC),
	}
	for _, k := range a.Kinds {
		ask.Kinds = append(ask.Kinds, string(k))
	}
	var rows []db.ListTimelineRow
	if a.Clinical {
		rows, err = tx.ListTimeline(ctx, ask)
	} else {
		var heads []db.ListTimelineHeadsRow
		heads, err = tx.ListTimelineHeads(ctx, db.ListTimelineHeadsParams(ask))
		for _, h := range heads {
			rows = append(rows, db.ListTimelineRow(h))
		}
	}
	if err != nil {
		return p, fmt.Errorf("reading a history: %w", err)
	}
	if p.More = len(rows) > a.Most; p.More {
		rows = rows[:a.Most]
		end := rows[len(rows)-1]
		p.Next = Cursor{end.At.UTC(), end.ID}
	}
	p.Entries = make([]Entry, len(rows))
	for i, r := range rows {
		p.Entries[i] = Entry{
			Kind: Kind(r.Kind), ID: r.ID, At: r.At.UTC(), Untimed: r.Untimed, EnteredAt: r.EnteredAt.UTC(), By: r.ByID, Of: r.OfID, Void: r.Void, Code: r.Code, Detail: r.Detail, Amount: r.Amount,
		}
		if open := openers[Kind(r.Kind)]; open != nil && len(r.Sealed) > 0 {
			if err := open(keys, r, &p.Entries[i]); err != nil {
				return Page{}, err
			}
		}
	}
	return p, nil
}

// openers open what is sealed of an entry.
var openers = map[Kind]func(keys *vault.Clinic, r db.ListTimelineRow, e *Entry) error{
	Note: func(keys *vault.Clinic, r db.ListTimelineRow, e *Entry) (err error) {
		e.SOAP, e.Earlier, err = records.OpenText(keys, e.ID, r.Sealed)
		return
	},
	Dose: func(keys *vault.Clinic, r db.ListTimelineRow, e *Entry) (err error) {
		e.Dose, err = vaccines.OpenText(keys, e.ID, r.Sealed)
		return
	},
	Medicine: func(keys *vault.Clinic, r db.ListTimelineRow, e *Entry) (err error) {
		e.Medicine, err = pharmacy.OpenText(keys, e.ID, r.Sealed)
		return
	},
	Supply: func(keys *vault.Clinic, r db.ListTimelineRow, e *Entry) (err error) {
		if e.Medicine, err = pharmacy.OpenText(keys, e.Of, r.Sealed); err == nil {
			e.Batch, e.Expiry, err = pharmacy.OpenSupply(keys, e.ID, r.Also)
		}
		return
	},
	Lab: func(keys *vault.Clinic, r db.ListTimelineRow, e *Entry) (err error) {
		e.Lab, err = labs.OpenText(keys, e.ID, r.Sealed)
		return
	},
	Visit:   text(scheduling.OpenReason),
	File:    text(files.OpenTitle),
	Alert:   text(registry.OpenAlertText),
	Move:    text(registry.OpenMoveWords),
	Problem: text(records.OpenProblemText),
}

func text(open func(*vault.Clinic, id.ID, []byte) (string, error)) func(*vault.Clinic, db.ListTimelineRow, *Entry) error {
	return func(keys *vault.Clinic, r db.ListTimelineRow, e *Entry) (err error) {
		e.Text, err = open(keys, e.ID, r.Sealed)
		return err
	}
}

// Notes are the ids of the notes among entries.
func Notes(list []Entry) (ids []id.ID) {
	for _, e := range list {
		if e.Kind == Note {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// Fold leaves out the visits that a note of the same list is about: they are one thing that happened.
func Fold(list []Entry) []Entry {
	noted := map[id.ID]bool{}
	for _, e := range list {
		if e.Kind == Note && !e.Void && !e.Of.IsZero() {
			noted[e.Of] = true
		}
	}
	if len(noted) == 0 {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(e Entry) bool { return e.Kind == Visit && noted[e.ID] })
}

// Words is everything of an entry that can be looked for, apart by lines.
func (e Entry) Words() string {
	s, d, m := e.SOAP, e.Dose, e.Medicine
	words := []string{
		s.Subjective, s.Objective, s.Assessment, s.Plan, s.Vitals.Gums, d.Name, d.Maker, d.Lot, d.Site, d.Tag, d.Source,
		m.Name, strings.Join(m.Ingredients, ", "), m.Strength, m.Directions, m.Cautions, e.Earlier.Text, e.Earlier.By, e.Batch, e.Text,
	}
	for _, value := range e.Lab.Values {
		words = append(words, value.Name)
	}
	return strings.Join(append(words, e.Lab.Findings), "\n")
}
