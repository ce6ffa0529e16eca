package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// warned gives an animal alerts of every weight, its owner one, and a series of weights.
func (c *clinic) warned(t *testing.T, patient, owner id.ID) {
	t.Helper()
	c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		for _, a := range []registry.Alert{
			{Level: registry.LevelStop, Topic: registry.TopicAllergy, Text: "penicillins, collapse in June 2022"},
			{Level: registry.LevelMind, Topic: registry.TopicGeneral, Text: "Muzzle for nails and ears"},
			{Level: registry.LevelKnow, Topic: registry.TopicGeneral, Text: "Insured, direct claim agreed to £4,000"},
		} {
			if err := registry.AddAlert(ctx, tx, c.keys, id.New(), patient, a); err != nil {
				return err
			}
		}
		a := registry.Alert{Level: registry.LevelMind, Topic: registry.TopicGeneral, Text: "Hard of hearing, write it down"}
		return registry.AddClientAlert(ctx, tx, c.keys, id.New(), owner, a)
	})
	for i, typed := range []string{"31.4", "32.6", "33.1", "34", "35.1", "35.6", "34.8", "34.2"} {
		c.write(t, c.by(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
			w, err := registry.ParseWeight(typed, "kg")
			if err != nil {
				return err
			}
			at := tx.Now().AddDate(0, -6*(7-i), -i).Add(-time.Hour)
			return registry.AddWeight(ctx, tx, c.keys, id.New(), patient, registry.Weight{Weighed: w, At: at, Source: registry.Measured}, 0)
		})
	}
}

func TestPagesOfAlertsAndWeightsAreAccessible(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "warnings", access.Receptionist, access.Veterinarian)
	owner, client := c.client(t, helen)
	animal, patient := c.patient(t, owner, biscuit)
	_, blank := c.patient(t, owner, registry.Patient{Name: "Clover", Species: "cat", Sex: "female", Neutered: "yes"})
	note := c.note(t, animal, soap)
	c.warned(t, animal, owner)
	w := c.window(t).as(access.Receptionist)
	w.visit(blank)
	w.shows(".gap", "Allergies not asked")
	w.accessible("record-not-asked")
	w.visit(patient)
	w.shows(".banner .alert.stop", "penicillins")
	w.accessible("record-alerts-and-weights")
	w.click("summary[data-key=g]")
	w.click("summary[data-key=v]")
	w.write("#weight", "54")
	w.click("#weight-form button[type=submit]")
	w.shows("#weight-form .errsum", "54 kg is 58 % more than 34.2 kg")
	w.accessible("record-weight-asked")
	w.foresee("dialog beforeunload") // it is left
	w.visit(patient + "/alerts")
	w.accessible("alerts")
	w.click("#alert-form button[type=submit]")
	w.shows("#mistakes", "Enter what must be known")
	w.accessible("alerts-422")
	w.visit(client)
	w.accessible("client-alert")
	w.visit(client + "/alerts")
	w.accessible("client-alerts")
	w.visit(patient + "/edit")
	w.accessible("patient-form-with-banner")
	w.visit(patient + "/status")
	w.accessible("status")
	w.write("#words", "Kidney failure. At home, with the family.")
	w.pick("#manner", "Put")
	w.pick("#remains", "Cremation, ashes")
	w.follow("#death-form button[type=submit]")
	w.shows(".banner.died", "Died")
	w.accessible("record-died")
	w.visit("/patients")
	w.accessible("patients-one-died")
	w.visit(patient + "/status")
	w.shows("main", "Taking it back needs")
	w.accessible("status-died")
	v := c.window(t).as(access.Veterinarian)
	v.visit(note)
	v.accessible("note-of-the-dead")
	v.visit(patient + "/status")
	v.write("#reason", "Wrong animal")
	v.accessible("status-revival")
	v.follow("#revival-form button[type=submit]")
	v.shows("form[action$='/consults']", "Start consult")
}

// Weighing by keyboard alone: V, the number, Enter.
func TestAWeightIsAddedByKeyboard(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "scales", access.Nurse)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Nurse)
	w.visit(patient)
	w.key("v")
	w.focused("#weight")
	w.types("24,6")
	w.loads(func() { w.key(kb.Enter) })
	w.shows(".banner dd", "24.6 kg")
	w.shows(".banner dd", "54.2 lb")
	w.key("v")
	w.focused("#weight")
	w.types("31.2")
	w.key(kb.Enter)
	w.shows("#weight-form .errsum", "31.2 kg is 27 % more than 24.6 kg")
	w.holds("#weight", "31.2")
	w.tabTo("#sure")
	w.key(" ")
	w.tabTo("#weight-form button[type=submit]")
	w.loads(func() { w.key(kb.Enter) })
	w.shows(".banner dd", "31.2 kg")
	w.shows("#weights header", "+6.6 kg since")
	w.key("g")
	w.shows("#weights tbody", "24.6 kg")
}

// The breeds of the chosen species are suggested; without script all are, and the form works.
func TestBreedsFollowTheSpecies(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "kennels", access.Receptionist)
	w := c.window(t).as(access.Receptionist)
	w.visit("/patients/new")
	all := eval[int](w, `document.querySelectorAll("#breed-list option").length`)
	w.pick("#species", "Cat")
	w.until(`[...document.querySelectorAll("#breed-list option")].every((o) => o.dataset.species === "cat")`)
	if some := eval[int](w, `document.querySelectorAll("#breed-list option").length`); some < 10 || some >= all || all < 150 {
		t.Errorf("%d breeds of cats, %d in all", some, all)
	}
	w.script(false)
	w.visit("/patients/new")
	w.write("#name", "Tiger")
	w.pick("#species", "Cat")
	w.write("#breed", "Alley cat")
	w.follow("#patient-form button[type=submit]")
	w.shows(".banner", "Alley cat")
	w.click("summary[data-key=v]")
	w.write("#weight", "4 kilos and more")
	w.follow("#weight-form button[type=submit]")
	w.shows("#weight-form .errsum", "Enter the weight as a number")
	w.holds("#weight", "4 kilos and more")
	w.write("#weight", "4.2")
	w.follow("#weight-form button[type=submit]")
	w.shows(".banner dd", "4.2 kg")
	w.follow(".banner .alerts form button")
	w.shows(".banner .alert.know", "No known allergies")
	w.script(true)
}
