package views_test

import (
	"strconv"
	"strings"

	"paddock/views"
	"paddock/views/ui"
)

func desk() ui.Page {
	p := vet()
	p.Here, p.Today, p.Person = "today", true, ui.Person{Name: "Priya Shah", Role: "Receptionist", Initials: "PS"}
	return p
}

// booked is a line of a column: "row,rows,status,icon,pet,owner,reason".
func booked(line string) views.DaySpan {
	f := strings.Split(line, ",")
	row, _ := strconv.Atoi(f[0])
	rows, _ := strconv.Atoi(f[1])
	words := map[string]string{"": "Booked", "check": "Confirmed", "checks": "Done", "clock": "Waiting", "steth": "In consult", "bed": "In care", "home": "Going home", "warn": "Late"}
	minute := 510 + row*5
	return views.DaySpan{Row: row, Len: rows, Appt: &views.Appt{
		ID: "018f" + f[4] + f[5], Href: "/appointments/" + f[4], Version: "3", Status: f[2], Icon: f[3], Word: words[f[3]],
		Time: strconv.Itoa(minute/60) + ":" + strconv.Itoa(minute%60), Pet: f[4], Owner: f[5], Reason: f[6], Tall: rows >= 6,
	}}
}

func blocked(row, rows int, why string) views.DaySpan {
	return views.DaySpan{Row: row, Len: rows, Block: why}
}

func freeAt(row, fits int) views.DaySpan {
	return views.DaySpan{Row: row, Len: 3, Free: &views.FreeQuarter{Href: "/bookings/new?day=2026-03-24", Time: "10:45", Fits: fits}}
}

func columns() []views.DayColumn {
	daisy, jasper := booked("33,6,booked,,Daisy,Iqbal,Eye squinting"), booked("33,6,waiting,clock,Jasper,Quinn,Walk-in")
	daisy.Lanes, jasper.Lanes, jasper.Lane, jasper.Appt.Over = 2, 2, 1, true
	biscuit := booked("18,6,consult,steth,Biscuit,Thompson,Itchy ears for 4 days")
	biscuit.Appt.Alert, biscuit.Appt.Says = "stop", "Penicillin allergy"
	tilly := booked("12,3,done,checks,Tilly,Murphy,Nail clip")
	tilly.Appt.Alert, tilly.Appt.Says = "mind", "Handle with care"
	duke := booked("72,9,booked,,Duke,Harrison,Quality of life talk")
	duke.Appt.Quiet, duke.Appt.Colour = true, "violet"
	return []views.DayColumn{
		{ID: "018f1", Name: "Dr Amara Nwosu", Room: "Consult 1", Hours: "08:30–17:30", Free: 4, Slots: 19, Spans: []views.DaySpan{
			booked("0,3,done,checks,Archie,Silva,Annual check"), booked("3,3,done,checks,Bramble,Hill,Nails and teeth"), booked("6,6,done,checks,Poppy,Lindqvist,Ear infection recheck"), tilly,
			booked("15,3,ready,home,Monty,Fraser,Skin recheck"), biscuit, booked("24,3,waiting,clock,Smokey,Ahmed,Vomiting for two days"), freeAt(27, 2),
			booked("30,6,booked,check,Otto,Becker,Back pain on stairs"), booked("36,3,booked,check,Hazel,Novak,Booster"), booked("39,3,booked,,Ludo,Grant,Post-op check"),
			booked("42,6,booked,check,Freya + Odin,Dahl,Boosters"), blocked(48, 12, "Lunch"), booked("60,6,booked,,Ziggy,O’Connor,Feather plucking"), freeAt(66, 0), freeAt(69, 0), duke, freeAt(81, 0),
		}},
		{ID: "018f2", Name: "Dr Tom Reilly", Room: "Consult 2", Hours: "08:30–17:30", Free: 4, Slots: 18, Spans: []views.DaySpan{
			booked("0,3,done,checks,Jess,Walton,Cough"), booked("12,6,ready,home,Rex,Hughes,Lame left hind"), booked("18,3,consult,steth,Nibbles,Patel,Off food since Sunday"),
			booked("21,3,late,warn,Mabel,Okafor,Dental check"), booked("24,6,waiting,clock,Willow,Evans,Weight loss"), daisy, jasper, blocked(48, 12, "Lunch"), booked("60,3,booked,check,Oscar,Penn,Ears"),
		}},
		{ID: "018f3", Name: "Callum Baines RVN", Room: "Nurse room", Hours: "09:00–17:00", Free: 6, Slots: 14, Spans: []views.DaySpan{
			blocked(0, 6, "Not in"), booked("6,3,done,checks,Pudding,Lamb,Weight clinic"), booked("21,3,consult,steth,Pippin,Ward,2nd vaccination"), freeAt(24, 0), freeAt(27, 0), blocked(54, 12, "Lunch"),
		}},
		{ID: "018f4", Name: "Dr Sofie Lindgren", Room: "Theatre", Hours: "08:30–16:30", Free: 2, Slots: 6, Spans: []views.DaySpan{
			blocked(0, 6, "Admissions"), booked("6,12,care,bed,Luna,Kowalski,Spay"), booked("18,15,care,bed,Hector,Wood,Dental with 3 extractions"), blocked(45, 9, "Lunch"),
		}},
	}
}

