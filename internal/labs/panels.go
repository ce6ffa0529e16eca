package labs

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Panel is tests that are asked for together.
type Panel struct {
	Name  string  `json:"name"`
	Tests []id.ID `json:"tests"`
	Item  id.ID   `json:"item"` // what is charged when it is asked for, zero for nothing
}

// PanelRow is a panel as stored. A zero EndedAt says that it is offered.
type PanelRow struct {
	ID id.ID
	Panel
	Version int64
	EndedAt time.Time
}

// Panels are those of the clinic by name, those it no longer offers too if asked.
func Panels(ctx context.Context, tx *db.Tx, ended bool) ([]PanelRow, error) {
	var rows []db.ListLabPanelsRow
	var tests map[id.ID][]id.ID
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = tx.ListLabPanels(ctx, db.ListLabPanelsParams{TenantID: tx.Tenant, Ended: ended})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			tests, err = panelTests(ctx, tx)
			return err
		},
	)
	if err != nil {
		return nil, fmt.Errorf("reading the lab panels: %w", err)
	}
	out := make([]PanelRow, len(rows))
	for i, r := range rows {
		out[i] = panelOf(db.GetLabPanelRow(r), tests)
	}
	return out, nil
}

func panelTests(ctx context.Context, tx *db.Tx) (map[id.ID][]id.ID, error) {
	rows, err := tx.ListLabPanelTests(ctx, db.ListLabPanelTestsParams{TenantID: tx.Tenant})
	out := map[id.ID][]id.ID{}
	for _, r := range rows {
		out[r.PanelID] = append(out[r.PanelID], r.TestID)
	}
	return out, err
}

func panelOf(r db.GetLabPanelRow, tests map[id.ID][]id.ID) PanelRow {
	p := PanelRow{ID: r.ID, Version: r.Version, Panel: Panel{Name: r.Name, Item: r.ItemID, Tests: tests[r.ID]}}
	if r.EndedAt != nil {
		p.EndedAt = r.EndedAt.UTC()
	}
	return p
}

// OpenPanel reads one panel. It gives fault.Missing.
func OpenPanel(ctx context.Context, tx *db.Tx, panel id.ID) (p PanelRow, err error) {
	var r db.GetLabPanelRow
	var tests map[id.ID][]id.ID
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = tx.GetLabPanel(ctx, db.GetLabPanelParams{TenantID: tx.Tenant, ID: panel})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			tests, err = panelTests(ctx, tx)
			return err
		},
	)
	return panelOf(r, tests), db.Missing(err, "reading a lab panel")
}

// tidy gives the panel as it is kept, and the mistakes: name and tests.
func (p Panel) tidy() (Panel, fault.Fields) {
	var bad fault.Fields
	p.Name = plain.Words(&bad, "name", p.Name, "Enter what it is called", 80)
	if p.Tests = each(p.Tests); len(p.Tests) == 0 {
		bad.Add("tests", "Choose the tests it has")
	}
	return p, bad
}

// each are the ids in order, every one once.
func each(list []id.ID) []id.ID {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(list)
}

// check holds a panel against the price list.
func (p Panel) check(ctx context.Context, tx *db.Tx) error {
	if p.Item.IsZero() {
		return nil
	}
	_, err := billing.OpenItem(ctx, tx, p.Item)
	return err
}

// AddPanel adds a panel under an id that came with the form. It gives ErrAlreadyThere for a second sending,
// fault.Missing for an unknown test or price, and fault.Fields.
func AddPanel(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, p Panel) error {
	p, bad := p.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	err := tx.InsertLabPanel(ctx, db.InsertLabPanelParams{TenantID: tx.Tenant, ID: row, Name: p.Name, ItemID: p.Item})
	if db.Violates(err, "lab_panels_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("adding a lab panel: %w", err)
	}
	if err := addPanelTests(ctx, tx, row, p.Tests); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "lab-panel", ObjectID: row, Group: group, After: p})
}

func addPanelTests(ctx context.Context, tx *db.Tx, panel id.ID, tests []id.ID) error {
	for _, test := range tests {
		err := tx.InsertLabPanelTest(ctx, db.InsertLabPanelTestParams{TenantID: tx.Tenant, PanelID: panel, TestID: test})
		if db.Violates(err, "lab_panel_tests_tenant_id_test_id_fkey") {
			return fault.Missing
		}
		if err != nil {
			return fmt.Errorf("keeping the tests of panel %s: %w", panel, err)
		}
	}
	return nil
}

// ChangePanel saves a panel that the form showed at a version. It gives ErrChanged, fault.Missing and fault.Fields.
func ChangePanel(ctx context.Context, tx *db.Tx, keys *vault.Clinic, panel id.ID, version int64, p Panel) error {
	p, bad := p.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	was, err := OpenPanel(ctx, tx, panel)
	if err != nil {
		return err
	}
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	n, err := tx.UpdateLabPanel(ctx, db.UpdateLabPanelParams{TenantID: tx.Tenant, ID: panel, Version: version, Name: p.Name, ItemID: p.Item})
	if err != nil {
		return fmt.Errorf("saving a lab panel: %w", err)
	}
	if n == 0 {
		return ErrChanged
	}
	if err := tx.DeleteLabPanelTests(ctx, db.DeleteLabPanelTestsParams{TenantID: tx.Tenant, PanelID: panel}); err != nil {
		return fmt.Errorf("replacing the tests of panel %s: %w", panel, err)
	}
	if err := addPanelTests(ctx, tx, panel, p.Tests); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "lab-panel", ObjectID: panel, Group: group, Before: was.Panel, After: p})
}

// EndPanel takes a panel off the list. Ending it twice does nothing more. It gives fault.Missing.
func EndPanel(ctx context.Context, tx *db.Tx, keys *vault.Clinic, panel id.ID) error {
	was, err := OpenPanel(ctx, tx, panel)
	if err != nil {
		return err
	}
	now := tx.Now()
	n, err := tx.EndLabPanel(ctx, db.EndLabPanelParams{TenantID: tx.Tenant, ID: panel, EndedAt: &now})
	if err != nil {
		return fmt.Errorf("ending a lab panel: %w", err)
	}
	if n == 0 {
		return nil
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "lab-panel", ObjectID: panel, Group: group, Before: was.Panel})
}
