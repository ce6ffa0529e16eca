package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// The levels of an alert, the heaviest first.
const (
	LevelStop = "stop"
	LevelMind = "mind"
	LevelKnow = "know"
)

var levels = []string{LevelStop, LevelMind, LevelKnow}

// What an alert is about. NoAllergies says that somebody asked and there are none, which is another thing
// than that nobody asked.
const (
	TopicGeneral = "general"
	TopicAllergy = "allergy"
	NoAllergies  = "no-allergies"
)

// Alert is what must be known before an animal or a client is dealt with.
type Alert struct {
	Level string `json:"level"`
	Topic string `json:"topic"`
	// Text is one line, "" for NoAllergies.
	Text string `json:"text,omitempty"`
}

// AlertRow is an alert as stored, of a patient or of a client. Instants are UTC; a zero EndedAt says that
// it stands.
type AlertRow struct {
	ID              id.ID
	Patient, Client id.ID
	Alert
	Version         int64
	MadeAt, SavedAt time.Time
	MadeBy, SavedBy id.ID
	EndedAt         time.Time
}

// Stands reports whether an alert has not ended.
func (a AlertRow) Stands() bool { return a.EndedAt.IsZero() }

// alertsMost is how many alerts are shown of one patient or client, ended ones included.
const alertsMost = 200

// errAllergyStands refuses "No known allergies" beside an allergy.
var errAllergyStands = fault.Fields{{Name: "", Message: "An allergy stands here. End it first, if there is none"}}

// errEnded answers a change of an alert that has ended since.
var errEnded = fault.Fields{{Name: "", Message: "This alert was ended meanwhile. Add it again if it still holds"}}

type sealedAlert struct {
	Text string `json:"text,omitempty"`
}

func openAlert(keys *vault.Clinic, r db.GetAlertRow) (AlertRow, error) {
	var s sealedAlert
	if err := openInto(keys, slot("alerts", r.ID), r.Sealed, &s); err != nil {
		return AlertRow{}, err
	}
	out := AlertRow{
		ID: r.ID, Patient: r.PatientID, Client: r.ClientID, Alert: Alert{Level: r.Level, Topic: r.Topic, Text: s.Text},
		Version: r.Version, MadeAt: r.MadeAt.UTC(), MadeBy: r.MadeBy, SavedAt: r.UpdatedAt.UTC(), SavedBy: r.UpdatedBy,
	}
	if r.EndedAt != nil {
		out.EndedAt = r.EndedAt.UTC()
	}
	return out, nil
}

func openAlerts(keys *vault.Clinic, rows []db.GetAlertRow) ([]AlertRow, error) {
	out := make([]AlertRow, len(rows))
	for i, r := range rows {
		a, err := openAlert(keys, r)
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	// Those that stand first, stop before mind before know, allergies before the rest, then the oldest.
	slices.SortStableFunc(out, func(a, b AlertRow) int {
		if a.Stands() != b.Stands() {
			if a.Stands() {
				return -1
			}
			return 1
		}
		if !a.Stands() {
			return b.EndedAt.Compare(a.EndedAt)
		}
		return cmp.Or(
			cmp.Compare(slices.Index(levels, a.Level), slices.Index(levels, b.Level)),
			cmp.Compare(topicRank(a.Topic), topicRank(b.Topic)), a.MadeAt.Compare(b.MadeAt), slices.Compare(a.ID[:], b.ID[:]),
		)
	})
	return out, nil
}

func topicRank(topic string) int {
	return slices.Index([]string{TopicAllergy, TopicGeneral, NoAllergies}, topic)
}

func standing(r db.ListBannerAlertsRow) db.GetAlertRow {
	return db.GetAlertRow{
		ID: r.ID, PatientID: r.PatientID, ClientID: r.ClientID, Level: r.Level, Topic: r.Topic, Sealed: r.Sealed, Version: r.Version,
		MadeAt: r.MadeAt, MadeBy: r.MadeBy, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy,
	}
}

// BannerAlerts reads the standing alerts of a patient and of those who own or pay for it, in the order they
// are shown.
func BannerAlerts(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]AlertRow, error) {
	rows, err := tx.ListBannerAlerts(ctx, db.ListBannerAlertsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading the alerts of a banner: %w", err)
	}
	same := make([]db.GetAlertRow, len(rows))
	for i, r := range rows {
		same[i] = standing(r)
	}
	return openAlerts(keys, same)
}

