package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/paper"
	"paddock/internal/vaccines"
	"paddock/views"
	"paddock/views/ui"
)

var certificateWords = map[string]views.DocumentState{
	vaccines.Valid: {Status: "ready", Icon: "check", Word: "Valid"}, vaccines.Replaced: {Status: "done", Icon: "history", Word: "Replaced"},
	vaccines.Void: {Status: "late", Icon: "stop", Word: "Void"},
}

// newCertificate lists what is looked at before a certificate is issued, with the form that issues it.
func (s *Server) newCertificate(v *visit) (answer, error) {
	dose, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.certificateForm(http.StatusOK, dose, views.CertificateForm{ID: id.New().String()})
}

func (v *visit) certificateForm(status int, dose id.ID, f views.CertificateForm) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	k, b, err := v.openCase(dose)
	if err != nil {
		return answer{}, err
	}
	f.Page, f.Banner, f.Action, f.Back = v.page("patients"), v.banner(k.Patient, b, species), "/vaccinations/"+dose.String()+"/certificate", "/vaccinations/"+dose.String()
	f.What, f.Signer = k.Dose.Name+", "+dated(k.Dose.On), join(v.current.Person.Name, k.Licence)
	if last := vaccines.LastOver(k.Certificates(), dose); last != nil {
		f.Replaces, f.Serial = last.ID.String(), last.Serial
	}
	if status == http.StatusOK {
		f.Size = k.Size()
	}
	f.Sizes = []ui.Option{{Value: "", Label: "Not known"}}
	for _, size := range vaccines.Sizes {
		f.Sizes = append(f.Sizes, ui.Option{Value: size.Code, Label: size.Name})
	}
	checks := k.Checks(v.current.Person.ID, v.today())
	f.Ready = !vaccines.Blocked(checks)
	for _, c := range checks {
		view := views.CertificateCheck{Status: "late", Icon: "stop", State: "Missing", Words: c.Words}
		switch {
		case c.OK:
			view.Status, view.Icon, view.State = "ready", "check", "Yes"
		case c.Warns:
			view.Status, view.Icon, view.State = "waiting", "warn", "Mind"
		}
		f.Checks = append(f.Checks, view)
	}
	v.recordOf(k.Dose.Patient, audit.Entry{Action: audit.Opened, Object: "vaccination", ObjectID: dose, IDs: []id.ID{k.Dose.Patient}})
	if v.partial {
		return shown(status, views.CertificateFormPart(f)), nil
	}
	return shown(status, views.CertificateFormPage(f)), nil
}

func (s *Server) createCertificate(v *visit) (answer, error) {
	dose, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	n := vaccines.NewCertificate{
		Dose: dose, Reason: v.field("reason"), Size: v.field("size"), LicenceTerm: v.field("licence_term"), Clinic: v.clinic.Name(), Vet: v.current.Person.Name, Country: v.clinic.Country(), Today: v.today(),
	}
	if text := v.field("replaces"); text != "" {
		if n.Replaces, err = rowOf(text); err != nil {
			return answer{}, err
		}
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return vaccines.Issue(ctx, tx, v.keys, row, n) })
	var bad fault.Fields
	f := views.CertificateForm{ID: row.String(), Size: n.Size, LicenceTerm: n.LicenceTerm, Reason: n.Reason}
	said, conflict := conflictIn(err)
	switch {
	case errors.As(err, &bad):
		f.Mistakes = mistakes(bad)
		return v.certificateForm(http.StatusUnprocessableEntity, dose, f)
	case err == nil || errors.Is(err, vaccines.ErrAlreadyThere):
	case conflict:
		f.Changed = said
		return v.certificateForm(http.StatusConflict, dose, f)
	default:
		return answer{}, err
	}
	v.say("Certificate issued.")
	return goTo("/certificates/" + row.String()), nil
}

