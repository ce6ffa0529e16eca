package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// resourceNames are what can be booked, in words.
var resourceNames = map[string]string{
	scheduling.Vet: "Vet", scheduling.Nurse: "Nurse", scheduling.Room: "Room", scheduling.Theatre: "Theatre", scheduling.Equipment: "Equipment",
}

var resourceKinds = []ui.Option{
	{Value: scheduling.Vet, Label: "Vet"},
	{Value: scheduling.Nurse, Label: "Nurse"},
	{Value: scheduling.Room, Label: "Room"},
	{Value: scheduling.Theatre, Label: "Theatre"},
	{Value: scheduling.Equipment, Label: "Equipment"},
}

// errChanged is the mistake of a form that was overtaken by somebody else's.
func (v *visit) errChanged(by id.ID) fault.Fields {
	return fault.Fields{{Message: v.policy.Name(by) + " saved this while you were writing. Look at it and send yours again if it is still right"}}
}

// saved does what a form of Practice saves. Mistakes come back, as does a form that somebody else was faster with: its
// version becomes theirs, so that sending it again saves it.
func saved[T any](v *visit, version *string, do func(context.Context, *db.Tx) error) (bad fault.Fields, err error) {
	err = v.write(do)
	var clash *registry.Conflict[T]
	switch {
	case errors.As(err, &clash):
		*version = strconv.FormatInt(clash.TheirVersion, 10)
		return v.errChanged(clash.By), nil
	case errors.As(err, &bad), errors.Is(err, scheduling.ErrAlreadyThere):
		return bad, nil
	}
	return nil, err
}

// rowAct does something to the row of the address, and leads to the list that it stands on.
func (v *visit) rowAct(list, said string, do func(ctx context.Context, tx *db.Tx, row id.ID) error) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if err := v.write(func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, row) }); err != nil {
		return answer{}, err
	}
	v.say(said)
	return goTo(list), nil
}

// editSettings shows how the clinic runs its day.
func (s *Server) editSettings(v *visit) (answer, error) {
	row, err := v.openSettings()
	if err != nil {
		return answer{}, err
	}
	return v.settingsPage(http.StatusOK, views.ScheduleSettings{
		Version: strconv.FormatInt(row.Version, 10), From: clockOf(row.DayFrom), To: clockOf(row.DayTo), Mind: strconv.Itoa(row.WaitMind), Long: strconv.Itoa(row.WaitLong),
		Grace: strconv.Itoa(row.NoShowGrace), Overbook: strconv.Itoa(row.OverbookMost),
	}), nil
}

func (v *visit) openSettings() (row scheduling.SettingsRow, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = scheduling.OpenSettings(ctx, tx)
		return err
	})
	return row, err
}

func (v *visit) settingsPage(status int, view views.ScheduleSettings) answer {
	v.record(audit.Entry{Action: audit.Opened, Object: "schedule-settings"})
	view.Page = v.page("practice")
	if v.partial {
		return shown(status, views.ScheduleSettingsPart(view))
	}
	return shown(status, views.ScheduleSettingsPage(view))
}

// updateSettings saves them.
func (s *Server) updateSettings(v *visit) (answer, error) {
	var settings scheduling.Settings
	var bad fault.Fields
	for _, one := range []struct {
		name string
		into *int
		read func(string) (int, error)
	}{
		{"day_from", &settings.DayFrom, parseClock},
		{"day_to", &settings.DayTo, parseClock},
		{"wait_mind", &settings.WaitMind, parseCount},
		{"wait_long", &settings.WaitLong, parseCount},
		{"no_show_grace", &settings.NoShowGrace, parseCount},
		{"overbook_most", &settings.OverbookMost, parseCount},
	} {
		n, err := one.read(v.field(one.name))
		if err != nil {
			bad.Add(one.name, err.Error())
		}
		*one.into = n
	}
	version := v.field("version")
	if len(bad) == 0 {
		var err error
		bad, err = saved[scheduling.Settings](v, &version, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.SaveSettings(ctx, tx, v.keys, v.version(), settings)
		})
		if err != nil {
			return answer{}, err
		}
	}
	if len(bad) > 0 {
		return v.settingsPage(http.StatusUnprocessableEntity, views.ScheduleSettings{
			Version: version, From: v.field("day_from"), To: v.field("day_to"), Mind: v.field("wait_mind"), Long: v.field("wait_long"), Grace: v.field("no_show_grace"),
			Overbook: v.field("overbook_most"), Mistakes: mistakes(bad),
		}), nil
	}
	v.say("Saved.")
	return goTo("/schedule-settings"), nil
}

// errCountOdd says how a whole number is typed.
const errCountOdd = misread("Enter a whole number, like 15")

// parseCount reads a whole number.
func parseCount(typed string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil || n < 0 {
		return 0, errCountOdd
	}
	return n, nil
}
