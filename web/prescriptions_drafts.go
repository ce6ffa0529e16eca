package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/pharmacy"
)

// overtakenDraft keeps the form of a draft that somebody else has saved meanwhile, with theirs beside each field that
// differs.
func (v *visit) overtakenDraft(o pharmacy.Order, sign bool, said string) (answer, error) {
	p, err := v.prescribingDraft()
	if err != nil {
		return v.afterDraft(err, sign)
	}
	mine, theirs, drug := v.orderForm(o), v.orderForm(p.draft.Order), "a medicine that is no longer used"
	if n := slices.IndexFunc(p.list, func(d pharmacy.DrugRow) bool { return d.ID == p.draft.Drug }); n >= 0 {
		drug = p.list[n].Name
	}
	f := v.typedPrescription()
	f.ID, f.Version = v.field("new_id"), strconv.FormatInt(p.draft.Version, 10)
	f.Mistakes = mistakes(overtaken(said, []meanwhile{
		{"drug", mine.Drug, theirs.Drug, drug},
		{"dose", mine.Dose, theirs.Dose, theirs.Dose},
		{"every", mine.Every, theirs.Every, labelOf(rhythms(), theirs.Every)},
		{"days", mine.Days, theirs.Days, theirs.Days},
		{"quantity", mine.Quantity, theirs.Quantity, theirs.Quantity},
		{"reason", mine.Reason, theirs.Reason, theirs.Reason},
		{"indication", mine.Indication, theirs.Indication, theirs.Indication},
		{"supplies", mine.Supplies, theirs.Supplies, theirs.Supplies},
		{"extra", mine.Extra, theirs.Extra, theirs.Extra},
		{"cautions", mine.Cautions, theirs.Cautions, theirs.Cautions},
		{"meat", mine.Meat, theirs.Meat, theirs.Meat},
		{"milk", mine.Milk, theirs.Milk, theirs.Milk},
	}))
	return v.prescriptionForm(http.StatusConflict, p, o, f)
}

// afterDraft answers where the draft of the path is not there: what it has become, where it was signed. A signature
// that was sent twice goes there as well; what else a form says of it was too late.
func (v *visit) afterDraft(err error, sign bool) (answer, error) {
	row, odd := v.row()
	if odd != nil || !errors.Is(err, fault.Missing) {
		return answer{}, err
	}
	var signed pharmacy.Prescription
	missing := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		signed, err = pharmacy.Open(ctx, tx, v.keys, row)
		return err
	})
	switch {
	case missing != nil:
		return answer{}, missing
	case v.r.Method == http.MethodPost && (!sign || signed.SignedBy != v.current.Person.ID):
		return answer{}, pharmacy.ErrSigned
	}
	return goTo("/prescriptions/" + row.String()), nil
}

func (s *Server) editPrescriptionDraft(v *visit) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	p, err := v.prescribingDraft()
	if err != nil {
		return v.afterDraft(err, false)
	}
	f := v.orderForm(p.draft.Order)
	return v.prescriptionForm(http.StatusOK, p, p.draft.Order, f)
}

func (s *Server) updatePrescriptionDraft(v *visit) (answer, error) {
	return v.saveDraft(false)
}

func (s *Server) signPrescriptionDraft(v *visit) (answer, error) {
	return v.saveDraft(true)
}

// saveDraft keeps what stands in the form of a draft, or signs it.
func (v *visit) saveDraft(sign bool) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	p, err := v.prescribingDraft()
	if err != nil {
		return v.afterDraft(err, sign)
	}
	o, bad, err := v.typedOrder()
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			if sign {
				return pharmacy.Sign(ctx, tx, v.keys, p.at, p.draft.ID, p.patient, max(1, v.version()), o)
			}
			return pharmacy.SaveDraft(ctx, tx, v.keys, p.at, p.draft.ID, v.version(), o)
		})
	}
	if errors.Is(err, fault.Missing) {
		return v.afterDraft(err, sign)
	}
	return v.prescribed(p, p.draft.ID, o, sign, bad, err)
}

func (s *Server) discardPrescriptionDraft(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var patient id.ID
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		patient, err = pharmacy.Discard(ctx, tx, v.keys, row, v.version())
		return err
	})
	if err != nil && !errors.Is(err, pharmacy.ErrAlreadyThere) {
		return answer{}, err
	}
	v.say("Discarded.")
	return goTo("/patients/" + patient.String() + "/prescriptions"), nil
}
