package web_test

import (
	"context"
	"net/url"
	"sync"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/labs"
)

var (
	ureas     = map[*shop]id.ID{}
	ureasHeld sync.Mutex
)

// labTest is the shop's test of urea, with a range for dogs and cats.
func (h *shop) labTest(t *testing.T) id.ID {
	t.Helper()
	ureasHeld.Lock()
	defer ureasHeld.Unlock()
	if ureas[h].IsZero() {
		ureas[h] = h.newLabTest(t)
	}
	return ureas[h]
}

func (h *shop) newLabTest(t *testing.T) id.ID {
	t.Helper()
	row := id.New()
	low, high := labs.Number(25_000), labs.Number(96_000)
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return labs.AddTest(ctx, tx, h.keys, row, labs.Test{Name: "Urea", Unit: "mmol/L", Decimals: 1, Ranges: []labs.Range{
			{Species: "dog", Low: &low, High: &high, Source: "Our analyser"}, {Species: "cat", Low: &low, High: &high},
		}})
	})
	return row
}

// labPanel is a panel of one test, charged by an item of the price list.
func (h *shop) labPanel(t *testing.T, test id.ID) id.ID {
	t.Helper()
	row := id.New()
	item := h.purse(t).items["T-TAB"].ID
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return labs.AddPanel(ctx, tx, h.keys, row, labs.Panel{Name: "Kidney panel", Tests: []id.ID{test}, Item: item})
	})
	return row
}

// asked is a request of the shop's vet for urea.
func (h *shop) asked(t *testing.T, animal, test id.ID) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return labs.Ask(ctx, tx, h.keys, row, labs.Request{Patient: animal, Tests: []id.ID{test}, Sample: "Blood"}, h.today())
	})
	return row
}

// reported is a result of a request that nobody has read.
func (h *shop) reported(t *testing.T, request, test id.ID) id.ID {
	t.Helper()
	row := id.New()
	low, high := labs.Number(25_000), labs.Number(96_000)
	h.write(t, h.who(access.Nurse), func(ctx context.Context, tx *db.Tx) error {
		return labs.Result(ctx, tx, h.keys, row, request, labs.Report{
			At: tx.Now().Add(-time.Hour), Values: []labs.Value{{Test: test, Name: "Urea", Number: 210_000, Places: 1, Unit: "mmol/L", Low: &low, High: &high}}, Findings: "Lipaemic sample",
		})
	})
	return row
}

// labRow makes the rows of the lab that the matrix asks for.
func (h *shop) labRow(t *testing.T, word string, made map[string]string) bool {
	t.Helper()
	switch word {
	case "labtest":
		made[word] = h.newLabTest(t).String()
	case "labpanel":
		made[word] = h.labPanel(t, h.labTest(t)).String()
	case "lab":
		made[word] = h.asked(t, h.newAnimal(t), h.labTest(t)).String()
	case "labreport":
		test := h.labTest(t)
		made[word] = h.reported(t, h.asked(t, h.newAnimal(t), test), test).String()
	default:
		return false
	}
	return true
}

func labTestForm() url.Values {
	return url.Values{"name": {"Creatinine"}, "unit": {"µmol/L"}, "decimals": {"0"}, "low-dog": {"40"}, "high-dog": {"140"}, "source-dog": {"Our analyser"}}
}
