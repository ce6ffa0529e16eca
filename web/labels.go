package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/paper"
	"paddock/internal/pharmacy"
	"paddock/views"
)

// issuer is what a label says of the clinic and its people.
func (v *visit) issuer() pharmacy.Issuer {
	return pharmacy.Issuer{Clinic: v.clinic.Name(), Name: v.policy.Name}
}

// labelView is a label in the lines it stands in.
func (v *visit) labelView(l pharmacy.Label, reprint bool) views.Label {
	view := views.Label{
		Clinic: l.Clinic, Address: l.Address, Phone: l.Phone, Drug: l.Name, Quantity: l.Quantity, Directions: l.Directions,
		Animal: l.Animal, Kind: l.Species + ". " + join(l.Client, l.Street), By: join(l.Prescriber, l.Date), Batch: "Batch " + l.Batch + ", expires " + l.Expiry, Reprint: reprint,
	}
	// The name holds the ingredient as a rule; what it does not hold is said.
	if contents := l.Ingredients + " " + l.Strength; !holds(l.Name, contents) {
		view.Notes = append(view.Notes, "Contains "+contents+".")
	}
	for _, n := range append([]string{l.Cautions, l.Withdrawal, l.OffLicence}, l.Fixed...) {
		if n != "" {
			view.Notes = append(view.Notes, n)
		}
	}
	if l.Refills != "" {
		view.Batch += ". " + l.Refills
	}
	view.Tight = v.paperLabel(view).Tight()
	return view
}

// holds reports whether every word of a text stands in another as a word: "5 mg" does not stand in "25 mg".
func holds(name, words string) bool {
	apart := func(text string) []string {
		return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" ,;()", r) })
	}
	said := apart(name)
	for _, word := range apart(words) {
		if word != "and" && !slices.Contains(said, word) {
			return false
		}
	}
	return true
}

// paperLabel is a label as it is drawn.
func (v *visit) paperLabel(l views.Label) paper.Label {
	out := paper.Label{
		Head: l.Clinic, Address: l.Address, Phone: l.Phone, Drug: l.Drug, Quantity: l.Quantity, Directions: l.Directions, Notes: strings.Join(l.Notes, " "),
		For: l.Animal + ", " + l.Kind, By: l.By + ". " + l.Batch, Lang: "en-GB", At: v.now(),
	}
	if l.Reprint {
		out.Mark = "Reprint"
	}
	return out
}

// composed is the label of the supply of the path, and how often it was printed.
type composed struct {
	supply id.ID
	at     pharmacy.Place
	label  pharmacy.Label
	of     pharmacy.Prescription
	before []pharmacy.Printed
}

func (v *visit) composeLabel() (c composed, err error) {
	if c.supply, err = v.row(); err != nil {
		return c, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if c.at, err = v.place(ctx, tx); err != nil {
			return err
		}
		if c.label, c.of, err = pharmacy.Compose(ctx, tx, v.keys, c.at, v.issuer(), c.supply); err != nil {
			return err
		}
		c.before, err = pharmacy.PrintedBefore(ctx, tx, c.supply)
		return err
	})
	return c, err
}

// labelLacks are what a label cannot be printed without, the room for its words as well.
func (v *visit) labelLacks(c composed) (out []views.LabelLack) {
	for _, l := range c.label.Lacks(c.at) {
		out = append(out, views.LabelLack{Words: l.Words, Citation: l.Citation})
	}
	if over := v.paperLabel(v.labelView(c.label, true)).Over(); over > 0 {
		out = append(out, views.LabelLack{Words: "room: " + countOf(over, "line", "lines") + " too much at the least size of print", Citation: "Shorten the directions or the cautions: prescribe anew"})
	}
	return out
}

func (s *Server) previewLabel(v *visit) (answer, error) {
	c, err := v.composeLabel()
	if err != nil {
		return answer{}, err
	}
	return v.labelPreview(http.StatusOK, c, id.New().String())
}

func (v *visit) labelPreview(status int, c composed, row string) (answer, error) {
	view := views.LabelPreview{
		Page: v.page("patients"), Label: v.labelView(c.label, len(c.before) > 0), Back: "/patients/" + c.of.Patient.String() + "/prescriptions", BackTo: "Medicines of " + c.label.Animal,
		Action: "/supplies/" + c.supply.String() + "/labels", ID: row, Lacks: v.labelLacks(c),
	}
	if (c.label.Address == "" || c.label.Phone == "") && v.may(access.PriceManage) {
		view.SettingsHref = "/letterhead"
	}
	for _, b := range c.before {
		view.Before = append(view.Before, join(v.moment(b.At), v.policy.Name(b.By)))
	}
	v.recordOf(c.of.Patient, audit.Entry{Action: audit.Opened, Object: "supply", ObjectID: c.supply, IDs: []id.ID{c.of.ID, c.of.Patient}})
	return shown(status, views.LabelPreviewPage(view)), nil
}

// createLabel records a printing and opens what is printed.
func (s *Server) createLabel(v *visit) (answer, error) {
	c, err := v.composeLabel()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	if len(v.labelLacks(c)) > 0 {
		return v.labelPreview(http.StatusUnprocessableEntity, c, row.String())
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return pharmacy.Print(ctx, tx, v.keys, c.at, v.issuer(), row, c.supply)
	})
	if err != nil && !errors.Is(err, pharmacy.ErrAlreadyThere) {
		return answer{}, err
	}
	return goTo("/labels/" + row.String()), nil
}

func (v *visit) openLabel() (p pharmacy.Printed, err error) {
	row, err := v.row()
	if err != nil {
		return p, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = pharmacy.OpenLabel(ctx, tx, v.keys, row)
		return err
	})
	return p, err
}

func (s *Server) showLabel(v *visit) (answer, error) {
	p, err := v.openLabel()
	if err != nil {
		return answer{}, err
	}
	v.recordOf(p.Patient, audit.Entry{Action: audit.Opened, Object: "label", ObjectID: p.ID, IDs: []id.ID{p.Supply, p.Patient}})
	return shown(http.StatusOK, views.PrintedLabelPage(views.PrintedLabel{
		Page: v.page("patients"), Label: v.labelView(p.Label, p.Number > 1), Back: "/patients/" + p.Patient.String() + "/prescriptions", BackTo: "Medicines of " + p.Animal,
		PDF: "/labels/" + p.ID.String() + "/pdf", Line: join(v.moment(p.At), v.policy.Name(p.By)),
	})), nil
}

func (s *Server) downloadLabel(v *visit) (answer, error) {
	p, err := v.openLabel()
	if err != nil {
		return answer{}, err
	}
	v.recordOf(p.Patient, audit.Entry{Action: audit.Downloaded, Object: "label", ObjectID: p.ID, IDs: []id.ID{p.Supply, p.Patient}})
	drawn := v.paperLabel(v.labelView(p.Label, p.Number > 1))
	drawn.At = p.At
	return answer{status: http.StatusOK, download: &download{name: "label.pdf", kind: "application/pdf", write: func(w io.Writer) error { return drawn.Write(w) }}}, nil
}
