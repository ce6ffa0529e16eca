package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"paddock/internal/actor"
	"paddock/internal/id"
)

// ClinicRow is what the control plane knows of a clinic.
type ClinicRow struct {
	ID        id.ID
	Name      string
	State     string // active, suspended or canary
	TimeZone  string // IANA name
	Country   string // ISO 3166-1 alpha-2
	Demo      bool
	Host      string // empty for canaries
	CreatedAt time.Time
}

// Hosted is the clinic that lives at a host, with where its rows are.
type Hosted struct {
	ID        id.ID
	Name      string
	State     string
	TimeZone  string
	Country   string
	Placement actor.Placement
}

// ClinicAt looks a host up exactly; ok is false where no clinic lives there. The application's role
// can ask for one host, it cannot list them. The statement has no name on the connection, so that none of
// the same name can stand in its place.
func (s *Store) ClinicAt(ctx context.Context, host string) (h Hosted, ok bool, err error) {
	row := s.pool.QueryRow(ctx, `SELECT clinic_id, name, state, time_zone, country, tier, cluster, epoch FROM sec.clinic_at($1)`, pgx.QueryExecModeExec, host)
	err = row.Scan(&h.ID, &h.Name, &h.State, &h.TimeZone, &h.Country, &h.Placement.Tier, &h.Placement.Cluster, &h.Placement.Epoch)
	if errors.Is(err, pgx.ErrNoRows) {
		return Hosted{}, false, nil
	}
	if err != nil {
		return Hosted{}, false, fmt.Errorf("looking up a host: %w", err)
	}
	return h, true, nil
}

// Platform is the control plane's own connection. Its role has no right on any clinic's rows.
type Platform struct{ pool *pgxpool.Pool }

// OpenPlatform connects as paddock_platform, with one connection made when first needed.
func OpenPlatform(ctx context.Context, url string) (*Platform, error) {
	pool, err := smallPool(ctx, url, "paddock platform")
	if err != nil {
		return nil, err
	}
	return &Platform{pool: pool}, nil
}

func smallPool(ctx context.Context, url, name string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database address cannot be read")
	}
	cfg.MaxConns, cfg.MinConns = 1, 0
	cfg.MaxConnIdleTime = time.Minute
	cfg.ConnConfig.RuntimeParams["application_name"] = name
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("opening a connection: %w", err)
	}
	return pool, nil
}

// Close ends the connection.
func (p *Platform) Close() { p.pool.Close() }

// AddClinic makes a clinic known, at a host unless it is a canary. A host or clinic that is there
// already gives a constraint error (Violates "tenant_host_pkey").
func (p *Platform) AddClinic(ctx context.Context, c ClinicRow, place actor.Placement) error {
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO platform.clinic (clinic_id, name, state, time_zone, country, demo, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, c.ID, c.Name, c.State, c.TimeZone, c.Country, c.Demo, c.CreatedAt); err != nil {
			return fmt.Errorf("adding clinic %s: %w", c.ID, err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO platform.placement (clinic_id, tier, cluster, epoch) VALUES ($1, $2, $3, $4)`,
			c.ID, place.Tier, place.Cluster, place.Epoch); err != nil {
			return fmt.Errorf("placing clinic %s: %w", c.ID, err)
		}
		if c.Host == "" {
			return nil
		}
		if _, err := tx.Exec(ctx, `INSERT INTO platform.tenant_host (host, clinic_id) VALUES ($1, $2)`, c.Host, c.ID); err != nil {
			return fmt.Errorf("giving clinic %s its host: %w", c.ID, err)
		}
		return nil
	})
}

// SetState makes a clinic active or suspended; ok is false where no clinic lives at the host.
func (p *Platform) SetState(ctx context.Context, host, state string) (ok bool, err error) {
	tag, err := p.pool.Exec(ctx, `UPDATE platform.clinic SET state = $2
		WHERE clinic_id = (SELECT clinic_id FROM platform.tenant_host WHERE host = $1) AND state <> 'canary'`, host, state)
	if err != nil {
		return false, fmt.Errorf("changing a clinic's state: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// AllTenantsClinics lists the clinics of the installation, canaries included, oldest first.
func (p *Platform) AllTenantsClinics(ctx context.Context) ([]ClinicRow, error) {
	rows, err := p.pool.Query(ctx, `SELECT c.clinic_id, c.name, c.state, c.time_zone, c.country, c.demo, coalesce(h.host, ''), c.created_at
		FROM platform.clinic AS c LEFT JOIN platform.tenant_host AS h ON h.clinic_id = c.clinic_id ORDER BY c.clinic_id`)
	if err != nil {
		return nil, fmt.Errorf("listing clinics: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ClinicRow])
	if err != nil {
		return nil, fmt.Errorf("listing clinics: %w", err)
	}
	return list, nil
}
