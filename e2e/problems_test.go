package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/records"
)

// TestATraineeDiagnosesAndAVetCosigns goes by keyboard from a diagnosis in an open note to the co-signature.
func TestATraineeDiagnosesAndAVetCosigns(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "teaching", access.Trainee, access.Veterinarian, access.PracticeAdmin)
	animal, patient := c.biscuit(t)
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		for text, state := range map[string]string{"Overweight": records.Active, "Lipoma, sternum": records.Controlled, "Kennel cough": records.Resolved} {
			p := records.Problem{Coding: records.Coding{Text: text}, State: state, Since: tx.Now().AddDate(0, -2, 0), Severity: "mild"}
			if err := records.AddProblem(ctx, tx, c.keys, id.New(), animal, p, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	w := c.window(t).as(access.Trainee)
	w.visit(patient)
	w.follow("form[action$='/consults'] button")
	w.write("#subjective", soap.Subjective)
	w.click("#lasting")
	w.write("#diagnosis", "ear inf")
	w.shows("#codes [role=option]", "Ear inflammation")
	w.accessible("record-finding", desk)
	w.key(kb.Enter)
	w.shows("#findings .list", "EARS")
	w.until(`document.activeElement.id === "diagnosis"`)
	w.click("#findings button[name='problem']")
	w.until(`document.querySelectorAll("#findings button[name='problem']").length === 1`) // of two: it came up
	w.write("#diagnosis", "ear")
	w.click("#add-diagnosis")
	w.shows("#diagnosis-mistake", "choose one, or keep yours")
	w.holds("#subjective", soap.Subjective)
	w.accessible("record-findings")
	w.write("#assessment", "Otitis.")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("main", "Waiting for co-signature")
	w.shows("main", "Kept as a problem")
	w.visit(patient)
	w.shows(".tl", "waiting for co-signature")
	w.shows("#problems", "Ear inflammation")
	w.accessible("record-problems")
	w.follow("#problems .list a")
	w.accessible("problem")

	v := c.window(t).as(access.Veterinarian)
	v.visit("/today")
	v.accessible("today-to-cosign")
	v.follow("#to-cosign a")
	v.accessible("note-to-cosign")
	v.write("#remark", "Clean both ears at the recheck.")
	v.follow("#cosign-form button[type=submit]")
	v.shows("main", "Co-signed by")
	v.accessible("note-cosigned")

	a := c.window(t).as(access.PracticeAdmin)
	a.visit("/code-lists")
	a.accessible("code-lists")
	a.follow(".list a")
	a.accessible("code-list")
}