func daySchedule() views.Schedule {
	v := views.Schedule{
		Page: desk(), Href: "/today/schedule?day=2026-03-24&view=day", Day: "2026-03-24", Words: "Tuesday 24 March", View: "day", Fresh: "018f", From: 510, Rows: 108,
		Columns: columns(), Now: views.NowMark{Row: 22, Minute: 620, Label: "10:20"},
	}
	for m := 510; m < 1050; m += 30 {
		v.Times = append(v.Times, views.TimeMark{Row: (m - 510) / 5, Label: strconv.Itoa(m/60) + ":" + strconv.Itoa(m%60 + 100)[1:], Hour: m%60 == 0})
	}
	return v
}

func callIn(name string) *views.Act {
	return &views.Act{Label: "Call in", Action: "/appointments/1/moves", ID: "018f", Seen: "018e", To: "with_vet", Named: "Call in: " + name}
}

func flowBoard() views.Board {
	since := "2026-03-24T10:06:00Z"
	return views.Board{
		Page: desk(), Href: "/today/board?day=2026-03-24&view=day", Count: 8, WallHref: "/wall-screens", Mind: 10, Long: 15, Now: "2026-03-24T10:20:00Z", Back: views.Back{On: "2026-03-24", View: "day"},
		Lanes: []views.Lane{
			{Key: "waiting", Status: "waiting", Icon: "clock", Name: "Waiting", Note: "longest 14 min", Count: 3, Cards: []views.FlowCard{
				{ID: "1", Href: "/appointments/1", Status: "late", Species: "dog", Pet: "Jasper", Owner: "Quinn", First: "See first:", Why: "bee sting, muzzle swollen · walk-in", Wait: "4 min", Since: since, Act: &views.Act{Label: "Assign", Href: "/appointments/1"}},
				{ID: "2", Href: "/appointments/2", Status: "waiting", Species: "cat", Pet: "Smokey", Owner: "Ahmed", Why: "Vomiting · Dr Nwosu 10:30", Wait: "14 min", Since: since, Level: "mind", Act: callIn("Smokey Ahmed")},
				{ID: "3", Href: "/appointments/3", Status: "waiting", Species: "cat", Pet: "Willow", Owner: "Evans", Why: "Weight loss · Dr Reilly 10:30", Wait: "19 min", Since: since, Level: "long", Act: callIn("Willow Evans")},
			}},
			{Key: "late", Status: "late", Icon: "warn", Name: "Late", Note: "not here yet", Mini: true, Count: 1, Cards: []views.FlowCard{
				{ID: "4", Href: "/appointments/4", Status: "late", Species: "cat", Pet: "Mabel", Owner: "Okafor", Why: "10:15 Reilly", Wait: "5 min", Since: since, Level: "long", Act: &views.Act{Label: "Call", Href: "tel:+447700900111", Named: "Call Daniel Okafor"}},
			}},
			{Key: "consult", Status: "consult", Icon: "steth", Name: "In consult", Mini: true, Count: 2, Cards: []views.FlowCard{
				{ID: "5", Href: "/appointments/5", Status: "consult", Species: "dog", Pet: "Biscuit", Owner: "Thompson", Alert: "stop", Says: "Penicillin allergy", Why: "Nwosu, Consult 1", Wait: "15 min", Since: since},
				{ID: "6", Href: "/appointments/6", Status: "consult", Species: "rabbit", Pet: "Nibbles", Owner: "Patel", Why: "Reilly, Consult 2", Wait: "11 min", Since: since},
			}},
			{Key: "care", Status: "care", Icon: "bed", Name: "In care", Note: "next check 10:30", Mini: true, Count: 1, Cards: []views.FlowCard{
				{ID: "7", Href: "/appointments/7", Status: "care", Species: "cat", Pet: "Luna", Owner: "Kowalski", Quiet: true, Why: "Kennel 2, Spay", Wait: "check 10:30"},
			}},
			{Key: "ready", Status: "ready", Icon: "home", Name: "Going home", Count: 1, Cards: []views.FlowCard{
				{ID: "8", Href: "/appointments/8", Status: "ready", Species: "dog", Pet: "Monty", Owner: "Fraser", Why: "Skin, recheck", Wait: "3 min", Since: since, Act: &views.Act{Label: "Check out", Href: "/visits/8/check-out", Main: true}},
			}},
			{Key: "waitlist", Status: "booked", Icon: "list", Name: "Waitlist", Note: "all of it", Href: "/waitlist", Count: 5, Cards: []views.FlowCard{
				{ID: "9", Href: "/waitlist", Status: "booked", Species: "dog", Pet: "Coco", Owner: "Diaz", Why: "Booster, anybody, before 12:00", Act: &views.Act{Label: "Offer 10:45", Href: "/bookings/new?waitlist=9"}},
			}},
		},
	}
}

