package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/internal/access"
	"paddock/internal/clock"
	"paddock/internal/id"
)

// leavesMade fills the record of a clinic as the superuser, past its fences: two years of a busy practice, mostly of
// records opened, of which a few kinds are rare and one in a hundred thousand is an export. Nothing here reads a hash.
const leavesMade = `INSERT INTO audit.leaf (tenant_id, id, version, at, actor_id, session_id, purpose, action, object, object_id, ids, outcome, route, request_id, policy_epoch, hash)
SELECT $1, gen_random_uuid(), 1, now() - ($2 - n) * interval '2 years' / $2, people.ids[1 + n % cardinality(people.ids)], sessions.ids[1 + n / 500 % 1000], 'work',
  CASE WHEN n % 100000 = 7 THEN 'exported' WHEN n % 20 < 11 THEN 'opened' WHEN n % 20 < 15 THEN 'listed' WHEN n % 20 < 17 THEN 'searched' WHEN n % 20 < 19 THEN 'changed' ELSE 'created' END,
  CASE WHEN n % 100000 = 7 THEN 'audit-log' ELSE (ARRAY['patient', 'patient', 'patient', 'client', 'note', 'appointment', 'invoice', 'weight', 'vaccination', 'file', 'lab-request', 'charge'])[1 + n / 7 % 12] END,
  things.ids[1 + (n * 7919::bigint % cardinality(things.ids))::integer], ARRAY[things.ids[1 + n % 50]], 'done',
  CASE WHEN n % 50000 = 11 THEN 'GET /patients/{id}/history/pdf' ELSE (ARRAY['GET /patients/{id}', 'GET /patients', 'GET /clients/{id}', 'POST /search'])[1 + n % 4] END,
  gen_random_uuid(), 1, decode(repeat('00', 32), 'hex')
FROM generate_series(1, $2::integer) AS n,
  (SELECT array_agg(p.id) || ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 26)) AS ids FROM app.people AS p WHERE p.tenant_id = $1) AS people,
  (SELECT ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 1000)) AS ids) AS sessions,
  (SELECT array_agg(q.id) AS ids FROM app.patients AS q WHERE q.tenant_id = $1) AS things`

// auditPart asks for pages of the audit log of one clinic with very many leaves, in every way its form has.
func auditPart(ctx context.Context, s *stand, out io.Writer) error {
	if s.leaves == 0 {
		return nil
	}
	tell("Making %d leaves", s.leaves)
	t, err := s.found(ctx, "record")
	if err != nil {
		return err
	}
	if err := t.grow(ctx, 1, patientsEach*10); err != nil {
		return err
	}
	seats, err := t.seats(ctx, 1, access.PracticeAdmin)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, t.pg.AdminURL(t.name))
	if err != nil {
		return fmt.Errorf("connecting to the record: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var clinic id.ID
	if err := conn.QueryRow(ctx, "SELECT clinic_id FROM platform.clinic WHERE state = 'active'").Scan(&clinic); err != nil {
		return fmt.Errorf("finding the clinic: %w", err)
	}
	if _, err := conn.Exec(ctx, leavesMade, clinic, s.leaves); err != nil {
		return fmt.Errorf("making leaves: %w", err)
	}
	if err := t.admin(ctx, t.name, "VACUUM ANALYZE"); err != nil {
		return err
	}
	p, err := t.open(ctx, seats)
	if err != nil {
		return err
	}
	defer p.stop()
	fmt.Fprintf(out, "\n## The audit log of %d leaves\n\n| asked for | p50 ms | p95 ms |\n|---|--:|--:|\n", s.leaves)
	today := clock.System.Now()
	ago := func(days int) string { return today.AddDate(0, 0, -days).Format(time.DateOnly) }
	for _, ask := range []struct {
		name string
		q    url.Values
	}{
		{"everything", nil},
		{"everything, from a year back", url.Values{"to": {ago(365)}}},
		{"one person", url.Values{"who": {seats[0].person.String()}}},
		{"one person, what is rare", url.Values{"who": {seats[0].person.String()}, "act": {"exported"}}},
		{"one act", url.Values{"act": {"opened"}}},
		{"one act, which is rare", url.Values{"act": {"exported"}}},
		{"one kind of thing", url.Values{"kind": {"invoice"}}},
		{"one act on one kind of thing, a year back", url.Values{"act": {"changed"}, "kind": {"invoice"}, "to": {ago(365)}}},
		{"one patient", url.Values{"about": {seats[0].patients[0].String()}}},
		{"one patient, one person, one act", url.Values{"about": {seats[0].patients[0].String()}, "who": {seats[0].person.String()}, "act": {"opened"}}},
		{"a week of last year", url.Values{"from": {ago(372)}, "to": {ago(366)}}},
		{"one page", url.Values{"page": {"POST /search"}}},
		{"one page, which is rare", url.Values{"page": {"GET /patients/{id}/history/pdf"}}},
		{"all of it at once, nothing to be found", url.Values{
			"who": {seats[0].person.String()}, "act": {"exported"}, "kind": {"patient"}, "page": {"GET /patients"}, "from": {ago(700)}, "to": {ago(3)},
		}},
	} {
		w := work{ask.name, http.StatusOK, 4 << 10, func(b *bytes.Buffer, at *seat, _ int) {
			fmt.Fprintf(b, "GET /audit?%s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", ask.q.Encode(), at.host, at.cookie)
		}}
		if _, err := t.load(ctx, p, w, 1, warm); err != nil {
			return err
		}
		took, err := t.load(ctx, p, w, 1, s.each)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| %s | %.2f | %.2f |\n", ask.name, ms(at(took, 0.50)), ms(at(took, 0.95)))
	}
	return nil
}
