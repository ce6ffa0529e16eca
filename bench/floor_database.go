package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// makeFloorDatabase copies the product's database, opens its rows for good, and puts the floor's
// policies in the place of the product's: the same rows, the same indexes, a plain setting.
func (s *stand) makeFloorDatabase(ctx context.Context) error {
	if err := s.admin(ctx, "postgres",
		"CREATE DATABASE "+floorDatabase+" TEMPLATE "+database,
		"GRANT CONNECT ON DATABASE "+floorDatabase+" TO "+db.RoleApp); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, s.pg.AdminURL(floorDatabase))
	if err != nil {
		return fmt.Errorf("connecting to the floor's database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for table, group := range map[string]string{"patients": "contact", "clients": "contact", "identifiers": "contact", "notes": "clinical"} {
		if err := s.unseal(ctx, conn, table, group); err != nil {
			return err
		}
	}
	for _, sql := range []string{plainPolicies, "VACUUM FULL", "ANALYZE"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("preparing the floor's database: %w", err)
		}
	}
	s.floorFile = filepath.Join(s.dir, "floor.json")
	questions := map[string]db.ListSearchHitsParams{}
	for _, typed := range searched {
		questions[typed] = asked(s.clinic.keys, typed)
	}
	text, err := json.Marshal(floorSettings{
		URL: s.endpoint.WithDatabase(floorDatabase).As(db.RoleApp), Tenant: s.clinic.keys.ID().ID(), Vet: s.clinic.vet.ID, Session: id.New(),
		Clinic: clinicName, VetName: vetName, Role: vetRole, Zone: zone, Asked: questions,
	})
	if err != nil {
		return fmt.Errorf("writing the floor's settings: %w", err)
	}
	if err := os.WriteFile(s.floorFile, text, 0o600); err != nil {
		return fmt.Errorf("writing the floor's settings: %w", err)
	}
	return nil
}

// unseal replaces what the clinic has sealed in a table by its plaintext. The canaries stay sealed.
func (s *stand) unseal(ctx context.Context, conn *pgx.Conn, table, group string) error {
	type sealedRow struct {
		ID     id.ID
		Sealed []byte
	}
	found, err := conn.Query(ctx, "SELECT id, sealed FROM app."+table+" WHERE tenant_id = $1", s.clinic.keys.ID().ID())
	if err != nil {
		return fmt.Errorf("unsealing %s: %w", table, err)
	}
	rows, err := pgx.CollectRows(found, pgx.RowToStructByPos[sealedRow])
	if err != nil {
		return fmt.Errorf("unsealing %s: %w", table, err)
	}
	ids, plain := make([]id.ID, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		if plain[i], err = s.clinic.keys.Open(vault.Slot{Table: table, Group: group, Row: r.ID}, r.Sealed); err != nil {
			return fmt.Errorf("unsealing %s: %w", table, err)
		}
	}
	_, err = conn.Exec(ctx, "UPDATE app."+table+" AS t SET sealed = u.plain FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::bytea[]) AS plain) AS u WHERE t.id = u.id", ids, plain)
	if err != nil {
		return fmt.Errorf("unsealing %s: %w", table, err)
	}
	return nil
}

// plainPolicies is row security as most programs have it: one policy that compares with a setting.
const plainPolicies = `DO $$
DECLARE p record;
BEGIN
  FOR p IN SELECT schemaname, tablename, policyname FROM pg_policies LOOP
    EXECUTE format('DROP POLICY %I ON %I.%I', p.policyname, p.schemaname, p.tablename);
    IF p.policyname = 'tenant_gate' THEN
      EXECUTE format('CREATE POLICY plain ON %I.%I USING (tenant_id = current_setting(''floor.tenant'', true)::uuid)', p.schemaname, p.tablename);
    END IF;
  END LOOP;
END $$`
