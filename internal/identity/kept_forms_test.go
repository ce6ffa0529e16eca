package identity_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/fault"
	"paddock/internal/identity"
)

func TestWhatWasTypedComesBackToItsWriterOnly(t *testing.T) {
	d := newDesk(t)
	kept := identity.NewKeptForms(d.Store, d.Vault)
	jo, al := d.add(t, "Jo", "jo@example.org", "", access.Nurse), d.add(t, "Al", "al@example.org", "", access.Nurse)
	ctx := context.Background()
	form := identity.Kept{Path: "/drafts/1", Values: url.Values{"subjective": {"Bella's cough, findable-cough"}}}
	if _, err := kept.Newest(ctx, d.who(), jo.ID); !errors.Is(err, fault.Missing) {
		t.Fatalf("before anything was kept: %v", err)
	}
	row, err := kept.Keep(ctx, d.who(), jo.ID, form)
	must(t, err)
	got, err := kept.Kept(ctx, d.who(), jo.ID, row)
	must(t, err)
	if got.Path != form.Path || got.Values.Get("subjective") != form.Values.Get("subjective") || got.At.IsZero() {
		t.Fatalf("came back as %+v", got)
	}
	if newest, err := kept.Newest(ctx, d.who(), jo.ID); err != nil || newest != row {
		t.Errorf("the newest is %v, %v", newest, err)
	}
	n := d.neighbour(t)
	if _, err := kept.Kept(ctx, d.who(), al.ID, row); !errors.Is(err, fault.Missing) {
		t.Errorf("a colleague got %v", err)
	}
	if _, err := kept.Kept(ctx, n.who(), jo.ID, row); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic got %v", err)
	}
	if err := kept.Drop(ctx, d.who(), al.ID, row); !errors.Is(err, fault.Missing) {
		t.Errorf("a colleague dropping it got %v", err)
	}
	if n := d.count(t, `SELECT count(*) FROM app.kept_forms WHERE tenant_id = $1 AND position('findable'::bytea IN sealed) > 0`, d.Tenant); n != 0 {
		t.Error("the text stands in clear")
	}
	must(t, kept.Drop(ctx, d.who(), jo.ID, row))
	if _, err := kept.Kept(ctx, d.who(), jo.ID, row); !errors.Is(err, fault.Missing) {
		t.Errorf("after dropping: %v", err)
	}
	for range 14 {
		_, err := kept.Keep(ctx, d.who(), jo.ID, form)
		must(t, err)
	}
	if n := d.count(t, `SELECT count(*) FROM app.kept_forms WHERE tenant_id = $1 AND person_id = $2`, d.Tenant, jo.ID); n != 10 {
		t.Errorf("%d forms are kept for one person, not the newest ten", n)
	}
	form.Values.Set("objective", strings.Repeat("x", identity.KeptMost))
	if _, err := kept.Keep(ctx, d.who(), jo.ID, form); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too long a text gave %v", err)
	}
	if _, err := kept.Keep(ctx, d.who(), jo.ID, identity.Kept{Path: "//evil.example"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a foreign path gave %v", err)
	}
}
