package views

import (
	"strconv"

	"paddock/views/ui"
)

// AuditLog is who did what to what, when and from where, and the form that asks for some of it.
type AuditLog struct {
	Page ui.Page
	// Who, Act, Kind and Route are the values chosen, Typed the id or address of the one thing it is about, From and To
	// days as typed.
	Who, Act, Kind, Route, Typed, From, To string
	People, Acts, Kinds, Routes            []ui.Option
	Mistakes                               ui.Mistakes
	// About is what the one thing is called and AboutHref its page, where they are known.
	About, AboutHref string
	Days             []AuditDay
	Shown            int
	// OlderHref leads on, "" at the end; where the page is not full it was searched back to Until. NewestHref leads to
	// the newest end from anywhere else.
	OlderHref, NewestHref, Until string
	// ExportHref sends the same as a file, "" where the days are open or more than ExportMost.
	ExportHref, ExportMost string
	// Here is the address of the first page.
	Here string
}

// AuditDay are the acts of one day, the latest first.
type AuditDay struct {
	Label string
	Lines []AuditLine
}

// AuditLine is one act: "Jo Webb opened the record of Biscuit".
type AuditLine struct {
	At, Time  string
	Who, Did  string
	Thing     string
	ThingHref string
	// Joined stands before Of, what the act is about besides.
	Joined, Of, OfHref string
	Tail               string
	// Refused marks what did not come about.
	Refused bool
	// Meta are the address and the device it came from.
	Meta []string
}

// asksMore reports whether a choice is made that stands behind More.
func (v AuditLog) asksMore() bool {
	return v.Typed != "" || v.Route != "" || v.Mistakes.About("about") != ""
}

func (v AuditLog) asks() bool {
	return v.Who != "" || v.Act != "" || v.Kind != "" || v.From != "" || v.To != "" || v.asksMore()
}

func (v AuditLog) said() string {
	return strconv.Itoa(v.Shown) + " shown"
}
