package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/identity"
)

const (
	deskDatabase = "desk"
	deskFloor    = "desk_floor"
	deskHost     = "desk.localhost"
	tillHost     = "till.localhost"
	// billsASecond is more than any machine issues on growthLevel connections.
	billsASecond = 500
)

var showToday = work{"the Today page", http.StatusOK, 64 << 10, func(b *bytes.Buffer, at *seat, _ int) {
	fmt.Fprintf(b, "GET /today HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", at.host, at.cookie)
}}

var showBoard = work{"its board, as a live page asks", http.StatusOK, 4 << 10, func(b *bytes.Buffer, at *seat, _ int) {
	fmt.Fprintf(b, "GET /today/board HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n%s\r\n", at.host, at.cookie, partial)
}}

var offerTimes = work{"search free times", http.StatusOK, 512, func(b *bytes.Buffer, at *seat, _ int) {
	at.post(b, "/bookings", at.wish(), partial)
}}

// wish is the form of a booking that asks what can be had for a type of appointment.
func (at *seat) wish() url.Values {
	return url.Values{"csrf": {at.token}, "new_id": {id.New().String()}, "act": {"offer"}, "type": {at.kind.String()}}
}

// pile are bills to be issued, one after the other, each by who sits where it lies.
type pile struct {
	bills []owed
	taken atomic.Int64
}

type owed struct {
	bill
	at *seat
}

func (p *pile) add(at *seat, bills []bill) {
	for _, b := range bills {
		p.bills = append(p.bills, owed{b, at})
	}
	at.bills = p
}

var issueInvoice = work{"issue an invoice of 3 charges, paid", http.StatusSeeOther, 0, func(b *bytes.Buffer, at *seat, _ int) {
	n := int(at.bills.taken.Add(1)) - 1
	if n >= len(at.bills.bills) {
		return // the turn is over
	}
	one := at.bills.bills[n]
	form := url.Values{"csrf": {one.at.token}, "new_id": {id.New().String()}, "payer": {one.payer.String()}, "act": {"pay"}, "way": {"card"}}
	for _, c := range one.charges {
		form.Add("charge", c.String())
		form.Add("charge_version", "1")
	}
	one.at.post(b, "/visits/"+one.visit.String()+"/invoices", form)
}}

// partial is how htmx asks for a part of a page.
const partial = "HX-Request: true\r\nHX-Request-Type: partial\r\n"

// desks are the front desks of an installation of its own: one with a full day, and one with bills, whose animals
// would crowd the other's board.
type desks struct {
	*town
	day, till *deskClinic
	room      *deskClinic       // where notes are written
	seats     map[string]string // cookie by host
}

// deskPart measures what a receptionist does all day.
func deskPart(ctx context.Context, s *stand, out io.Writer) error {
	if len(s.years) == 0 {
		return nil
	}
	tell("Making the front desk")
	d, err := s.makeDesks(ctx)
	if err != nil {
		return err
	}
	if err := d.copyForFloor(ctx); err != nil {
		return err
	}
	product, err := d.start(ctx, d.shipped)
	if err != nil {
		return err
	}
	defer func() { product.stop() }()
	bare, err := d.startBare(ctx)
	if err != nil {
		return err
	}
	defer bare.stop()
	if err := d.alike(ctx, product, bare); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n## The front desk, at %d connections\n\n", growthLevel)
	fmt.Fprintf(out, "%d columns of %d appointments, %d animals in the building, behind them years of %d appointments a day: %d. ",
		columnsOfDay, inColumn, inBuilding, columnsOfDay*pastInColumn, d.years[0])
	fmt.Fprintf(out, "The floor is the product itself on a copy of the database, without session, form token, signed context, policies, sealing, record and security headers. ")
	fmt.Fprintf(out, "It shows the same pages. The first line, of the same clinic, tells how this floor compares with that above.\n\n")
	fmt.Fprintf(out, "| request | connections | | requests/s | p50 ms | p99 ms | CPU ms server | CPU ms database | CPU ms |\n|---|--:|---|--:|--:|--:|--:|--:|--:|\n")
	first := map[string]figures{}
	for _, w := range []work{openPatient, showToday, showBoard, offerTimes, issueInvoice, saveDraft, signNote} {
		tell("%s", w.name)
		ours, floors := product.of(0), bare.of(0)
		switch w.name {
		case issueInvoice.name:
			ours, floors = product.of(1), bare.of(1)
		case saveDraft.name, signNote.name:
			ours, floors = product.of(2), bare.of(2)
		}
		a, b, err := d.turns(ctx, ours, floors, w, growthLevel)
		if err != nil {
			return err
		}
		ratioRows(out, w.name, growthLevel, a, b)
		first[w.name] = a
	}
	product.stop()
	bare.stop()
	return d.older(ctx, out, first)
}