// BannerAlertsOfNote is BannerAlerts of the patient a signed note is about.
func BannerAlertsOfNote(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) ([]AlertRow, error) {
	rows, err := tx.ListBannerAlertsOfNote(ctx, db.ListBannerAlertsOfNoteParams{TenantID: tx.Tenant, NoteID: note})
	if err != nil {
		return nil, fmt.Errorf("reading the alerts of a note's banner: %w", err)
	}
	same := make([]db.GetAlertRow, len(rows))
	for i, r := range rows {
		same[i] = standing(db.ListBannerAlertsRow(r))
	}
	return openAlerts(keys, same)
}

// PatientAlerts reads what stands and what has ended of one patient, not of its owners.
func PatientAlerts(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]AlertRow, error) {
	rows, err := tx.ListPatientAlerts(ctx, db.ListPatientAlertsParams{TenantID: tx.Tenant, PatientID: patient, Most: alertsMost})
	if err != nil {
		return nil, fmt.Errorf("reading a patient's alerts: %w", err)
	}
	same := make([]db.GetAlertRow, len(rows))
	for i, r := range rows {
		same[i] = db.GetAlertRow(r)
	}
	return openAlerts(keys, same)
}

// ClientAlerts reads what stands and what has ended of one client.
func ClientAlerts(ctx context.Context, tx *db.Tx, keys *vault.Clinic, client id.ID) ([]AlertRow, error) {
	rows, err := tx.ListClientAlerts(ctx, db.ListClientAlertsParams{TenantID: tx.Tenant, ClientID: client, Most: alertsMost})
	if err != nil {
		return nil, fmt.Errorf("reading a client's alerts: %w", err)
	}
	same := make([]db.GetAlertRow, len(rows))
	for i, r := range rows {
		same[i] = db.GetAlertRow(r)
	}
	return openAlerts(keys, same)
}

// OpenAlert reads one alert. It gives fault.Missing where there is none in this clinic.
func OpenAlert(ctx context.Context, tx *db.Tx, keys *vault.Clinic, alert id.ID) (AlertRow, error) {
	r, err := tx.GetAlert(ctx, db.GetAlertParams{TenantID: tx.Tenant, ID: alert})
	if err := db.Missing(err, "reading an alert"); err != nil {
		return AlertRow{}, err
	}
	return openAlert(keys, r)
}

// AddAlert gives a patient an alert under an id that came with the form. An allergy ends a "No known
// allergies"; that entry itself is refused while an allergy stands, and made once. It gives ErrAlreadyThere
// for a second sending, fault.Missing where there is no such patient, and fault.Fields.
func AddAlert(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID, a Alert) error {
	if err := a.check(true).Err(); err != nil {
		return err
	}
	_, err := tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	if err := besideAllergies(ctx, tx, keys, row, patient, a.Topic); err != nil {
		return err
	}
	return insertAlert(ctx, tx, keys, AlertRow{ID: row, Patient: patient, Alert: a})
}

// AddClientAlert is AddAlert for a client, who has no allergies.
func AddClientAlert(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, client id.ID, a Alert) error {
	if err := a.check(false).Err(); err != nil {
		return err
	}
	_, err := tx.LockClient(ctx, db.LockClientParams{TenantID: tx.Tenant, ID: client})
	if err := db.Missing(err, "locking a client"); err != nil {
		return err
	}
	return insertAlert(ctx, tx, keys, AlertRow{ID: row, Client: client, Alert: a})
}

func insertAlert(ctx context.Context, tx *db.Tx, keys *vault.Clinic, a AlertRow) error {
	text, err := sealed(keys, "alerts", a.ID, sealedAlert{a.Text})
	if err != nil {
		return err
	}
	err = tx.InsertAlert(ctx, db.InsertAlertParams{
		TenantID: tx.Tenant, ID: a.ID, PatientID: a.Patient, ClientID: a.Client, Level: a.Level, Topic: a.Topic,
		Sealed: text, KeyVersion: keys.KeyVersion(), MadeAt: tx.Now(), MadeBy: tx.Who.Person,
	})
	if db.Violates(err, "alerts_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("keeping alert %s: %w", a.ID, err)
	}
	return recordAlert(tx, keys, a, audit.Change{Action: audit.Created, After: Versioned[Alert]{1, a.Alert}})
}

