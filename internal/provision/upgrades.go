package provision

import (
	"context"
	"errors"
	"fmt"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/labs"
	"paddock/internal/pharmacy"
	"paddock/internal/records"
	"paddock/internal/scheduling"
	"paddock/internal/vaccines"
	"paddock/internal/vault"
)

// NewRight is a right of seeded roles that came with a release. Its name is kept by each clinic that has
// been given it, so it never changes, and a name is never used again.
type NewRight struct {
	Name  string
	Roles []string // keys of seeded roles
	Right access.Permission
}

// everybody is each seeded role.
var everybody = []string{access.Receptionist, access.Nurse, access.Veterinarian, access.PracticeAdmin, access.Trainee}

// NewRights are those of all releases, oldest first. A right that access.Seeded gives a role is here as
// well, unless it came with the first release: clinics made since have it from the start.
func NewRights() []NewRight {
	return []NewRight{
		{"patient.revive", []string{access.Veterinarian, access.PracticeAdmin}, access.PatientRevive},
		{"schedule.read", everybody, access.ScheduleRead},
		{"schedule.write", everybody, access.ScheduleWrite},
		{"schedule.overbook", []string{access.Receptionist, access.Veterinarian, access.PracticeAdmin}, access.ScheduleOverbook},
		{"schedule.manage", []string{access.PracticeAdmin}, access.ScheduleManage},
		{"visit.treat", []string{access.Nurse, access.Veterinarian, access.Trainee}, access.VisitTreat},
		{"bill.read", everybody, access.BillRead},
		{"charge.write", everybody, access.ChargeWrite},
		{"bill.write", []string{access.Receptionist, access.PracticeAdmin}, access.BillWrite},
		{"bill.credit", []string{access.PracticeAdmin}, access.BillCredit},
		{"bill.refund", []string{access.PracticeAdmin}, access.BillRefund},
		{"till.close", []string{access.Receptionist, access.PracticeAdmin}, access.TillClose},
		{"price.manage", []string{access.PracticeAdmin}, access.PriceManage},
		{"wall.manage", []string{access.PracticeAdmin}, access.WallManage},
		{"file.write", everybody, access.FileWrite},
		{"file.void", []string{access.PracticeAdmin}, access.FileVoid},
		{"vaccination.write", []string{access.Nurse, access.Veterinarian, access.Trainee}, access.VaccinationWrite},
		{"vaccination.void", []string{access.Veterinarian, access.PracticeAdmin}, access.VaccinationVoid},
		{"certificate.issue", []string{access.Veterinarian}, access.CertificateIssue},
		{"practice.manage", []string{access.PracticeAdmin}, access.PracticeManage},
		{"prescription.write", []string{access.Nurse, access.Veterinarian, access.Trainee}, access.PrescriptionWrite},
		{"prescription.sign", []string{access.Veterinarian}, access.PrescriptionSign},
		{"medicine.dispense", []string{access.Nurse, access.Veterinarian, access.Trainee}, access.MedicineDispense},
		{"label.print", everybody, access.LabelPrint},
		{"formulary.manage", []string{access.Veterinarian, access.PracticeAdmin}, access.FormularyManage},
		{"clinical.void", []string{access.PracticeAdmin}, access.ClinicalVoid},
		{"snippet.manage", []string{access.Veterinarian, access.PracticeAdmin}, access.SnippetManage},
		{"till.reopen", []string{access.PracticeAdmin}, access.TillReopen},
		{"record.copy", []string{access.Veterinarian, access.PracticeAdmin}, access.RecordCopy},
		{"lab.request", []string{access.Veterinarian}, access.LabRequest},
		{"lab.result", []string{access.Nurse, access.Veterinarian}, access.LabResult},
		{"lab.acknowledge", []string{access.Veterinarian}, access.LabAcknowledge},
		{"lab.manage", []string{access.Veterinarian, access.PracticeAdmin}, access.LabManage},
		{"clinical.submit", []string{access.Trainee}, access.ClinicalSubmit},
	}
}

// Seed is what a clinic begins with of a slice: rows that came with a release, which the clinics made before are
// given once. Its name is kept as that of a NewRight is. Country is ISO 3166-1 alpha-2.
type Seed struct {
	Name string
	Give func(ctx context.Context, tx *db.Tx, keys *vault.Clinic, country string) error
}

// Seeds are those of all releases, oldest first.
func Seeds() []Seed {
	return []Seed{
		{"billing.begin", billing.Seed},
		{"scheduling.begin", func(ctx context.Context, tx *db.Tx, keys *vault.Clinic, _ string) error {
			return scheduling.Seed(ctx, tx, keys)
		}},
		{"vaccines.begin", func(ctx context.Context, tx *db.Tx, keys *vault.Clinic, _ string) error {
			return vaccines.Seed(ctx, tx, keys)
		}},
		{"pharmacy.begin", func(ctx context.Context, tx *db.Tx, keys *vault.Clinic, _ string) error {
			return pharmacy.Seed(ctx, tx, keys)
		}},
		{"field.money", seeMoney},
		{"labs.begin", func(ctx context.Context, tx *db.Tx, keys *vault.Clinic, _ string) error {
			return labs.Seed(ctx, tx, keys)
		}},
		{"records.codes", func(ctx context.Context, tx *db.Tx, keys *vault.Clinic, _ string) error {
			return records.SeedCodes(ctx, tx, keys)
		}},
		{"role.trainee", beginTrainee},
	}
}

