package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"time"

	"paddock/internal/actor"
	"paddock/internal/files"
	"paddock/internal/paper"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// filed are the patients that may have files: drawing them takes most of the time of making a clinic.
const filed = 8

// files gives some patients an X-ray, a photo of the skin, a letter and a report, drawn and written here.
// Each is left out where it is there.
func (d Deps) files(ctx context.Context, c Clinic, s sample, who actor.Who, keys *vault.Clinic, today time.Time) error {
	r := c.draws(0x66696c65)
	n := 0
	for i, p := range s.patients[:filed] {
		if i == died || r.IntN(3) == 0 {
			continue
		}
		kinds := []files.Kind{files.Imaging, files.Photo, files.Letter, files.Lab}
		for _, kind := range kinds[:1+r.IntN(len(kinds))] {
			in := files.Incoming{Patient: p.row, Kind: kind, TakenOn: today.AddDate(0, 0, -3-r.IntN(300)), Today: today}
			content, err := c.content(&in, p.Patient, r)
			if err != nil {
				return err
			}
			err = files.Add(ctx, files.Deps{Store: d.Store, Shelf: d.Shelf}, keys, who, c.rowID("file", n), in, bytes.NewReader(content))
			if err != nil && !errors.Is(err, files.ErrAlreadyThere) {
				return fmt.Errorf("adding a sample file: %w", err)
			}
			n++
		}
	}
	return nil
}

// content is a file of the kind asked for, which it names.
func (c Clinic) content(in *files.Incoming, p registry.Patient, r *rand.Rand) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch in.Kind {
	case files.Imaging:
		in.Title, in.Name = pick(r, "Left stifle, from the side", "Right elbow, flexed", "Chest, lying on the right"), "xray.png"
		err = png.Encode(&b, xray(r))
	case files.Photo:
		in.Title, in.Name = pick(r, "Sore on the flank", "Ear before treatment", "Stitches, fifth day"), "photo.png"
		err = png.Encode(&b, skin(r))
	case files.Letter:
		in.Title, in.Name = "Letter from the last practice", "letter.pdf"
		err = c.letter("Letter", p, in.TakenOn, []string{
			"Thank you for taking over the care of " + p.Name + ".",
			"Vaccinated as the card shows. No medicine at present. Eats well, drinks as usual.",
			"Please ring if anything of the history is missing.",
		}).Write(&b)
	default:
		in.Title, in.Name = "Faeces, worm egg count", "report.pdf"
		err = c.letter("Report", p, in.TakenOn, []string{"Sample: faeces, three days pooled.", "Roundworm eggs: none seen.", "Hookworm eggs: none seen.", "Giardia antigen: negative."}).Write(&b)
	}
	if err != nil {
		return nil, fmt.Errorf("drawing a sample file: %w", err)
	}
	return b.Bytes(), nil
}

// letter is a page of another practice, which nobody has.
func (c Clinic) letter(kind string, p registry.Patient, on time.Time, words []string) paper.Document {
	return paper.Document{
		Size: paper.A4, Kind: kind, Number: on.Format("20060102"), About: p.Name, From: []string{"Sample Practice", "1 Nowhere Lane"}, To: []string{c.Name, c.place()},
		Notes: words, Lang: "en", At: on,
	}
}

// Size of the sample pictures.
const (
	filmWide = 640
	filmHigh = 470
)

// xray is two bones that meet, in soft tissue, with the grain of a film.
func xray(r *rand.Rand) image.Image {
	film := image.NewGray(image.Rect(0, 0, filmWide, filmHigh))
	bend := .25 + r.Float64()*.35
	for y := range filmHigh {
		for x := range filmWide {
			u, v := float64(x)/filmWide*2-1, float64(y)/filmHigh*2-1
			spine := bend * math.Abs(u) // the middle of both bones
			off := math.Abs(v - spine + .2)
			tissue := 70 * math.Exp(-math.Pow(off/.62, 4))
			ends := .1 + .09*math.Exp(-math.Pow((math.Abs(u)-.06)/.16, 2)) // bones are thicker at the joint
			bone := 0.0
			if math.Abs(u) > .025 && off < ends {
				bone = 95 + 60*math.Pow(off/ends, 6) // the outer layer is denser
			}
			film.SetGray(x, y, color.Gray{Y: uint8(min(250, 14+tissue+bone+r.Float64()*9))})
		}
	}
	return film
}

// skin is a coat parted around a sore place.
func skin(r *rand.Rand) image.Image {
	photo := image.NewRGBA(image.Rect(0, 0, filmWide, filmHigh))
	coat := [][3]float64{{150, 112, 72}, {92, 80, 70}, {196, 178, 150}}[r.IntN(3)]
	for y := range filmHigh {
		for x := range filmWide {
			u, v := (float64(x)-filmWide/2)/filmHigh, (float64(y)-filmHigh/2)/filmHigh
			far := math.Hypot(u, v)
			hair := .5 + .3*math.Sin(95*u+22*v+2.2*math.Sin(17*v+3*u)) + r.Float64()*.7
			bare := math.Exp(-math.Pow(far/.27, 4))
			sore := math.Exp(-far * far * far / (.13 * .13 * .13))
			var rgb [3]uint8
			for i, tone := range [3]float64{222, 172, 150} {
				fur := coat[i] * (.72 + .28*hair)
				bald := tone + (([3]float64{182, 62, 60})[i]-tone)*sore
				rgb[i] = uint8(max(0, min(255, fur*(1-bare)+bald*bare)))
			}
			photo.SetRGBA(x, y, color.RGBA{rgb[0], rgb[1], rgb[2], 255})
		}
	}
	return photo
}
