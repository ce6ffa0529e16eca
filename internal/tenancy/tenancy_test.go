package tenancy_test

import (
	"context"
	"testing"
	"time"

	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/tenancy"
)

func TestOnlyPlainHostsAreHosts(t *testing.T) { // T58
	for raw, want := range map[string]string{
		"oakvale.localhost":        "oakvale.localhost",
		"oakvale.localhost:8080":   "oakvale.localhost",
		"OAKVALE.localhost":        "oakvale.localhost",
		"oakvale.localhost.":       "",
		"oakvale..localhost":       "",
		".oakvale.localhost":       "",
		"oakvale.localhost:":       "",
		"oakvale.localhost:80x":    "",
		"oakvale.localhost:808080": "",
		"oakvale.localhost:80:80":  "",
		"user@oakvale.localhost":   "",
		"oakvale.localhost/x":      "",
		"oakvale localhost":        "",
		"oakvale\u200b.localhost":  "",
		"öakvale.localhost":        "",
		"-oakvale.localhost":       "",
		"[::1]:8080":               "",
		"":                         "",
	} {
		got, ok := tenancy.HostOf(raw)
		if ok != (want != "") || got != want {
			t.Errorf("%q is read as %q, %v", raw, got, ok)
		}
	}
}

func TestADirectoryKnowsEachHostAndNoOther(t *testing.T) { // T55, T58
	e := dbtest.Shared(t)
	fake := clock.NewFake(time.Now())
	d := tenancy.NewDirectory(e.Store, fake)
	a, b := e.NewClinic(t), e.NewClinic(t)
	for range 2 { // the second time from memory
		for _, c := range []dbtest.Clinic{a, b} {
			got, ok, err := d.At(context.Background(), c.Host)
			if err != nil || !ok || got.Tenant() != c.Tenant || got.Suspended() || got.Host() != c.Host {
				t.Fatalf("%s: %v %v %v", c.Host, got.Tenant(), ok, err)
			}
		}
		if _, ok, err := d.At(context.Background(), "nobody.localhost"); ok || err != nil {
			t.Fatalf("a host nobody has: %v %v", ok, err)
		}
	}
	if ok, err := e.Platform.SetState(context.Background(), a.Host, "suspended"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	fake.Advance(2 * time.Second)
	got, ok, err := d.At(context.Background(), a.Host)
	if err != nil || !ok || !got.Suspended() {
		t.Fatalf("after a suspension: %v %v %v", got.Suspended(), ok, err)
	}
	if got, _, _ := d.At(context.Background(), b.Host); got.Suspended() {
		t.Fatal("the neighbour is suspended too")
	}
}
