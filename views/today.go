package views

import (
	"strconv"

	"paddock/views/ui"
)

// Today is the page of a day at the clinic: what is planned, and who is in the building.
type Today struct {
	Page ui.Page
	// Day is "2026-03-24", Heading "Tue 24 March", with the year where it is not the present one.
	Day, Heading string
	// View is "day", "week" or "rooms".
	View string
	// Present says that the day is today.
	Present bool
	// PrevHref, TodayHref and NextHref lead to other days in the same view, the others to other views.
	PrevHref, TodayHref, NextHref string
	DayHref, WeekHref, RoomsHref  string
	// Counts is "16 free · 10 seen · 1 late".
	Counts string
	// BookHref and WalkInHref are "" where the person may not book.
	BookHref, WalkInHref string
	Schedule             Schedule
	// Week is of the week view, nil else.
	Week  *Week
	Board Board
	Toast *Toast
	// Unsigned are this person's notes that have waited for more than a day.
	Unsigned []UnsignedNote
	// Results are those that wait for this person.
	Results LabCount
	// Waiting are notes of others that wait for this person's co-signature.
	Waiting []WaitingNote
	// Typed is a day that was not understood, with what is wrong about it.
	Typed    string
	Mistakes ui.Mistakes
}

// UnsignedNote is a note that waits for its author; Href is the record it opens in.
type UnsignedNote struct {
	Href, When string
}

// Schedule is one day's columns.
type Schedule struct {
	Page ui.Page
	// Href fetches it again. Day is "2026-03-24", Words "Tuesday 24 March".
	Href, Day, Words string
	// View is "day" or "rooms", as in Today.
	View string
	// Fresh is an id for what a drag makes.
	Fresh string
	// From is the minute of the day the first row begins at, a half hour; Rows how many rows of five
	// minutes there are.
	From, Rows int
	Columns    []DayColumn
	Times      []TimeMark
	// Now is the row of the present instant and its time; its zero value for another day.
	Now NowMark
	// Empty says why there are no columns, "" where there are; SetupHref leads to where they are made, for
	// those who may.
	Empty, SetupHref string
}

// NowMark marks the present on the schedule: its row, its minute of the day and its time.
type NowMark struct {
	Row, Minute int
	Label       string
}

// TimeMark is a label beside the rows.
type TimeMark struct {
	Row   int
	Label string
	Hour  bool
}

// DayColumn is one resource's day.
type DayColumn struct {
	// ID is the resource's, for dropping on.
	ID string
	// Name is "Dr Amara Nwosu", Room "Consult 1" or "", Hours "08:30–17:30" or "Not in".
	Name, Room, Hours string
	// Free is how many quarters are free, of Slots in all.
	Free, Slots int
	Spans       []DaySpan
}

// DaySpan is something on a column: just one of Appt, Block and Free is set.
type DaySpan struct {
	// Row counts five minutes from the top, Len how many it takes.
	Row, Len int
	// Of Lanes that stand side by side it takes the Lane-th, counted from 0; 0 lanes take the whole width.
	Lane, Lanes int
	Appt        *Appt
	// Block is why the time is not offered: "Lunch", "Not in", "Holiday".
	Block string
	Free  *FreeQuarter
}

// Appt is an appointment on the schedule.
type Appt struct {
	// ID is the row; Version is that of a page that may drag it, "" where it stays.
	ID, Version string
	Href        string
	// Status is its colour, Icon its glyph or "", Word what is read for it: "waiting", "clock", "Waiting".
	Status, Icon, Word string
	// Time is "10:30".
	Time string
	// Arrives says that it is of today and still to come, so that it can be checked in.
	Arrives            bool
	Pet, Owner, Reason string
	// Alert is the weightiest alert's level, "stop" or "mind", and Says its words; "" for none.
	Alert, Says string
	// Colour is that of the type, "" for plain.
	Colour string
	// Over is booked over another, Quiet a visit that nobody hears of.
	Over, Quiet bool
	// Tall has room for two lines.
	Tall bool
}

// FreeQuarter is a quarter of an hour that can be booked. Fits is how many on the waitlist it suits.
type FreeQuarter struct {
	Href, Time string
	Fits       int
}

// Week is seven days of all resources.
type Week struct {
	Days []WeekDay
	Rows []WeekRow
	// Empty as in Schedule.
	Empty, SetupHref string
}

// WeekDay heads a column: "Tue 24 Mar".
type WeekDay struct {
	Href, Label string
	Present     bool
}

// WeekRow is one resource's week.
type WeekRow struct {
	Name, Room string
	Cells      []WeekCell
}

// WeekCell is one resource's day in numbers. Closed is why nothing is offered, "" where something is.
type WeekCell struct {
	Href   string
	Day    string
	Closed string
	// Booked appointments; Free quarters to come; Used of all Slots.
	Booked, Free, Used, Slots int
}

// Toast says what was done last, with the way back.
type Toast struct {
	Page     ui.Page
	Sentence string
	// UndoAction is "" where it cannot be taken back; Fields are what it sends.
	UndoAction string
	Fields     []Carried
	Back       Back
}

// Carried is a hidden value of a form.
type Carried struct {
	Name, Value string
}

// Back is the page of a day that a form of it leads back to.
type Back struct {
	// On is the day, View the view: "2026-03-24", "day".
	On, View string
}

// place is a row as slots.css reads it: whole hours and rows of five minutes.
func place(rows int) string { return strconv.Itoa(rows/12) + "." + strconv.Itoa(rows%12) }

func (v Today) page() ui.Page {
	p := keyed(v.Page, when(v.BookHref != "", "n", "Book")...)
	p = keyed(p, when(v.WalkInHref != "", "w", "Walk-in")...)
	p = keyed(p,
		ui.Key{Press: "← →", Does: "Day before, day after"}, ui.Key{Press: "t", Does: "Today"},
		ui.Key{Press: "c", Does: "Call in the next, or the one chosen"}, ui.Key{Press: "i", Does: "Check in the one chosen"},
		ui.Key{Press: "m", Does: "Move the one chosen"},
	)
	p = keyed(p, when(v.Board.WallHref != "", "b", "Big screen")...)
	return titled(p, v.Heading+", "+v.Page.Clinic, v.Mistakes)
}

// step names the links beside the day: a week at a time in the week view.
func (v Today) step(way string) string {
	if v.View == "week" {
		return "Week " + way
	}
	return "Day " + way
}

// alertIcon is the glyph of an alert's level.
func alertIcon(level string) string {
	if level == "stop" {
		return "stop"
	}
	return "warn"
}

func (c DayColumn) used() int { return max(0, c.Slots-c.Free) }

func (c DayColumn) load() string {
	return c.Name + ": " + strconv.Itoa(c.used()) + " of " + strconv.Itoa(c.Slots) + " slots used"
}

func (c WeekCell) load() string {
	return strconv.Itoa(c.Used) + " of " + strconv.Itoa(c.Slots) + " slots used"
}

func (f FreeQuarter) words() string {
	switch f.Fits {
	case 0:
		return "Free"
	case 1:
		return "Free, 1 waiting fits"
	}
	return "Free, " + strconv.Itoa(f.Fits) + " waiting fit"
}