// openCertificate reads the certificate of the path, with those beside it in its chain.
func (v *visit) openCertificate() (c vaccines.CertificateRow, all []vaccines.CertificateRow, err error) {
	row, err := v.row()
	if err != nil {
		return c, nil, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if c, err = vaccines.OpenCertificate(ctx, tx, v.keys, row); err != nil {
			return err
		}
		all, err = vaccines.Certificates(ctx, tx, c.Patient)
		return err
	})
	return c, all, err
}

func (s *Server) showCertificate(v *visit) (answer, error) {
	return v.certificatePage(http.StatusOK, views.ReasonForm{})
}

func (v *visit) certificatePage(status int, form views.ReasonForm) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	c, all, err := v.openCertificate()
	if err != nil {
		return answer{}, err
	}
	path := "/certificates/" + c.ID.String()
	view := v.certificateView(c, all)
	view.Page, view.Back, view.PDF, view.DoseHref = v.page("patients"), "/patients/"+c.Patient.String()+"/vaccinations", path+"/pdf", "/vaccinations/"+c.Dose.String()
	if c.State() != vaccines.Replaced && v.may(access.CertificateIssue) {
		view.ReissueHref = "/vaccinations/" + c.Dose.String() + "/certificate"
	}
	if c.State() == vaccines.Valid && v.may(access.CertificateIssue) {
		form.Page, form.Action, form.Heading, form.Button, form.Label = v.page("patients"), path+"/void", "This certificate does not hold", "Void "+c.Serial, "Why"
		form.Line = "It stays, and says that it is void wherever its code is checked."
		view.VoidForm = &form
	}
	v.recordOf(c.Patient, audit.Entry{Action: audit.Opened, Object: "certificate", ObjectID: c.ID, IDs: []id.ID{c.Patient}})
	if v.partial && view.VoidForm != nil && status != http.StatusOK {
		return shown(status, views.ReasonFormPart(*view.VoidForm)), nil
	}
	return shown(status, views.CertificatePage(view)), nil
}

// downloadCertificate sends it as a file. Each is recorded.
func (s *Server) downloadCertificate(v *visit) (answer, error) {
	if !v.readsNotes() {
		return v.refused(access.ClinicalRead)
	}
	c, all, err := v.openCertificate()
	if err != nil {
		return answer{}, err
	}
	view := v.certificateView(c, all)
	v.recordOf(c.Patient, audit.Entry{Action: audit.Downloaded, Object: "certificate", ObjectID: c.ID, IDs: []id.ID{c.Patient}})
	p := paper.Certificate{
		Kind: view.Kind, Serial: view.Serial, Issued: view.Issued, Stamp: view.Stamp, From: view.From, Check: "Check this certificate at " + view.CheckAt + " with the code",
		Code: view.Code, Signer: view.Signer, Printed: view.Printed, Lang: "en-GB", At: v.now(),
	}
	for _, g := range view.Groups {
		p.Groups = append(p.Groups, paper.Fields{Head: g.Head, Pairs: pairs(g.Fields)})
	}
	return answer{download: &download{name: "certificate.pdf", kind: "application/pdf", write: p.Write}}, nil
}

func (s *Server) createCertificateVoid(v *visit) (answer, error) {
	certificate, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return vaccines.VoidCertificate(ctx, tx, v.keys, certificate, v.field("reason"))
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.certificatePage(http.StatusUnprocessableEntity, views.ReasonForm{Reason: v.field("reason"), Mistakes: mistakes(bad)})
	case err != nil:
		return answer{}, err
	}
	v.say("Certificate voided.")
	return goTo("/certificates/" + certificate.String()), nil
}

