package views

import "paddock/views/ui"

// FileCard is one file in a grid.
type FileCard struct {
	// Href opens it, "" where this person may not; Thumb is the picture in small, "" for none.
	Href, Thumb string
	// Title is "" where no clinical text is fetched.
	Title string
	// Kind is "Photo", Media "JPEG picture", Icon the shape for what has no picture.
	Kind, Media, Icon string
	// When is the day it was taken, At the same for machines; By is who added it.
	When, At, By string
	Voided       bool
}

// FilesPanel is the panel on a patient's page.
type FilesPanel struct {
	Href   string
	Cards  []FileCard
	More   bool // there are more than are shown
	MayAdd bool
}

// Files is the page of a patient's files.
type Files struct {
	Page   ui.Page
	Banner Banner
	Href   string
	Cards  []FileCard
	// Closed says that files are there whose names this person may not read.
	Closed bool
	// Form is nil where this person may not add files.
	Form *FileForm
	// Older leads on, "" at the end; Later says that this is not the first page.
	Older string
	Later bool
}

// FileForm adds a file. Mistakes name "file", "kind", "title" and "taken_on".
type FileForm struct {
	Page                 ui.Page
	Action, ID           string
	Kind, Title, TakenOn string
	// Visit is the visit it belongs to, "" for none.
	Visit    string
	Kinds    []ui.Option
	Mistakes ui.Mistakes
}

// File is the page of one file.
type File struct {
	Page        ui.Page
	Banner      Banner
	Title, Kind string
	// Opens is false for a file off the record, for most.
	Opens bool
	// Href is its content, Save the same to be saved, Back the patient's files.
	Href, Save, Back string
	// Width and Height are "" for what is no picture.
	Width, Height string
	Facts         []FileFact
	// Voided says when and why it was taken off, "" where it stands.
	Voided string
	// Void is nil for those who may not; Ask then says who may.
	Void *FileVoidForm
	Ask  string
}

// FileFact is a word and what it is: "Taken", "24-Mar-2026".
type FileFact struct {
	Word, Value string
}

// FileVoidForm takes a file off the record. Mistakes name "reason".
type FileVoidForm struct {
	Page           ui.Page
	Action, Reason string
	Mistakes       ui.Mistakes
}

func (v Files) title() string { return v.Banner.title() + ", files" }

func (v Files) mistakes() ui.Mistakes {
	if v.Form == nil {
		return nil
	}
	return v.Form.Mistakes
}

func (v File) mistakes() ui.Mistakes {
	if v.Void == nil {
		return nil
	}
	return v.Void.Mistakes
}
