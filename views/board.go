package views

import (
	"strconv"
	"strings"

	"paddock/views/ui"
)

// Board is who is in the building, by stage.
type Board struct {
	Page ui.Page
	// Href fetches it again.
	Href  string
	Count int
	Lanes []Lane
	// WallHref leads to the big screen, "" for those who may not put it up.
	WallHref string
	// Mind and Long are the minutes at which a wait turns amber and red.
	Mind, Long int
	// Empty is said where nobody waits: "No one is waiting. Next in: Otto Becker at 11:00."
	Empty string
	// Now is the present instant (RFC 3339).
	Now  string
	Back Back
}

// Lane is one stage.
type Lane struct {
	// Key is its place in the page, Status its colour, Icon its glyph.
	Key, Status, Icon, Name string
	// Note stands at the end of its head: "longest 14 min".
	Note  string
	Count int
	Cards []FlowCard
	// Mini cards take one line.
	Mini bool
	// More is said below the cards shown where there are more; Href leads to all of them.
	More, Href string
}

// FlowCard is one visit on the board.
type FlowCard struct {
	ID, Href        string
	Status, Species string
	Pet, Owner      string
	// First is "See first:" of one who goes before the others.
	First, Why  string
	Alert, Says string
	Quiet       bool
	// Wait is "14 min" or "until 11:15"; Since the instant minutes count from, "" where they do not; Level is
	// "mind", "long" or "".
	Wait, Since, Level string
	Act                *Act
}

// Act is one thing that can be done with a visit: a link where Href is set, else a form.
type Act struct {
	Label, Icon string
	// Key presses it, "" for none.
	Key  string
	Href string
	// Action takes the form: ID is the id the move gets, Seen the last one the page showed, To the state.
	Action, ID, Seen, To string
	// Main is the filled one.
	Main bool
	// Named is what a screen reader hears instead of the label: "Call in Smokey Ahmed".
	Named string
	// Opens is what a link does where script runs: OpensCard or OpensBeside, "" for a page.
	Opens string
}

// Where the link of an act opens on the page of a day.
const (
	OpensCard   = "card"
	OpensBeside = "beside"
)

// opens reports whether the card of a visit is behind it.
func (c FlowCard) opens() bool { return strings.HasPrefix(c.Href, "/appointments/") }

func (a Act) class(small bool) string {
	c := "btn"
	if small {
		c += " small"
	}
	if a.Main {
		c += " go"
	}
	return c
}

func (b Board) mind() string { return strconv.Itoa(b.Mind) }
func (b Board) long() string { return strconv.Itoa(b.Long) }
