package views

import (
	"strconv"

	"paddock/views/ui"
)

// Wall is the board of a screen on the wall: names of animals, and nobody's else.
type Wall struct {
	Page ui.Page
	// Screen is what the screen is called, At the time of day of what it shows.
	Screen, At string
	Count      int
	Lanes      []WallLane
}

// WallLane is one stage of a visit.
type WallLane struct {
	Status, Icon, Name string
	Cards              []WallCard
}

func (l WallLane) count() string { return strconv.Itoa(len(l.Cards)) }

// WallCard is one visit. Why is a word of the clinic's own list, "" for a quiet visit.
type WallCard struct {
	Name, Species, Why, Place string
	// Wait is "14 min", Level "mind" or "long" where that is much.
	Wait, Level string
	Urgent      bool
}

// WallWelcome asks whether a browser is to become a screen.
type WallWelcome struct {
	Page                  ui.Page
	Action, Name, Problem string
}
