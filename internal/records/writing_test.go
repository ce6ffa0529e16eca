package records_test

import (
	"context"
	"errors"
	"testing"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
)

// A window that did not hear of its own saving goes on; what another window wrote since, or what comes too late, is
// never written over.
func TestAWindowMeetsNoWordsOfItsOwn(t *testing.T) {
	c := newClinic(t)
	mine, other := id.New(), id.New()
	type saving struct {
		window        id.ID
		version, turn int64
		plan          string
	}
	for name, row := range map[string]struct {
		before  []saving // each is saved
		last    saving
		clashes bool
		stands  string
	}{
		"an answer was lost":            {[]saving{{mine, 1, 1, "A"}}, saving{mine, 1, 2, "AB"}, false, "AB"},
		"two answers were lost":         {[]saving{{mine, 1, 1, "A"}, {mine, 1, 2, "AB"}}, saving{mine, 1, 3, "ABC"}, false, "ABC"},
		"one was heard of, one lost":    {[]saving{{mine, 1, 1, "A"}, {mine, 2, 2, "AB"}}, saving{mine, 2, 3, "ABC"}, false, "ABC"},
		"its own came late":             {[]saving{{mine, 1, 2, "AB"}}, saving{mine, 1, 1, "A"}, false, "AB"},
		"its own came twice":            {[]saving{{mine, 1, 1, "A"}}, saving{mine, 1, 1, "A"}, false, "A"},
		"another window's":              {[]saving{{other, 1, 1, "B"}}, saving{mine, 1, 2, "A"}, true, "B"},
		"another window's after it":     {[]saving{{mine, 1, 1, "A"}, {other, 2, 1, "B"}}, saving{mine, 1, 2, "AB"}, true, "B"},
		"another window's in between":   {[]saving{{other, 1, 1, "B"}, {mine, 2, 2, "AB"}}, saving{mine, 1, 3, "A"}, true, "AB"},
		"late, with another's between":  {[]saving{{other, 1, 1, "B"}, {mine, 2, 2, "AB"}}, saving{mine, 1, 1, "A"}, true, "AB"},
		"a count that stands still":     {[]saving{{mine, 1, 1, "A"}}, saving{mine, 1, 1, "AB"}, true, "A"},
		"without a count":               {[]saving{{mine, 1, 0, "A"}}, saving{mine, 1, 0, "AB"}, true, "A"},
		"without a window":              {[]saving{{id.ID{}, 1, 1, "A"}}, saving{id.ID{}, 1, 2, "AB"}, true, "A"},
		"a window without a count came": {[]saving{{mine, 1, 1, "A"}, {mine, 2, 0, "C"}}, saving{mine, 1, 2, "AB"}, true, "C"},
		"a version that is to come":     {[]saving{{mine, 1, 1, "A"}}, saving{mine, 3, 2, "AB"}, true, "A"},
	} {
		d, err := c.start(t, c.vet, id.New())
		must(t, err)
		save := func(s saving) error {
			return c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
				_, err := records.SaveDraft(ctx, tx, c.Keys, d.ID, records.Writing{Version: s.version, Window: s.window, Turn: s.turn}, records.SOAP{Plan: s.plan})
				return err
			})
		}
		for _, s := range row.before {
			must(t, save(s))
		}
		var clash *registry.Conflict[records.SOAP]
		if err := save(row.last); errors.As(err, &clash) != row.clashes || err != nil && clash == nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := c.drafts(t); len(got) != 1 || got[0].Plan != row.stands {
			t.Errorf("%s: stands %+v", name, got)
		}
		must(t, c.sign(t, c.vet, d.ID, c.drafts(t)[0].Version, records.SOAP{Plan: "Done"})) // out of the way of the next
	}
}

// A signature goes on from a saving nobody heard of as a saving does.
func TestAWindowSignsAfterALostAnswer(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	mine := id.New()
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		_, err := records.SaveDraft(ctx, tx, c.Keys, d.ID, records.Writing{Version: 1, Window: mine, Turn: 1}, records.SOAP{Plan: "Rest"})
		return err
	}))
	sign := func(window id.ID, turn int64) error {
		return c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
			return records.Sign(ctx, tx, c.Keys, d.ID, records.Writing{Version: 1, Window: window, Turn: turn}, records.SOAP{Plan: "Rest for a week"})
		})
	}
	var clash *registry.Conflict[records.SOAP]
	if err := sign(id.New(), 2); !errors.As(err, &clash) {
		t.Errorf("another window: %v", err)
	}
	if err := sign(mine, 1); !errors.As(err, &clash) {
		t.Errorf("what came too late: %v", err)
	}
	must(t, sign(mine, 2))
}
