package files

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	_ "golang.org/x/image/webp" // decodes WebP

	"paddock/internal/fault"
)

const (
	// decodedMost is how much memory a picture may take while it is made anew. It is reckoned from what the head
	// of the picture says, before anything is decoded, so that a bomb is refused unlit.
	decodedMost = 256 << 20
	sideMost    = 30_000 // points of a side

	thumbSide    = 480 // points of the longer side
	thumbQuality = 80
	// quality is near enough to what was sent that a film read twice reads the same.
	quality = 92
)

const saidDamaged = "This picture cannot be read: it may be damaged. Save it anew and try again"

// picture is one that was decoded and turned upright. Whatever else stood in its file (where and when it was taken,
// by whose phone, a second picture, a program) is gone: only its points are kept.
type picture struct {
	image image.Image
	media Media
}

// remake decodes a picture. What is too large or damaged gives a mistake of the field named file.
func remake(raw []byte, m Media) (picture, error) {
	var bad fault.Fields
	cfg, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || "image/"+format != string(m) {
		bad.Add("file", saidDamaged)
		return picture{}, bad
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > sideMost || cfg.Height > sideMost ||
		int64(cfg.Width)*int64(cfg.Height)*cost(raw, m, cfg.ColorModel)/4 > decodedMost {
		bad.Add("file", fmt.Sprintf("This picture has %d × %d points, more than can be taken in. Save it smaller, with 30 megapixels at most", cfg.Width, cfg.Height))
		return picture{}, bad
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		bad.Add("file", saidDamaged)
		return picture{}, bad
	}
	p := picture{image: turned(img, orientation(raw, m)), media: m}
	if m == webP { // what has no see-through parts is a photograph
		p.media = PNG
		if _, plain := img.(*image.YCbCr); plain {
			p.media = JPEG
		}
	}
	return p, nil
}

// cost is how many bytes a point takes, in quarters, the turned copy and the one to shrink from included.
func cost(raw []byte, m Media, model color.Model) int64 {
	switch {
	case m == JPEG:
		return 2 * jpegCost(raw)
	case m == webP:
		return 4 * 8
	case model == color.RGBA64Model || model == color.NRGBA64Model:
		return 4 * (8 + 4)
	default:
		return 4 * (4 + 4)
	}
}

// encode writes the picture as it is kept.
func (p picture) encode(w io.Writer) error {
	if p.media == PNG {
		e := png.Encoder{CompressionLevel: png.DefaultCompression}
		if b := p.image.Bounds(); b.Dx()*b.Dy() > 4<<20 {
			e.CompressionLevel = png.BestSpeed
		}
		return e.Encode(w, p.image)
	}
	return jpeg.Encode(w, p.image, &jpeg.Options{Quality: quality})
}

// encodeThumb writes the picture small, on white where it is see-through.
func (p picture) encodeThumb(w io.Writer) error {
	return jpeg.Encode(w, shrunk(p.image), &jpeg.Options{Quality: thumbQuality})
}

// plane is one channel of a picture, or four that lie side by side.
type plane struct {
	pix          []byte
	w, h, stride int
	bytes        int // of a point
}

// turned gives a picture as it is to be looked at.
func turned(img image.Image, o int) image.Image {
	if o == upright {
		return img
	}
	switch src := img.(type) {
	case *image.YCbCr:
		ratio := src.SubsampleRatio
		if o > 4 {
			swapped := map[image.YCbCrSubsampleRatio]image.YCbCrSubsampleRatio{
				image.YCbCrSubsampleRatio444: image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420: image.YCbCrSubsampleRatio420,
				image.YCbCrSubsampleRatio422: image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio440: image.YCbCrSubsampleRatio422,
			}
			to, ok := swapped[ratio]
			if !ok {
				break
			}
			ratio = to
		}
		w, h := turnedSides(src.Rect.Dx(), src.Rect.Dy(), o)
		dst := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
		luma, blue, red := planes(src)
		luma.turn(dst.Y, dst.YStride, o)
		blue.turn(dst.Cb, dst.CStride, o)
		red.turn(dst.Cr, dst.CStride, o)
		return dst
	case *image.Gray:
		w, h := turnedSides(src.Rect.Dx(), src.Rect.Dy(), o)
		dst := image.NewGray(image.Rect(0, 0, w, h))
		plane{src.Pix, src.Rect.Dx(), src.Rect.Dy(), src.Stride, 1}.turn(dst.Pix, dst.Stride, o)
		return dst
	}
	b := img.Bounds()
	flat := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Rect, img, b.Min, draw.Src)
	w, h := turnedSides(b.Dx(), b.Dy(), o)
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	plane{flat.Pix, b.Dx(), b.Dy(), flat.Stride, 4}.turn(dst.Pix, dst.Stride, o)
	return dst
}

