package web

import (
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
)

// aheadPanel is what is booked, for a patient's page or a client's; about says which animal each is for.
func (v *visit) aheadPanel(list []scheduling.Appointment, about bool, book string) views.Ahead {
	panel := views.Ahead{Shown: v.may(access.ScheduleRead)}
	if v.may(access.ScheduleWrite) && book != "" {
		panel.BookHref, panel.WaitHref = "/bookings/new?"+book, "/waitlist?"+book
	}
	for _, a := range list {
		line := views.AheadLine{Href: "/appointments/" + a.ID.String(), When: a.Day.Format(weekdayForm) + " " + clockOf(a.Start), Line: join(a.Type.Name, a.Reason)}
		if about {
			line.Line = join(a.Patient.Called(), line.Line)
		}
		switch shown := a.Shown(v.now()); {
		case a.InBuilding():
			line.Word, line.Status = "Here now", shown
		case shown == scheduling.StatusLate:
			line.Word, line.Status = "Late", shown
		case a.State == scheduling.Confirmed:
			line.Word, line.Status = "Confirmed", shown
		}
		panel.Rows = append(panel.Rows, line)
	}
	return panel
}

// bookFor are the parameters that fill in a patient, and lead back to its page.
func bookFor(patient id.ID) string {
	return "patient=" + patient.String() + "&back=/patients/" + patient.String()
}
