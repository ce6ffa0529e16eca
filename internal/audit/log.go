package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
)

const (
	// LogMost is how many acts a page of the record has.
	LogMost = 50
	// span bounds how many leaves one page reads to find what is asked for. Where they do not hold enough, the page is
	// short and the next one goes on behind them: so any question costs about the same, however rare its answer.
	span = 6_000
)

// Asked is what is looked for in the record; a zero field asks for nothing in particular.
type Asked struct {
	Person id.ID
	// Action and Object are what was done and to what kind of thing, as in Entry.
	Action Action
	Object string
	// About is the one thing an act was about. Lists that named it among others are not found by it.
	About id.ID
	Route string
	// From and Until bound the time, Until excluded.
	From, Until time.Time
}

// Line is one act of the record, without what only its proof needs.
type Line struct {
	ID, Actor, Session, Request id.ID
	At                          time.Time // UTC
	Purpose                     actor.Purpose
	Action                      Action
	Object                      string
	ObjectID                    id.ID
	// Things is how many other rows the act names, First the first two of them.
	Things  int
	First   []id.ID
	Outcome Outcome
	Route   string
}

// Place is one in the record; the zero Place is its newest end.
type Place struct {
	At time.Time
	ID id.ID
}

// Kind is one kind of act on one kind of thing.
type Kind struct {
	Object string
	Action Action
}

// LogKinds are the kinds that the record of the clinic holds.
func LogKinds(ctx context.Context, tx *db.Tx) ([]Kind, error) {
	rows, err := tx.ListLogKinds(ctx, db.ListLogKindsParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("reading what the record holds: %w", err)
	}
	list := make([]Kind, len(rows))
	for i, r := range rows {
		list[i] = Kind{r.Object, Action(r.Action)}
	}
	return list, nil
}

// Log reads from a place in the record what is asked for, the newest first and LogMost at most. kinds are those of
// LogKinds. next is where older acts begin, the zero Place where there are none; a page may be short, or empty, and
// still have a next one.
func Log(ctx context.Context, tx *db.Tx, a Asked, kinds []Kind, from Place) (lines []Line, next Place, err error) {
	return page(ctx, tx, a, kinds, from, LogMost)
}

// LogAll is Log for whoever wants all of it: each page has more lines, and none reads more than it gives back.
func LogAll(ctx context.Context, tx *db.Tx, a Asked, from Place) (lines []Line, next Place, err error) {
	return page(ctx, tx, a, nil, from, span)
}

func page(ctx context.Context, tx *db.Tx, a Asked, kinds []Kind, from Place, most int) (lines []Line, next Place, err error) {
	switch {
	case !from.At.IsZero():
	case !a.Until.IsZero():
		from.At = a.Until
	default:
		from.At = tx.Now().Add(time.Hour) // a scribe's clock may be ahead
	}
	rows, err := rowsOf(ctx, tx, a, kinds, from, int32(most)+1)
	if err != nil {
		return nil, Place{}, fmt.Errorf("reading the record: %w", err)
	}
	for _, r := range rows {
		if len(lines) == most {
			return lines, lines[most-1].place(), nil
		}
		l := lineOf(r)
		if !r.Last || a.asks(l) {
			lines = append(lines, l)
		}
		if r.Last {
			return lines, l.place(), nil
		}
	}
	return lines, Place{}, nil
}

// rowsOf asks by the index that leads nearest to what is asked for.
func rowsOf(ctx context.Context, tx *db.Tx, a Asked, kinds []Kind, from Place, most int32) ([]db.ListLogRow, error) {
	since := a.From
	if since.IsZero() {
		since = time.Unix(0, 0)
	}
	switch {
	case !a.About.IsZero():
		rows, err := tx.ListLogOfObject(ctx, db.ListLogOfObjectParams{
			TenantID: tx.Tenant, ObjectID: a.About, ActorID: a.Person, Action: string(a.Action), Object: a.Object, Route: a.Route,
			Before: from.At, BeforeID: from.ID, Since: since, Span: span, Most: most,
		})
		return converted(rows, func(r db.ListLogOfObjectRow) db.ListLogRow { return db.ListLogRow(r) }), err
	case !a.Person.IsZero():
		rows, err := tx.ListLogOfPerson(ctx, db.ListLogOfPersonParams{
			TenantID: tx.Tenant, ActorID: a.Person, Action: string(a.Action), Object: a.Object, Route: a.Route,
			Before: from.At, BeforeID: from.ID, Since: since, Span: span, Most: most,
		})
		return converted(rows, func(r db.ListLogOfPersonRow) db.ListLogRow { return db.ListLogRow(r) }), err
	case kinds != nil && a.Route == "" && (a.Action != "" || a.Object != ""):
		p := db.ListLogOfKindsParams{TenantID: tx.Tenant, Before: from.At, BeforeID: from.ID, Since: since, Most: most}
		for _, k := range kinds {
			if (a.Action == "" || a.Action == k.Action) && (a.Object == "" || a.Object == k.Object) {
				p.Objects, p.Actions = append(p.Objects, k.Object), append(p.Actions, string(k.Action))
			}
		}
		rows, err := tx.ListLogOfKinds(ctx, p)
		return converted(rows, func(r db.ListLogOfKindsRow) db.ListLogRow { return db.ListLogRow(r) }), err
	}
	return tx.ListLog(ctx, db.ListLogParams{
		TenantID: tx.Tenant, Action: string(a.Action), Object: a.Object, Route: a.Route,
		Before: from.At, BeforeID: from.ID, Since: since, Span: span, Most: most,
	})
}

func converted[T any](rows []T, to func(T) db.ListLogRow) []db.ListLogRow {
	return slices.Collect(func(yield func(db.ListLogRow) bool) {
		for _, r := range rows {
			if !yield(to(r)) {
				return
			}
		}
	})
}

// asks reports whether a line is what is asked for, its time apart.
func (a Asked) asks(l Line) bool {
	return (a.Person.IsZero() || a.Person == l.Actor) && (a.Action == "" || a.Action == l.Action) && (a.Object == "" || a.Object == l.Object) &&
		(a.About.IsZero() || a.About == l.ObjectID) && (a.Route == "" || a.Route == l.Route)
}

func (l Line) place() Place { return Place{l.At, l.ID} }

func lineOf(r db.ListLogRow) Line {
	return Line{
		ID: r.ID, Actor: r.ActorID, Session: r.SessionID, Request: r.RequestID, At: r.At.UTC(), Purpose: actor.Purpose(r.Purpose),
		Action: Action(r.Action), Object: r.Object, ObjectID: r.ObjectID, Things: int(r.Things), First: r.FirstIds, Outcome: Outcome(r.Outcome), Route: r.Route,
	}
}
