// Package tenancy turns the host of a request into the one clinic that lives there, and knows where
// that clinic's rows are. Nothing above it and db may know about tiers.
package tenancy

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/id"
)

// Clinic is a clinic found by its host. It cannot be made by hand: its fields are closed, and the
// Directory is the only one who fills them.
type Clinic struct {
	tenant    id.Tenant
	name      string
	host      string
	suspended bool
	zone      *time.Location
	country   string
	placement actor.Placement
}

// Tenant is the clinic's identifier for queries.
func (c Clinic) Tenant() id.Tenant { return c.tenant }

// Name is what the clinic calls itself.
func (c Clinic) Name() string { return c.name }

// Host is the clinic's own host, without port.
func (c Clinic) Host() string { return c.host }

// Suspended reports whether the operator has closed the clinic.
func (c Clinic) Suspended() bool { return c.suspended }

// Zone is the time zone of the clinic.
func (c Clinic) Zone() *time.Location { return c.zone }

// Country is the clinic's ISO 3166-1 alpha-2 code.
func (c Clinic) Country() string { return c.country }

// Placement is where the clinic's rows are.
func (c Clinic) Placement() actor.Placement { return c.placement }

// Who begins an act at this clinic that nobody has signed in for yet.
func (c Clinic) Who(purpose actor.Purpose, request id.ID, route string) actor.Who {
	return actor.Who{Clinic: c.tenant, Placement: c.placement, Purpose: purpose, Request: request, Route: route}
}

const (
	keptFor  = time.Second // a suspension reaches strangers within this; people signed in at once
	keptMost = 4096
)

// Directory finds clinics by host. Answers are kept for a second, so that a page costs no trip.
type Directory struct {
	store *db.Store
	clock clock.Clock

	flight singleflight.Group
	mu     sync.Mutex
	kept   map[string]entry // keyed by the exact host, which is one clinic's
}

type entry struct {
	clinic Clinic
	until  time.Time
}

// NewDirectory makes a directory that asks the database.
func NewDirectory(store *db.Store, c clock.Clock) *Directory {
	return &Directory{store: store, clock: c, kept: map[string]entry{}}
}

// At is the clinic at exactly this host (lower case, no port); ok is false for every other host.
func (d *Directory) At(ctx context.Context, host string) (c Clinic, ok bool, err error) {
	d.mu.Lock()
	e, known := d.kept[host]
	d.mu.Unlock()
	if known && d.clock.Now().Before(e.until) {
		return e.clinic, true, nil
	}
	type found struct {
		clinic Clinic
		ok     bool
	}
	v, err, _ := d.flight.Do(host, func() (any, error) {
		c, ok, err := d.ask(context.WithoutCancel(ctx), host)
		return found{c, ok}, err
	})
	if err != nil {
		return Clinic{}, false, err
	}
	f, _ := v.(found)
	return f.clinic, f.ok, nil
}

// Forget drops what is kept of a host, so that the next question reaches the database: a session told
// that the clinic has moved since.
func (d *Directory) Forget(host string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.kept, host)
}

func (d *Directory) ask(ctx context.Context, host string) (Clinic, bool, error) {
	h, ok, err := d.store.ClinicAt(ctx, host)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil || !ok {
		delete(d.kept, host)
		return Clinic{}, false, err
	}
	zone, err := time.LoadLocation(h.TimeZone)
	if err != nil {
		return Clinic{}, false, fmt.Errorf("the time zone of clinic %s: %w", h.ID, err)
	}
	c := Clinic{
		tenant: id.TenantFrom(h.ID), name: h.Name, host: host, suspended: h.State != "active",
		zone: zone, country: h.Country, placement: h.Placement,
	}
	if len(d.kept) >= keptMost {
		clear(d.kept)
	}
	d.kept[host] = entry{c, d.clock.Now().Add(keptFor)}
	return c, true, nil
}

// HostOf reads the Host of a request (RFC 9110, 7.2): lower case letters, digits, dots and hyphens,
// with an optional port that is dropped. Everything else, a trailing dot and an address included, is
// no clinic's host and gives ok false.
func HostOf(raw string) (host string, ok bool) {
	host = raw
	if at := strings.LastIndexByte(raw, ':'); at >= 0 {
		port := raw[at+1:]
		if len(port) == 0 || len(port) > 5 || strings.Trim(port, "0123456789") != "" {
			return "", false
		}
		host = raw[:at]
	}
	host = strings.ToLower(host)
	if host == "" || len(host) > 253 || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return "", false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "", false
		}
	}
	return host, true
}
