// Package paper draws documents as PDF: bills, credit notes, receipts, statements and estimates. It is told every
// word and decides only where it stands. The same document gives the same file, to the byte.
package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// The sizes of paper.
const (
	A4     = "a4"
	Letter = "letter"
)

// Document is what is printed, in the words it is printed in.
type Document struct {
	Size string // A4 or Letter
	// Kind and Number head it: "Invoice", "INV-1042".
	Kind, Number string
	// Draft says in words that it is none yet, About what it is for.
	Draft    string
	About    string
	From, To []string
	Facts    []Pair
	Columns  []Column
	Groups   []Group
	Totals   []Pair
	Due      Pair
	Taxes    []Tax
	Notes    []string
	// Foot are the last words, in small letters.
	Foot []string
	// Printed stands at the foot of each page.
	Printed string
	Lang    string
	// At is when the file says it was made.
	At time.Time
}

// Pair is a label and its value.
type Pair struct{ Label, Value string }

// Column is one of the table's. A Number stands at the right.
type Column struct {
	Word   string
	Number bool
}

// Group is lines under a head.
type Group struct {
	Head  string
	Lines []Line
}

// Line has a cell for each column; Sub stands below the first.
type Line struct {
	Cells []string
	Sub   string
}

// Tax is the tax of one rate.
type Tax struct{ Rate, Net, Tax string }

// In millimetres.
const (
	margin    = 18.0
	foot      = 16.0
	row       = 5.0  // of the text's height
	least     = 14.0 // width of a column
	most      = 45.0
	numbering = 20.0 // width of the number of the page
	pad       = 1.2
)

const family = "go"

// sheet is a document while it is drawn.
type sheet struct {
	*fpdf.Fpdf
	doc    Document
	width  float64 // between the margins
	height float64
	widths []float64
}

