package views

import (
	"strings"

	"paddock/views/ui"
)

// Booking is the form that books a visit: beside Today, or as a page of its own.
type Booking struct {
	Page ui.Page
	// ID, sent as new_id, is the id the appointment will get. Waitlist is the entry it would end, "" for none.
	ID, Waitlist string
	Finder       Finder
	// Reason is what brings them.
	Reason string
	// Anyway says that the booking was refused for crossing what is not offered, and is meant.
	Anyway bool
	// Type and With are ids; With is "" for anybody who may.
	Type, With   string
	Types, Withs []ui.Option
	// Day and At are as typed or as shown: "Tue 24-Mar-2026", "10:30". Minutes is "" for the length of the type.
	Day, At, Minutes string
	// Every is the number of weeks between repeats, "" for none; Times how often in all.
	Every, Times string
	Offer        BookingOffer
	// Mistakes name "find", "reason", "type", "with", "day", "at", "minutes", "second", "every", "times", "over_reason" or "".
	Mistakes ui.Mistakes
	// Offered goes along with a time that the form filled in by itself, "" where none was.
	Offered string
	// Cancel is the page it was opened from.
	Cancel string
}

// Finder is the part of a form that says which animal it is about.
type Finder struct {
	Nonce string
	// Below says that it stands below something that is read first, so that the page does not begin at it.
	Below bool
	// Ask is where what is typed is sent, that is the form's own action.
	Ask string
	// Find is what was typed; Asked says that it was looked for.
	Find  string
	Asked bool
	// Found are the animals and Clients the people that match; More says that there are more than are shown.
	Found   []Findable
	Clients []Findable
	More    bool
	// Chosen is the animal, nil before one is.
	Chosen *ChosenPatient
	// WalkIn is where somebody new can be written down, "" for nowhere.
	WalkIn string
	// Fresh puts the cursor behind the choice that was just made.
	Fresh bool
	// Mistake is about "find".
	Mistake string
}

// Findable is an animal or a client in the list below the field. Species is "" for a client.
type Findable struct {
	ID, Species string
	Name, Line  []Piece
	// State is "Died", "Left" or "".
	State string
	Gone  bool
}

// ChosenPatient is the animal a booking is for, with what has to be known before it comes.
type ChosenPatient struct {
	ID, Href, Species string
	// Name is the animal's and Surname its owner's; Line kind, owner and phone.
	Name, Surname, Line string
	Alerts              []AlertLine
	// NoShows is "Did not come twice, last 12-Nov-2025", "" for never.
	NoShows string
	// Next are the visits booked already, soonest first: "Tue 24-Mar-2026 10:30, Booster".
	Next []string
	// Closed says why nothing can be booked: it died. "" where it can.
	Closed string
}

// BookingOffer are the times that can be had, and the button. It is a fragment: it changes with type, person
// and day, while what is typed stays.
type BookingOffer struct {
	Free []FreeSlot
	// None says that nothing is free soon, in words: "Nothing is free in the next 14 days".
	None string
	// Taken says what is in the way of a booking that was refused, nil where nothing is.
	Taken *TakenSlot
	// Twice says that the time comes two times that day, "" where it does not; Second is "yes" for the later one, "no"
	// for the first, and "" while that is not said.
	Twice, Second string
	// Button is "Book Tue 10:30".
	Button string
}

// secondChoice are the two of a time that comes twice.
var secondChoice = []ui.Option{{Value: "", Label: "Choose"}, {Value: "no", Label: "Before the clocks go back"}, {Value: "yes", Label: "After the clocks go back"}}

// FreeSlot is a time that can be had.
type FreeSlot struct {
	// Value goes along with the button: day, minute and resource.
	Value string
	// Label is "Tue 10:30 Dr Nwosu".
	Label   string
	Pressed bool
}

func (f FreeSlot) id() string { return "slot-" + strings.ReplaceAll(f.Value, " ", "-") }

// TakenSlot is why a time could not be had.
type TakenSlot struct {
	// Sentence is "Dr Nwosu is taken at 10:30".
	Sentence string
	// Crosses says that nobody is booked then, but the time is not offered. Skip offers to leave out the days of a
	// series that are taken or not offered. Later says that it is about a later day of a series than the first.
	Crosses, Skip, Later bool
	// MayOver shows the field for a reason and the button; Who names who may, for the others.
	MayOver bool
	Who     string
	Reason  string
}

// skipWord is the button that leaves days of a series out.
func (v TakenSlot) skipWord() string {
	if v.Crosses {
		return "Leave out the days that are not offered"
	}
	return "Leave out the days that are taken"
}

// advice says how to go on.
func (v TakenSlot) advice() string {
	ways := []string{"Choose a free time below"}
	if v.Later {
		ways[0] = "Type another time"
	}
	if v.Skip {
		ways = append(ways, "leave out such days")
	}
	switch {
	case v.Crosses:
		ways = append(ways, "book it anyway")
	case v.MayOver:
		ways = append(ways, "book over it and say why")
	}
	said := strings.Join(ways[:len(ways)-1], ", ") + ", or " + ways[len(ways)-1] + "."
	if len(ways) == 1 {
		said = ways[0] + "."
	}
	if v.Who != "" && !v.Crosses && !v.MayOver {
		said += " " + v.Who + " may book over it."
	}
	return said
}

func (v Booking) title() string {
	if v.Finder.Chosen == nil {
		return "New booking"
	}
	return "Book " + v.Finder.Chosen.called()
}

func (c ChosenPatient) called() string {
	if c.Surname == "" {
		return c.Name
	}
	return c.Name + " " + c.Surname
}

// repeats opens the part about repeats.
func (v Booking) repeats() bool {
	return v.Every != "" || v.Times != "" || v.Mistakes.About("every") != "" || v.Mistakes.About("times") != ""
}

func (f Finder) count() int { return len(f.Found) + len(f.Clients) }

// unsent says that the form came back from a step with words that nobody has sent.
func (v Booking) unsent() string {
	if v.Reason != "" && v.Finder.Chosen != nil {
		return "typed"
	}
	return unsent(v.Mistakes)
}
