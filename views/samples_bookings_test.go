package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func chosen() *views.ChosenPatient {
	return &views.ChosenPatient{
		ID: "018e", Href: "/patients/018e", Species: "dog", Name: "Biscuit", Surname: "Thompson", Line: "Dog, Labrador Retriever, 7 y 2 m, Helen Thompson, 07700 900142",
		Alerts:  []views.AlertLine{{Level: "stop", Lead: "Allergy:", Text: "Penicillin"}, {Level: "mind", Text: "Muzzle"}},
		NoShows: "Did not come twice", Next: []string{"Tue 24-Mar-2026 10:30, Booster"},
	}
}

func finder() views.Finder {
	return views.Finder{Nonce: "n0nce", Ask: "/bookings", WalkIn: "/walk-ins/new"}
}

func foundFinder() views.Finder {
	f := finder()
	f.Find, f.Asked, f.More = "bis", true, true
	f.Found = []views.Findable{
		{ID: "018e", Species: "dog", Name: []views.Piece{{Text: "Bis", Matched: true}, {Text: "cuit Thompson"}}, Line: []views.Piece{{Text: "Dog, Labrador Retriever, 7 y. Helen Thompson"}}},
		{ID: "018f", Species: "rabbit", Name: []views.Piece{{Text: "Bis", Matched: true}, {Text: "cotti Ferrari"}}, Line: []views.Piece{{Text: "Rabbit. Luca Ferrari"}}, State: "Died", Gone: true},
	}
	f.Clients = []views.Findable{{ID: "0190", Name: []views.Piece{{Text: "Margaret "}, {Text: "Bis", Matched: true}, {Text: "hop"}}, Line: []views.Piece{{Text: "07700 900455"}}}}
	return f
}

func noneFinder() views.Finder {
	f := finder()
	f.Find, f.Asked = "xylophone", true
	return f
}

func booking() views.Booking {
	v := views.Booking{
		Page: vet(), ID: "018f", Finder: finder(), Type: "1", With: "2", Day: "Tue 24-Mar-2026", At: "10:30", Cancel: "/today",
		Types:  []ui.Option{{Value: "1", Label: "Consult, 15 min"}, {Value: "3", Label: "Booster, 15 min"}},
		Withs:  []ui.Option{{Value: "", Label: "Anybody who is free"}, {Value: "2", Label: "Dr Amara Nwosu"}},
		Offer:  views.BookingOffer{Button: "Book Tue 10:30", Free: []views.FreeSlot{{Value: "2026-03-24 630 2", Label: "Tue 10:30 Dr Amara Nwosu", Pressed: true}, {Value: "2026-03-24 645 2", Label: "Tue 10:45 Dr Amara Nwosu"}}},
		Reason: "Itchy ears",
	}
	v.Page.Here = "today"
	return v
}

func chosenBooking() views.Booking {
	v := booking()
	v.Finder.Chosen, v.Finder.Fresh = chosen(), true
	return v
}

// takenBooking came back since somebody was faster; the person may book over it.
func takenBooking(may bool) views.Booking {
	v := chosenBooking()
	v.Offer.Taken = &views.TakenSlot{Sentence: "Dr Amara Nwosu is taken at 10:30", MayOver: may}
	if !may {
		v.Offer.Taken.Who = "Joanne Webb"
	}
	return v
}

func badBooking() views.Booking {
	v := booking()
	v.Finder = foundFinder()
	v.Finder.Mistake, v.Day, v.Every = "Find and choose the patient", "31/2", "x"
	v.Offer.Taken = &views.TakenSlot{Sentence: "This is over lunch", Crosses: true}
	v.Mistakes = ui.Mistakes{
		{Name: "find", Message: v.Finder.Mistake}, {Name: "day", Message: "Enter a day like 24/3, tomorrow or +7d"}, {Name: "every", Message: "Enter a number of weeks from 1 to 52"},
	}
	return v
}

func bareBooking() views.Booking {
	v := booking()
	v.Finder = noneFinder()
	v.Offer = views.BookingOffer{Button: "Book", None: "The schedule is not set up yet: it needs people and types of appointment."}
	return v
}

// seriesTaken is of a series with one day that is taken.
func seriesTaken() views.Booking {
	v := takenBooking(true)
	v.Every, v.Times = "4", "6"
	v.Offer.Taken.Skip, v.Mistakes = true, ui.Mistakes{{Name: "over_reason", Message: "Say why it is booked over another"}}
	return v
}