func turnedSides(w, h, o int) (int, int) {
	if o > 4 {
		return h, w
	}
	return w, h
}

// planes are those of a decoded JPEG or WebP, which begin at the upper left.
func planes(src *image.YCbCr) (luma, blue, red plane) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	cw, ch := w, h
	switch src.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		cw = (w + 1) / 2
	case image.YCbCrSubsampleRatio420:
		cw, ch = (w+1)/2, (h+1)/2
	case image.YCbCrSubsampleRatio440:
		ch = (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		cw = (w + 3) / 4
	case image.YCbCrSubsampleRatio410:
		cw, ch = (w+3)/4, (h+1)/2
	default:
	}
	return plane{src.Y, w, h, src.YStride, 1}, plane{src.Cb, cw, ch, src.CStride, 1}, plane{src.Cr, cw, ch, src.CStride, 1}
}

// turn writes the plane turned or mirrored, by the numbers of Exif.
func (p plane) turn(dst []byte, stride, o int) {
	for y := range p.h {
		row := p.pix[y*p.stride:]
		for x := range p.w {
			tx, ty := x, y
			switch o {
			case 2:
				tx = p.w - 1 - x
			case 3:
				tx, ty = p.w-1-x, p.h-1-y
			case 4:
				ty = p.h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = p.h-1-y, x
			case 7:
				tx, ty = p.h-1-y, p.w-1-x
			case 8:
				tx, ty = y, p.w-1-x
			}
			copy(dst[ty*stride+tx*p.bytes:][:p.bytes], row[x*p.bytes:][:p.bytes])
		}
	}
}

// shrunk is a picture of thumbSide at the most, each of its points the mean of those it stands for.
func shrunk(img image.Image) image.Image {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > thumbSide {
		w, h = max(1, w*thumbSide/long), max(1, h*thumbSide/long)
	}
	if src, ok := img.(*image.YCbCr); ok {
		dst := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio444)
		luma, blue, red := planes(src)
		luma.shrink(dst.Y, w, h)
		blue.shrink(dst.Cb, w, h)
		red.shrink(dst.Cr, w, h)
		return dst
	}
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, img, b.Min, draw.Over)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	plane{flat.Pix, b.Dx(), b.Dy(), flat.Stride, 4}.shrink(dst.Pix, w, h)
	return dst
}

// shrink writes the plane with w × h points, the stride being w points.
func (p plane) shrink(dst []byte, w, h int) {
	for y := range h {
		y0, y1 := y*p.h/h, max(y*p.h/h+1, (y+1)*p.h/h)
		for x := range w {
			x0, x1 := x*p.w/w, max(x*p.w/w+1, (x+1)*p.w/w)
			var sums [4]int
			for sy := y0; sy < y1; sy++ {
				row := p.pix[sy*p.stride+x0*p.bytes : sy*p.stride+x1*p.bytes]
				for i, v := range row {
					sums[i%p.bytes] += int(v)
				}
			}
			n := (y1 - y0) * (x1 - x0)
			for i := range p.bytes {
				dst[(y*w+x)*p.bytes+i] = byte((sums[i] + n/2) / n)
			}
		}
	}
}
