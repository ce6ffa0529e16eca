package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
	"paddock/views/ui"
)

func (s *Server) listPatients(v *visit) (answer, error) {
	var recent []registry.RecentPatient
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		recent, err = registry.Recent(ctx, tx, v.keys)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	view := views.Patients{Page: v.page("patients"), MayAdd: v.may(access.ClientWrite)}
	var seen []id.ID
	for _, p := range recent {
		seen = append(seen, p.ID)
		row := views.PatientRow{
			Href: "/patients/" + p.ID.String(), Species: p.Species, Name: p.Called(), Kind: v.kind(p.PatientRow, species), Died: p.Status == registry.Deceased,
		}
		if owner, ok := p.Owner(); ok {
			row.Owner, seen = owner.Name(), append(seen, owner.ID)
			if v.may(access.ClientRead) {
				row.OwnerHref = "/clients/" + owner.ID.String()
			}
			if len(owner.Phones) > 0 {
				row.Phone = owner.Phones[0].Number
			}
		}
		if !p.OpenedAt.IsZero() {
			row.Opened, row.OpenedAt = sentence(v.moment(p.OpenedAt)), machine(p.OpenedAt)
		}
		view.Rows = append(view.Rows, row)
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "patient", IDs: seen})
	return shown(http.StatusOK, views.PatientsPage(view)), nil
}

// species are the words for the codes. The table is the same for all clinics and changes with a
// release only, so it is read once a process.
func (s *Server) species(v *visit) (map[string]string, error) {
	list, err := s.speciesList(v)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(list))
	for _, one := range list {
		names[one.Code] = one.Name
	}
	return names, nil
}

func (s *Server) speciesList(v *visit) ([]registry.Species, error) {
	if known := s.known.Load(); known != nil {
		return *known, nil
	}
	var list []registry.Species
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = registry.ListSpecies(ctx, tx)
		return err
	})
	if err == nil {
		s.known.Store(&list)
	}
	return list, err
}

// breeds are suggested in the form of a patient, read once a process like the species.
func (s *Server) breeds(v *visit) ([]views.Breed, error) {
	if known := s.suggested.Load(); known != nil {
		return *known, nil
	}
	var list []views.Breed
	err := v.read(func(ctx context.Context, tx *db.Tx) error {
		found, err := registry.ListBreeds(ctx, tx)
		for _, b := range found {
			list = append(list, views.Breed(b))
		}
		return err
	})
	if err == nil {
		s.suggested.Store(&list)
	}
	return list, err
}

// kind is species, breed and age in words.
func (v *visit) kind(p registry.PatientRow, species map[string]string) string {
	return join(species[p.Species], p.Breed, v.age(p))
}

// age is how old an animal is today, or "" for one that died or whose birth is not known.
func (v *visit) age(p registry.PatientRow) string {
	if !p.Born.Known() || p.Status == registry.Deceased {
		return ""
	}
	return registry.Age(p.Born, v.now())
}

// join puts what is known into one line.
func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// animal is a patient as one line on another page.
func (v *visit) animal(p registry.PatientRow, species map[string]string) views.Animal {
	return views.Animal{
		Href: "/patients/" + p.ID.String(), Species: p.Species, Name: p.Called(), Line: v.kind(p, species), Died: p.Status == registry.Deceased,
	}
}

// patientFrame is what a patient's form needs besides what was typed.
type patientFrame struct {
	row     id.ID
	version int64 // 0 for a new one
	owner   registry.Owner
	species []registry.Species
	breeds  []views.Breed
	banner  *views.Banner // of one that is changed
	alike   views.Alikes  // what a new one was asked about
	chip    registry.IdentifierForm
	// chipTaken says that other animals have the chip of a new one, of whom taken are shown.
	chipTaken bool
	taken     []views.Animal
}

