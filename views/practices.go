package views

import "paddock/views/ui"

// Licences are the numbers under which people practise.
type Licences struct {
	Page ui.Page
	Rows []LicenceRow
}

// LicenceRow is one person's. Mistakes name "number-{id}".
type LicenceRow struct {
	ID, Action, Name, Roles, Number string
	Mistakes                        ui.Mistakes
}

func (v Licences) mistakes() (out ui.Mistakes) {
	for _, r := range v.Rows {
		out = append(out, r.Mistakes...)
	}
	return out
}