// Write draws the document and writes the file.
func (d Document) Write(w io.Writer) error {
	size := "A4"
	if d.Size == Letter {
		size = "Letter"
	}
	pdf := fpdf.New("P", "mm", size, "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(d.At.UTC())
	pdf.SetModificationDate(d.At.UTC())
	pdf.SetProducer("Paddock", true)
	pdf.SetTitle(strings.TrimSpace(plain(d.Kind+" "+d.Number)), true)
	if d.Lang != "" {
		pdf.SetLang(d.Lang)
	}
	pdf.AddUTF8FontFromBytes(family, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.AliasNbPages("{pages}")
	wide, high := pdf.GetPageSize()
	s := &sheet{Fpdf: pdf, doc: d, width: wide - 2*margin, height: high}
	s.SetFooterFunc(s.footer)
	s.AddPage()
	s.head()
	s.table()
	s.sums()
	s.notes()
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("drawing a document: %w", err)
	}
	return nil
}

func (s *sheet) text(style string, size float64) { s.SetFont(family, style, size) }

// footer stands on every page.
func (s *sheet) footer() {
	s.SetXY(margin, s.height-foot)
	s.text("", 8)
	s.SetTextColor(70, 70, 70)
	s.CellFormat(s.width-numbering, row, plain(s.doc.foot()), "", 0, "L", false, 0, "")
	s.CellFormat(numbering, row, fmt.Sprintf("Page %d of {pages}", s.PageNo()), "", 0, "L", false, 0, "")
	s.SetTextColor(0, 0, 0)
}

// foot says of a sheet by itself whose it is and of what.
func (d Document) foot() string {
	what := strings.TrimSpace(d.Kind + " " + d.Number)
	if len(d.From) > 0 {
		what = d.From[0] + ", " + what
	}
	if d.Printed == "" {
		return what
	}
	return what + ". " + d.Printed
}

// head is who, whom, and what it is.
func (s *sheet) head() {
	top := s.GetY()
	s.text("B", 18)
	s.CellFormat(s.width/2, 9, plain(s.doc.Kind), "", 2, "L", false, 0, "")
	s.text("B", 12)
	if s.doc.Number != "" {
		s.CellFormat(s.width/2, 6, plain(s.doc.Number), "", 2, "L", false, 0, "")
	}
	if s.doc.About != "" {
		s.text("", 11)
		s.MultiCell(s.width/2, 6, plain(s.doc.About), "", "L", false)
		s.text("B", 12)
	}
	if s.doc.Draft != "" {
		s.CellFormat(s.width/2, 6, plain(s.doc.Draft), "", 2, "L", false, 0, "")
	}
	left := s.GetY()
	s.SetXY(margin+s.width/2, top+1)
	for i, line := range s.doc.From {
		s.text("", 10)
		if i == 0 {
			s.text("B", 11)
		}
		s.SetX(margin + s.width/2)
		s.MultiCell(s.width/2, row, plain(line), "", "R", false)
	}
	s.SetY(max(left, s.GetY()) + 3)
	s.SetLineWidth(.5)
	s.Line(margin, s.GetY(), margin+s.width, s.GetY())
	s.SetY(s.GetY() + 6)
	top = s.GetY()
	s.text("", 10)
	for _, line := range s.doc.To {
		s.MultiCell(s.width*.55, row, plain(line), "", "L", false)
	}
	left = s.GetY()
	s.SetY(top)
	for _, f := range s.doc.Facts {
		s.SetX(margin + s.width*.6)
		s.text("", 10)
		s.CellFormat(s.width*.18, row, plain(f.Label), "", 0, "L", false, 0, "")
		s.text("B", 10)
		s.CellFormat(s.width*.22, row, plain(f.Value), "", 1, "R", false, 0, "")
	}
	s.SetY(max(left, s.GetY()) + 8)
}

// table is the lines, with the heads of the columns again on each page.
func (s *sheet) table() {
	if len(s.doc.Columns) == 0 {
		return
	}
	s.measure()
	s.columns()
	for _, g := range s.doc.Groups {
		s.group(g)
	}
	s.SetY(s.GetY() + 4)
}

// measure makes each column as wide as what stands in it; the first has the rest.
func (s *sheet) measure() {
	s.text("B", 10)
	s.widths = make([]float64, len(s.doc.Columns))
	s.widths[0] = s.width
	for i := 1; i < len(s.widths); i++ {
		wide := max(least, s.GetStringWidth(plain(s.doc.Columns[i].Word))+4)
		for _, g := range s.doc.Groups {
			for _, l := range g.Lines {
				wide = max(wide, s.GetStringWidth(plain(l.Cells[i]))+4)
			}
		}
		s.widths[i] = min(wide, most)
		s.widths[0] -= s.widths[i]
	}
}

func (s *sheet) columns() {
	s.text("B", 9)
	s.SetX(margin)
	for i, c := range s.doc.Columns {
		s.CellFormat(s.widths[i], row+1, plain(c.Word), "B", 0, align(c), false, 0, "")
	}
	s.SetXY(margin, s.GetY()+row+1+pad)
}

func align(c Column) string {
	if c.Number {
		return "R"
	}
	return "L"
}

// room begins a page where so much does not fit any more.
func (s *sheet) room(height float64) bool {
	if s.GetY()+height <= s.height-foot-4 {
		return false
	}
	s.AddPage()
	return true
}

func (s *sheet) group(g Group) {
	head := func(more string) {
		s.text("B", 10)
		s.SetFillColor(238, 241, 238)
		s.CellFormat(s.width, row+1.5, plain(g.Head+more), "", 1, "L", true, 0, "")
		s.SetY(s.GetY() + pad)
	}
	if g.Head != "" {
		if s.room(4 * row) {
			s.columns()
		}
		head("")
	}
	for _, l := range g.Lines {
		s.text("", 10)
		name := s.SplitText(plain(l.Cells[0]), s.widths[0]-2)
		s.text("", 8.5)
		var sub []string
		if l.Sub != "" {
			sub = s.SplitText(plain(l.Sub), s.widths[0]-2)
		}
		height := row*float64(len(name)) + 4*float64(len(sub)) + 2*pad
		if s.room(height) {
			s.columns()
			if g.Head != "" {
				head(", continued")
			}
		}
		s.line(l, name, sub)
	}
}

func (s *sheet) line(l Line, name, sub []string) {
	top := s.GetY()
	s.text("", 10)
	for i, text := range name {
		s.SetXY(margin, top+row*float64(i))
		s.CellFormat(s.widths[0], row, text, "", 0, "L", false, 0, "")
	}
	x := margin + s.widths[0]
	for i, cell := range l.Cells[1:] {
		s.SetXY(x, top)
		s.CellFormat(s.widths[i+1], row, plain(cell), "", 0, align(s.doc.Columns[i+1]), false, 0, "")
		x += s.widths[i+1]
	}
	y := top + row*float64(len(name))
	s.text("", 8.5)
	s.SetTextColor(70, 70, 70)
	for _, text := range sub {
		s.SetXY(margin, y)
		s.CellFormat(s.widths[0], 4, text, "", 0, "L", false, 0, "")
		y += 4
	}
	s.SetTextColor(0, 0, 0)
	s.SetLineWidth(.1)
	s.SetDrawColor(190, 190, 190)
	s.Line(margin, y+pad, margin+s.width, y+pad)
	s.SetDrawColor(0, 0, 0)
	s.SetLineWidth(.3)
	s.SetXY(margin, y+2*pad)
}

// sums are the totals at the right and the taxes at the left of them.
func (s *sheet) sums() {
	s.room(row * float64(max(len(s.doc.Totals)+3, len(s.doc.Taxes)+2)))
	top, half := s.GetY(), s.width*.42
	x := margin + s.width - half
	for _, t := range s.doc.Totals {
		s.text("", 10)
		s.pair(x, half, row, t)
	}
	if s.doc.Due.Label != "" {
		s.SetLineWidth(.5)
		s.Line(x, s.GetY()+1, margin+s.width, s.GetY()+1)
		s.SetY(s.GetY() + 2)
		s.text("B", 13)
		s.pair(x, half, 8, s.doc.Due)
	}
	bottom := s.GetY()
	if len(s.doc.Taxes) > 0 {
		s.SetXY(margin, top)
		s.text("B", 8.5)
		s.tax(Tax{"Rate", "Net", "Tax"})
		s.text("", 8.5)
		for _, t := range s.doc.Taxes {
			s.tax(t)
		}
	}
	s.SetXY(margin, max(bottom, s.GetY())+6)
}

func (s *sheet) pair(x, width, height float64, p Pair) {
	s.SetX(x)
	s.CellFormat(width/2, height, plain(p.Label), "", 0, "L", false, 0, "")
	s.CellFormat(width/2, height, plain(p.Value), "", 1, "R", false, 0, "")
}

func (s *sheet) tax(t Tax) {
	s.SetX(margin)
	s.CellFormat(32, 4.5, plain(t.Rate), "", 0, "L", false, 0, "")
	s.CellFormat(26, 4.5, plain(t.Net), "", 0, "R", false, 0, "")
	s.CellFormat(22, 4.5, plain(t.Tax), "", 1, "R", false, 0, "")
}

func (s *sheet) notes() {
	s.text("", 10)
	for _, n := range s.doc.Notes {
		s.room(row * float64(len(s.SplitText(plain(n), s.width-2))))
		s.MultiCell(s.width, row, plain(n), "", "L", false)
		s.SetY(s.GetY() + 2)
	}
	s.text("", 9)
	s.room(4.5 * float64(len(s.doc.Foot)))
	for _, n := range s.doc.Foot {
		s.MultiCell(s.width, 4.5, plain(n), "", "L", false)
	}
}

// plain leaves out what is no letter to print, and makes every space one the typeface has. What lies beyond the
// basic plane has no place in its table.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u202f', r == '\u2009':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xffff:
			return '\ufffd'
		}
		return r
	}, text)
}
