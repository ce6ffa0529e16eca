package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

var (
	// ErrPersonOvertaken means that somebody else changed the person after the form was made.
	ErrPersonOvertaken = fault.New(fault.Conflict, "Somebody changed this person meanwhile.")
	// ErrLastManager means that nobody would be left who can sign in and manage people.
	ErrLastManager = fault.New(fault.Invalid, "Nobody else can sign in and manage people. Give somebody else the role first.")
	// ErrNotInvited means that a link to the first passphrase is for somebody who was invited and has none yet.
	ErrNotInvited = fault.New(fault.Conflict, "This person is not waiting for a link.")
)

// Staff is a person as who manages people sees them. Instants are UTC.
type Staff struct {
	Person
	Version int64
	Since   time.Time
	// LinkEnds is until when the link to the first passphrase can be used, zero where none is open.
	LinkEnds time.Time
	// Seen is when the person was last met in a session that is not over for long, zero for never.
	Seen time.Time
	// SignsIn reports that the person has something to prove themselves with.
	SignsIn bool
}

// Waits reports whether somebody was invited and their link can still be used.
func (s Staff) Waits(at time.Time) bool { return s.State == Invited && at.Before(s.LinkEnds) }

func openStaff(keys *vault.Clinic, r db.GetStaffRow) (Staff, error) {
	p, err := openPerson(keys, r.ID, r.Sealed, r.State)
	return Staff{Person: p, Version: r.Version, Since: r.CreatedAt.UTC(), LinkEnds: known(r.LinkEnds), Seen: known(r.SeenAt), SignsIn: r.SignsIn}, err
}

// known is an instant, zero for 1970.
func known(t time.Time) time.Time {
	if t.Unix() <= 0 {
		return time.Time{}
	}
	return t.UTC()
}

// StaffList lists everybody of the clinic in the order they were added, those who left included.
func StaffList(ctx context.Context, tx *db.Tx, keys *vault.Clinic) ([]Staff, error) {
	rows, err := tx.ListStaff(ctx, db.ListStaffParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("listing people: %w", err)
	}
	list := make([]Staff, 0, len(rows))
	for _, r := range rows {
		one, err := openStaff(keys, db.GetStaffRow(r))
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// OpenStaff is one of them. It gives fault.Missing.
func OpenStaff(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID) (Staff, error) {
	r, err := tx.GetStaff(ctx, db.GetStaffParams{TenantID: tx.Tenant, ID: row})
	if err != nil {
		return Staff{}, db.Missing(err, "reading a person")
	}
	return openStaff(keys, r)
}

// Invite adds somebody who sets a first passphrase by a link, and gives the link's token. It cannot be had again: sending
// the form twice gives "" the second time. Mistakes come back as fault.Fields, as of AddPerson.
func Invite(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewPerson) (token string, err error) {
	if _, err := lockManagers(ctx, tx); err != nil {
		return "", err
	}
	if there, err := OpenStaff(ctx, tx, keys, n.ID); err == nil {
		if there.Email == FoldEmail(n.Email) {
			return "", nil
		}
		return "", ErrPersonOvertaken
	} else if fault.KindOf(err) != fault.NotFound {
		return "", err
	}
	p, err := AddPerson(ctx, tx, keys, n)
	if err != nil {
		return "", err
	}
	return NewSetupLink(ctx, tx, p.ID)
}

// InviteAgain makes a new link for somebody who was invited; older ones are over. It gives fault.Missing and
// ErrNotInvited.
func InviteAgain(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID) (token string, err error) {
	if _, err := lockManagers(ctx, tx); err != nil {
		return "", err
	}
	s, err := OpenStaff(ctx, tx, keys, row)
	if err != nil {
		return "", err
	}
	if s.State != Invited || s.SignsIn {
		return "", ErrNotInvited
	}
	if err := spendLinks(ctx, tx, row); err != nil {
		return "", err
	}
	return NewSetupLink(ctx, tx, row)
}

func spendLinks(ctx context.Context, tx *db.Tx, person id.ID) error {
	at := tx.Now()
	if _, err := tx.UpdateSetupLinksSpent(ctx, db.UpdateSetupLinksSpentParams{TenantID: tx.Tenant, PersonID: person, UsedAt: &at}); err != nil {
		return fmt.Errorf("ending links: %w", err)
	}
	return nil
}

// lockManagers waits for others who change who may do what, and fails where whoever acts may no longer do so.
func lockManagers(ctx context.Context, tx *db.Tx) (policyNow, error) {
	p, err := lockPolicy(ctx, tx)
	if err == nil {
		err = p.check(tx)
	}
	return p, err
}

// Deactivate ends what somebody may do at the clinic: their sessions and links are over from now on, and who wrote
// what stays as it is. reason is why, in at most 500 letters. Doing it twice does it once. It gives fault.Missing,
// ErrPersonOvertaken, ErrLastManager, and fault.Fields for reason.
func Deactivate(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, version int64, reason string) error {
	p, err := lockManagers(ctx, tx)
	if err != nil {
		return err
	}
	s, err := OpenStaff(ctx, tx, keys, row)
	if err != nil || s.State == Disabled {
		return err
	}
	var bad fault.Fields
	if reason = tidy(reason); reason == "" {
		bad.Add("reason", "Say why, for the record")
	}
	bad.TooLong("reason", reason, longestReason)
	if err := bad.Err(); err != nil {
		return err
	}
	table, err := access.Compile(tx.Tenant, plainRoles(p.roles))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(p.held, func(h db.ListHeldRow) bool { return h.ID != row && manages(table, h) }) {
		return ErrLastManager
	}
	if err := s.become(ctx, tx, keys, Disabled, version, reason); err != nil {
		return err
	}
	if err := spendLinks(ctx, tx, row); err != nil {
		return err
	}
	return EndPersonSessions(ctx, tx, keys, row)
}

// Reactivate lets somebody work at the clinic again, with the roles they had. Who never had a passphrase is invited
// again. Doing it twice does it once. It gives fault.Missing and ErrPersonOvertaken.
func Reactivate(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, version int64) error {
	if _, err := lockManagers(ctx, tx); err != nil {
		return err
	}
	s, err := OpenStaff(ctx, tx, keys, row)
	if err != nil || s.State != Disabled {
		return err
	}
	state := Invited
	if s.SignsIn {
		state = Active
	}
	return s.become(ctx, tx, keys, state, version, "")
}

// become changes the state of a person and records it.
func (s Staff) become(ctx context.Context, tx *db.Tx, keys *vault.Clinic, state State, version int64, reason string) error {
	if s.Version != version {
		return ErrPersonOvertaken
	}
	n, err := tx.UpdatePersonStateAt(ctx, db.UpdatePersonStateAtParams{TenantID: tx.Tenant, ID: s.ID, State: string(state), Version: version})
	if err != nil {
		return fmt.Errorf("changing a person: %w", err)
	}
	if n != 1 {
		return ErrPersonOvertaken
	}
	after := map[string]string{"state": string(state)}
	if reason != "" {
		after["reason"] = reason
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "person", ObjectID: s.ID, Group: string(access.FieldStaff),
		Before: map[string]string{"state": string(s.State)}, After: after,
	})
}
