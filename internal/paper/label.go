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

// Label is a medicine label of 70 × 37 mm, in the words that stand on it.
type Label struct {
	Head, Address, Phone string
	Drug, Quantity       string
	Directions, Notes    string
	For, By              string
	// Mark stands in bold behind all, "Reprint" for one.
	Mark string
	Lang string
	// At is when the file says it was made.
	At time.Time
}

// Of a label, in millimetres and points. Nothing on it is smaller than the least print.
const (
	labelWide, labelHigh = 70.0, 37.0
	labelMargin          = 2.0
	leastPrint           = 6.5
	mostPrint            = 8.5
	leading              = 1.18 // of the print's size
	millimetre           = 72 / 25.4
)

// block is a part of a label: its words at a size, bold or not, each line as it fits.
type block struct {
	text, right, style string
	size               float64
	rule               bool // above it
	lines              []string
}

func (b block) line() float64 { return b.size * leading / millimetre }

type sticker struct {
	*fpdf.Fpdf
	blocks []block
}

// fitted lays a label out at the greatest size of print at which it fits, the drug and its directions larger than the
// rest. Over is how many lines stand below its edge at the least size.
func (l Label) fitted() (s sticker, over int) {
	s.Fpdf = fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: labelWide, Ht: labelHigh}})
	s.AddUTF8FontFromBytes(family, "", goregular.TTF)
	s.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	s.SetMargins(0, 0, 0)
	s.SetCellMargin(0)
	s.SetAutoPageBreak(false, 0)
	s.AddPage()
	for size := mostPrint; ; size -= .25 {
		small := max(leastPrint, size-1.5)
		s.blocks = []block{
			{text: joined(", ", l.Head, l.Address), right: l.Phone, size: small},
			{text: l.Drug, right: l.Quantity, style: "B", size: size, rule: true},
			{text: l.Directions, style: "B", size: size},
			{text: l.Notes, size: small},
			{text: l.For, style: "B", size: small, rule: true},
			{text: l.By, right: l.Mark, size: small},
		}
		if over = s.breakLines(); over == 0 || size <= leastPrint {
			return s, over
		}
	}
}

// Over is how many lines do not fit onto the label, 0 where all do.
func (l Label) Over() int {
	_, over := l.fitted()
	return over
}

// Tight reports whether the words fit only at a print near the least one.
func (l Label) Tight() bool {
	s, _ := l.fitted()
	return s.blocks[1].size < mostPrint-.5
}

// breakLines breaks every block into lines, and counts those below the edge.
func (s *sticker) breakLines() (over int) {
	y := labelMargin
	for i := range s.blocks {
		b := &s.blocks[i]
		s.SetFont(family, b.style, b.size)
		width := labelWide - 2*labelMargin
		if b.right != "" {
			width -= s.GetStringWidth(plain(b.right)) + 1.5
		}
		b.lines = nil
		if b.text != "" {
			b.lines = s.SplitText(plain(b.text), width)
		}
		for range b.lines {
			if y += b.line(); y > labelHigh-labelMargin+.2 {
				over++
			}
		}
		if b.rule {
			y += .6
		}
	}
	return over
}

// Write draws the label and writes the file.
func (l Label) Write(w io.Writer) error {
	s, _ := l.fitted()
	s.SetCatalogSort(true)
	s.SetCreationDate(l.At.UTC())
	s.SetModificationDate(l.At.UTC())
	s.SetProducer("Paddock", true)
	s.SetTitle("Label", true)
	if l.Lang != "" {
		s.SetLang(l.Lang)
	}
	y := labelMargin
	for _, b := range s.blocks {
		if b.rule {
			s.SetLineWidth(.2)
			s.Line(labelMargin, y+.3, labelWide-labelMargin, y+.3)
			y += .6
		}
		s.SetFont(family, b.style, b.size)
		for i, text := range b.lines {
			s.SetXY(labelMargin, y)
			s.CellFormat(labelWide-2*labelMargin, b.line(), text, "", 0, "L", false, 0, "")
			if i == 0 && b.right != "" {
				s.SetFont(family, "B", b.size)
				s.SetXY(labelMargin, y)
				s.CellFormat(labelWide-2*labelMargin, b.line(), plain(b.right), "", 0, "R", false, 0, "")
				s.SetFont(family, b.style, b.size)
			}
			y += b.line()
		}
	}
	if err := s.Output(w); err != nil {
		return fmt.Errorf("drawing a label: %w", err)
	}
	return nil
}

// joined puts texts together that are there.
func joined(with string, texts ...string) string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return strings.Join(out, with)
}
