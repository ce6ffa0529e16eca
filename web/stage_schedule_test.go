package web_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// rota is who and what can be booked at a shop, at any hour of any day.
type rota struct {
	vet, nurse, room, kind id.ID
	booked, quarters       int // how many times were given out
}

var (
	rotas     = map[*shop]*rota{}
	rotasHeld sync.Mutex
)

func (h *shop) desk() scheduling.Desk {
	return scheduling.Desk{Keys: h.keys, Zone: london, May: func(string) bool { return true }}
}

var london, _ = time.LoadLocation("Europe/London")

// rota sets the shop's up once.
func (h *shop) rota(t *testing.T) *rota {
	t.Helper()
	rotasHeld.Lock()
	defer rotasHeld.Unlock()
	if r := rotas[h]; r != nil {
		return r
	}
	r := &rota{vet: id.New(), nurse: id.New(), room: id.New(), kind: id.New()}
	var always []scheduling.WeekSpan
	for day := 1; day <= 7; day++ {
		always = append(always, scheduling.WeekSpan{Weekday: day, Span: scheduling.Span{Kind: scheduling.Work, From: 0, To: 24 * 60}})
	}
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		for _, one := range []struct {
			row id.ID
			of  scheduling.Resource
		}{
			{r.room, scheduling.Resource{Kind: scheduling.Room, Name: "Consult 1", Position: 9}},
			{r.vet, scheduling.Resource{Kind: scheduling.Vet, Name: "Vet", Person: h.people[access.Veterinarian].ID, Room: r.room, Position: 1}},
			{r.nurse, scheduling.Resource{Kind: scheduling.Nurse, Name: "Nurse", Person: h.people[access.Nurse].ID, Position: 2}},
		} {
			if err := scheduling.AddResource(ctx, tx, h.keys, one.row, one.of); err != nil {
				return err
			}
		}
		if err := scheduling.SetHours(ctx, tx, h.keys, id.ID{}, h.today().AddDate(0, 0, -7), always); err != nil {
			return err
		}
		return scheduling.AddType(ctx, tx, h.keys, r.kind, scheduling.Type{Name: "Check-up", Minutes: 15, Colour: "plain", Needs: scheduling.Anyone, Position: 9})
	})
	rotas[h] = r
	return r
}

func (h *shop) today() time.Time { return scheduling.DayOf(h.site.clock.Now(), london) }

// quarter is a time of day that was not given out before.
func (r *rota) quarter() string {
	rotasHeld.Lock()
	defer rotasHeld.Unlock()
	r.quarters++
	return fmt.Sprintf("%02d:%02d", r.quarters/4%24, r.quarters%4*15)
}

// appointment books an animal of its own, on a quarter after tomorrow that nobody else gets.
func (h *shop) appointment(t *testing.T) id.ID {
	t.Helper()
	r := h.rota(t)
	rotasHeld.Lock()
	n := r.booked
	r.booked++
	rotasHeld.Unlock()
	return h.appointmentAt(t, r.vet, h.today().AddDate(0, 0, 2+n/96), n%96*15)
}

// expected is such an appointment, of this day.
func (h *shop) expected(t *testing.T) id.ID {
	t.Helper()
	row := h.appointment(t)
	h.setToday(t, row)
	return row
}

// setToday makes an appointment one of this day, whatever its time.
func (h *shop) setToday(t *testing.T, row id.ID) {
	t.Helper()
	for _, sql := range []string{
		`UPDATE app.appointments SET day = $3 WHERE tenant_id = $1 AND id = $2`,
		`UPDATE app.appointment_slots SET day = $3 WHERE tenant_id = $1 AND appointment_id = $2`,
	} {
		if _, err := h.site.super.Exec(context.Background(), sql, h.tenant, row, h.today()); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *shop) appointmentAt(t *testing.T, with id.ID, day time.Time, start int) id.ID {
	t.Helper()
	row, animal, kind := id.New(), h.newAnimal(t), h.rota(t).kind
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.Book(ctx, tx, h.desk(), row, scheduling.Booking{
			Patient: animal, Type: kind, Reason: "Off food since Sunday", When: scheduling.When{Day: day, Start: start, With: with},
		})
		return err
	})
	return row
}

// roomed is somebody who waits in a room, with the move that brought them there.
func (h *shop) roomed(t *testing.T) (visit, move id.ID) {
	t.Helper()
	visit, move = h.waiting(t), id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return scheduling.MoveTo(ctx, tx, h.desk(), move, visit, id.ID{}, scheduling.Roomed, "")
	})
	return visit, move
}

// waiting is somebody who came in without an appointment.
func (h *shop) waiting(t *testing.T) id.ID {
	t.Helper()
	row, animal, kind := id.New(), h.newAnimal(t), h.rota(t).kind
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.AddWalkIn(ctx, tx, h.desk(), row, scheduling.WalkIn{Patient: animal, Type: kind, Reason: "Bee sting"})
		return err
	})
	return row
}
