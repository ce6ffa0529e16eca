package identity_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
)

func (d *desk) link(t *testing.T, person id.ID) (token string) {
	t.Helper()
	d.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = identity.NewSetupLink(ctx, tx, person)
		return err
	})
	return token
}

func (d *desk) set(token, passphrase string) (identity.Person, error) {
	return d.signIns.SetFirstPassphrase(context.Background(), d.who(), token, passphrase, "Oakvale Veterinary Centre")
}

func TestASetupLinkSetsTheFirstPassphraseOnce(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Joanne", "joanne@example.org", "", access.PracticeAdmin)
	old, token := d.link(t, p.ID), d.link(t, p.ID)
	if got, err := d.signIns.OpenSetupLink(context.Background(), d.who(), token); err != nil || got != p {
		t.Fatalf("the link is for %+v, %v", got, err)
	}
	for _, weak := range []string{"short", "oakvale veterinary", "joanne joanne"} {
		if _, err := d.set(token, weak); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q gave %v", weak, err)
		}
	}
	session := d.begin(t, identity.Person{ID: p.ID, State: identity.Active}) // one that must end
	got, err := d.set(token, passphrase)
	must(t, err)
	if got.State != identity.Active || got.ID != p.ID {
		t.Fatalf("the person is %+v", got)
	}
	if _, c := d.load(t, session); c != nil {
		t.Error("a session outlives the new passphrase")
	}
	_, err = d.signIn(t, "joanne@example.org", passphrase)
	must(t, err)
	for _, over := range []string{token, old} {
		if _, err := d.set(over, "another calm passphrase"); !errors.Is(err, identity.ErrLinkOver) {
			t.Errorf("a link was used again: %v", err)
		}
		if _, err := d.signIns.OpenSetupLink(context.Background(), d.who(), over); !errors.Is(err, identity.ErrLinkOver) {
			t.Errorf("a used link opens: %v", err)
		}
	}
}

func TestASetupLinkEndsAfter72HoursAndWorksAtItsClinicOnly(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", "", access.Nurse)
	token := d.link(t, p.ID)
	if _, err := d.neighbour(t).set(token, passphrase); !errors.Is(err, identity.ErrLinkOver) {
		t.Errorf("another clinic gave %v", err)
	}
	d.clock.Advance(identity.SetupLinkLife + time.Second)
	if _, err := d.set(token, passphrase); !errors.Is(err, identity.ErrLinkOver) {
		t.Errorf("after 72 hours: %v", err)
	}
	token = d.link(t, p.ID)
	d.clock.Advance(-identity.SetupLinkLife)
	d.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.UpdatePersonState(ctx, db.UpdatePersonStateParams{TenantID: tx.Tenant, ID: p.ID, State: string(identity.Disabled)})
		return err
	})
	if _, err := d.set(token, passphrase); !errors.Is(err, identity.ErrLinkOver) {
		t.Errorf("for a disabled person: %v", err)
	}
}

func TestOfSeveralWhoUseALinkAtOnceOneWins(t *testing.T) {
	d := newDesk(t)
	words := []string{"first calm horses graze", "second calm horses graze", "third calm horses graze", "fourth calm horses graze"}
	for round := range 3 {
		email := fmt.Sprintf("jo%d@example.org", round)
		token := d.link(t, d.add(t, "Jo", email, "", access.Nurse).ID)
		errs := make([]error, len(words))
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i := range words {
			wg.Go(func() {
				<-start
				_, errs[i] = d.set(token, words[i])
			})
		}
		close(start)
		wg.Wait()
		won := 0
		for i, err := range errs {
			_, in := d.signIn(t, email, words[i])
			if err == nil {
				won++
			} else if !errors.Is(err, identity.ErrLinkOver) {
				t.Errorf("a loser got %v", err)
			}
			if (err == nil) != (in == nil) {
				t.Errorf("%q: setting gave %v, signing in %v", words[i], err, in)
			}
		}
		if won != 1 {
			t.Fatalf("%d won", won)
		}
	}
}
