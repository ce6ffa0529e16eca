package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"paddock/internal/id"
)

// watchedTables are those whose ids stand in addresses and forms.
var watchedTables = []string{
	"app.patients", "app.clients", "app.notes", "app.drafts", "app.addenda", "app.alerts", "app.weights", "app.identifiers",
	"app.imports", "app.kept_forms", "app.people", "app.roles", "app.wall_screens", "app.appointments", "app.appointment_moves",
	"app.resources", "app.appointment_types", "app.blocks", "app.waitlist", "app.charges", "app.invoices", "app.payments",
	"app.estimates", "app.price_items", "app.tax_classes",
	"app.files",
	"app.doses", "app.certificates", "app.vaccine_products",
	"app.drugs", "app.prescriptions", "app.prescription_drafts", "app.prescription_supplies", "app.prescription_labels",
	"app.acts", "app.note_voids", "app.snippets",
	"app.weight_targets",
	"app.lab_requests", "app.lab_reports", "app.lab_tests", "app.lab_panels",
	"app.draft_sides", "app.presences",
	"app.problems", "app.draft_diagnoses", "app.code_systems", "app.codes",
	"app.estimates", "app.price_items", "app.tax_classes", "app.till_closings",
	"sec.sessions",
}

// Watch answers one question, after the response is gone: was what a request asked for in vain
// another clinic's? Its role sees ids and token hashes of all clinics and nothing else.
type Watch struct {
	pool *pgxpool.Pool
	ask  string
}

// OpenWatch connects as paddock_watch, with one connection made when first needed.
func OpenWatch(ctx context.Context, url string) (*Watch, error) {
	pool, err := smallPool(ctx, url, "paddock watch")
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(watchedTables))
	for i, t := range watchedTables {
		parts[i] = "SELECT tenant_id FROM " + t + " WHERE tenant_id = ANY(ARRAY(SELECT clinic_id FROM platform.clinic WHERE clinic_id <> $2)) AND id = $1"
	}
	return &Watch{pool: pool, ask: strings.Join(parts, " UNION ALL ") + " LIMIT 1"}, nil
}

// Close ends the connection.
func (w *Watch) Close() { w.pool.Close() }

// AllTenantsOwnerOf tells whose row an id is, the clinic that asks apart; ok is false where it is
// nobody else's.
func (w *Watch) AllTenantsOwnerOf(ctx context.Context, row id.ID, asker id.Tenant) (clinic id.ID, ok bool, err error) {
	err = w.pool.QueryRow(ctx, w.ask, row, asker).Scan(&clinic)
	if errors.Is(err, pgx.ErrNoRows) {
		return id.ID{}, false, nil
	}
	if err != nil {
		return id.ID{}, false, fmt.Errorf("asking whose row it was: %w", err)
	}
	return clinic, true, nil
}

// StraySession is a session whose cookie was met on another clinic's host.
type StraySession struct{ Clinic, Session, Person id.ID }

// AllTenantsEndSession ends the session of a token hash wherever it is, and tells whose it was.
func (w *Watch) AllTenantsEndSession(ctx context.Context, tokenHash []byte) (s StraySession, ok bool, err error) {
	err = w.pool.QueryRow(ctx, `DELETE FROM sec.sessions
		WHERE tenant_id = ANY(ARRAY(SELECT clinic_id FROM platform.clinic)) AND token_hash = $1
		RETURNING tenant_id, id, person_id`, tokenHash).Scan(&s.Clinic, &s.Session, &s.Person)
	if errors.Is(err, pgx.ErrNoRows) {
		return StraySession{}, false, nil
	}
	if err != nil {
		return StraySession{}, false, fmt.Errorf("ending a stray session: %w", err)
	}
	return s, true, nil
}

// StrayScreen is a screen on the wall whose cookie was met on another clinic's host.
type StrayScreen struct{ Clinic, Screen id.ID }

// AllTenantsEndScreen ends the screen of a token hash wherever it is but at the clinic where its cookie was met, and
// tells whose it was. at is UTC.
func (w *Watch) AllTenantsEndScreen(ctx context.Context, tokenHash []byte, met id.Tenant, at time.Time) (s StrayScreen, ok bool, err error) {
	err = w.pool.QueryRow(ctx, `UPDATE app.wall_screens SET ended_at = $3
		WHERE tenant_id = ANY(ARRAY(SELECT clinic_id FROM platform.clinic WHERE clinic_id <> $2)) AND token_hash = $1 AND ended_at IS NULL
		RETURNING tenant_id, id`, tokenHash, met, at).Scan(&s.Clinic, &s.Screen)
	if errors.Is(err, pgx.ErrNoRows) {
		return StrayScreen{}, false, nil
	}
	if err != nil {
		return StrayScreen{}, false, fmt.Errorf("ending a stray screen: %w", err)
	}
	return s, true, nil
}
