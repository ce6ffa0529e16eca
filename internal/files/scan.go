package files

import (
	"bytes"
	"encoding/binary"
)

// What a picture says of itself before it is decoded: how it is to be turned, and how much memory decoding takes.

// upright is the orientation of a picture that is not to be turned (TIFF 6.0 and Exif 2.32, tag 274).
const upright = 1

// orientation of a picture, 1 to 8; what cannot be read is upright.
func orientation(raw []byte, m Media) int {
	switch m {
	case JPEG:
		found := upright
		eachSegment(raw, func(marker byte, data []byte) bool {
			if rest, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00")); ok && marker == 0xE1 {
				found = exifOrientation(rest)
				return false
			}
			return true
		})
		return found
	case webP:
		return exifOrientation(bytes.TrimPrefix(riffChunk(raw, "EXIF"), []byte("Exif\x00\x00")))
	case PNG:
		return exifOrientation(pngChunk(raw, "eXIf"))
	default:
		return upright
	}
}

// eachSegment goes through the segments of a JPEG before its first scan, until do says that it is enough.
func eachSegment(raw []byte, do func(marker byte, data []byte) bool) {
	for at := 2; at+4 <= len(raw) && raw[at] == 0xFF; {
		marker := raw[at+1]
		if marker == 0xFF { // a fill byte
			at++
			continue
		}
		if marker == 0xD8 || marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 {
			at += 2
			continue
		}
		n := int(binary.BigEndian.Uint16(raw[at+2:]))
		if marker == 0xDA || n < 2 || at+2+n > len(raw) {
			return
		}
		if !do(marker, raw[at+4:at+2+n]) {
			return
		}
		at += 2 + n
	}
}

// jpegCost is how many bytes a point takes while a JPEG is decoded, in quarters: its planes once, and where the
// picture comes in passes four bytes for each coefficient.
func jpegCost(raw []byte) (quarters int64) {
	quarters = 3 * 4
	eachSegment(raw, func(marker byte, data []byte) bool {
		if marker < 0xC0 || marker > 0xC2 {
			return true
		}
		if len(data) < 6 || len(data) < 6+3*int(data[5]) {
			return false
		}
		var sum, high, wide int64
		for i := range int(data[5]) {
			h, v := int64(data[7+3*i]>>4), int64(data[7+3*i]&15)
			sum, wide, high = sum+h*v, max(wide, h), max(high, v)
		}
		if wide*high > 0 {
			quarters = (4*sum + wide*high - 1) / (wide * high)
		}
		if marker == 0xC2 {
			quarters *= 5
		}
		return false
	})
	return quarters
}

func riffChunk(raw []byte, name string) []byte {
	for at := 12; at+8 <= len(raw); {
		n := int(binary.LittleEndian.Uint32(raw[at+4:]))
		if n < 0 || n > len(raw)-at-8 {
			return nil
		}
		if string(raw[at:at+4]) == name {
			return raw[at+8 : at+8+n]
		}
		at += 8 + n + n&1
	}
	return nil
}

func pngChunk(raw []byte, name string) []byte {
	for at := 8; at+12 <= len(raw); {
		n := int(binary.BigEndian.Uint32(raw[at:]))
		if n < 0 || n > len(raw)-at-12 {
			return nil
		}
		if string(raw[at+4:at+8]) == name {
			return raw[at+8 : at+8+n]
		}
		at += 12 + n
	}
	return nil
}

// exifOrientation reads tag 274 of the first directory of a TIFF.
func exifOrientation(tiff []byte) int {
	var order binary.ByteOrder
	switch {
	case len(tiff) < 8:
		return upright
	case string(tiff[:2]) == "II":
		order = binary.LittleEndian
	case string(tiff[:2]) == "MM":
		order = binary.BigEndian
	default:
		return upright
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return upright
	}
	for i := range int64(order.Uint16(tiff[at:])) {
		e := at + 2 + 12*i
		if e+12 > int64(len(tiff)) {
			return upright
		}
		if order.Uint16(tiff[e:]) == 274 {
			if o := int(order.Uint16(tiff[e+8:])); o >= 1 && o <= 8 {
				return o
			}
			return upright
		}
	}
	return upright
}