func theDay() views.Today {
	return views.Today{
		Page: desk(), Day: "2026-03-24", Heading: "Tue 24 March", View: "day", Present: true, PrevHref: "/today?day=2026-03-23", TodayHref: "/today", NextHref: "/today?day=2026-03-25",
		DayHref: "/today", WeekHref: "/today?view=week", RoomsHref: "/today?view=rooms", Counts: "16 free · 10 seen · 1 late", BookHref: "/bookings/new", WalkInHref: "/walk-ins/new",
		Schedule: daySchedule(), Board: flowBoard(),
		Toast: &views.Toast{Page: desk(), Sentence: "Smokey moved to 12:00 with Dr Reilly.", UndoAction: "/appointments/2/time", Fields: []views.Carried{{Name: "version", Value: "4"}}, Back: views.Back{On: "2026-03-24", View: "day"}},
	}
}

// emptyDay is a day of which nothing is set up, with a day that was not understood.
func emptyDay() views.Today {
	v := theDay()
	v.Schedule.Columns, v.Schedule.Times, v.Schedule.Now = nil, nil, views.NowMark{}
	v.Schedule.Empty, v.Schedule.SetupHref = "Nobody is on the schedule yet.", "/resources"
	v.Board.Lanes, v.Board.Count, v.Board.Empty = nil, 0, "No one is waiting. Next in: Otto Becker at 11:00."
	v.Toast, v.Typed, v.Mistakes = nil, "soon", ui.Mistakes{{Name: "jump", Message: "Enter a day like 24/3, tomorrow or +7d"}}
	return v
}

func theWeek() views.Today {
	v := theDay()
	v.View, v.Heading, v.Toast, v.Counts = "week", "23–29 March", nil, ""
	v.Week = &views.Week{}
	for i, d := range []string{"Mon 23 Mar", "Tue 24 Mar", "Wed 25 Mar", "Thu 26 Mar", "Fri 27 Mar", "Sat 28 Mar", "Sun 29 Mar"} {
		v.Week.Days = append(v.Week.Days, views.WeekDay{Href: "/today", Label: d, Present: i == 1})
	}
	for i, c := range columns() {
		row := views.WeekRow{Name: c.Name, Room: c.Room}
		for d := range 7 {
			cell := views.WeekCell{Href: "/today", Day: v.Week.Days[d].Label, Booked: 9 + i + d, Free: 4*i + d, Used: 34 - 4*i - d, Slots: 34}
			if d > 5 {
				cell = views.WeekCell{Closed: "Closed"}
			} else if d == 4 && i == 2 {
				cell = views.WeekCell{Closed: "Away: course in Leeds"}
			}
			row.Cells = append(row.Cells, cell)
		}
		v.Week.Rows = append(v.Week.Rows, row)
	}
	return v
}

