package labs_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/labs"
)

func TestARequestIsChargedOnceAndKeepsWhatItAskedFor(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	row := id.New()
	ask := func() error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			r := labs.Request{Patient: c.dog, Panels: []id.ID{c.bio.ID}, Tests: []id.ID{c.tests["Urea"].ID, c.tests["Haematocrit"].ID}, Other: "Blood smear", Sample: " Blood ", Urgent: true}
			return labs.Ask(ctx, tx, c.Keys, row, r, today)
		})
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	if err := ask(); !errors.Is(err, labs.ErrAlreadyThere) {
		t.Errorf("sent twice: %v", err)
	}
	l := c.lab(t, row)
	if l.Title() != "Biochemistry profile, Haematocrit, Blood smear" || len(l.Tests) != 12 || l.Sample != "Blood" || !l.Urgent || l.State != labs.Open || l.By != c.vet {
		t.Errorf("%+v", l)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := billing.OpenChargesOfPatient(ctx, tx, c.Keys, c.dog)
		if len(list) != 1 || list[0].Item != c.bio.Item {
			t.Errorf("%d charges: %+v", len(list), list)
		}
		return err
	})
	for what, r := range map[string]labs.Request{
		"asked":  {Patient: c.dog, Sample: "Blood"},
		"sample": {Patient: c.dog, Other: "Smear"},
	} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return labs.Ask(ctx, tx, c.Keys, id.New(), r, today) })
		if bad, _ := errors.AsType[fault.Fields](err); bad.Message(what) == "" {
			t.Errorf("without %s: %v", what, err)
		}
	}
	other := newClinic(t)
	for what, r := range map[string]labs.Request{
		"patient": {Patient: other.dog, Other: "Smear", Sample: "Blood"},
		"panel":   {Patient: c.dog, Panels: []id.ID{other.bio.ID}, Sample: "Blood"},
		"test":    {Patient: c.dog, Tests: []id.ID{other.tests["Urea"].ID}, Sample: "Blood"},
		"visit":   {Patient: c.dog, Visit: id.New(), Other: "Smear", Sample: "Blood"},
	} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return labs.Ask(ctx, tx, c.Keys, id.New(), r, today) })
		if !errors.Is(err, fault.Missing) {
			t.Errorf("another clinic's %s: %v", what, err)
		}
	}
}

func TestAResultWaitsUntilItIsReadAndComesBackCorrected(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	request := c.asked(t)
	first := c.resulted(t, request, c.urea("21", 3))
	if l := c.lab(t, request); l.State != labs.Resulted || l.Reports[0].Values[0].Flag != labs.High || l.Reports[0].RecordedAt.Sub(l.Reports[0].At) < 48*time.Hour {
		t.Errorf("%+v", l)
	}
	here := []id.ID{c.vet, c.second}
	if got := c.inbox(t, c.vet, here, false); !slices.Equal(got, []id.ID{first}) {
		t.Errorf("the asker's inbox: %v", got)
	}
	if got := c.inbox(t, c.second, here, false); len(got) > 0 {
		t.Errorf("another's inbox: %v", got)
	}
	if got := c.inbox(t, c.second, []id.ID{c.second}, false); !slices.Equal(got, []id.ID{first}) {
		t.Errorf("the asker has left, and another's inbox: %v", got)
	}
	if got := c.inbox(t, c.second, here, true); !slices.Equal(got, []id.ID{first}) {
		t.Errorf("the whole clinic's inbox: %v", got)
	}
	c.who.Person = c.second
	if err := c.acknowledge(t, first, " Rang the owner "); err != nil {
		t.Fatal(err)
	}
	if err := c.acknowledge(t, first, "again"); !errors.Is(err, labs.ErrSeen) {
		t.Errorf("twice: %v", err)
	}
	l := c.lab(t, request)
	if s := l.Reports[0].Seen; l.State != labs.Acknowledged || s == nil || s.By != c.second || s.Note != "Rang the owner" {
		t.Errorf("%+v", l)
	}
	if got := c.inbox(t, c.vet, here, true); len(got) > 0 {
		t.Errorf("read, and still there: %v", got)
	}

	if _, err := c.correct(t, first, c.urea("12", 3), " "); err == nil {
		t.Error("corrected without a reason")
	}
	fixed, err := c.correct(t, first, c.urea("12", 3), "Typed the creatinine")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.correct(t, first, c.urea("13", 3), "Again"); !errors.Is(err, labs.ErrCorrected) {
		t.Errorf("corrected twice: %v", err)
	}
	if err := c.acknowledge(t, first, ""); !errors.Is(err, labs.ErrCorrected) {
		t.Errorf("what was corrected is read: %v", err)
	}
	if got := c.inbox(t, c.vet, here, false); !slices.Equal(got, []id.ID{fixed}) {
		t.Errorf("the correction does not come back: %v", got)
	}
	l = c.lab(t, request)
	if len(l.Reports) != 2 || l.Reports[0].CorrectedBy != fixed || l.Reports[0].Values[0].Shown() != "21.0" || l.Reports[1].Reason != "Typed the creatinine" || l.Reports[0].Seen == nil {
		t.Errorf("%+v", l.Reports)
	}
	// A second result of the same request waits by itself.
	more := c.resulted(t, request, labs.Report{At: time.Now().Add(-time.Hour), Findings: "Spherocytes"})
	if err := c.acknowledge(t, fixed, ""); err != nil {
		t.Fatal(err)
	}
	if l := c.lab(t, request); l.State != labs.Resulted {
		t.Errorf("one of two is read: %s", l.State)
	}
	if err := c.acknowledge(t, more, ""); err != nil {
		t.Fatal(err)
	}
	if l := c.lab(t, request); l.State != labs.Acknowledged {
		t.Errorf("both are read: %s", l.State)
	}
}