// besideAllergies keeps an allergy and "No known allergies" from standing together, before a row of a topic
// is made or changed. The caller holds the patient.
func besideAllergies(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID, topic string) error {
	if topic == TopicGeneral {
		return nil
	}
	others, err := tx.ListStandingTopics(ctx, db.ListStandingTopicsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return fmt.Errorf("reading the allergies of patient %s: %w", patient, err)
	}
	for _, o := range others {
		switch {
		case o.ID == row:
		case topic == NoAllergies && o.Topic == TopicAllergy:
			return errAllergyStands
		case topic == NoAllergies: // said already, and it stands
			return ErrAlreadyThere
		case o.Topic == NoAllergies:
			if _, err := EndAlert(ctx, tx, keys, o.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// EditAlert saves an alert that the form showed at a version. It gives *Conflict[Alert] where that is no
// longer the one stored, fault.Missing where there is no such alert, and fault.Fields, also where it has
// ended. Saving what is stored already does nothing.
func EditAlert(ctx context.Context, tx *db.Tx, keys *vault.Clinic, alert id.ID, version int64, a Alert) error {
	was, err := holdAlert(ctx, tx, keys, alert)
	if err != nil {
		return err
	}
	if err := a.check(!was.Patient.IsZero()).Err(); err != nil {
		return err
	}
	switch {
	case was.Alert == a && was.Stands():
		return nil
	case !was.Stands():
		return errEnded
	case was.Topic == NoAllergies, a.Topic == NoAllergies:
		return fault.Fields{{Name: "topic", Message: "“No known allergies” is added and ended, not changed"}}
	case was.Version != version:
		base, err := PastVersion[Alert](ctx, tx, keys, changeSlot, alert, version, was.Version)
		if err != nil {
			return err
		}
		return &Conflict[Alert]{Base: base, Theirs: was.Alert, TheirVersion: was.Version, By: was.SavedBy, At: was.SavedAt}
	}
	if !was.Patient.IsZero() {
		if err := besideAllergies(ctx, tx, keys, alert, was.Patient, a.Topic); err != nil {
			return err
		}
	}
	text, err := sealed(keys, "alerts", alert, sealedAlert{a.Text})
	if err != nil {
		return err
	}
	n, err := tx.UpdateAlert(ctx, db.UpdateAlertParams{
		TenantID: tx.Tenant, ID: alert, Version: version, Level: a.Level, Topic: a.Topic, Sealed: text, KeyVersion: keys.KeyVersion(),
		UpdatedAt: tx.Now(), UpdatedBy: tx.Who.Person,
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving alert %s: %w", alert, err)
	}
	return recordAlert(tx, keys, was, audit.Change{
		Action: audit.Changed, Before: Versioned[Alert]{version, was.Alert}, After: Versioned[Alert]{version + 1, a},
	})
}

// EndAlert ends an alert and gives it back as it was; it stays among those that have ended. Ending twice
// does nothing more. It gives fault.Missing where there is no such alert.
func EndAlert(ctx context.Context, tx *db.Tx, keys *vault.Clinic, alert id.ID) (AlertRow, error) {
	was, err := holdAlert(ctx, tx, keys, alert)
	if err != nil || !was.Stands() {
		return was, err
	}
	now := tx.Now()
	n, err := tx.EndAlert(ctx, db.EndAlertParams{TenantID: tx.Tenant, ID: alert, EndedAt: &now, EndedBy: tx.Who.Person})
	if err := db.OneRow(n, err); err != nil {
		return was, fmt.Errorf("ending alert %s: %w", alert, err)
	}
	return was, recordAlert(tx, keys, was, audit.Change{Action: audit.Changed, Before: Versioned[Alert]{was.Version, was.Alert}})
}

// holdAlert locks whose alert it is, then the alert.
func holdAlert(ctx context.Context, tx *db.Tx, keys *vault.Clinic, alert id.ID) (AlertRow, error) {
	seen, err := tx.GetAlert(ctx, db.GetAlertParams{TenantID: tx.Tenant, ID: alert})
	if err := db.Missing(err, "reading an alert"); err != nil {
		return AlertRow{}, err
	}
	if !seen.PatientID.IsZero() { // an alert never changes hands
		_, err = tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: seen.PatientID})
		if err != nil {
			return AlertRow{}, fmt.Errorf("locking patient %s: %w", seen.PatientID, err)
		}
	}
	r, err := tx.LockAlert(ctx, db.LockAlertParams{TenantID: tx.Tenant, ID: alert})
	if err := db.Missing(err, "locking an alert"); err != nil {
		return AlertRow{}, err
	}
	return openAlert(keys, db.GetAlertRow(r))
}

// recordAlert records a change of an alert by its own id and by whose it is.
func recordAlert(tx *db.Tx, keys *vault.Clinic, a AlertRow, c audit.Change) error {
	c.Object, c.ObjectID, c.Group = "alert", a.ID, group
	if !a.Patient.IsZero() {
		return recordBeside(tx, keys, a.Patient, c)
	}
	if err := audit.RecordChange(tx, keys, c); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: audit.Changed, Object: "client", ObjectID: a.Client, IDs: []id.ID{a.ID}})
}