func visitCard() views.VisitCard {
	with := []ui.Option{{Value: "", Label: "Nobody yet"}, {Value: "1", Label: "Dr Amara Nwosu"}}
	return views.VisitCard{
		Page: desk(), Href: "/appointments/2", Status: "waiting", Icon: "clock", State: "Waiting 14 min", When: "10:30–10:45, Dr Amara Nwosu, Consult 1", Day: "Tue 24-Mar-2026", DayHref: "/today",
		Pet: "Smokey", Surname: "Ahmed", PetHref: "/patients/2", Kind: "Maine Coon, male, neutered, 9 y 4 m, 6.8 kg", Alerts: []views.AlertLine{{Level: "mind", Text: "Bites when lifted"}},
		Type: "Consult", Reason: "Vomiting, 2 days. Eating a little.", Owner: "Yusuf Ahmed", OwnerHref: "/clients/2", Phone: "07700 900318", Tel: "+447700900318", Asks: "phone, weight", NoShows: "twice",
		Forward: &views.Act{Label: "Call in", Icon: "steth", Key: "c", Action: "/appointments/2/moves", ID: "018f", Seen: "018e", To: "with_vet", Main: true}, MoveHref: "/appointments/2/time", CancelHref: "/appointments/2/cancellation",
		Others: []views.Act{{Label: "In care", Action: "/appointments/2/moves", ID: "018f", To: "in_treatment"}, {Label: "Undo: waiting", Action: "/appointments/2/undo", ID: "018f"}},
		Assign: &views.AssignForm{Page: desk(), Action: "/appointments/2/assignment", With: "1", Withs: with}, Whereabouts: &views.PlaceForm{Page: desk(), Action: "/appointments/2/place", Places: with, Next: "10:30"},
		Steps: []views.Step{{What: "Waiting", By: "Priya Shah, Today 10:06"}, {What: "Booked", Line: "By phone", By: "Priya Shah, 20-Mar-2026 15:02"}}, Back: views.Back{On: "2026-03-24", View: "day"},
	}
}

func toldCard() views.VisitCard {
	v := visitCard()
	v.Told, v.Status, v.Icon, v.State, v.Forward = "Dr Tom Reilly recorded “In consult” for Smokey today 10:19. Nothing was changed.", "consult", "steth", "In consult 1 min", nil
	return v
}

func moveForm() views.MoveForm {
	return views.MoveForm{
		Page: desk(), Action: "/appointments/2/time", ID: "018f", Version: "3", Name: "Smokey Ahmed", Called: "Smokey", At: "now 10:30, Dr Nwosu", Day: "Tue 24-Mar-2026", Time: "12:00", With: "2",
		Withs: []ui.Option{{Value: "1", Label: "Dr Amara Nwosu"}, {Value: "2", Label: "Dr Tom Reilly"}}, Free: []views.FreeChip{{Value: "a", Label: "12:00"}, {Value: "b", Label: "14:30"}, {Value: "c", Label: "Wed 25 Mar 09:00"}},
		Scopes: []ui.Option{{Value: "this", Label: "Only this one"}, {Value: "all", Label: "All that are still to come"}}, Scope: "this", Twice: "The clocks go back that night: it comes twice", Cancel: "/today", Back: views.Back{On: "2026-03-24", View: "day"},
	}
}

func askedMove() views.MoveForm {
	v := moveForm()
	v.Cross, v.Over, v.Second = "This crosses lunch.", "That time is taken. Choose a free one, or book over it and say why.", "yes"
	v.Mistakes = ui.Mistakes{{Name: "at", Message: "Enter a time like 10:30, 1030 or 2pm"}, {Name: "overbook", Message: "Say why it is booked over another"}}
	return v
}

func refusedMove() views.MoveForm {
	v := moveForm()
	v.Refused, v.Free, v.None = "That time is taken. Choose a free one.", nil, "Nothing is free in the next four weeks."
	return v
}