// seeMoney lets those who read bills see the sums on them: the field group came after the right.
func seeMoney(ctx context.Context, tx *db.Tx, keys *vault.Clinic, _ string) error {
	field := access.Permission(identity.FieldRight + string(access.FieldMoney))
	return NewRight{Roles: []string{access.Nurse, access.Veterinarian}, Right: field}.give(ctx, tx, keys)
}

// beginTrainee gives a clinic the seeded role of trainees, with its rights, where it has none.
func beginTrainee(ctx context.Context, tx *db.Tx, keys *vault.Clinic, _ string) error {
	_, err := tx.GetRole(ctx, db.GetRoleParams{TenantID: tx.Tenant, Key: access.Trainee})
	if err == nil || !db.NoRows(err) {
		return err
	}
	for _, r := range access.Seeded() {
		if r.Key != access.Trainee {
			continue
		}
		row := id.New()
		if err := seedRole(ctx, tx, row, r); err != nil {
			return err
		}
		if err := audit.RecordChange(tx, keys, audit.Change{
			Action: audit.Created, Object: "role", ObjectID: row, Group: string(access.FieldStaff), After: map[string]string{"role": r.Name},
		}); err != nil {
			return err
		}
	}
	return nil
}

// step is one thing that a clinic is given once.
type step struct {
	name string
	give func(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error
}

// Upgrade gives every clinic what it has not been given yet, suspended ones too, and tells how many
// clinics were given something. A clinic is one transaction: what a crash or an error leaves out is given by
// the next run. A right that an admin takes away afterwards stays away, and a role that a clinic no longer has is
// not made again.
func Upgrade(ctx context.Context, d Deps, rights []NewRight, seeds []Seed) (given int, err error) {
	clinics, err := d.Platform.AllTenantsClinics(ctx)
	if err != nil {
		return 0, fmt.Errorf("giving the clinics what is new: %w", err)
	}
	var failed []error
	for _, c := range clinics {
		if c.State == stateCanary {
			continue // nobody works there
		}
		var list []step
		for _, n := range rights {
			list = append(list, step{n.Name, n.give})
		}
		for _, s := range seeds {
			list = append(list, step{s.Name, func(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
				return s.Give(ctx, tx, keys, c.Country)
			}})
		}
		changed, err := d.upgrade(ctx, id.TenantFrom(c.ID), list)
		if err != nil {
			failed = append(failed, fmt.Errorf("giving clinic %s what is new: %w", c.ID, err))
		}
		if changed {
			given++
		}
	}
	return given, errors.Join(failed...)
}

func (d Deps) upgrade(ctx context.Context, tenant id.Tenant, list []step) (changed bool, err error) {
	who := d.who(tenant, "migrate")
	var done []string
	err = d.Store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		done, err = tx.ListUpgrades(ctx, db.ListUpgradesParams{TenantID: tx.Tenant})
		return err
	})
	if err != nil {
		return false, err
	}
	had := map[string]bool{}
	for _, name := range done {
		had[name] = true
	}
	var missing []step
	for _, u := range list {
		if !had[u.name] {
			missing = append(missing, u)
		}
	}
	if len(missing) == 0 {
		return false, nil
	}
	keys, err := d.Vault.Clinic(ctx, tenant)
	if err != nil {
		return false, err
	}
	err = d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		for _, n := range missing {
			// The name first: of two processes the second waits there, and then finds it given.
			err := tx.InsertUpgrade(ctx, db.InsertUpgradeParams{TenantID: tx.Tenant, ID: id.New(), Name: n.name, At: tx.Now()})
			if err != nil {
				return err
			}
			if err := n.give(ctx, tx, keys); err != nil {
				return err
			}
		}
		return nil
	})
	if db.Violates(err, "upgrades_name") {
		return false, nil // another process was faster
	}
	return err == nil, err
}

func (n NewRight) give(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
	for _, key := range n.Roles {
		role, err := tx.GetRole(ctx, db.GetRoleParams{TenantID: tx.Tenant, Key: key})
		if db.NoRows(err) {
			continue
		}
		if err != nil {
			return err
		}
		added, err := tx.InsertRoleRight(ctx, db.InsertRoleRightParams{TenantID: tx.Tenant, RoleID: role.ID, Allowed: string(n.Right)})
		if err != nil {
			return err
		}
		if added == 0 {
			continue
		}
		if err := audit.RecordChange(tx, keys, audit.Change{
			Action: audit.Changed, Object: "role", ObjectID: role.ID, Group: string(access.FieldStaff),
			After: map[string]string{"role": role.Name, "given": string(n.Right)},
		}); err != nil {
			return err
		}
	}
	return nil
}

// seedUpgrades notes, for a clinic being made, that it has everything already.
func seedUpgrades(ctx context.Context, tx *db.Tx) error {
	p := db.InsertUpgradesParams{TenantID: tx.Tenant, At: tx.Now()}
	for _, u := range NewRights() {
		p.Ids, p.Names = append(p.Ids, id.New()), append(p.Names, u.Name)
	}
	for _, s := range Seeds() {
		p.Ids, p.Names = append(p.Ids, id.New()), append(p.Names, s.Name)
	}
	return tx.InsertUpgrades(ctx, p)
}
