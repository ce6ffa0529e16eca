package views

import (
	"strconv"
	"strings"

	"paddock/views/ui"
)

// Imports is Practice, Import: the form for a file, and the files of before.
type Imports struct {
	Page ui.Page
	// ID, sent as new_id, is the id the import will get.
	ID   string
	Rows []ImportRow
	// Holds is the choice of what stands in the file; Sample is the path of a file of history that shows the columns.
	Holds  ui.Choice
	Sample string
	// Mistakes name "file" or "".
	Mistakes ui.Mistakes
}

// ImportRow is one import of the list, newest first.
type ImportRow struct {
	Href, File string
	// When is "Today 10:05", At the same instant for machines (RFC 3339).
	When, At string
	// By is who chose the file, "" where the program was told to on its own machine.
	By    string
	State ImportState
	// Line says what came of it: "64,612 added, 1,430 merged, 61 refused".
	Line string
}

// ImportState is the state of an import in a word, with its colour and glyph.
type ImportState struct {
	Status, Icon, Word string
}

// Import is one import by its state; of the parts at most one is there.
type Import struct {
	Page ui.Page
	// Version is what a form must name.
	Version string
	File    string
	// Line says when and by whom the file was chosen, and how large it is.
	Line  string
	State ImportState

	// Busy is the import that this one has to wait for, nil for none.
	Busy    *ImportBusy
	Columns *ImportColumns
	Work    *ImportWork
	Checked *ImportChecked
	Ended   *ImportEnded
}

// ImportBusy is another import at work.
type ImportBusy struct {
	Href, File string
	// By chose its file; State is "Being imported" or "Being taken back".
	By, State string
}

// ImportColumns is the form that says which column is what.
type ImportColumns struct {
	Page            ui.Page
	Action, Version string
	File            string
	// Reason is why the last dry run did not come to its end, "" for none.
	Reason string
	// Reads says in which writing the file is: "UTF-8, columns parted by commas".
	Reads   string
	Columns []ImportColumn
	// Fields start with the choice to leave a column out.
	Fields []ui.Option
	// Button is "Check 66,042 rows", where their number is known.
	Button string
	// Back leads out of the form without a change; "" where the import has no other page yet, and may be
	// discarded instead.
	Back, Discard string
	// Mistakes name inputs of Columns, or "" for what is wrong with all of them.
	Mistakes ui.Mistakes
}

// ImportColumn is a column of the file. Name is that of its select, Field what is chosen there, Heading
// what it is called where it has no heading too.
type ImportColumn struct {
	Name, Heading, Field string
	Samples              []string
}

func (c ImportColumn) samples() string { return strings.Join(c.Samples, " · ") }

// ImportWork is how far a job has come.
type ImportWork struct {
	Page ui.Page
	// Progress is the path of the fragment, Href that of the page.
	Progress, Href string
	// Heading is "Checking the file", Said the sentence under the bar: "12,000 of 66,042 rows".
	Heading, Said string
	// Aloud is what a screen reader hears: it changes ten times, not each second.
	Aloud string
	// Help says what it means to leave the page.
	Help string
	// Done of Total rows; Total is 0 while that is not known.
	Done, Total int
	// Again is the action of the button to go on, where nothing has moved for a while; "" while it does.
	Again, Version string
	// Fields go along with it.
	Fields []KeptField
}

func (w ImportWork) max() string { return strconv.Itoa(max(w.Total, 1)) }

func (w ImportWork) value() string { return strconv.Itoa(w.Done) }

// ImportCount is one number of an import. Share is a sentence about a part of it.
type ImportCount struct {
	Number, Words string
	Shares        []string
	// Status is the colour: "ready", "booked", "waiting", "late".
	Status string
}

// ImportProblem is a row that was refused, or that needs an eye.
type ImportProblem struct {
	Line, Why string
}

// ImportProblems are the first of a kind.
type ImportProblems struct {
	// ID is unique in the page; Title is "Refused", Help a sentence on what becomes of these rows.
	ID, Title, Help string
	Rows            []ImportProblem
	// Count is of all, "1,204"; Rest says how many are not shown, "" for none.
	Count, Rest string
}

// ImportChecked is what a dry run says.
type ImportChecked struct {
	Sentence string
	Counts   []ImportCount
	Notes    []string
	Problems []ImportProblems
	// Download is the path of all problems as CSV and DownloadLabel what its link says; "" for none.
	Download, DownloadLabel string
	// Run is the action of the button, Button its words; "" where there is nothing to import.
	Run, Button string
	// Columns is the path of the form for other columns, Discard the action of throwing the file away.
	Columns, Discard string
}

// ImportEnded is an import that has run, stopped on its way, or was taken back.
type ImportEnded struct {
	// Failed is why it stopped, "" where it came to its end.
	Failed   string
	Sentence string
	Counts   []ImportCount
	Notes    []string
	Problems []ImportProblems

	Download, DownloadLabel string
	// Patients leads to the patients; Again is the action of going on, AgainButton its words; Withdrawal the
	// path of the page that asks before taking back, WithdrawalLabel its words. "" where there is none.
	Patients, Again, AgainButton, Withdrawal, WithdrawalLabel string
	// Kept are the animals that could not be taken back.
	Kept *ImportKept
}

// ImportKept are animals that stay where an import is taken back, and why.
type ImportKept struct {
	Title, Count string
	Rows         []KeptAnimal
	// Rest says how many are not shown, "" for none.
	Rest string
}

// KeptAnimal is one of them.
type KeptAnimal struct {
	Href, Name string
	// Line is that of the file: "line 17". Why says what was done since.
	Line, Why string
}

// Withdrawal asks before an import is taken back.
type Withdrawal struct {
	Page            ui.Page
	Action, Version string
	File, Back      string
	Sentence        string
	Counts          []ImportCount
	Kept            *ImportKept
	// Button is "Take back 64,600 patients"; "" where nothing can be.
	Button string
}

func (v Import) title() string {
	if v.Columns != nil {
		return "Columns of " + v.File
	}
	if v.Busy != nil {
		return "Not yet: " + v.File
	}
	return v.State.Word + ", " + v.File
}

func (v Import) mistakes() ui.Mistakes {
	if v.Columns == nil {
		return nil
	}
	return v.Columns.Mistakes
}

func (e ImportEnded) heading() string {
	if e.Failed != "" {
		return "Stopped on its way"
	}
	return "What became of it"
}
