package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/labs"
)

// TestALabResultIsAskedForWrittenAndReadByKeyboard goes from the request over the nurse's hands to the vet who reads it,
// whose page of the day hears of it.
func TestALabResultIsAskedForWrittenAndReadByKeyboard(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "labcoats", access.Veterinarian, access.Nurse, access.Receptionist)
	_, record := c.biscuit(t)
	low, high := labs.Number(25_000), labs.Number(96_000)
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		list, err := labs.Tests(ctx, tx, "", false)
		if err != nil {
			return err
		}
		for _, one := range list {
			if one.Name == "Urea" || one.Name == "Calcium (total)" {
				one.Ranges = []labs.Range{{Species: "dog", Low: &low, High: &high, Source: "Our analyser"}}
				if err := labs.ChangeTest(ctx, tx, c.keys, one.ID, one.Version, one.Test); err != nil {
					return err
				}
			}
		}
		return nil
	})
	vet := c.window(t).as(access.Veterinarian)
	vet.visit(record + "/labs")
	vet.accessible("labs-none", desk)
	vet.loads(func() { vet.key("n") })
	vet.at(record + "/labs/new")
	vet.tabTo("[name=panel]")
	vet.key(" ")
	vet.key(kb.Enter, ctrl)
	vet.shows("#mistakes", "There is a problem")
	vet.accessible("lab-ask-422")
	vet.tabTo("#sample")
	vet.types("Blood")
	vet.loads(func() { vet.key(kb.Enter, ctrl) })
	vet.at(record)
	vet.shows("#labs", "Biochemistry profile")

	reception := c.window(t).as(access.Receptionist)
	reception.visit(record)
	reception.shows("#labs", "Awaited")
	reception.lacks("Biochemistry")
	vet.visit("/today")

	nurse := c.window(t).as(access.Nurse)
	for n, value := range []string{"8.1", "<3", "21"} {
		nurse.visit(record + "/labs")
		nurse.tabTo(".labs a")
		nurse.loads(func() { nurse.key(kb.Enter) })
		nurse.loads(func() { nurse.key("n") })
		if n == 0 {
			nurse.tabTo("[aria-label='Calcium (total), value']")
			nurse.types("much")
			nurse.key(kb.Enter, ctrl)
			nurse.shows("#mistakes", "number like 7.4")
			nurse.accessible("lab-result-422")
			nurse.write("[aria-label='Calcium (total), value']", "2.61")
			nurse.write("[aria-label='Urea, value']", value)
			nurse.write("#findings", "Slightly lipaemic")
		} else {
			nurse.pick("#test-1", "Urea")
			nurse.write("#value-1", value)
		}
		nurse.write("#at", []string{"20 days ago 9:00", "9 days ago 10:30", ""}[n])
		nurse.loads(func() { nurse.key(kb.Enter, ctrl) })
	}
	nurse.accessible("lab-of-nurse", desk)

	vet.shows("#unseen", "1 lab result to read") // heard of, not asked for
	vet.accessible("today-results", desk)
	vet.tabTo("#unseen a")
	vet.loads(func() { vet.key(kb.Enter) })
	vet.at("/results")
	vet.shows("#inbox", "Urea 21.0 mmol/L high")
	vet.accessible("results")
	vet.tabTo("#inbox li a")
	vet.loads(func() { vet.key(kb.Enter) })
	vet.shows(".labvalues", "2.5–9.6")
	vet.until(`document.querySelectorAll(".spark").length === 3`)
	vet.accessible("lab")
	for range 3 {
		vet.tabTo("[name^=note-]")
		vet.types("Owner rung, recheck in a week")
		vet.loads(func() { vet.key(kb.Enter, ctrl) })
		vet.shows("main", "Owner rung, recheck in a week")
	}
	vet.visit("/results")
	vet.shows("#inbox", "Nothing waits for you")
	vet.visit(record)
	vet.shows("#labs", "high")
	vet.accessible("record-lab")

	vet.visit("/lab-tests")
	vet.accessible("lab-tests")
	vet.visit("/lab-tests/new")
	vet.accessible("lab-test-form")
	vet.visit("/lab-panels/new")
	vet.accessible("lab-panel-form")
}