// certificateView is a certificate in the words it is printed in.
func (v *visit) certificateView(c vaccines.CertificateRow, all []vaccines.CertificateRow) views.Certificate {
	f := c.Certificate
	view := views.Certificate{
		Kind: "Vaccination certificate", Serial: c.Serial, Issued: dated(c.Day), From: append([]string{f.Clinic}, f.Address...), CheckAt: v.r.Host + "/verification", Code: f.Code,
		Signer: join(f.Vet, "veterinarian", "licence "+f.LicenceNo), State: certificateWords[c.State()], Line: "Issued by " + v.policy.Name(c.IssuedBy) + ", " + v.moment(c.IssuedAt),
		Printed: "Printed " + v.now().Format(dayForm) + " " + v.minute(v.now()) + " by " + v.current.Person.Name + ". Page 1 of 1",
		Groups:  certificateGroups(f),
	}
	if f.VetPhone != "" {
		view.From = append(view.From, f.VetPhone)
	}
	if f.Rabies {
		view.Kind = "Rabies vaccination certificate"
	}
	link := func(row id.ID, words string) *views.DocumentLink {
		n := slices.IndexFunc(all, func(o vaccines.CertificateRow) bool { return o.ID == row })
		if row.IsZero() || n < 0 {
			return nil
		}
		return &views.DocumentLink{Href: "/certificates/" + row.String(), Title: all[n].Serial, Line: words}
	}
	view.Earlier, view.Later = link(c.Replaces, join("Replaced by this one", f.Reason)), link(c.ReplacedBy, "Replaces this one")
	switch {
	case view.Later != nil:
		view.Stamp = "Replaced by " + view.Later.Title
	case c.State() == vaccines.Void:
		view.Stamp = "Void"
		view.Line = "Voided by " + v.policy.Name(c.VoidBy) + ", " + v.day(c.VoidAt) + ": " + c.VoidReason
	}
	return view
}

// certificateGroups are the fields of NASPHV Form 51 in its order.
func certificateGroups(f vaccines.Certificate) []views.CertificateGroup {
	or := func(text, none string) string {
		if text == "" {
			return none
		}
		return text
	}
	due, expiry := "–", "–"
	if !f.Due.IsZero() {
		due = dated(f.Due)
	}
	if !f.Expiry.IsZero() {
		expiry = dated(f.Expiry)
	}
	place, code := "Town or city", "Postcode"
	if f.State != "" {
		place, code = "City, state", "ZIP code"
	}
	return []views.CertificateGroup{
		{Head: "Owner", Fields: []views.Total{
			{Label: "Last name", Value: f.OwnerLast},
			{Label: "First, middle", Value: or(spaced(f.OwnerFirst, f.OwnerMiddle), "–")},
			{Label: "Telephone", Value: or(f.Phone, "–")},
			{Label: "Street", Value: or(f.Street, "–")},
			{Label: place, Value: or(join(f.City, f.State), "–")},
			{Label: code, Value: or(f.Postcode, "–")},
		}},
		{Head: "Animal", Fields: []views.Total{
			{Label: "Name", Value: f.Animal},
			{Label: "Tag", Value: or(f.Tag, "–")},
			{Label: "Microchip", Value: or(f.Chip, "None on file")},
			{Label: "Species", Value: f.Species},
			{Label: "Age", Value: or(f.Age, "–")},
			{Label: "Size", Value: or(f.Size, "–")},
			{Label: "Predominant breed", Value: or(f.Breed, "–")},
			{Label: "Colours, marks", Value: or(f.Colours, "–")},
			{Label: "Sex", Value: or(f.Sex, "Not known")},
			{Label: "Neutered", Value: or(f.Neuter, "Not known")},
			{Label: "Licence term", Value: or(f.LicenceTerm, "–")},
		}},
		{Head: "Vaccine", Fields: []views.Total{
			{Label: "Product", Value: f.Product},
			{Label: "Manufacturer", Value: or(f.Manufacturer, "–")},
			{Label: "Serial or lot", Value: f.Lot},
			{Label: "Lot expires", Value: expiry},
			{Label: "Licensed for", Value: f.Licensed},
			{Label: "Given", Value: dated(f.Given)},
			{Label: "Next due", Value: due},
		}},
		{Head: "Veterinarian", Fields: []views.Total{{Label: "Name", Value: f.Vet}, {Label: "Licence number", Value: f.LicenceNo}}},
	}
}

func spaced(a, b string) string {
	if b == "" {
		return a
	}
	return a + " " + b
}
