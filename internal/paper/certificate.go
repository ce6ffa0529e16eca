package paper

import (
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Certificate is a page of A5 across, in the words it is printed in. On A4 or Letter it takes the upper half.
type Certificate struct {
	Kind, Serial, Issued string
	// Stamp says that it does not hold, "" where it does.
	Stamp  string
	From   []string
	Groups []Fields
	// Check says where its code is checked, Code stands below it in bold.
	Check, Code string
	Signer      string
	Printed     string
	Lang        string
	At          time.Time
}

// Fields are a part of a certificate: a head and pairs of label and value.
type Fields struct {
	Head  string
	Pairs []Pair
}

// In millimetres.
const (
	certMargin = 10.0
	certRow    = 4.1
	certLabel  = 28.0
)

// Write draws the certificate and writes the file.
func (c Certificate) Write(w io.Writer) error {
	pdf := fpdf.New("L", "mm", "A5", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(c.At.UTC())
	pdf.SetModificationDate(c.At.UTC())
	pdf.SetProducer("Paddock", true)
	pdf.SetTitle(plain(c.Kind+" "+c.Serial), true)
	if c.Lang != "" {
		pdf.SetLang(c.Lang)
	}
	pdf.AddUTF8FontFromBytes(family, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	pdf.SetMargins(certMargin, certMargin, certMargin)
	pdf.SetAutoPageBreak(false, 0)
	wide, high := pdf.GetPageSize()
	s := &sheet{Fpdf: pdf, width: wide - 2*certMargin, height: high}
	s.AddPage()
	s.certificateHead(c)
	s.certificateFields(c.Groups)
	s.certificateFoot(c)
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("drawing a certificate: %w", err)
	}
	return nil
}

func (s *sheet) certificateHead(c Certificate) {
	top := s.GetY()
	s.text("B", 15)
	s.CellFormat(s.width*.62, 7, plain(c.Kind), "", 2, "L", false, 0, "")
	s.text("", 9.5)
	s.CellFormat(s.width*.62, row, plain("Serial "+c.Serial+", issued "+c.Issued), "", 2, "L", false, 0, "")
	if c.Stamp != "" {
		s.text("B", 12)
		s.CellFormat(s.width*.62, 6, plain(c.Stamp), "1", 2, "C", false, 0, "")
	}
	left := s.GetY()
	s.SetXY(certMargin+s.width*.62, top)
	for i, line := range c.From {
		s.text("", 9)
		if i == 0 {
			s.text("B", 10)
		}
		s.SetX(certMargin + s.width*.62)
		s.MultiCell(s.width*.38, certRow, plain(line), "", "R", false)
	}
	s.SetY(max(left, s.GetY()) + 2)
	s.SetLineWidth(.5)
	s.Line(certMargin, s.GetY(), certMargin+s.width, s.GetY())
	s.SetY(s.GetY() + 2.5)
}

// certificateFields stand in two columns, each group in the one that is shorter so far.
func (s *sheet) certificateFields(groups []Fields) {
	half := (s.width - 8) / 2
	at := [2]float64{s.GetY(), s.GetY()}
	for _, g := range groups {
		column := 0
		if at[1] < at[0] {
			column = 1
		}
		x := certMargin + float64(column)*(half+8)
		s.SetXY(x, at[column])
		s.text("B", 9)
		s.SetFillColor(238, 241, 238)
		s.CellFormat(half, certRow+.6, plain(g.Head), "", 2, "L", true, 0, "")
		y := s.GetY() + .6
		for _, p := range g.Pairs {
			s.SetXY(x, y)
			s.text("", 8)
			s.SetTextColor(70, 70, 70)
			s.CellFormat(certLabel, certRow, plain(p.Label), "", 0, "L", false, 0, "")
			s.SetTextColor(0, 0, 0)
			s.text("B", 8.5)
			s.SetXY(x+certLabel, y)
			s.MultiCell(half-certLabel, certRow, plain(p.Value), "", "L", false)
			y = max(y+certRow, s.GetY())
		}
		at[column] = y + 2
	}
	s.SetXY(certMargin, max(at[0], at[1]))
}

// certificateFoot is where the code is checked, and the line for the signature.
func (s *sheet) certificateFoot(c Certificate) {
	y := s.height - certMargin - 18
	s.SetXY(certMargin, y)
	s.text("", 8.5)
	s.CellFormat(s.width*.55, certRow, plain(c.Check), "", 2, "L", false, 0, "")
	s.text("B", 11)
	s.CellFormat(s.width*.55, 5.5, plain(c.Code), "", 2, "L", false, 0, "")
	s.SetLineWidth(.3)
	s.Line(certMargin+s.width*.6, y+6, certMargin+s.width, y+6)
	s.SetXY(certMargin+s.width*.6, y+6.5)
	s.text("", 8.5)
	s.MultiCell(s.width*.4, certRow, plain(c.Signer), "", "L", false)
	s.SetXY(certMargin, s.height-certMargin-3)
	s.text("", 8)
	s.SetTextColor(70, 70, 70)
	s.CellFormat(s.width, 4, plain(c.Printed), "", 0, "L", false, 0, "")
	s.SetTextColor(0, 0, 0)
}
