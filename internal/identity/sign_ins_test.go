package identity_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/identity"
)

func TestTheRightPassphraseSignsIn(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Zoë O'Neill", "Zoe@Example.org", passphrase, access.Nurse)
	got, err := d.signIn(t, " ZOE@example.ORG ", passphrase)
	must(t, err)
	if got != p || got.Name != "Zoë O'Neill" || got.Email != "zoe@example.org" {
		t.Fatalf("signed in as %+v, not %+v", got, p)
	}
	for _, wrong := range []string{"", "four calm horses", passphrase + " ", strings.Repeat("x", 10_000)} {
		if _, err := d.signIn(t, "zoe@example.org", wrong); !errors.Is(err, identity.ErrMismatch) {
			t.Fatalf("a wrong passphrase of %d bytes gave %v", len(wrong), err)
		}
	}
}

// T75
func TestKnownAndUnknownPeopleCannotBeToldApart(t *testing.T) {
	d := newDesk(t)
	d.add(t, "Known", "known@example.org", passphrase, access.Nurse)
	d.add(t, "Invited", "invited@example.org", "", access.Nurse)
	gone := d.add(t, "Gone", "gone@example.org", passphrase, access.Nurse)
	d.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.UpdatePersonState(ctx, db.UpdatePersonStateParams{TenantID: tx.Tenant, ID: gone.ID, State: string(identity.Disabled)})
		return err
	})
	type cost struct {
		answer            string
		hashes            int64
		trips, statements int
	}
	ask := func(email, passphrase string) cost {
		ctx, meter := db.WithMeter(context.Background())
		before := identity.Hashed()
		_, err := d.signIns.SignIn(ctx, d.who(), email, passphrase, d.from)
		if err == nil {
			t.Fatalf("%s signed in", email)
		}
		return cost{err.Error(), identity.Hashed() - before, meter.Trips(), meter.Statements()}
	}
	want := ask("known@example.org", "four calm horses grazed")
	if want.hashes != 1 {
		t.Fatalf("a wrong passphrase costs %d hashes, not 1", want.hashes)
	}
	for email, pass := range map[string]string{
		"unknown@example.org": "four calm horses grazed", "not an address": "x", "invited@example.org": passphrase, "gone@example.org": passphrase,
	} {
		if got := ask(email, pass); got != want {
			t.Errorf("%s gave %+v, a known person %+v", email, got, want)
		}
	}
	// And once they must wait, they wait alike.
	for range 5 {
		ask("known@example.org", "wrong wrong wrong")
		ask("unknown@example.org", "wrong wrong wrong")
	}
	known, unknown := ask("known@example.org", passphrase), ask("unknown@example.org", passphrase)
	if known != unknown || known.hashes != 0 {
		t.Errorf("waiting, a known person gave %+v and an unknown one %+v", known, unknown)
	}
}

func TestGuessesAtAnAccountWaitLongerEachTimeAndAreRecorded(t *testing.T) {
	d := newDesk(t)
	d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	for i := range 5 {
		if _, err := d.signIn(t, "jo@example.org", "wrong wrong wrong"); !errors.Is(err, identity.ErrMismatch) {
			t.Fatalf("guess %d gave %v", i+1, err)
		}
	}
	_, err := d.signIn(t, "jo@example.org", passphrase)
	first, ok := errors.AsType[*identity.Throttled](err)
	if !ok || first.Wait <= 0 || first.Wait > time.Minute {
		t.Fatalf("the sixth attempt gave %v", err)
	}
	d.clock.Advance(first.Wait)
	if _, err := d.signIn(t, "jo@example.org", "wrong wrong wrong"); !errors.Is(err, identity.ErrMismatch) {
		t.Fatalf("after the wait: %v", err)
	}
	_, err = d.signIn(t, "jo@example.org", passphrase)
	second, ok := errors.AsType[*identity.Throttled](err)
	if !ok || second.Wait <= first.Wait {
		t.Fatalf("after one more guess: %v, not longer than %v", err, first.Wait)
	}
	d.clock.Advance(second.Wait)
	if _, err = d.signIn(t, "jo@example.org", passphrase); err != nil {
		t.Fatalf("the right passphrase after the wait: %v", err)
	}
	if n := d.leaves(t, "failed-sign-in", "failed"); n != 6 {
		t.Errorf("%d failed sign-ins were recorded, not 6", n)
	}
	if n := d.leaves(t, "failed-sign-in", "refused"); n != 2 || len(d.reported) != 2 {
		t.Errorf("%d refused sign-ins were recorded and %d reported, not 2 and 2", n, len(d.reported))
	}
	// The success cleared the account: four mistakes are free again.
	for range 4 {
		if _, err := d.signIn(t, "jo@example.org", "wrong wrong wrong"); !errors.Is(err, identity.ErrMismatch) {
			t.Fatal(err)
		}
	}
	if _, err := d.signIn(t, "jo@example.org", passphrase); err != nil {
		t.Fatal(err)
	}
}

