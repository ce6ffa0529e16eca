package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
	"paddock/views"
)

// newClient shows the empty form. A name already typed into the search box comes along in the form
// of the search, never in an address.
func (s *Server) newClient(v *visit) (answer, error) {
	return shown(http.StatusOK, views.ClientFormPage(v.clientForm(registry.FormOfTyped(v.field("q")), id.New(), 0, nil))), nil
}

// clientForm is the form as shown: for a new client with the id it will get, else with the version.
func (v *visit) clientForm(f registry.ClientForm, row id.ID, version int64, bad fault.Fields) views.ClientForm {
	view := views.ClientForm{
		Page: v.page("patients"), GivenName: f.FirstName, FamilyName: f.LastName, Email: f.Email, Mistakes: mistakes(bad),
		Street: f.Street, City: f.City, Region: f.Region, Postcode: f.Postcode, Country: f.Country,
	}
	if v.may(access.ClientRead) {
		view.Alike = v.alikeToClient()
	}
	for _, p := range f.Phones {
		view.Phones = append(view.Phones, views.Phone{Number: p.Number, Note: p.Label})
	}
	if version == 0 {
		view.Action, view.ID, view.Cancel = "/clients", row.String(), "/patients"
		return view
	}
	view.Row = row.String()
	view.Action, view.Version, view.Cancel = "/clients/"+row.String(), strconv.FormatInt(version, 10), "/clients/"+row.String()
	return view
}

// typedClient is the form as it was sent.
func (v *visit) typedClient() registry.ClientForm {
	f := registry.ClientForm{FirstName: v.field("given_name"), LastName: v.field("family_name"), Email: v.field("email")}
	f.Street, f.City, f.Region, f.Postcode, f.Country = v.field("street"), v.field("city"), v.field("region"), v.field("postcode"), v.field("country")
	for n := 1; n <= views.MaxPhones; n++ {
		name := "phone_" + strconv.Itoa(n)
		f.Phones = append(f.Phones, registry.Phone{Number: v.field(name), Label: v.field(name + "_note")})
	}
	return f
}

func (v *visit) mistakenClient(f registry.ClientForm, row id.ID, version int64, bad fault.Fields) answer {
	return v.refusedClient(v.clientForm(f, row, version, bad))
}

func (v *visit) refusedClient(view views.ClientForm) answer {
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.ClientFormPart(view))
	}
	return shown(http.StatusUnprocessableEntity, views.ClientFormPage(view))
}

func (s *Server) createClient(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	typed := v.typedClient()
	c, bad := typed.Parse()
	if len(bad) > 0 {
		return v.mistakenClient(typed, row, 0, bad), nil
	}
	alike, bad, err := v.askAlikeClient(row, typed)
	if err != nil {
		return answer{}, err
	}
	if len(bad) > 0 {
		view := v.clientForm(typed, row, 0, bad)
		view.Alike = alike
		return v.refusedClient(view), nil
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, v.keys, row, c)
	})
	if errors.Is(err, registry.ErrAlreadyThere) {
		now, err := v.readClient(row)
		if err != nil {
			return answer{}, err
		}
		return v.sentAgain(v.twiceClient(row, c, &registry.Conflict[registry.Client]{Theirs: now.Client, TheirVersion: now.Version, By: now.SavedBy, At: now.SavedAt}), "Client added."), nil
	}
	if err != nil {
		return answer{}, err
	}
	v.say("Client added.")
	return goTo("/clients/" + row.String()), nil
}

