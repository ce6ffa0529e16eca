package web

import (
	"slices"
	"strings"

	"paddock/internal/id"
	"paddock/internal/labs"
	"paddock/views"
)

// The box of a small line over time.
const (
	sparkWide, sparkHigh = 120.0, 32.0
	sparkEdge            = 4.0
	sparkMost            = 40 // values, the newest
)

// addTrend draws the values of one test and unit, the oldest first, and lists them; one alone is no trend. The range is
// that of the value shown.
func (v *visit) addTrend(line *views.LabValue, points []labs.Point, report id.ID, called string) {
	if len(points) < 2 {
		return
	}
	points = points[max(0, len(points)-sparkMost):]
	var here labs.Value
	for _, p := range slices.Backward(points) {
		if p.Report == report {
			here = p.Value
		}
		e := views.LabEarlier{When: sentence(v.foundOn(p.At)), At: machine(p.At), Value: v.labNumber(p.Shown()), Current: p.Report == report}
		if p.Outside() || p.Flag == labs.Unclear {
			e.Flag = flagWords[p.Flag].Word
		}
		line.Earlier = append(line.Earlier, e)
	}
	line.Spark = v.spark(points, here, called)
}

func (v *visit) spark(points []labs.Point, here labs.Value, called string) *views.Spark {
	low, high := points[0].Number, points[0].Number
	for _, p := range points {
		low, high = min(low, p.Number), max(high, p.Number)
	}
	// The range is drawn as far as it does not press the values flat.
	reach := max(high-low, 1)
	if here.Low != nil && *here.Low >= low-reach {
		low = min(low, *here.Low)
	}
	if here.High != nil && *here.High <= high+reach {
		high = max(high, *here.High)
	}
	span := max(float64(high-low), 1)
	y := func(n labs.Number) float64 {
		at := sparkHigh - sparkEdge - float64(n-low)/span*(sparkHigh-2*sparkEdge)
		return min(max(at, 0), sparkHigh)
	}
	first, last := points[0].At, points[len(points)-1].At
	x := func(i int) float64 {
		along := float64(i) / float64(len(points)-1)
		if all := last.Sub(first); all > 0 {
			along = float64(points[i].At.Sub(first)) / float64(all)
		}
		return sparkEdge + along*(sparkWide-2*sparkEdge)
	}
	s := &views.Spark{}
	var line strings.Builder
	words := make([]string, len(points))
	for i, p := range points {
		words[i] = v.labNumber(p.Shown()) + " on " + v.day(p.At)
		at := views.ChartPoint{X: coordinate(x(i)), Y: coordinate(y(p.Number)), Title: words[i]}
		line.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + at.X + " " + at.Y)
		if i == len(points)-1 {
			s.Last = at
		} else {
			s.Points = append(s.Points, at)
		}
	}
	s.Line = line.String()
	s.Title = points[0].Name + " of " + called + " in " + points[0].Unit + ": " + strings.Join(words, ", ")
	if here.Low != nil || here.High != nil {
		top, bottom := 0.0, sparkHigh
		if here.High != nil {
			top = y(*here.High)
		}
		if here.Low != nil {
			bottom = y(*here.Low)
		}
		s.BandY, s.BandHigh = coordinate(top), coordinate(max(0, bottom-top))
	}
	return s
}
