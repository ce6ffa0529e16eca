package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"

	"paddock/internal/id"
)

// Stream is the one place a sealed stream opens in: a file, and which part of it ("content").
type Stream struct {
	File id.ID
	Part string
}

// A sealed stream is Tink's AES-256-GCM-HKDF in segments: each says where it stands, and the last that it is the
// last, so that a stream cut off, or put together anew, does not open.
const (
	streamFormat  = 1
	streamSegment = 64 << 10 // bytes, tag included
)

// bindStream gives the associated data: what it is for, format, clinic and file in fixed widths, then the part.
func (c *Clinic) bindStream(s Stream) []byte {
	clinic := c.id.ID()
	b := appendText(nil, "file")
	b = binary.BigEndian.AppendUint32(b, streamFormat)
	b = append(b, clinic[:]...)
	b = append(b, s.File[:]...)
	return appendText(b, s.Part)
}

func streamKey(key Key) (*subtle.AESGCMHKDF, error) {
	if key.IsZero() {
		return nil, errors.New("a stream is sealed with a key of its own")
	}
	a, err := subtle.NewAESGCMHKDF(key.Bytes(), "SHA256", 32, streamSegment, 0)
	if err != nil {
		return nil, fmt.Errorf("reading the key of a stream: %w", err)
	}
	return a, nil
}

// SealStream seals what is written to it into w, under a key made for this one file. What was written is whole only
// once Close has given no error.
func (c *Clinic) SealStream(w io.Writer, key Key, s Stream) (io.WriteCloser, error) {
	if s.File.IsZero() || s.Part == "" || len(s.Part) > 255 {
		return nil, errors.New("sealing a stream: no file or part is named")
	}
	a, err := streamKey(key)
	if err != nil {
		return nil, err
	}
	out, err := a.NewEncryptingWriter(w, c.bindStream(s))
	if err != nil {
		return nil, fmt.Errorf("sealing a stream: %w", err)
	}
	return out, nil
}

// OpenStream gives what was sealed as this part of this file. What does not open ends with ErrUnopenable, which may
// come after a part was read: no byte read before it is a wrong one, and the rest is missing.
func (c *Clinic) OpenStream(r io.Reader, key Key, s Stream) (io.Reader, error) {
	a, err := streamKey(key)
	if err != nil {
		return nil, err
	}
	from := &source{r: r}
	plain, err := a.NewDecryptingReader(from, c.bindStream(s))
	if err != nil {
		return nil, from.judge(err)
	}
	return &opened{plain: plain, from: from}, nil
}

// source remembers why it could not be read: a store that is away is no broken seal.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func (s *source) judge(err error) error {
	if s.err != nil {
		return fmt.Errorf("reading a sealed stream: %w", s.err)
	}
	return fmt.Errorf("opening a stream: %w", errors.Join(ErrUnopenable, err))
}

type opened struct {
	plain io.Reader
	from  *source
}

func (o *opened) Read(p []byte) (int, error) {
	n, err := o.plain.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = o.from.judge(err)
	}
	return n, err
}

// SealKey seals the key of a stream into its slot, and OpenKey opens it.
func (c *Clinic) SealKey(s Slot, key Key) ([]byte, error) { return c.Seal(s, key.Bytes()) }

// OpenKey gives the key that was sealed in this slot. It gives ErrUnopenable.
func (c *Clinic) OpenKey(s Slot, sealed []byte) (Key, error) {
	b, err := c.Open(s, sealed)
	if err != nil {
		return Key{}, err
	}
	defer clear(b)
	if len(b) != 32 {
		return Key{}, ErrUnopenable
	}
	return Key{[32]byte(b)}, nil
}
