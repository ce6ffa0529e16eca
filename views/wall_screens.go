package views

import "paddock/views/ui"

// WallScreens is Practice, Screens.
type WallScreens struct {
	Page ui.Page
	// ID, sent as new_id, is the id the screen will get; Name what was typed.
	ID, Name string
	Rows     []WallScreen
	Mistakes ui.Mistakes
}

// WallScreen is one screen of the list.
type WallScreen struct {
	Name, By string
	// Status colours State, "Open since Today 10:05".
	Status, State string
	// Href leads to its code while it waits for it; EndAction ends it. Each is "" where there is none.
	Href, EndAction string
}

// NewWallScreen says how a screen is opened.
type NewWallScreen struct {
	Page ui.Page
	Name string
	// Address is typed at the screen, Href the same for this browser, Until the time of day it works.
	Address, Href, Until string
	EndAction            string
}