func TestACancelledRequestTakesNoResult(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	request := c.asked(t)
	if err := c.cancel(t, request, ""); err == nil {
		t.Error("cancelled without a reason")
	}
	for range 2 {
		if err := c.cancel(t, request, "Sample clotted"); err != nil {
			t.Fatal(err)
		}
	}
	if l := c.lab(t, request); l.State != labs.Cancelled || l.Cancellation.Reason != "Sample clotted" || l.Cancellation.By != c.vet {
		t.Errorf("%+v", l)
	}
	if _, err := c.result(t, request, c.urea("5", 0)); !errors.Is(err, labs.ErrCancelled) {
		t.Errorf("a result: %v", err)
	}
	late := c.asked(t)
	c.resulted(t, late, c.urea("5", 0))
	if err := c.cancel(t, late, "Not wanted"); !errors.Is(err, labs.ErrResulted) {
		t.Errorf("cancelled after the result: %v", err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		waits, err := labs.Awaited(ctx, tx, c.dog)
		if len(waits) > 0 {
			t.Errorf("still awaited: %v", waits)
		}
		return err
	})
}

func TestWhatIsWrongWithAResultIsSaid(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	request := c.asked(t)
	late := c.urea("5", 0)
	late.At = time.Now().Add(time.Hour)
	for what, r := range map[string]labs.Report{"findings": {At: time.Now()}, "at": late} {
		_, err := c.result(t, request, r)
		if bad, _ := errors.AsType[fault.Fields](err); bad.Message(what) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	other := newClinic(t)
	strange := c.urea("5", 0)
	strange.Values[0].Test = other.tests["Urea"].ID
	if _, err := c.result(t, request, strange); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic's test: %v", err)
	}
	if _, err := c.result(t, other.asked(t), c.urea("5", 0)); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic's request: %v", err)
	}
	theirs := other.resulted(t, other.asked(t), other.urea("5", 0))
	if err := c.acknowledge(t, theirs, ""); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic's report: %v", err)
	}
	if _, err := c.correct(t, theirs, c.urea("5", 0), "x"); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic's report is corrected: %v", err)
	}
	if err := c.cancel(t, other.asked(t), "x"); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic's request is cancelled: %v", err)
	}
}