func (v *visit) patientForm(f registry.PatientForm, frame patientFrame, bad fault.Fields) views.PatientForm {
	view := views.PatientForm{
		Page: v.page("patients"), Name: f.Name, Species: f.Species, Breed: f.Breed, Colour: f.Colour, Sex: f.Sex, Neutered: f.Neutered,
		Born: f.Born, Age: f.Age, Breeds: frame.breeds, Banner: frame.banner, Mistakes: mistakes(bad),
		SpeciesOptions: []ui.Option{{Value: "", Label: "Choose"}},
	}
	for _, s := range frame.species {
		view.SpeciesOptions = append(view.SpeciesOptions, ui.Option{Value: s.Code, Label: s.Name})
	}
	if !frame.owner.ID.IsZero() {
		view.ClientID, view.ClientName = frame.owner.ID.String(), frame.owner.Name()
	}
	if frame.version > 0 {
		view.Action, view.Version = "/patients/"+frame.row.String(), strconv.FormatInt(frame.version, 10)
		view.Cancel = view.Action
		return view
	}
	view.Action, view.ID, view.Cancel, view.Alike = "/patients", frame.row.String(), "/patients", frame.alike
	view.Chip, view.ChipAgain, view.ChipScanned = frame.chip.Number, frame.chip.Again, frame.chip.Scanned
	view.ChipTaken, view.Taken = frame.chipTaken, frame.taken
	if view.ClientID != "" {
		if view.Alike.Ask == "" {
			view.Alike = v.alikeToPatient()
		}
		view.Cancel = "/clients/" + view.ClientID
	}
	return view
}

func (s *Server) newPatient(v *visit) (answer, error) {
	frame := patientFrame{row: id.New()}
	if text := v.r.URL.Query().Get("client"); text != "" {
		row, err := rowOf(text)
		if err != nil {
			return answer{}, err
		}
		frame.owner.ID = row
	}
	if err := v.fillFrame(&frame); err != nil {
		return answer{}, err
	}
	return shown(http.StatusOK, views.PatientFormPage(v.patientForm(registry.PatientForm{}, frame, nil))), nil
}

// fillFrame reads the owner's name and the lists of species and breeds.
func (v *visit) fillFrame(frame *patientFrame) error {
	var err error
	if frame.breeds, err = v.s.breeds(v); err != nil {
		return err
	}
	if frame.species, err = v.s.speciesList(v); err != nil || frame.owner.ID.IsZero() {
		return err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		c, err := registry.OpenClient(ctx, tx, v.keys, frame.owner.ID)
		frame.owner.Client = c.Client
		return err
	})
	if err == nil {
		v.record(audit.Entry{Action: audit.Opened, Object: "client", ObjectID: frame.owner.ID})
	}
	return err
}

func (v *visit) typedPatient() registry.PatientForm {
	return registry.PatientForm{
		Name: v.field("name"), Species: v.field("species"), Breed: v.field("breed"), Colour: v.field("colour"),
		Sex: v.field("sex"), Neutered: v.field("neutered"), Born: v.field("born"), Age: v.field("age"),
	}
}

func (v *visit) mistakenPatient(f registry.PatientForm, frame patientFrame, bad fault.Fields) (answer, error) {
	if err := v.fillFrame(&frame); err != nil {
		return answer{}, err
	}
	view := v.patientForm(f, frame, bad)
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.PatientFormPart(view)), nil
	}
	return shown(http.StatusUnprocessableEntity, views.PatientFormPage(view)), nil
}