// older measures the day again with more and more years behind it.
func (d *desks) older(ctx context.Context, out io.Writer, first map[string]figures) error {
	if len(d.years) < 2 {
		return nil
	}
	fmt.Fprintf(out, "\n| years | appointments | request | requests/s | p50 ms | p99 ms | CPU ms | p50 to the first | CPU to the first |\n|--:|--:|---|--:|--:|--:|--:|--:|--:|\n")
	for i, years := range d.years[1:] {
		tell("A front desk of %d years", years)
		if err := d.age(ctx, d.years[i], years); err != nil {
			return err
		}
		p, err := d.start(ctx, d.shipped)
		if err != nil {
			return err
		}
		var appointments int
		if err := d.count(ctx, &appointments); err != nil {
			return err
		}
		for _, w := range []work{showToday, showBoard, offerTimes} {
			f, err := d.rounded(ctx, p.of(0), w)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "| %d | %d | %s | %.0f | %.2f | %.2f | %.3f | %.2f | %.2f |\n", years, appointments, w.name, f.perSecond, f.p50, f.p99, f.cpu(),
				f.p50/first[w.name].p50, f.cpu()/first[w.name].cpu())
		}
		p.stop()
	}
	return nil
}

func (d *desks) count(ctx context.Context, into *int) error {
	conn, err := pgx.Connect(ctx, d.pg.AdminURL(d.name))
	if err != nil {
		return fmt.Errorf("counting appointments: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM app.appointments WHERE tenant_id = $1", d.day.keys.ID().ID()).Scan(into); err != nil {
		return fmt.Errorf("counting appointments: %w", err)
	}
	return nil
}

// age adds the years from one number to another behind the day.
func (d *desks) age(ctx context.Context, from, to int) error {
	w, err := d.workshop(ctx, d.name)
	if err != nil {
		return err
	}
	err = w.fill(ctx, d.day, d.day.past(to, from))
	w.close()
	if err != nil {
		return err
	}
	return d.admin(ctx, d.name, "VACUUM ANALYZE")
}

// makeDesks makes the installation and signs a receptionist in at each clinic.
func (s *stand) makeDesks(ctx context.Context) (*desks, error) {
	t, err := s.found(ctx, deskDatabase)
	if err != nil {
		return nil, err
	}
	d := &desks{town: t, seats: map[string]string{}}
	w, err := s.workshop(ctx, t.name)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if d.day, err = w.desk(ctx, deskHost, "desk@oakvale.example", access.Receptionist); err != nil {
		return nil, err
	}
	if err := w.fill(ctx, d.day, slices.Concat(d.day.today(clock.System.Now(), bookedAhead), d.day.past(s.years[0], 0))); err != nil {
		return nil, err
	}
	if d.till, err = w.desk(ctx, tillHost, "till@oakvale.example", access.Receptionist); err != nil {
		return nil, err
	}
	bills := int(float64(s.rounds) * (s.each + warm).Seconds() * billsASecond)
	if err := w.charge(ctx, d.till, bills); err != nil {
		return nil, err
	}
	if d.room, err = w.desk(ctx, roomHost, "room@oakvale.example", access.Veterinarian); err != nil {
		return nil, err
	}
	if err := w.openNotes(ctx, d.room, int(float64(s.rounds)*(s.each+warm).Seconds()*notesASecond)); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, s.pg.AdminURL(t.name))
	if err != nil {
		return nil, fmt.Errorf("connecting to the front desk: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, c := range []*deskClinic{d.day, d.till, d.room} {
		token := rand.Text() + rand.Text()[:17] // as long as one of the product's
		if err := openSession(ctx, conn, c.keys.ID().ID(), c.vet.ID, token); err != nil {
			return nil, err
		}
		d.seats[c.host] = identity.SessionCookie + "=" + token
	}
	return d, s.admin(ctx, t.name, "VACUUM ANALYZE")
}

// copyForFloor copies the database with all that is in it.
func (d *desks) copyForFloor(ctx context.Context) error {
	statements := []string{"CREATE DATABASE " + deskFloor + " TEMPLATE " + deskDatabase, "REVOKE ALL ON DATABASE " + deskFloor + " FROM PUBLIC"}
	for _, role := range db.LoginRoles() { // what a template does not hand on
		statements = append(statements, "GRANT CONNECT ON DATABASE "+deskFloor+" TO "+role)
	}
	if err := d.admin(ctx, "postgres", statements...); err != nil {
		return err
	}
	return d.admin(ctx, deskFloor, "VACUUM ANALYZE")
}

// start starts a product for both desks.
func (d *desks) start(ctx context.Context, program string, more ...string) (*process, error) {
	at := *d.stand
	at.env = d.env
	p, err := at.startProduct(ctx, program, more...)
	if err != nil {
		return nil, err
	}
	d.running = append(d.running, p)
	for _, c := range []*deskClinic{d.day, d.till, d.room} {
		at := &seat{host: c.host, cookie: d.seats[c.host], patients: c.patients, kind: c.kind}
		new(pile).add(at, c.bills)
		at.notes = &notePile{open: c.notes}
		p.seats = append(p.seats, at)
	}
	if err := p.ready(ctx, "/patients"); err != nil {
		return nil, err
	}
	return p, p.learnTokens(ctx)
}

// startBare starts the product without its fences, all but the permission, which says what a page shows.
func (d *desks) startBare(ctx context.Context) (*process, error) {
	if err := d.admin(ctx, deskFloor, plainEnter); err != nil { // an unsigned context opens not even a session
		return nil, err
	}
	bare, err := d.start(ctx, d.switched, "DATABASE_URL="+d.pg.URL("", "", deskFloor), "PADDOCK_BENCH_OFF=session,form-token,context,record,headers,sealing")
	if err != nil {
		return nil, err
	}
	return bare, d.admin(ctx, deskFloor, fmt.Sprintf(rowSecurity, "DISABLE"))
}

// of is the same process, asked from one of its seats.
func (p *process) of(n int) *process { return p.by(p.seats[n : n+1]) }

// by is the same process, asked from these seats.
func (p *process) by(seats []*seat) *process {
	other := *p
	other.seats = seats
	return &other
}

// alike fails where the floor shows another page than the product. Both tell how long somebody waits, so that
// a pair may differ that was asked for on both sides of a minute.
func (d *desks) alike(ctx context.Context, product, bare *process) error {
	asked := []struct {
		path, shows string
		form        url.Values
	}{
		{"/today", `class="appt"`, nil},
		{"/today/board", `class="lane"`, nil},
		{"/bookings", `name="slot"`, product.seats[0].wish()},
		{"/patients/" + d.day.patients[0].String(), `class="record"`, nil},
	}
	for _, a := range asked {
		var err error
		for range 3 {
			if err = sameAnswers(ctx, product, bare, a.path, a.form, a.shows); err == nil {
				break
			}
			time.Sleep(time.Second)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.path, err)
		}
	}
	return nil
}

// ascending reads -years.
func ascending(list []int) error {
	if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
		return fmt.Errorf("-years: %s is not in rising order", strconv.Quote(fmt.Sprint(list)))
	}
	return nil
}
