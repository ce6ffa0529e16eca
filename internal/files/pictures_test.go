package files_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paddock/internal/files"
	"paddock/internal/id"
)

// What a phone writes beside the points is gone, and the picture stands upright (T68).
func TestMetadataIsGoneAndThePictureStandsUpright(t *testing.T) {
	c := newClinic(t)
	// Where the upper left of the upright picture comes from, and its sides.
	for o, want := range map[int]struct {
		upper, left string
		w           int
	}{
		1: {"red", "dark", 80}, 2: {"red", "bright", 80}, 3: {"blue", "bright", 80}, 4: {"blue", "dark", 80},
		5: {"dark", "red", 61}, 6: {"dark", "blue", 61}, 7: {"bright", "blue", 61}, 8: {"bright", "red", 61},
	} {
		sent := withExif(photo(80, 61), o)
		if !bytes.Contains(sent, []byte("SECRETPLACE")) {
			t.Fatal("the picture that is sent says nothing")
		}
		file := c.added(t, string(sent))
		kept := c.content(t, file)
		if strings.Contains(kept, "SECRETPLACE") || strings.Contains(kept, "Exif") {
			t.Errorf("orientation %d: what the camera wrote is kept", o)
		}
		img, err := jpeg.Decode(strings.NewReader(kept))
		must(t, err)
		f := c.open(t, file)
		if b := img.Bounds(); b.Dx() != want.w || f.Width != b.Dx() || f.Height != b.Dy() {
			t.Errorf("orientation %d: %v, said to be %d × %d", o, b, f.Width, f.Height)
		}
		for name, img := range map[string]image.Image{"picture": img, "thumbnail": c.thumbnail(t, file)} {
			b := img.Bounds()
			at := func(x, y int) string { return word(img.At(b.Min.X+b.Dx()*x/8, b.Min.Y+b.Dy()*y/8)) }
			upper, left := at(3, 1)+at(6, 1), at(1, 3)+at(1, 6)
			if !strings.Contains(upper, want.upper) || !strings.Contains(left, want.left) || strings.Count(upper, want.upper) != 2 || strings.Count(left, want.left) != 2 {
				t.Errorf("orientation %d, %s: above %q, left %q, not %v", o, name, upper, left, want)
			}
		}
	}
}

func word(c color.Color) string {
	r, _, b, _ := c.RGBA()
	s := "red"
	if b > r {
		s = "blue"
	}
	if max(r, b)>>8 < 165 {
		return s + " dark "
	}
	return s + " bright "
}

func TestPicturesAreKeptAsPictures(t *testing.T) {
	c := newClinic(t)
	film := image.NewGray16(image.Rect(0, 0, 700, 900)) // as an X-ray comes
	for i := range film.Pix {
		film.Pix[i] = byte(i)
	}
	file := c.added(t, string(pngOf(film)))
	got, err := png.Decode(strings.NewReader(c.content(t, file)))
	must(t, err)
	if same, ok := got.(*image.Gray16); !ok || !bytes.Equal(same.Pix, film.Pix) {
		t.Errorf("a film of 16 bits is kept as %T", got)
	}
	if b := c.thumbnail(t, file).Bounds(); b.Dx() != 373 || b.Dy() != 480 {
		t.Errorf("the thumbnail has %v", b)
	}
	if f := c.open(t, file); f.Media != files.PNG || f.Width != 700 || f.Height != 900 || f.Title != "IMG_1" {
		t.Errorf("%+v", f)
	}
	glass := image.NewNRGBA(image.Rect(0, 0, 10, 10)) // see-through all over
	if r, g, b, _ := c.thumbnail(t, c.added(t, string(pngOf(glass)))).At(5, 5).RGBA(); r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
		t.Error("a see-through picture is not shown on white")
	}
	file = c.added(t, webP)
	if f := c.open(t, file); f.Media != files.JPEG || f.Width != 1 {
		t.Errorf("a WebP became %+v", f)
	}
	if _, err := jpeg.Decode(strings.NewReader(c.content(t, file))); err != nil {
		t.Error(err)
	}
}

// webP is one point.
const webP = "RIFF$\x00\x00\x00WEBPVP8 \x18\x00\x00\x000\x01\x00\x9d\x01*\x01\x00\x01\x00\x02\x004%\xa4\x00\x03p\x00\xfe\xfb\x94\x00\x00"

