package scheduling_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

func TestCheckInKeepsWhatWasAskedAndWhatIsLeftToAsk(t *testing.T) {
	env, hand := newEnv(t, 8, 0)
	c := newClinic(t, env)
	alert := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		if err := registry.AddWeight(ctx, tx, c.Keys, id.New(), c.biscuit, registry.Weight{Weighed: registry.Weighed{Grams: 24000, Entered: "24", Unit: "kg"}, At: tx.Now(), Source: "measured"}, 0); err != nil {
			return err
		}
		return registry.AddAlert(ctx, tx, c.Keys, alert, c.biscuit, registry.Alert{Level: "stop", Topic: "allergy", Text: "Penicillin"})
	})
	hand.at = hand.at.Add(time.Hour)
	row, second := c.book(t, c.booking(600)), c.book(t, c.booking(615))
	in := scheduling.CheckIn{
		Reason: "Itchy ears, both", Phones: []registry.Phone{{Number: "07700 900999"}}, ClientVersion: 1, Noticed: []id.ID{alert, id.New()}, Urgent: true,
		Weight:   &registry.Weight{Weighed: registry.Weighed{Grams: 42000, Entered: "42", Unit: "kg"}, At: hand.at, Source: "measured"},
		WeightID: id.New(),
	}
	arrive := func(row, move id.ID, in scheduling.CheckIn) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.Arrive(ctx, tx, c.desk(), move, row, in) })
	}
	var jump *registry.Jump
	move := id.New()
	if err := arrive(row, move, in); !errors.As(err, &jump) {
		t.Errorf("a weight that jumps gave %v", err)
	}
	if card := c.card(t, row); card.State != "booked" || len(card.Noticed) > 0 || card.ClientVersion != 1 {
		t.Errorf("something of it was kept: %+v", card)
	}
	in.Sure = 42000
	if err := arrive(row, move, in); err != nil {
		t.Fatal(err)
	}
	if err := arrive(row, move, in); !errors.Is(err, scheduling.ErrAlreadyThere) {
		t.Errorf("the second sending gave %v", err)
	}
	card := c.card(t, row)
	if card.State != "arrived" || card.Reason != "Itchy ears, both" || len(card.Asks) > 0 || !card.Urgent || !card.Noticed[alert] || len(card.Noticed) != 1 ||
		card.Weight.Grams != 42000 || card.Client.Phones[0].Number != "07700 900999" || !card.ArrivedAt.Equal(hand.at) {
		t.Errorf("the card is %+v", card)
	}
	var conflict *registry.Conflict[registry.Client]
	if err := arrive(second, id.New(), scheduling.CheckIn{Phones: []registry.Phone{{Number: "1"}}, ClientVersion: 1}); !errors.As(err, &conflict) {
		t.Errorf("a phone changed meanwhile gave %v", err)
	}
	if err := arrive(second, id.New(), scheduling.CheckIn{}); err != nil {
		t.Fatal(err)
	}
	if got := c.card(t, second).Asks; !slices.Equal(got, []string{"alerts", "phone", "weight"}) {
		t.Errorf("left to ask is %q", got)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.Asked(ctx, tx, c.desk(), second, scheduling.AskWeight)
	})
	if got := c.card(t, second); !slices.Equal(got.Asks, []string{"alerts", "phone"}) || got.Reason != "Itchy ears" {
		t.Errorf("then %q, %q", got.Asks, got.Reason)
	}
	if _, board := c.plan(t, monday); len(board.Waiting) != 2 || board.Waiting[0].ID != row {
		t.Errorf("waiting are %v", board.Waiting)
	}
}

func TestAWalkInIsInTheBuildingAtOnceAndIsGivenToSomebody(t *testing.T) {
	env, _ := newEnv(t, 10, 2)
	c := newClinic(t, env)
	c.book(t, c.booking(600))
	walkIn := func(w scheduling.WalkIn) (p scheduling.Placed) {
		w.Patient, w.Type = c.biscuit, c.consult
		c.must(t, func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = scheduling.AddWalkIn(ctx, tx, c.desk(), id.New(), w)
			return err
		})
		return p
	}
	nobody := walkIn(scheduling.WalkIn{Reason: "Bee sting", Urgent: true, Asks: []string{"weight", "nonsense"}})
	card := c.card(t, nobody.ID)
	if card.State != "arrived" || !card.WalkIn || len(card.Seats) != 0 || nobody.Start != 602 || !slices.Equal(card.Asks, []string{"weight"}) || card.ArrivedAt.IsZero() {
		t.Errorf("it is %+v", card)
	}
	if over := walkIn(scheduling.WalkIn{With: c.vet}); len(over.Seats) != 1 || over.Seats[0].Lane != 1 {
		t.Errorf("with the vet it is %+v", over)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		room := id.New()
		if err := scheduling.AddResource(ctx, tx, c.Keys, room, scheduling.Resource{Kind: "room", Name: "Consult 2", Position: 3}); err != nil {
			return err
		}
		if err := scheduling.AssignTo(ctx, tx, c.desk(), nobody.ID, c.vet); err != nil {
			return err
		}
		if err := scheduling.LookAgain(ctx, tx, c.desk(), nobody.ID, tx.Now().Add(time.Hour)); err != nil {
			return err
		}
		return scheduling.Place(ctx, tx, c.desk(), nobody.ID, room)
	})
	if card := c.card(t, nobody.ID); card.With() != c.vet || card.Lane() != 2 || card.Place.IsZero() || card.NextAt.IsZero() {
		t.Errorf("given to the vet it is %+v", card)
	}
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.Place(ctx, tx, c.desk(), c.book(t, c.booking(660)), id.ID{})
	}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a place for one who is not here gave %v", err)
	}
}

func TestDetailsArePutRightByOneAtATime(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row := c.book(t, c.booking(600))
	edit := func(version int64, reason string) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.Edit(ctx, tx, c.desk(), row, version, scheduling.Details{Reason: reason, Quiet: true})
		})
	}
	if err := edit(1, "Ears"); err != nil {
		t.Fatal(err)
	}
	if err := edit(1, "Ears"); err != nil {
		t.Errorf("the same again gave %v", err)
	}
	if err := edit(1, "Nose"); !errors.Is(err, scheduling.ErrMoved) {
		t.Errorf("an old page gave %v", err)
	}
	if card := c.card(t, row); card.Reason != "Ears" || !card.Quiet || card.Version != 2 {
		t.Errorf("it is %+v", card)
	}
}