func TestGuessesSentAtOnceAreCountedOneAfterTheOther(t *testing.T) {
	d := newDesk(t)
	d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	before := identity.Hashed()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, _ = d.signIns.SignIn(context.Background(), d.who(), "jo@example.org", "wrong wrong wrong", d.from)
		})
	}
	wg.Wait()
	if n := identity.Hashed() - before; n != 5 {
		t.Fatalf("twenty guesses at once were compared %d times, not 5", n)
	}
}

// T76
func TestOneAddressIsSlowedOverManyClinicsAndAccounts(t *testing.T) {
	d := newDesk(t)
	clinics := []*desk{d, d.neighbour(t), d.neighbour(t)}
	victim := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	at := d.clock.Now()
	for i := range 49 { // noted as 49 different accounts' failures would be, without their cost
		account := make([]byte, 32)
		copy(account, fmt.Sprintf("%s %d", d.Host, i))
		clinics[i%3].write(t, func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertFailedAttempt(ctx, db.InsertFailedAttemptParams{
				Account: account, Address: identity.AddressHash(d.config.AddressKey, d.from), At: at,
			})
		})
	}
	if _, err := clinics[1].signIn(t, "somebody@example.org", "wrong wrong wrong"); !errors.Is(err, identity.ErrMismatch) {
		t.Fatalf("the fiftieth failure gave %v", err)
	}
	for i, c := range clinics {
		_, err := c.signIn(t, "jo@example.org", passphrase)
		if _, ok := errors.AsType[*identity.Throttled](err); !ok {
			t.Errorf("clinic %d let the address try: %v", i, err)
		}
	}
	if len(d.reported) != 3 {
		t.Errorf("%d attempts were reported, not 3", len(d.reported))
	}
	d.from = netip.MustParseAddr("192.0.2.8")
	if p, err := d.signIn(t, "jo@example.org", passphrase); err != nil || p.ID != victim.ID {
		t.Errorf("from another address: %v", err)
	}
}

func TestAnIPv6AddressCountsWithItsNetwork(t *testing.T) {
	key := make([]byte, 32)
	name := func(a string) string { return string(identity.AddressHash(key, netip.MustParseAddr(a))) }
	if name("2001:db8:1:2::1") != name("2001:db8:1:2:ffff::9%eth0") || name("2001:db8:1:2::1") == name("2001:db8:1:3::1") {
		t.Error("IPv6 addresses are not counted by their /64")
	}
	if name("192.0.2.1") != name("::ffff:192.0.2.1") || name("192.0.2.1") == name("192.0.2.2") {
		t.Error("IPv4 addresses are not counted one by one")
	}
}