func (s *Server) createPatient(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	frame := patientFrame{row: row}
	if text := v.field("client"); text != "" {
		if frame.owner.ID, err = rowOf(text); err != nil {
			return answer{}, err
		}
	}
	typed := v.typedPatient()
	frame.chip = v.typedChip()
	p, bad := typed.Parse(v.now())
	chip, chipped, wrong := v.chipOf(frame.chip)
	if bad = append(bad, wrong...); len(bad) > 0 {
		return v.mistakenPatient(typed, frame, bad)
	}
	if frame.alike, bad, err = v.askAlikePatient(row, frame.owner.ID); err != nil {
		return answer{}, err
	}
	if len(bad) > 0 {
		return v.mistakenPatient(typed, frame, bad)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		err := registry.RegisterPatient(ctx, tx, v.keys, row, frame.owner.ID, p)
		if err != nil || !chipped {
			return err
		}
		return registry.AddIdentifier(ctx, tx, v.keys, id.New(), row, chip, v.field("chip_anyway") == "yes")
	})
	var taken *registry.Taken
	if errors.As(err, &taken) {
		bad = v.takenChip(&frame, taken)
	}
	if len(bad) > 0 || errors.As(err, &bad) {
		return v.mistakenPatient(typed, frame, bad)
	}
	if errors.Is(err, registry.ErrAlreadyThere) {
		return v.patientAgain(row, p)
	}
	if err != nil {
		return answer{}, err
	}
	v.say("Patient added.")
	return goTo("/patients/" + row.String()), nil
}

func (s *Server) editPatient(v *visit) (answer, error) {
	p, with, err := v.openPatient()
	if err != nil {
		return answer{}, err
	}
	frame := patientFrame{row: p.ID, version: p.Version}
	frame.owner, _ = p.Owner()
	if err := v.frameOf(p, with, &frame); err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: p.ID})
	return shown(http.StatusOK, views.PatientFormPage(v.patientForm(registry.FormOfPatient(p.Patient), frame, nil))), nil
}

// openPatient reads the patient of the path with what its banner shows.
func (v *visit) openPatient() (p registry.PatientView, with beside, err error) {
	row, err := v.row()
	if err != nil {
		return p, with, err
	}
	err = v.read(append(with.ofPatient(v, row), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, row)
		return err
	})...)
	return p, with, err
}

// frameOf fills in the lists and the banner of a patient that is changed.
func (v *visit) frameOf(p registry.PatientView, with beside, frame *patientFrame) error {
	species, err := v.s.species(v)
	if err != nil {
		return err
	}
	if frame.breeds, err = v.s.breeds(v); err != nil {
		return err
	}
	if frame.species, err = v.s.speciesList(v); err != nil {
		return err
	}
	banner := v.banner(p, with, species)
	frame.banner = &banner
	return nil
}

func (s *Server) updatePatient(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	typed := v.typedPatient()
	if bad := v.unchosen(patientInputs(registry.PatientForm{})); len(bad) > 0 {
		return v.clashingPatient(bad)
	}
	p, bad := typed.Parse(v.now())
	if len(bad) > 0 {
		return v.mistakenEdit(typed, bad)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return registry.EditPatient(ctx, tx, v.keys, row, v.version(), p)
	})
	var clash *registry.Conflict[registry.Patient]
	switch {
	case errors.As(err, &clash):
		t := v.twicePatient(row, clash.Theirs, clash.TheirVersion, clash.By, clash.At)
		t.mine = patientInputs(registry.FormOfPatient(p))
		if clash.Base != nil {
			t.base = patientInputs(registry.FormOfPatient(*clash.Base))
		}
		return v.conflict(t), nil
	case errors.As(err, &bad):
		return v.mistakenEdit(typed, bad)
	case err != nil:
		return answer{}, err
	}
	v.say("Patient saved.")
	return goTo("/patients/" + row.String()), nil
}

// mistakenEdit shows the form of a patient again, under its owner.
func (v *visit) mistakenEdit(typed registry.PatientForm, bad fault.Fields) (answer, error) {
	p, with, err := v.openPatient()
	if err != nil {
		return answer{}, err
	}
	frame := patientFrame{row: p.ID, version: max(1, v.version())}
	frame.owner, _ = p.Owner()
	if err := v.frameOf(p, with, &frame); err != nil {
		return answer{}, err
	}
	return v.mistakenPatient(typed, frame, bad)
}

// dialled is a number for a tel: link: digits with a leading plus.
func dialled(number string) string {
	var b strings.Builder
	for i, r := range strings.TrimSpace(number) {
		if r >= '0' && r <= '9' || r == '+' && i == 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}
