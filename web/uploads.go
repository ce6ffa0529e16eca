package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"paddock/internal/fault"
)

const (
	fieldsMost = 20      // of a form that carries a file
	fieldMost  = 4 << 10 // bytes of each
)

var errForm = errors.New("the fields before a file are not those of a form")

// parseUpload reads the fields of a form as far as its file, which stays on the line: it is read by the
// handler alone, once it is known who sends it. The form token has to stand before the file, or there is none.
func (v *visit) parseUpload() error {
	parts, err := v.r.MultipartReader()
	if err != nil {
		return fmt.Errorf("reading a form with a file: %w", err)
	}
	v.r.PostForm = url.Values{}
	for range fieldsMost {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a form with a file: %w", err)
		}
		if part.FileName() != "" || part.FormName() == "file" {
			v.upload = part
			return nil
		}
		value, err := io.ReadAll(io.LimitReader(part, fieldMost+1))
		if err != nil {
			return fmt.Errorf("reading a field before a file: %w", err)
		}
		if len(value) > fieldMost {
			return errForm
		}
		v.r.PostForm.Add(part.FormName(), string(value))
	}
	return errForm
}

// linger gives a request that takes or sends a file the time of one. It still ends when the browser hangs up.
func (v *visit) linger() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), fileTime)
	context.AfterFunc(v.line, cancel)
	v.r = v.r.WithContext(ctx)
	until := v.s.Clock.Now().Add(fileTime)
	control := http.NewResponseController(v.w)
	// A writer without a line, as in tests, has no deadlines either.
	_ = control.SetReadDeadline(until)
	_ = control.SetWriteDeadline(until)
}

// deliver sends a file. What goes wrong once it has begun cuts it off, so that nobody takes half of it for
// the whole. It gives the page to show where it could not begin, else the zero answer.
func (v *visit) deliver(d download) answer {
	if d.from != nil {
		defer func() { _ = d.from.Close() }() // nothing was written to it
		d.write = func(w io.Writer) error {
			_, err := io.Copy(w, d.from)
			return err
		}
	}
	v.linger()
	if err := v.inscribe()(); err != nil {
		v.s.Log.ErrorContext(v.ctx(), "not recorded, so not sent", "request", v.request.String(), "err", err)
		v.leaves = nil
		return v.broken()
	}
	v.leaves = nil
	h := v.w.Header()
	h.Set("Content-Type", d.kind)
	how := "attachment"
	if d.shown {
		how = "inline"
	}
	h.Set("Content-Disposition", how+`; filename="`+d.name+`"`)
	if d.inert {
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	}
	if d.size > 0 {
		h.Set("Content-Length", strconv.FormatInt(d.size, 10))
	}
	v.w.WriteHeader(http.StatusOK)
	if v.r.Method == http.MethodHead {
		return answer{}
	}
	if err := d.write(v.w); err != nil {
		v.log(err)
		panic(http.ErrAbortHandler)
	}
	v.seen()
	return answer{}
}

// unsentFile says why the file of a form could not be taken, where that is the person's to mend.
func unsentFile(err error) (sentence string, ok bool) {
	var big *http.MaxBytesError
	var said *fault.Error
	switch {
	case errors.As(err, &big):
		return tooBig, true
	case errors.As(err, &said) && said.Kind == fault.Invalid:
		return said.Sentence, true
	}
	return "", false
}
