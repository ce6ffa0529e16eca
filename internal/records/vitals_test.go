package records_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
)

func TestVitalsAreKeptAsTypedAndSignedAsTheyCanBe(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	typed := records.SOAP{Plan: "Rest", Vitals: records.Vitals{
		Temperature: "hot", Unit: "C", Pulse: "-1", Respiration: "NaN", Gums: "pink", Refill: "soon", Body: "10", Pain: "5", Weight: "900 kg",
	}}
	version, err := c.save(t, c.vet, d.ID, d.Version, typed)
	must(t, err)
	typed.Vitals.Weight = "" // comes from the scales alone
	if got := c.drafts(t)[0].SOAP; got != typed {
		t.Errorf("the draft holds %+v", got)
	}
	names := func(err error) (out []string) {
		var bad fault.Fields
		errors.As(err, &bad)
		for _, b := range bad {
			out = append(out, b.Name)
		}
		slices.Sort(out)
		return out
	}
	want := []string{"body", "pain", "pulse", "refill", "respiration", "temperature"}
	if got := names(c.sign(t, c.vet, d.ID, version, typed)); !slices.Equal(got, want) {
		t.Errorf("signing it names %v", got)
	}
	for _, v := range []records.Vitals{{Temperature: "38.6", Unit: "F"}, {Temperature: "101.5", Unit: "C"}} {
		if got := names(c.sign(t, c.vet, d.ID, version, records.SOAP{Plan: "Rest", Vitals: v})); !slices.Equal(got, []string{"temperature"}) {
			t.Errorf("%+v names %v", v, got)
		}
	}
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		w, err := registry.ParseWeight("34.2", "kg")
		if err != nil {
			return err
		}
		return registry.AddWeight(ctx, tx, c.Keys, id.New(), c.patient, registry.Weight{Weighed: w, At: tx.Now(), Source: registry.Measured}, 0)
	}))
	right := records.SOAP{Plan: "Rest", Vitals: records.Vitals{Temperature: "101,5", Unit: "F", Pulse: "96", Refill: "< 2", Body: "7", Pain: "0"}}
	right.Exam.Ears = records.Abnormal
	right.Exam = right.Exam.RestNormal()
	must(t, c.sign(t, c.vet, d.ID, version, right))
	got := c.notes(t)[0].SOAP
	right.Vitals.Weight = "34.2 kg"
	if got != right || got.Exam.Ears != records.Abnormal || got.Exam.Skin != records.NormalWithRest {
		t.Errorf("the note says %+v", got)
	}
}

func TestAPromptLeftUnfilledKeepsANoteFromBeingSigned(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	var bad fault.Fields
	err = c.sign(t, c.vet, d.ID, d.Version, records.SOAP{Objective: "Ear red, [side?], [how long?]", Plan: "Drops [not a prompt]"})
	if !errors.As(err, &bad) || len(bad) != 1 || bad[0].Name != "objective" || bad[0].Message != "Fill in [side?] or take it out" {
		t.Errorf("signing gives %v", err)
	}
	must(t, c.sign(t, c.vet, d.ID, d.Version, records.SOAP{Objective: "Ear red, left", Plan: "Drops [not a prompt]"}))
}