func walkIn() views.WalkIn {
	v := views.WalkIn{
		Page: vet(), ID: "018f", ClientID: "0190", PatientID: "0191", Finder: views.Finder{Nonce: "n0nce", Ask: "/walk-ins"}, New: true, Type: "1",
		SpeciesOptions: []ui.Option{{Value: "", Label: "Choose"}, {Value: "dog", Label: "Dog"}}, Types: booking().Types, Withs: booking().Withs, Cancel: "/today",
	}
	v.Page.Here = "today"
	return v
}

func badWalkIn() views.WalkIn {
	v := walkIn()
	v.ClientName, v.Phone, v.First, v.Alike = "Helen Thompson", "077", true, askedAlike()
	v.Mistakes = ui.Mistakes{{Name: "alike", Message: "Helen Thompson has this number"}, {Name: "name", Message: "Enter a name"}, {Name: "species", Message: "Choose a species"}}
	return v
}

func walkInOf(client bool) views.WalkIn {
	v := walkIn()
	if client {
		v.Client = &views.Findable{ID: "0190", Name: []views.Piece{{Text: "Helen Thompson"}}, Line: []views.Piece{{Text: "07700 900142"}}}
		v.Finder.Found = foundFinder().Found[:1]
		return v
	}
	v.New, v.Finder.Chosen, v.Finder.Fresh = false, chosen(), true
	return v
}

func cancellation() views.Cancellation {
	v := views.Cancellation{
		Page: vet(), Action: "/appointments/018e/cancellation", ID: "018f", Seen: "0190", What: "Biscuit Thompson, Tue 24-Mar-2026 10:30, Booster", Name: "Biscuit",
		ByWhom: "client", NoShowFrom: "Today 10:45", Cancel: "/today",
	}
	v.Page.Here = "today"
	return v
}

func badCancellation() views.Cancellation {
	v := cancellation()
	v.NoShowFrom, v.NoShow, v.Scope = "", true, "this"
	v.Scopes = []ui.Option{{Value: "this", Label: "Only this one"}, {Value: "following", Label: "This and those after it"}}
	v.Mistakes = ui.Mistakes{{Name: "reason", Message: "Say why"}}
	return v
}

func leftCancellation() views.Cancellation {
	v := cancellation()
	v.NoShowFrom, v.Left = "", true
	return v
}

func checkIn() views.CheckIn {
	v := views.CheckIn{
		Page: vet(), Action: "/appointments/018e/check-in", ID: "018f", WeightID: "0190", ClientVersion: "3", What: "Tue 24-Mar-2026 10:30, Booster with Dr Amara Nwosu",
		Chosen: *chosen(), Reason: "Booster", Stops: []views.NoticeTick{{ID: "0191", Text: "Allergy: Penicillin"}}, Phone: "07700 900142", PhoneWas: "07700 900142", Unit: "kg",
		LastOne: "24.6 kg, 12-Jan-2026", PhoneNow: true, Places: []ui.Option{{Value: "", Label: "The waiting room"}, {Value: "2", Label: "Consult 1"}}, Cancel: "/today",
	}
	v.Page.Here = "today"
	return v
}

func badCheckIn() views.CheckIn {
	v := checkIn()
	v.WeightNow, v.Weight, v.Sure, v.SureValue = true, "54.6", "24.6 to 54.6 kg is right", "54600"
	v.Stops[0].By = "Seen by Priya Raman"
	v.Mistakes = ui.Mistakes{{Name: "sure", Message: "54.6 kg is 122 % more than 24.6 kg. Check it, or tick that it is right"}, {Name: "phone", Message: "Enter a phone number in digits"}}
	return v
}

func waitlist() views.Waitlist {
	v := views.Waitlist{Page: vet(), Rows: []views.WaitRow{
		{
			Href: "/patients/1", Species: "dog", Name: "Biscuit Thompson", Line: "Dental, 60 min, with Dr Nwosu", When: "from Tue 24-Mar-2026", Since: "Priya Shah, 20-Mar-2026 09:10",
			Phone: "07700 900142", Tel: "+447700900142", Offers: []views.WaitOffer{{Label: "Tue 10:45 Dr Nwosu", Href: "/bookings/new?waitlist=1"}, {Label: "Tue 11:30 Locum", Href: "/bookings/new?waitlist=1&at=11:30"}}, EndAction: "/waitlist/1/ending",
		},
		{Href: "/patients/2", Species: "cat", Name: "Clover", Line: "Consult, 15 min", When: "from Wed 25-Mar-2026, 08:00 to 12:00", Since: "Priya Shah, 20-Mar-2026 09:10"},
	}}
	v.Page.Here = "today"
	form := waitForm()
	v.Form = &form
	return v
}

func waitForm() views.WaitForm {
	return views.WaitForm{Page: vet(), ID: "018f", Finder: views.Finder{Nonce: "n0nce", Ask: "/waitlist"}, Type: "1", Types: booking().Types, Withs: booking().Withs}
}

