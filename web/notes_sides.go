package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

// window is the id of the window a note's form stands in, zero for a form that names none.
func (v *visit) window() id.ID {
	row, err := rowOf(v.field("window"))
	if err != nil {
		return id.ID{}
	}
	return row
}

// writing is what a note's form says of its saving.
func (v *visit) writing() records.Writing {
	return records.Writing{Version: v.version(), Window: v.window(), Turn: v.turn()}
}

// turn counts the savings of a window, 0 where it does not.
func (v *visit) turn() int64 {
	n, err := strconv.ParseInt(v.field("turn"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// clashedDraft answers a text of a draft that was saved elsewhere since: it is kept beside the draft before anything
// is said, so that a closed lid or an ended session loses none of the two.
func (v *visit) clashedDraft(row id.ID, clash *registry.Conflict[records.SOAP]) (answer, error) {
	var side id.ID
	err := v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		side, err = records.KeepSide(ctx, tx, v.keys, v.window(), row, v.version(), v.typedNote())
		return err
	})
	if err != nil {
		return v.draftRefused(row, err)
	}
	if v.atWork() {
		return shown(http.StatusConflict, views.DraftStatusPart(views.DraftStatus{
			Version: v.field("version"), Clash: "Saved in another window of yours at " + v.minute(clash.At) + ". This text is kept too",
		})), nil
	}
	t := v.twiceNote(row, side, v.field("patient"), clash.Theirs)
	t.version, t.by, t.at, t.mine = clash.TheirVersion, clash.By, clash.At, noteInputs(v.typedNote())
	if clash.Base != nil {
		t.base = noteInputs(*clash.Base)
	}
	return v.conflict(t), nil
}

func (v *visit) twiceNote(row, side id.ID, patient string, theirs records.SOAP) twice {
	return twice{
		action: "/drafts/" + row.String(), back: v.patientPath(), what: "The consult note", theirs: noteInputs(theirs), joins: soapNames, drops: true,
		also: []input{{name: "patient", value: patient}, {name: compared, value: "yes"}, {name: "window", value: side.String()}, {name: "side", value: side.String()}},
		seen: audit.Entry{Action: audit.Opened, Object: "draft", ObjectID: row},
	}
}

// soapNames are the parts of a note where two texts can stand one under the other.
var soapNames = []string{"subjective", "objective", "assessment", "plan"}

// joinedText is what is saved with this window's words under it, "" where one of them holds the other already.
func joinedText(saved, mine string) string {
	s, m := strings.TrimSpace(saved), strings.TrimSpace(mine)
	if strings.Contains(s, m) || strings.Contains(m, s) { // also where one is empty
		return ""
	}
	return s + "\n\n" + m
}

// clashingDraft shows the choice again where something was left unchosen.
func (v *visit) clashingDraft(row id.ID, bad fault.Fields) (answer, error) {
	d, err := v.openDraft(row)
	if err != nil {
		return answer{}, err
	}
	t := v.twiceNote(row, v.window(), v.field("patient"), d.SOAP)
	t.version, t.by, t.at, t.mine, t.bad = v.version(), d.Author, d.SavedAt, v.chosen(noteInputs(records.SOAP{})), bad
	return v.conflict(t), nil
}

// chooseSide takes away the second text that a choice was made of, in the transaction of the choice.
func (v *visit) chooseSide(ctx context.Context, tx *db.Tx, draft id.ID) error {
	side, err := rowOf(v.field("side"))
	if err != nil {
		return nil //nolint:nilerr // no choice between two texts
	}
	return records.DropSide(ctx, tx, v.keys, side, draft)
}

// keepSaved is the choice of what is saved: the other text goes.
func (v *visit) keepSaved(row id.ID) (answer, error) {
	err := v.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := v.sameAnimal(ctx, tx, row); err != nil {
			return err
		}
		return v.chooseSide(ctx, tx, row)
	})
	if err != nil {
		return v.draftRefused(row, err)
	}
	v.say("Kept what was saved.")
	return goTo(v.patientPath()), nil
}

// apartDraft answers the signature of a note that has a second text: what this window has is saved, and the two are
// shown.
func (v *visit) apartDraft(row id.ID) (answer, error) {
	err := v.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := records.SaveDraft(ctx, tx, v.keys, row, v.writing(), v.typedNote())
		return err
	})
	if err != nil {
		return v.draftRefused(row, err)
	}
	v.say("Choose what stands before signing.")
	return goTo(textsPath(row)), nil
}

func textsPath(draft id.ID) string { return "/drafts/" + draft.String() + "/texts" }

// compareDraft shows a draft beside a second text of it that is kept, the oldest first.
func (s *Server) compareDraft(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var d records.Draft
	var sides []records.Side
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		d, sides, err = records.Sides(ctx, tx, v.keys, row)
		return err
	})
	if errors.Is(err, fault.Missing) {
		return answer{}, err
	}
	if err != nil {
		return v.draftRefused(row, err)
	}
	back := "/patients/" + d.Patient.String()
	if len(sides) == 0 {
		v.record(audit.Entry{Action: audit.Opened, Object: "draft", ObjectID: row})
		return goTo(back), nil
	}
	one := sides[0]
	t := v.twiceNote(row, one.ID, d.Patient.String(), d.SOAP)
	t.version, t.by, t.at, t.kept, t.back, t.mine = d.Version, d.Author, d.SavedAt, one.SavedAt, back, noteInputs(one.SOAP)
	if one.Base != nil {
		t.base = noteInputs(*one.Base)
	}
	a := v.conflict(t)
	a.status = http.StatusOK
	return a, nil
}

// keptAt says when a text was kept, with its day where that is another.
func (v *visit) keptAt(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return v.moment(at)
}
