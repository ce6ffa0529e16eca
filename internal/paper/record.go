package paper

import (
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Record is a copy of what happened to an animal, in the words it is printed in.
type Record struct {
	Size        string // A4 or Letter
	Kind, About string
	From, To    []string
	Facts       []Pair
	Entries     []Entry
	// Rest says that older entries stand in another copy, "" where this one is whole.
	Rest    string
	Printed string
	Lang    string
	At      time.Time
}

// Entry is one thing that happened. Void says in words that it was entered in error.
type Entry struct {
	Head, By, Void string
	Parts          []Pair
}

// labelled is how wide the labels of an entry are, in millimetres.
const labelled = 30.0

// Write draws the record and writes the file.
func (r Record) Write(w io.Writer) error {
	size := "A4"
	if r.Size == Letter {
		size = "Letter"
	}
	pdf := fpdf.New("P", "mm", size, "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(r.At.UTC())
	pdf.SetModificationDate(r.At.UTC())
	pdf.SetProducer("Paddock", true)
	pdf.SetTitle(plain(r.Kind), true)
	if r.Lang != "" {
		pdf.SetLang(r.Lang)
	}
	pdf.AddUTF8FontFromBytes(family, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.AliasNbPages("{pages}")
	wide, high := pdf.GetPageSize()
	// A fact may be long, so that it stands among the lines of the whole width.
	s := &sheet{Fpdf: pdf, doc: Document{Kind: r.Kind, About: r.About, From: r.From, To: r.To, Printed: r.Printed}, width: wide - 2*margin, height: high}
	s.SetFooterFunc(s.footer)
	s.AddPage()
	s.head()
	for _, f := range r.Facts {
		s.labelled(f)
	}
	for _, e := range r.Entries {
		s.entry(e)
	}
	if r.Rest != "" {
		s.SetY(s.GetY() + row)
		s.words(margin, s.width, "B", 10, r.Rest)
	}
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("drawing a record: %w", err)
	}
	return nil
}

// entry begins where its head and two lines have room, and goes over as many pages as it needs.
func (s *sheet) entry(e Entry) {
	s.SetY(s.GetY() + 3)
	s.room(4 * row)
	s.SetLineWidth(.1)
	s.Line(margin, s.GetY(), margin+s.width, s.GetY())
	s.SetY(s.GetY() + 1)
	s.words(margin, s.width, "B", 10, e.Head)
	if e.By != "" {
		s.words(margin, s.width, "", 8.5, e.By)
	}
	if e.Void != "" {
		s.words(margin, s.width, "B", 10, e.Void)
	}
	for _, p := range e.Parts {
		s.labelled(p)
	}
}

// labelled is a text beside its label; a label that is too long for its place stands above the text.
func (s *sheet) labelled(p Pair) {
	if p.Label == "" {
		s.words(margin, s.width, "", 10, p.Value)
		return
	}
	s.text("B", 9)
	if s.GetStringWidth(plain(p.Label)) > labelled-2 {
		s.words(margin, s.width, "B", 9, p.Label)
		s.words(margin+labelled, s.width-labelled, "", 10, p.Value)
		return
	}
	s.room(row)
	s.SetX(margin)
	s.CellFormat(labelled, row, plain(p.Label), "", 0, "L", false, 0, "")
	s.words(margin+labelled, s.width-labelled, "", 10, p.Value)
}

// words are the lines of a text from x on, each where it has room.
func (s *sheet) words(x, width float64, style string, size float64, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		s.text(style, size)
		parts := s.SplitText(plain(line), width-2)
		if len(parts) == 0 {
			parts = []string{""}
		}
		for _, part := range parts {
			s.room(row)
			s.text(style, size)
			s.SetX(x)
			s.CellFormat(width, row, part, "", 0, "L", false, 0, "")
			s.SetXY(margin, s.GetY()+row)
		}
	}
}
