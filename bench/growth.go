package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"paddock/internal/access"
	"paddock/internal/clock"
	"paddock/internal/demo"
	"paddock/internal/id"
	"paddock/internal/identity"
)

const (
	patientsEach = 100 // of a clinic of the town
	fewBusy      = 50  // clinics at work, of however many there are
	growthLevel  = 8   // connections
)

// town is an installation of its own, on the same PostgreSQL.
type town struct {
	*stand
	name  string // of the database
	env   []string
	desks map[string]*deskClinic // by host, of each clinic that has a day
}

// found makes an installation without clinics.
func (s *stand) found(ctx context.Context, name string) (*town, error) {
	env, err := s.install(ctx, name)
	return &town{s, name, env, map[string]*deskClinic{}}, err
}

// growthPart measures what a page costs when there are few clinics and when there are many: with some of
// them at work, and with all.
func growthPart(ctx context.Context, s *stand, out io.Writer) error {
	if len(s.growth) == 0 {
		return nil
	}
	t, err := s.found(ctx, "town")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n## From %d clinics to %d, of %d patients each, at %d connections\n\n", s.growth[0], s.growth[len(s.growth)-1], patientsEach, growthLevel)
	fmt.Fprintf(out, "| clinics | at work | request | requests/s | p50 ms | p99 ms | CPU ms | p50 to the first | CPU to the first | resident MB |\n|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|\n")
	first := map[string]figures{}
	for _, clinics := range s.growth {
		tell("Making %d clinics", clinics)
		if err := t.grow(ctx, clinics, patientsEach); err != nil {
			return err
		}
		vets, err := t.seats(ctx, clinics, access.Veterinarian)
		if err != nil {
			return err
		}
		fronts, err := t.seats(ctx, clinics, access.Receptionist)
		if err != nil {
			return err
		}
		if err := t.days(ctx, fronts); err != nil {
			return err
		}
		if err := t.admin(ctx, t.name, "VACUUM ANALYZE"); err != nil {
			return err
		}
		for _, busy := range busyOf(clinics) {
			if err := t.measure(ctx, out, clinics, vets[:busy], fronts[:busy], first); err != nil {
				return err
			}
		}
	}
	return nil
}

// busyOf is how many clinics are at work in turn.
func busyOf(clinics int) []int {
	if clinics <= fewBusy {
		return []int{clinics}
	}
	return []int{fewBusy, clinics}
}

// grow makes demo clinics until there are so many.
func (t *town) grow(ctx context.Context, clinics, patients int) error {
	if err := t.command(ctx, "demo", "--clinics", strconv.Itoa(clinics), "--patients", strconv.Itoa(patients), "--years", "1", "--plain"); err != nil {
		return err
	}
	return t.admin(ctx, t.name, "VACUUM ANALYZE")
}

// command runs the product's own.
func (t *town) command(ctx context.Context, words ...string) error {
	cmd := exec.CommandContext(ctx, t.shipped, words...)
	cmd.Env = t.env
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("paddock %s: %w\n%s", words[0], err, said)
	}
	return nil
}