// The database takes no change of a report, whoever asks.
func TestReportsAreOnlyAdded(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	report := c.resulted(t, c.asked(t), c.urea("5", 0))
	app := c.env.As(t, "paddock_app")
	for _, sql := range []string{
		`UPDATE app.lab_reports SET recorded_at = now() WHERE id = $1`, `DELETE FROM app.lab_reports WHERE id = $1`,
		`UPDATE app.lab_acknowledgements SET at = now() WHERE id = $1`, `DELETE FROM app.lab_acknowledgements WHERE id = $1`,
		`UPDATE app.lab_requests SET sealed = '' WHERE id = $1`, `DELETE FROM app.lab_requests WHERE id = $1`,
	} {
		_, err := app.Exec(t.Context(), sql, report)
		if refused, ok := errors.AsType[*pgconn.PgError](err); !ok || refused.Code != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// A trend is of one unit; a value that was corrected is not in it.
func TestATrendJoinsOneUnit(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	request := c.asked(t)
	c.resulted(t, request, c.urea("7", 30))
	wrong := c.resulted(t, request, c.urea("99", 20))
	american := c.urea("25", 10)
	american.Values[0].Unit = "mg/dL"
	c.resulted(t, c.asked(t), american)
	if _, err := c.correct(t, wrong, c.urea("9", 20), "Another animal's"); err != nil {
		t.Fatal(err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := labs.OfPatient(ctx, tx, c.Keys, c.dog)
		var shown []string
		for _, p := range labs.Trend(list, c.tests["Urea"].ID, "mmol/L") {
			shown = append(shown, p.Shown())
		}
		if !slices.Equal(shown, []string{"7.0", "9.0"}) {
			t.Errorf("the trend is %v", shown)
		}
		if len(list) != 2 || len(list[1].Reports) != 2 {
			t.Errorf("%+v", list)
		}
		return err
	})
}

func TestTestsAndPanelsAreTheClinicsOwn(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	low, high := number("2.5"), number("9.6")
	urea := c.tests["Urea"]
	if len(urea.Ranges) > 0 {
		t.Errorf("a range is invented: %+v", urea.Ranges)
	}
	save := func(version int64, ranges ...labs.Range) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return labs.ChangeTest(ctx, tx, c.Keys, urea.ID, version, labs.Test{Name: "Urea", Unit: "mmol/L", Decimals: 1, Ranges: ranges})
		})
	}
	if err := save(1, labs.Range{Species: "dog", Low: &low, High: &high, Source: "Our analyser"}, labs.Range{Species: "cat"}); err != nil {
		t.Fatal(err)
	}
	if err := save(1); !errors.Is(err, labs.ErrChanged) {
		t.Errorf("an old version: %v", err)
	}
	if err := save(2, labs.Range{Species: "dog", Low: &high, High: &low}); err == nil {
		t.Error("a range goes from high to low")
	}
	if err := save(2, labs.Range{Species: "unicorn", Low: &low}); !errors.Is(err, fault.Missing) {
		t.Errorf("an unknown species: %v", err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		got, err := labs.OpenTest(ctx, tx, urea.ID)
		if len(got.Ranges) != 1 || *got.Range("dog").High != high || got.Range("cat").Low != nil {
			t.Errorf("%+v", got)
		}
		return err
	})
	panel := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return labs.AddPanel(ctx, tx, c.Keys, panel, labs.Panel{Name: "Kidneys", Tests: []id.ID{urea.ID, urea.ID}})
	})
	other := newClinic(t)
	for what, p := range map[string]labs.Panel{
		"test": {Name: "Kidneys", Tests: []id.ID{other.tests["Urea"].ID}}, "price": {Name: "Kidneys", Tests: []id.ID{urea.ID}, Item: other.bio.Item},
	} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error { return labs.AddPanel(ctx, tx, c.Keys, id.New(), p) })
		if !errors.Is(err, fault.Missing) {
			t.Errorf("another clinic's %s: %v", what, err)
		}
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		if err := labs.EndPanel(ctx, tx, c.Keys, panel); err != nil {
			return err
		}
		if err := labs.EndTest(ctx, tx, c.Keys, urea.ID); err != nil {
			return err
		}
		list, err := labs.Tests(ctx, tx, "dog", false)
		if slices.ContainsFunc(list, func(r labs.TestRow) bool { return r.ID == urea.ID }) {
			t.Error("an ended test is offered")
		}
		return err
	})
}
