package views

import "paddock/views/ui"

// CertificateForm issues a certificate over a dose, or one in the place of another.
type CertificateForm struct {
	Page   ui.Page
	Banner Banner
	// Action is "/vaccinations/{id}/certificate", ID the id the certificate will get.
	Action, ID string
	// Replaces is the id of the one it replaces and Serial its serial, "" for none.
	Replaces, Serial string
	// What is "Samplevac Rabies 3, 12-Mar-2026".
	What   string
	Checks []CertificateCheck
	// Ready says that nothing stands against issuing.
	Ready                     bool
	Size, LicenceTerm, Reason string
	Sizes                     []ui.Option
	// Signer is who signs: "Dr Amara Nwosu, TX 12345".
	Signer   string
	Back     string
	Changed  string
	Mistakes ui.Mistakes
}

// CertificateCheck is one thing looked at before issuing.
type CertificateCheck struct {
	Status, Icon, State, Words string
}

// Certificate is a certificate as it was issued: the screen and the paper show the same.
type Certificate struct {
	Page ui.Page
	// Kind is "Rabies vaccination certificate"; Serial "VC-0007", Issued "24-Mar-2026".
	Kind, Serial, Issued string
	From                 []string
	Groups               []CertificateGroup
	// Stamp says "Void" or "Replaced by VC-0008" across it, "" where it holds.
	Stamp string
	// CheckAt is the address at which Code is checked.
	CheckAt, Code string
	Signer        string
	Printed       string

	// The rest is on the screen only.
	State          DocumentState
	Line           string
	Back, PDF      string
	DoseHref       string
	ReissueHref    string
	Earlier, Later *DocumentLink
	VoidForm       *ReasonForm
}

// CertificateGroup is a part of a certificate.
type CertificateGroup struct {
	Head   string
	Fields []Total
}

func (v CertificateForm) title() string {
	if v.Serial != "" {
		return "Replace certificate " + v.Serial
	}
	return "Issue a certificate"
}

func (v Certificate) mistakes() ui.Mistakes {
	if v.VoidForm == nil {
		return nil
	}
	return v.VoidForm.Mistakes
}