// seats opens a session for the one in a role at each clinic.
func (t *town) seats(ctx context.Context, clinics int, role string) ([]*seat, error) {
	conn, err := pgx.Connect(ctx, t.pg.AdminURL(t.name))
	if err != nil {
		return nil, fmt.Errorf("connecting to the town: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	found, err := conn.Query(ctx, `SELECT h.host, c.clinic_id, p.person_id,
		  ARRAY(SELECT a.id FROM app.patients AS a WHERE a.tenant_id = c.clinic_id ORDER BY a.id),
		  ARRAY(SELECT (SELECT o.client_id FROM app.ownerships AS o
		      WHERE o.tenant_id = a.tenant_id AND o.patient_id = a.id AND o.until IS NULL AND o.role = 'owner' ORDER BY o.client_id LIMIT 1)
		    FROM app.patients AS a WHERE a.tenant_id = c.clinic_id ORDER BY a.id)
		FROM platform.clinic AS c JOIN platform.tenant_host AS h ON h.clinic_id = c.clinic_id
		JOIN app.roles AS r ON r.tenant_id = c.clinic_id AND r.key = $1
		JOIN app.person_roles AS p ON p.tenant_id = c.clinic_id AND p.role_id = r.id
		ORDER BY h.host`, role)
	if err != nil {
		return nil, fmt.Errorf("reading the town: %w", err)
	}
	type house struct {
		Host       string
		Clinic     id.ID
		Person     id.ID
		PatientIDs []id.ID
		OwnerIDs   []id.ID
	}
	houses, err := pgx.CollectRows(found, pgx.RowToStructByPos[house])
	if err != nil {
		return nil, fmt.Errorf("reading the town: %w", err)
	}
	if len(houses) != clinics {
		return nil, fmt.Errorf("the town has %d clinics with a %s, not %d", len(houses), role, clinics)
	}
	seats := make([]*seat, len(houses))
	for i, h := range houses {
		token := rand.Text() + rand.Text()[:17] // as long as one of the product's
		seats[i] = &seat{host: h.Host, cookie: identity.SessionCookie + "=" + token, patients: h.PatientIDs, clients: h.OwnerIDs, person: h.Person}
		if err := openSession(ctx, conn, h.Clinic, h.Person, token); err != nil {
			return nil, err
		}
	}
	return seats, nil
}

// openSession signs somebody in without the passphrase, whose hashing would take longer than all the rest:
// the row that the product writes, past its fences, as the superuser.
func openSession(ctx context.Context, conn *pgx.Conn, clinic, person id.ID, token string) error {
	now := clock.System.Now()
	data := binary.BigEndian.AppendUint64(nil, uint64(now.Add(identity.SessionLife).UnixMicro()))
	_, err := conn.Exec(ctx, `INSERT INTO sec.sessions (tenant_id, id, token_hash, person_id, data, created_at, last_seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`, clinic, id.New(), identity.TokenHash(token), person, data, now, now.Add(identity.SessionLife))
	if err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	return nil
}

// open starts the product for these seats.
func (t *town) open(ctx context.Context, seats []*seat) (*process, error) {
	at := *t.stand
	at.env = t.env
	p, err := at.startProduct(ctx, t.shipped)
	if err != nil {
		return nil, err
	}
	t.running = append(t.running, p)
	p.seats = seats
	if err := p.ready(ctx, "/patients"); err != nil {
		return nil, err
	}
	return p, p.learnTokens(ctx)
}

// measure asks a fresh product by all kinds of request, from these seats by turns: as vets, and as receptionists
// what the front desk asks.
func (t *town) measure(ctx context.Context, out io.Writer, clinics int, vets, fronts []*seat, first map[string]figures) error {
	tell("%d clinics, %d of them at work", clinics, len(vets))
	p, err := t.open(ctx, slices.Concat(vets, fronts))
	if err != nil {
		return err
	}
	defer p.stop()
	for _, w := range append(works[:len(works):len(works)], showToday, showBoard, offerTimes, issueInvoice) {
		var f figures
		switch w.name {
		case showToday.name, showBoard.name, offerTimes.name:
			f, err = t.rounded(ctx, p.by(fronts), w)
		case issueInvoice.name:
			f, err = t.issued(ctx, p.by(fronts))
		default:
			f, err = t.rounded(ctx, p.by(vets), w)
		}
		if err != nil {
			return err
		}
		if _, ok := first[w.name]; !ok {
			first[w.name] = f
		}
		now, _, err := resident(p.pid())
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| %d | %d | %s | %.0f | %.2f | %.2f | %.3f | %.2f | %.2f | %.1f |\n", clinics, len(vets), w.name, f.perSecond, f.p50, f.p99, f.cpu(),
			f.p50/first[w.name].p50, f.cpu()/first[w.name].cpu(), float64(now)/(1<<20))
	}
	return nil
}

// rounded are the medians of all turns of one kind of request.
func (t *town) rounded(ctx context.Context, p *process, w work) (figures, error) {
	turns := make([]figures, t.rounds)
	for i := range turns {
		var err error
		if turns[i], err = t.turn(ctx, p, w, growthLevel, t.each); err != nil {
			return figures{}, err
		}
	}
	return medians(turns), nil
}

// bigPart measures in one clinic as big as a city's list of licences: of demo patients, or of the file
// that -licences names.
func bigPart(ctx context.Context, s *stand, out io.Writer) error {
	if s.big == 0 {
		return nil
	}
	tell("Filling one clinic with %d patients", s.big)
	t, err := s.found(ctx, "city")
	if err != nil {
		return err
	}
	began := clock.System.Now()
	if s.licences == "" {
		err = t.grow(ctx, 1, s.big)
	} else if err = t.grow(ctx, 1, 1); err == nil {
		t.env = append(t.env, "PADDOCK_PASSPHRASE="+demo.Passphrase)
		began = clock.System.Now()
		err = t.command(ctx, "import", "patients", "--clinic", "demo-0001", "--as", "admin@demo-0001.example", s.licences)
	}
	took := clock.System.Now().Sub(began)
	if err != nil {
		return err
	}
	if err := t.admin(ctx, t.name, "VACUUM ANALYZE"); err != nil {
		return err
	}
	seats, err := t.seats(ctx, 1, access.Veterinarian)
	if err != nil {
		return err
	}
	p, err := t.open(ctx, seats)
	if err != nil {
		return err
	}
	defer p.stop()
	fmt.Fprintf(out, "\n## One clinic of %d patients, filled in %.1f s, at %d connections\n\n| request | requests/s | p50 ms | p99 ms | CPU ms |\n|---|--:|--:|--:|--:|\n",
		len(seats[0].patients), took.Seconds(), growthLevel)
	for _, w := range works {
		f, err := t.rounded(ctx, p, w)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| %s | %.0f | %.2f | %.2f | %.3f |\n", w.name, f.perSecond, f.p50, f.p99, f.cpu())
	}
	return nil
}
