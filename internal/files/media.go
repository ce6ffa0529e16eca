package files

import (
	"bytes"
	"net/http"
	"strings"

	"paddock/internal/fault"
)

// Media is what the bytes of a file are (RFC 6838). It is told by the bytes alone: no name and no header of a
// request is believed.
type Media string

// The media that are kept.
const (
	JPEG Media = "image/jpeg"
	PNG  Media = "image/png"
	PDF  Media = "application/pdf"
	Text Media = "text/plain"

	webP Media = "image/webp" // taken in, and kept as another
)

// Picture reports whether a browser shows it as one.
func (m Media) Picture() bool { return m == JPEG || m == PNG }

// Bytes a file may have, by what it is.
const (
	PictureMost = 30 << 20
	PDFMost     = 200 << 20
	TextMost    = 5 << 20
)

// headMost is how much of a file is looked at to tell what it is.
const headMost = 512

// What is said of a file that is not taken.
const (
	saidKinds   = "Pictures (JPEG, PNG, WebP), PDF and plain text are kept."
	saidNoFile  = "Choose a file"
	saidUnknown = "This is none of the files that can be kept. " + saidKinds
	saidHEIC    = "Pictures as HEIC cannot be read here: save it as JPEG, or set the phone's camera to “Most compatible”"
	saidEmpty   = "This file is empty"
)

// recognise tells what a file is by how it begins, or gives a mistake of the field named file.
func recognise(head []byte) (Media, error) {
	var bad fault.Fields
	if len(head) == 0 {
		bad.Add("file", saidEmpty)
		return "", bad
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch m := Media(kind); m {
	case JPEG, PNG, PDF, webP:
		return m, nil
	case Text:
		if !bytes.ContainsRune(head, 0) {
			return m, nil
		}
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" && strings.Contains("heic heix hevc mif1 msf1 heim heis avif", string(head[8:12])) {
		bad.Add("file", saidHEIC)
	} else {
		bad.Add("file", saidUnknown)
	}
	return "", bad
}

// most is how many bytes a file of a kind may have, and what is said of one that has more.
func (m Media) most() (bytes int64, said string) {
	switch m {
	case PDF:
		return PDFMost, "This PDF is larger than 200 MB, the most that is kept. Send it in parts"
	case Text:
		return TextMost, "This text is larger than 5 MB, the most that is kept"
	default:
		return PictureMost, "This picture is larger than 30 MB, the most that is kept. Save it smaller, or as JPEG"
	}
}
