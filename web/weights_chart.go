package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"paddock/internal/registry"
	"paddock/views"
)

// The box of the chart, in its own units: text beside the left edge, times below, the last value right.
const (
	chartWide, chartHigh   = 292.0, 142.0
	chartLeft, chartRight  = 34.0, 250.0
	chartTop, chartBottom  = 12.0, 118.0
	chartTimes             = 136.0
	chartTicks, chartLabel = 3, 4 // as many at the most, about
)

// weightChart draws the weighings that stand, given the newest first, before the band of their target; nil for fewer
// than two.
func (v *visit) weightChart(rows []registry.WeightRow, name string, target registry.WeightTarget) *views.Chart {
	if len(rows) < 2 {
		return nil
	}
	newest, oldest := rows[0], rows[len(rows)-1]
	unit := newest.Unit
	per := registry.GramsIn(unit)
	low, high := rows[0], rows[0]
	for _, r := range rows {
		if r.Grams < low.Grams {
			low = r
		}
		if r.Grams > high.Grams {
			high = r
		}
	}
	least, most := low.Grams, high.Grams
	if target.Set() {
		least, most = min(least, target.Low.Grams), max(most, target.High.Grams)
	}
	ticks := ticksOf(float64(least)/per, float64(most)/per)
	from, to := ticks[0], ticks[len(ticks)-1]
	from, to = min(from, float64(least)/per), max(to, float64(most)/per)
	y := func(value float64) float64 { return chartBottom - (value-from)/(to-from)*(chartBottom-chartTop) }
	span := newest.At.Sub(oldest.At)
	x := func(at time.Time) float64 {
		if span <= 0 {
			return chartRight
		}
		return chartLeft + 6 + float64(at.Sub(oldest.At))/float64(span)*(chartRight-chartLeft-12)
	}
	month := func(at time.Time) string { return at.In(v.clinic.Zone()).Format("January 2006") }
	c := &views.Chart{
		Title: fmt.Sprintf("Weight of %s, %s to %s", name, month(oldest.At), month(newest.At)),
		Desc: fmt.Sprintf("%s in %s, lowest %s, highest %s in %s, now %s.",
			inUnit(oldest.Grams, unit), month(oldest.At), inUnit(low.Grams, unit), inUnit(high.Grams, unit), month(high.At), inUnit(newest.Grams, unit)),
		Width: coordinate(chartWide), Height: coordinate(chartHigh), Left: coordinate(chartLeft), Span: coordinate(chartRight - chartLeft),
	}
	if target.Set() {
		top, bottom := y(float64(target.High.Grams)/per), y(float64(target.Low.Grams)/per)
		c.BandTop, c.BandHigh = coordinate(top), coordinate(bottom-top)
		c.Desc += " The target is " + inUnit(target.Low.Grams, unit) + " to " + inUnit(target.High.Grams, unit) + "."
	}
	for _, tick := range ticks {
		c.Grid = append(c.Grid, views.ChartMark{X: coordinate(chartLeft - 5), Y: coordinate(y(tick)), Text: coordinate(y(tick) + 3.5), Label: strconv.FormatFloat(tick, 'f', -1, 64)})
	}
	var line strings.Builder
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		at := views.ChartPoint{X: coordinate(x(r.At)), Y: coordinate(y(float64(r.Grams) / per)), Title: v.weighedOn(r.At) + ": " + inUnit(r.Grams, unit)}
		line.WriteString(map[bool]string{true: "M", false: "L"}[line.Len() == 0] + at.X + " " + at.Y)
		if i > 0 {
			c.Points = append(c.Points, at)
		}
	}
	c.Line = line.String()
	lastY := y(float64(newest.Grams) / per)
	c.Last = views.ChartMark{X: coordinate(x(newest.At)), Y: coordinate(lastY), Text: coordinate(lastY + 4), Label: registry.WeightIn(newest.Grams, unit)}
	c.LabelX = coordinate(x(newest.At) + 8)
	for _, t := range v.timesOf(oldest.At, newest.At) {
		c.Times = append(c.Times, views.ChartMark{X: coordinate(x(t.at)), Y: coordinate(chartTimes), Label: t.label})
	}
	return c
}

func coordinate(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

// inUnit is a weight in words.
func inUnit(grams int64, unit string) string { return registry.WeightIn(grams, unit) + " " + unit }

// ticksOf are round values around a span, two at least.
func ticksOf(low, high float64) []float64 {
	span := max(high-low, high/20, 0.001)
	step := math.Pow(10, math.Floor(math.Log10(span/chartTicks)))
	for _, by := range []float64{1, 2, 5, 10} {
		if span/(step*by) <= chartTicks {
			step *= by
			break
		}
	}
	first := math.Floor(low / step)
	var out []float64
	for n := first; ; n++ {
		out = append(out, math.Round(n*step*1e6)/1e6)
		if n*step >= high && len(out) > 1 {
			return out
		}
	}
}

type timeMark struct {
	at    time.Time
	label string
}

// timesOf are the labels below a chart: years, months or the two ends.
func (v *visit) timesOf(from, to time.Time) []timeMark {
	from, to = from.In(v.clinic.Zone()), to.In(v.clinic.Zone())
	var all []timeMark
	for y := from.Year() + 1; y <= to.Year(); y++ {
		all = append(all, timeMark{time.Date(y, 1, 1, 0, 0, 0, 0, from.Location()), strconv.Itoa(y)})
	}
	if len(all) < 2 {
		all = nil
		for m := 1; ; m++ {
			at := time.Date(from.Year(), from.Month()+time.Month(m), 1, 0, 0, 0, 0, from.Location())
			if at.After(to) {
				break
			}
			all = append(all, timeMark{at, at.Format("Jan")})
		}
	}
	if len(all) < 2 {
		if from.Format(dayForm) == to.Format(dayForm) {
			return []timeMark{{to, to.Format("2-Jan")}}
		}
		return []timeMark{{from, from.Format("2-Jan")}, {to, to.Format("2-Jan")}}
	}
	every := (len(all) + chartLabel - 1) / chartLabel
	var out []timeMark
	for i := range all {
		if i%every == 0 {
			out = append(out, all[i])
		}
	}
	return out
}