func TestAStoredPassphraseOfOlderCostIsMadeAnew(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	old, err := argon2id.CreateHash(identity.Peppered(d.Keys, passphrase), &argon2id.Params{Memory: 8 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	must(t, err)
	d.write(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertCredential(ctx, db.InsertCredentialParams{TenantID: tx.Tenant, PersonID: p.ID, Secret: old, ChangedAt: tx.Now()})
	})
	if _, err := d.signIn(t, "jo@example.org", "wrong wrong wrong"); !errors.Is(err, identity.ErrMismatch) {
		t.Fatal(err)
	}
	stored := func() (s string) {
		must(t, d.Admin(t).QueryRow(context.Background(), `SELECT secret FROM app.credentials WHERE tenant_id = $1 AND person_id = $2`, d.Tenant, p.ID).Scan(&s))
		return s
	}
	if stored() != old {
		t.Fatal("a wrong passphrase changed the stored one")
	}
	_, err = d.signIn(t, "jo@example.org", passphrase)
	must(t, err)
	if !strings.HasPrefix(stored(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("stored with %.32s", stored())
	}
	if bare, err := argon2id.ComparePasswordAndHash(passphrase, stored()); bare || err != nil {
		t.Error("a thief of the database alone could guess: the stored hash is of the bare passphrase")
	}
	if ok, outdated, err := identity.Matches(d.Keys, passphrase, stored()); !ok || outdated || err != nil {
		t.Fatalf("the new hash: matches %v, outdated %v, %v", ok, outdated, err)
	}
}

// Who waits the throttle out goes on where they were: otherwise a guesser with patience has five guesses
// every quarter of an hour for ever.
func TestWaitingTheThrottleOutDoesNotBeginItAnew(t *testing.T) {
	d := newDesk(t)
	d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	guess := func() error {
		_, err := d.signIn(t, "jo@example.org", "wrong wrong wrong")
		return err
	}
	for range 5 {
		if err := guess(); !errors.Is(err, identity.ErrMismatch) {
			t.Fatal(err)
		}
	}
	d.clock.Advance(20 * time.Minute)
	if err := guess(); !errors.Is(err, identity.ErrMismatch) {
		t.Fatalf("after twenty minutes: %v", err)
	}
	if _, waiting := errors.AsType[*identity.Throttled](guess()); !waiting {
		t.Error("one guess after waiting, the next was looked at too")
	}
	d.clock.Advance(25 * time.Hour)
	for range 2 {
		if err := guess(); !errors.Is(err, identity.ErrMismatch) {
			t.Fatalf("a day later: %v", err)
		}
	}
}

func TestAStoredHashCannotAskForAllTheMemory(t *testing.T) {
	_, _, err := identity.Matches(newDesk(t).Keys, "x", "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b+dWRWJTmaaJObG")
	if err == nil {
		t.Fatal("a hash of 4 GiB was computed")
	}
}

func TestCheckPassphrase(t *testing.T) {
	about := []string{"Oakvale Veterinary Centre", "oakvale.example.org", "Joanne Pettigrew", "joanne@oakvale.example"}
	for _, good := range []string{
		passphrase, "correct donkey lamp gutter", "ÅÄÖ är fina bokstäver", "лошади спят в поле", "馬が四頭静かに草を食べている", "jo likes 4 oat biscuits",
	} {
		if s := identity.CheckPassphrase(good, about...); s != "" {
			t.Errorf("%q was refused: %s", good, s)
		}
	}
	for _, bad := range []string{
		"elevenchars", strings.Repeat("four calm ", 26), "passwordpassword", "P@ssword-Password 1", "Password1234!", "correct horse battery staple",
		"aaaaaaaaaaaaaa", "horsehorsehorse", "abcdefghijklmno", "qwertyuiop 12", "i love you so much 2024", "oakvale oakvale!", "JoannePettigrew1",
		"Oakvale2024!!", "193847562019", "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", strings.Repeat("x", 1<<20),
	} {
		if identity.CheckPassphrase(bad, about...) == "" {
			t.Errorf("%.40q was taken", bad)
		}
	}
	if identity.CheckPassphrase("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 abcd") == "" {
		t.Error("eleven characters typed with combining accents counted as more")
	}
}

func TestOneWayOfTypingAnAccentOpensTheOther(t *testing.T) {
	d := newDesk(t)
	d.add(t, "Jo", "jo@example.org", "vier große ruhige Pferde é", access.Nurse)
	if _, err := d.signIn(t, "jo@example.org", "vier große ruhige Pferde e\u0301"); err != nil {
		t.Fatal(err)
	}
}
