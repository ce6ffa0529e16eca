package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func wall() views.Wall {
	return views.Wall{
		Page:   ui.Page{Nonce: "n0nce", Mark: "m4rk", Clinic: "Oakvale Vets", Assets: vet().Assets},
		Screen: "Prep room", At: "10:26", Count: 3,
		Lanes: []views.WallLane{
			{Status: "waiting", Icon: "clock", Name: "Waiting", Cards: []views.WallCard{
				{Name: "Biscuit", Species: "dog", Why: "Recheck", Wait: "22 min", Level: "long", Urgent: true},
				{Name: "Clover", Species: "cat", Place: "Cat ward", Wait: "12 min", Level: "mind"},
			}},
			{Status: "consult", Icon: "steth", Name: "In consult", Cards: []views.WallCard{{Name: "Maple", Species: "rabbit", Why: "Dental", Place: "Room 1", Wait: "4 min"}}},
			{Status: "care", Icon: "bed", Name: "In care"},
			{Status: "ready", Icon: "home", Name: "Going home"},
		},
	}
}

func wallSamples() []sample {
	page := wall().Page
	listed := views.WallScreens{Page: admin(), ID: "018f", Rows: []views.WallScreen{
		{Name: "Prep room", By: "Joanne Webb, 24-Mar-2026", Status: "ready", State: "Open since Today 10:05", EndAction: "/wall-screens/1/ending"},
		{Name: "Theatre", By: "Joanne Webb, 24-Mar-2026", Status: "waiting", State: "Waits for its code", Href: "/wall-screens/2", EndAction: "/wall-screens/2/ending"},
		{Name: "Old one", By: "Joanne Webb, 01-Mar-2026", Status: "done", State: "Ended 02-Mar-2026 09:00"},
	}}
	mistaken := listed
	mistaken.Rows, mistaken.Mistakes = nil, ui.Mistakes{{Name: "name", Message: "Enter a name, like Prep room"}}
	return []sample{
		{"a wall", false, views.WallPage(wall())},
		{"a board on a wall", true, views.WallPart(wall())},
		{"a wall that is none", false, views.WallShutPage(page)},
		{"the place of a board that is none", true, views.WallShutPart()},
		{"a screen to be opened", false, views.WallWelcomePage(views.WallWelcome{Page: visitor(), Action: "/wall/K7QF-9M2X-TR4B", Name: "Prep room", Problem: "The page was open for a while."})},
		{"screens", false, views.WallScreensPage(listed)},
		{"screens with a mistake", false, views.WallScreensPage(mistaken)},
		{"a new screen", false, views.WallScreenPage(views.NewWallScreen{
			Page: admin(), Name: "Prep room", Address: "oakvale.example.org/wall/K7QF-9M2X-TR4B", Href: "/wall/K7QF-9M2X-TR4B", Until: "11:26", EndAction: "/wall-screens/1/ending",
		})},
	}
}