func (s *Server) showClient(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	var c registry.ClientView
	var animals []registry.ClientPatient
	var alerts []registry.AlertRow
	var ahead []scheduling.Appointment
	var noShows int
	var balance money.Amount
	var settings billing.Settings
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			if v.may(access.ScheduleRead) {
				ahead, noShows, err = scheduling.OfClient(ctx, tx, v.keys, row)
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			if v.may(access.BillRead) {
				balance, err = billing.Balance(ctx, tx, row)
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			if v.may(access.BillRead) {
				settings, err = billing.LoadSettings(ctx, tx)
			}
			if errors.Is(err, billing.ErrNotSetUp) {
				err = nil
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			c, err = registry.OpenClient(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			animals, err = registry.ClientPatients(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			alerts, err = registry.ClientAlerts(ctx, tx, v.keys, row)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	var beside []id.ID
	for _, a := range animals {
		beside = append(beside, a.ID)
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "client", ObjectID: row, IDs: beside})
	view := views.Client{Page: v.page("patients"), Name: c.Name(), Since: "Client since " + v.day(c.CreatedAt), Phones: phones(c.Phones), Email: c.Email, Address: addressLines(c.Client)}
	for _, a := range animals {
		line := v.animal(a.PatientRow, species)
		line.Role = clientRole(a)
		if a.Until.IsZero() {
			view.Animals = append(view.Animals, line)
		} else {
			line.Role = "Until " + v.day(a.Until)
			view.Past = append(view.Past, line)
		}
	}
	for _, a := range alerts {
		if a.Stands() {
			view.Alerts = append(view.Alerts, v.alertLine(a, false))
		}
	}
	if v.may(access.ClientWrite) {
		view.EditHref, view.AlertsHref = "/clients/"+row.String()+"/edit", "/clients/"+row.String()+"/alerts"
	}
	if v.may(access.PatientWrite) {
		view.AddHref = "/patients/new?client=" + row.String()
	}
	if settings.Currency != "" {
		view.AccountHref = accountPath(row)
		view.Balance, view.BalanceKind = v.owing(settings.Currency, balance)
	}
	book := ""
	if len(view.Animals) > 0 {
		book = "client=" + row.String() + "&back=/clients/" + row.String()
	}
	view.Ahead = v.aheadPanel(ahead, true, book)
	view.Ahead.NoShows = noShowWords(noShows)
	return shown(http.StatusOK, views.ClientPage(view)), nil
}

func (s *Server) editClient(v *visit) (answer, error) {
	c, err := v.openClient()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "client", ObjectID: c.ID})
	return shown(http.StatusOK, views.ClientFormPage(v.clientForm(registry.FormOfClient(c.Client), c.ID, c.Version, nil))), nil
}

// openClient reads the client of the path.
func (v *visit) openClient() (c registry.ClientView, err error) {
	row, err := v.row()
	if err != nil {
		return c, err
	}
	return v.readClient(row)
}

func (v *visit) readClient(row id.ID) (c registry.ClientView, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = registry.OpenClient(ctx, tx, v.keys, row)
		return err
	})
	return c, err
}

func (s *Server) updateClient(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	typed := v.typedClient()
	if bad := v.unchosen(clientInputs(registry.ClientForm{})); len(bad) > 0 {
		return v.clashingClient(row, bad)
	}
	c, bad := typed.Parse()
	if len(bad) > 0 {
		return v.mistakenClient(typed, row, max(1, v.version()), bad), nil
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.EditClient(ctx, tx, v.keys, row, v.version(), c)
	})
	var clash *registry.Conflict[registry.Client]
	if errors.As(err, &clash) {
		return v.conflict(v.twiceClient(row, c, clash)), nil
	}
	if err != nil {
		return answer{}, err
	}
	v.say("Client saved.")
	return goTo("/clients/" + row.String()), nil
}

func (v *visit) twiceClient(row id.ID, mine registry.Client, c *registry.Conflict[registry.Client]) twice {
	t := twice{
		action: "/clients/" + row.String(), back: "/clients/" + row.String(), what: c.Theirs.Name(), version: c.TheirVersion, by: c.By, at: c.At,
		mine: clientInputs(registry.FormOfClient(mine)), theirs: clientInputs(registry.FormOfClient(c.Theirs)),
		seen: audit.Entry{Action: audit.Opened, Object: "client", ObjectID: row},
	}
	if c.Base != nil {
		t.base = clientInputs(registry.FormOfClient(*c.Base))
	}
	return t
}

// clashingClient shows the choice again where something was left unchosen.
func (v *visit) clashingClient(row id.ID, bad fault.Fields) (answer, error) {
	c, err := v.openClient()
	if err != nil {
		return answer{}, err
	}
	return v.conflict(twice{
		action: "/clients/" + row.String(), back: "/clients/" + row.String(), what: c.Name(), version: v.version(), by: c.SavedBy, at: c.SavedAt,
		mine: v.chosen(clientInputs(registry.ClientForm{})), theirs: clientInputs(registry.FormOfClient(c.Client)), bad: bad,
		seen: audit.Entry{Action: audit.Opened, Object: "client", ObjectID: row},
	}), nil
}

// clientInputs are the fields of the form in order.
func clientInputs(f registry.ClientForm) []input {
	in := []input{{"given_name", "given name", f.FirstName}, {"family_name", "family name", f.LastName}}
	for n := range views.MaxPhones {
		var p registry.Phone
		if n < len(f.Phones) {
			p = f.Phones[n]
		}
		at := strconv.Itoa(n + 1)
		in = append(in, input{"phone_" + at, "phone " + at, p.Number}, input{"phone_" + at + "_note", "note on phone " + at, p.Label})
	}
	return append(in, input{"email", "e-mail", f.Email}, input{"street", "street", f.Street}, input{"city", "town or city", f.City},
		input{"postcode", "postcode", f.Postcode}, input{"region", "county or state", f.Region}, input{"country", "country", f.Country})
}

// addressLines are the lines of an address as it is written on an envelope.
func addressLines(c registry.Client) []string {
	return slices.DeleteFunc([]string{c.Street, c.City, c.Region, c.Postcode, c.Country}, func(line string) bool { return line == "" })
}

func phones(list []registry.Phone) []views.Phone {
	var out []views.Phone
	for _, p := range list {
		out = append(out, views.Phone{Number: p.Number, Tel: dialled(p.Number), Note: p.Label})
	}
	return out
}