func badWaitForm() views.WaitForm {
	v := waitForm()
	v.Finder.Mistake = "Find and choose the patient"
	v.Mistakes = ui.Mistakes{{Name: "find", Message: v.Finder.Mistake}, {Name: "to", Message: "Enter a time like 10:30"}}
	return v
}

func resources() views.Resources {
	p := admin()
	return views.Resources{
		Page: p, Steps: []views.SetupStep{{Href: "/resources", Label: "Columns and rooms", Line: "Who sees patients, and where", Done: true}, {Href: "/hours", Label: "Hours", Line: "When the clinic is open"}},
		Rows: []views.ResourceLine{
			{Kind: "Vet", Called: "Dr Amara Nwosu", Line: "Consult 1", EditHref: "/resources/1/edit", HoursHref: "/hours?of=1", EndAction: "/resources/1/ending"},
			{Kind: "Room", Called: "Consult 1", EditHref: "/resources/2/edit", HoursHref: "/hours?of=2", EndAction: "/resources/2/ending"},
		},
		Ended: []views.ResourceLine{{Kind: "Nurse", Called: "Callum Baines", ReturnAction: "/resources/9/return"}}, Add: resourceForm(),
	}
}

func resourceForm() views.ResourceForm {
	return views.ResourceForm{
		Page: admin(), Action: "/resources", ID: "018f", Heading: "Add one", Kind: "vet", Position: "3", Kinds: []ui.Option{{Value: "vet", Label: "Vet"}},
		People: []ui.Option{{Value: "", Label: "Nobody: a room or a thing"}}, Rooms: []ui.Option{{Value: "", Label: "No room of its own"}},
	}
}

func badResourceForm() views.ResourceForm {
	v := resourceForm()
	v.Action, v.ID, v.Version, v.Heading, v.Cancel = "/resources/1", "", "4", "Change Consult 1", "/resources"
	v.Mistakes = ui.Mistakes{{Name: "name", Message: "Enter a name"}}
	return v
}

func hours() views.Hours {
	v := views.Hours{
		Page: admin(), Of: "1", Whose: "Dr Amara Nwosu", Subjects: []views.HoursSubject{{Href: "/hours", Label: "The clinic"}, {Href: "/hours?of=1", Label: "Dr Amara Nwosu", Here: true, None: true}},
	}
	for _, name := range []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"} {
		v.Days = append(v.Days, views.HoursDay{Label: name, Work: "08:30-18:00", Lunch: "12:30-13:30"})
	}
	return v
}

func badHours() views.Hours {
	v := hours()
	v.Of, v.Whose, v.Days[1].Work = "", "The clinic", "all day"
	v.Mistakes = ui.Mistakes{{Name: "work_2", Message: "Tuesday: enter times like 8:30-12:30, 14-18"}}
	return v
}

func blocks() views.Blocks {
	return views.Blocks{
		Page: admin(), Rows: []views.BlockLine{{When: "Fri 25-Dec-2026, all day", Who: "The clinic", Kind: "Holiday", Words: "Christmas", EndAction: "/blocks/1/ending"}}, Form: blockForm(),
	}
}

func blockForm() views.BlockForm {
	return views.BlockForm{Page: admin(), ID: "018f", Kind: "holiday", Ofs: []ui.Option{{Value: "", Label: "The whole clinic"}}, Kinds: []ui.Option{{Value: "holiday", Label: "Holiday"}}}
}

func badBlockForm() views.BlockForm {
	v := blockForm()
	v.Mistakes = ui.Mistakes{{Name: "day", Message: "Enter a day like 24/3, tomorrow or +7d"}}
	return v
}

func visitTypes() views.VisitTypes {
	return views.VisitTypes{
		Page: admin(), Rows: []views.VisitTypeLine{
			{Name: "Consult", Colour: "blue", Length: "15 min", Needs: "a vet", EditHref: "/appointment-types/1/edit", EndAction: "/appointment-types/1/ending"},
			{Name: "Farewell", Colour: "violet", Length: "45 min", Needs: "a vet and a room", Quiet: true, EditHref: "/appointment-types/2/edit", EndAction: "/appointment-types/2/ending"},
		}, Add: visitTypeForm(),
	}
}

func visitTypeForm() views.VisitTypeForm {
	return views.VisitTypeForm{
		Page: admin(), Action: "/appointment-types", ID: "018f", Heading: "Add a type", Minutes: "15", Position: "3", Colour: "plain", Needs: "vet",
		Colours: []ui.Option{{Value: "plain", Label: "Plain"}}, Needed: []ui.Option{{Value: "vet", Label: "A vet"}}, Rooms: []ui.Option{{Value: "", Label: "Anywhere"}},
	}
}

