package views

import (
	"strconv"
	"strings"

	"paddock/views/ui"
)

// Roles is Practice, Roles: the table of what each role may do.
type Roles struct {
	Page    ui.Page
	Columns []RoleColumn
	Groups  []RightGroup
	// Show is which rows are shown: "most", "all" or "changed".
	Show string
	// Pending are the boxes that are not as they are saved, "2 changes" in words; "" for none.
	Pending  string
	Mistakes ui.Mistakes
	People   []RoleHolder
	NewHref  string // "" where the clinic has as many roles as there can be
	WhyHref  string
}

// RoleColumn is a role in the table.
type RoleColumn struct {
	// N counts from 1, and is what a phone's choice of one role goes by.
	N        string
	ID, Name string
	// Line stands below the name: "3 people", "your own, 1 person".
	Line    string
	Href    string
	Version string
	// Was are the rights it has, with spaces between: what the form began from.
	Was string
}

// RightGroup is a part of the table.
type RightGroup struct {
	Name string
	// Most says that one of its rows is among those used most, Differs that one differs from how a clinic begins.
	Most, Differs bool
	Rows          []RightRow
}

// RightRow is one thing that roles may do.
type RightRow struct {
	Words         string
	Most, Differs bool
	Cells         []RightCell
}

// RightCell is one box.
type RightCell struct {
	N, Name, Value, Label string
	// On is how the box stands, Was how it is saved; Differs says that a clinic begins otherwise.
	On, Was, Differs bool
}

// RoleHolder is somebody with the roles they hold.
type RoleHolder struct {
	Name, Initials, Roles string
	Href                  string
	// Status and State are for somebody who cannot sign in: "Invited".
	Status, State string
}

// RolePreview shows what a form of the table would change, before it is saved.
type RolePreview struct {
	Page   ui.Page
	ID     string // sent as new_id
	Diffs  []RoleDiff
	Hidden []KeptField
	// Affected are those for whom something changes, Same those who hold such a role and for whom nothing does.
	Affected []PersonDiff
	Same     string
	// Who is whose view is tried out, Tried what it shows.
	Who    string
	People []ui.Option
	Tried  *PersonDiff
	// Reason is what was typed, Meanwhile what others have saved since.
	Reason    string
	Meanwhile []RoleEvent
	Mistakes  ui.Mistakes
}

// RoleDiff is what changes about one role.
type RoleDiff struct {
	Name         string
	Added, Taken []string
	// Notes say what is given and opens nothing: “Take payments” without seeing sums.
	Notes []string
}

// PersonDiff is what changes for one person.
type PersonDiff struct {
	Name, Roles  string
	Gains, Loses []string
}

// NewRole is the form of a role of the clinic's own.
type NewRole struct {
	Page           ui.Page
	ID, Name, From string
	Models         []ui.Option
	Mistakes       ui.Mistakes
}

// OneRole is the page of a role.
type OneRole struct {
	Page ui.Page
	// Name is how it is called, Typed what stands in the form.
	Name, Typed string
	Line        string
	ID          string // sent as new_id
	Version     string
	Action      string // renames it; "" where it is retired
	EndAction   string // retires it; "" where that cannot be
	EndWhy      string // why it cannot be retired, "" where it can or is
	Holders     []RoleHolder
	Groups      []RightList
	History     []RoleEvent
	Mistakes    ui.Mistakes
}

// RightList is a group of things a role may do, in words.
type RightList struct {
	Name  string
	Words []string
}

// RoleEvent is one thing that happened to a role.
type RoleEvent struct {
	When, At, By string
	What         string
	Added, Taken []string
	Reason       string
}

// PersonRoles gives somebody their roles.
type PersonRoles struct {
	Page    ui.Page
	Name    string
	Action  string // saves; with /preview behind it, shows what would change
	Preview string
	ID      string // sent as new_id
	Version string
	Roles   []RoleChoice
	// Diff is what would change, nil before that was asked.
	Diff     *PersonDiff
	Given    []string
	Taken    []string
	Mistakes ui.Mistakes
}

// RoleChoice is a role that can be ticked.
type RoleChoice struct {
	ID, Name, Line string
	On             bool
}

// span is how many columns the table has.
func span(roles []RoleColumn) string { return strconv.Itoa(len(roles) + 1) }

func counted(n int) string { return strconv.Itoa(n) }

// short counts what changes: "gains 2, loses 1".
func (p PersonDiff) short() string {
	var words []string
	if n := len(p.Gains); n > 0 {
		words = append(words, "gains "+counted(n))
	}
	if n := len(p.Loses); n > 0 {
		words = append(words, "loses "+counted(n))
	}
	return strings.Join(words, ", ")
}

// unsent marks the form where it came with what is not saved.
func (v PersonRoles) unsent() string {
	if len(v.Given)+len(v.Taken)+len(v.Mistakes) > 0 {
		return "typed"
	}
	return ""
}

// said is what was done, and when where that is known.
func (e RoleEvent) said() string {
	if e.When == "" {
		return e.What
	}
	return e.What + ", " + e.When
}