// A bomb is small on its way and huge when decoded: it is refused by what its head says.
// Who waits for the store holds up nobody's picture, and who waits for a place has read no more than its beginning.
func TestPicturesWaitForAPlaceBeforeTheyAreRead(t *testing.T) {
	c := newClinic(t)
	held := 0
	step := func(done string) {
		if strings.HasPrefix(done, "stored") {
			held = max(held, c.shelf.Drawing())
		}
	}
	picture := photo(640, 480)
	must(t, files.AddStepwise(t.Context(), c.deps(), c.Keys, c.who(), id.New(), c.incoming(), bytes.NewReader(picture), step))
	if held != 0 {
		t.Error("the place to draw in is held while a picture is stored")
	}

	ctx, stop := context.WithCancel(t.Context())
	begun, most := make(chan *slow, 64), c.shelf.PicturesMost()
	var all sync.WaitGroup
	senders := []clinic{c, env2clinic(t, c.env, c.shelf, c.folder)} // a person may send six at once
	for i := range most + 1 {
		all.Go(func() {
			from, c := &slow{ctx: ctx, head: picture[:len(picture)/2]}, senders[i%2]
			err := files.AddStepwise(ctx, c.deps(), c.Keys, c.who(), id.New(), c.incoming(), from, func(done string) {
				if done == "begun" {
					begun <- from
				}
			})
			if err == nil {
				t.Error("a picture that never came is kept")
			}
		})
	}
	var list []*slow
	for range most + 1 {
		list = append(list, <-begun)
	}
	reading := func() (n int) {
		for _, one := range list {
			if one.asked.Load() {
				n++
			}
		}
		return n
	}
	for tries := 0; reading() < most && tries < 1000; tries++ {
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	if got := reading(); got != most {
		t.Errorf("%d pictures are being read, want %d", got, most)
	}
	stop()
	all.Wait()
}

// slow is a picture whose second half never comes.
type slow struct {
	ctx   context.Context //nolint:containedctx // of the request
	head  []byte
	asked atomic.Bool // for the second half
}

func (s *slow) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head = s.head[n:]
		return n, nil
	}
	s.asked.Store(true)
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func TestDecompressionBombsAreRefusedUnlit(t *testing.T) {
	c := newClinic(t)
	big := func(w, h uint32) string { // a picture of a point whose head says more
		b := pngOf(image.NewGray(image.Rect(0, 0, 1, 1)))
		binary.BigEndian.PutUint32(b[16:], w)
		binary.BigEndian.PutUint32(b[20:], h)
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		return string(b)
	}
	wide := photo(8, 8)
	at := bytes.Index(wide, []byte{0xFF, 0xC0}) + 5
	copy(wide[at:], []byte{0xFF, 0xDC, 0xFF, 0xDC})
	passes := photo(8, 8)
	at = bytes.Index(passes, []byte{0xFF, 0xC0})
	passes[at+1] = 0xC2
	copy(passes[at+5:], []byte{0x1B, 0x58, 0x1B, 0x58}) // 7000 × 7000 in passes
	for name, bomb := range map[string]string{
		"PNG of 900 million points": big(30_000, 30_000), "PNG wider than any": big(1<<30, 1), "JPEG of 4 billion points": string(wide), "JPEG in passes": string(passes),
		"PNG of no points": big(0, 0),
	} {
		err := c.add(t, id.New(), bomb)
		if m := mistake(t, err, "file"); !strings.Contains(m, "points, more than can be taken in") && name != "PNG of no points" {
			t.Errorf("%s: %q", name, m)
		}
	}
	for name, broken := range map[string]string{"cut off": string(photo(200, 200)[:2000]), "only a head": "\x89PNG\r\n\x1a\n", "JPEG of nothing": "\xff\xd8\xff\xe0"} {
		if m := mistake(t, c.add(t, id.New(), broken), "file"); !strings.HasPrefix(m, "This picture cannot be read") {
			t.Errorf("%s: %q", name, m)
		}
	}
	if n := len(c.list(t)); n != 0 || len(c.blobs(t)) != 0 || c.uploads(t) != 0 {
		t.Errorf("%d files, %v, %d uploads are left", n, c.blobs(t), c.uploads(t))
	}
}