func badVisitTypeForm() views.VisitTypeForm {
	v := visitTypeForm()
	v.Action, v.ID, v.Version, v.Heading, v.Cancel = "/appointment-types/1", "", "2", "Change Consult", "/appointment-types"
	v.Mistakes = ui.Mistakes{{Name: "minutes", Message: "Enter a whole number, like 15"}}
	return v
}

func scheduleSettings() views.ScheduleSettings {
	return views.ScheduleSettings{Page: admin(), Version: "1", From: "08:00", To: "18:30", Mind: "10", Long: "15", Grace: "15", Overbook: "1"}
}

func badScheduleSettings() views.ScheduleSettings {
	v := scheduleSettings()
	v.Mind, v.Mistakes = "ten", ui.Mistakes{{Name: "wait_mind", Message: "Enter a whole number, like 15"}}
	return v
}

// planned is a record with visits to come.
func planned() views.Record {
	v := record()
	v.Ahead = views.Ahead{
		Shown: true, BookHref: "/bookings/new?patient=1", WaitHref: "/waitlist?patient=1", NoShows: "Did not come once",
		Rows: []views.AheadLine{{Href: "/appointments/1", When: "Tue 24-Mar-2026 10:30", Line: "Booster", Word: "Late", Status: "late"}, {Href: "/appointments/2", When: "Tue 21-Apr-2026 10:30", Line: "Recheck"}},
	}
	return v
}

func bookingSamples() []sample {
	return []sample{
		{"booking", false, views.BookingPage(booking())},
		{"booking-chosen", false, views.BookingPage(chosenBooking())},
		{"booking-taken", false, views.BookingPage(takenBooking(true))},
		{"booking-taken-nurse", false, views.BookingPage(takenBooking(false))},
		{"booking-mistakes", false, views.BookingPage(badBooking())},
		{"booking-bare", false, views.BookingPage(bareBooking())},
		{"booking-series", false, views.BookingPage(seriesTaken())},
		{"booking-part", true, views.BookingPart(badBooking())},
		{"booking-offer", true, views.BookingOfferPart(chosenBooking())},
		{"with-part", true, views.WithPart(desk(), "walk-in-form", chosenBooking().Withs, "1")},
		{"finder-part", true, views.FinderPart(foundFinder())},
		{"finder-none", true, views.FinderPart(noneFinder())},
		{"walk-in", false, views.WalkInPage(walkIn())},
		{"walk-in-known", false, views.WalkInPage(walkInOf(false))},
		{"walk-in-client", false, views.WalkInPage(walkInOf(true))},
		{"walk-in-part", true, views.WalkInPart(badWalkIn())},
		{"cancellation", false, views.CancellationPage(cancellation())},
		{"cancellation-left", false, views.CancellationPage(leftCancellation())},
		{"cancellation-part", true, views.CancellationPart(badCancellation())},
		{"check-in", false, views.CheckInPage(checkIn())},
		{"check-in-part", true, views.CheckInPart(badCheckIn())},
		{"waitlist", false, views.WaitlistPage(waitlist())},
		{"waitlist-none", false, views.WaitlistPage(views.Waitlist{Page: vet()})},
		{"wait-form", true, views.WaitFormPart(badWaitForm())},
		{"resources", false, views.ResourcesPage(resources())},
		{"resources-none", false, views.ResourcesPage(views.Resources{Page: admin(), Add: resourceForm()})},
		{"resource-form", false, views.ResourceFormPage(badResourceForm())},
		{"resource-form-part", true, views.ResourceFormPart(badResourceForm())},
		{"hours", false, views.HoursPage(hours())},
		{"hours-part", true, views.HoursPart(badHours())},
		{"blocks", false, views.BlocksPage(blocks())},
		{"blocks-none", false, views.BlocksPage(views.Blocks{Page: admin(), Form: blockForm()})},
		{"block-form-part", true, views.BlockFormPart(badBlockForm())},
		{"types", false, views.VisitTypesPage(visitTypes())},
		{"types-none", false, views.VisitTypesPage(views.VisitTypes{Page: admin(), Add: visitTypeForm()})},
		{"type-form", false, views.VisitTypeFormPage(badVisitTypeForm())},
		{"type-form-part", true, views.VisitTypeFormPart(badVisitTypeForm())},
		{"schedule-settings", false, views.ScheduleSettingsPage(scheduleSettings())},
		{"schedule-settings-part", true, views.ScheduleSettingsPart(badScheduleSettings())},
		{"record-planned", false, views.RecordPage(planned())},
	}
}
