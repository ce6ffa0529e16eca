package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"

	"github.com/a-h/templ"
)

// answer is what a handler wants to be said. It is rendered into memory and sent only when all that
// must be recorded is.
type answer struct {
	status   int
	body     templ.Component
	location string       // for 303, or HX-Redirect to htmx
	raw      http.Handler // serves assets
	download *download
}

// download is a file that is made while it is sent, since it may be large. Nothing of it is made before
// what must be recorded is.
type download struct {
	name  string // what it is saved as: fixed, so that no clinic data stands in a header
	kind  string // media type
	write func(w io.Writer) error
}

// shown is a page with a status.
func shown(status int, c templ.Component) answer { return answer{status: status, body: c} }

// goTo opens another page: 303 (RFC 9110, 15.4.4) for a plain form, HX-Redirect for htmx, which would
// follow a 303 silently.
func goTo(path string) answer { return answer{status: http.StatusSeeOther, location: path} }

// silent is 204: nothing to show.
func silent() answer { return answer{status: http.StatusNoContent} }

// render makes the body in memory.
func (a answer) render(ctx context.Context) ([]byte, error) {
	if a.body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	b.Grow(16 << 10)
	err := a.body.Render(ctx, &b)
	return b.Bytes(), err
}

// send writes the answer. Nothing is written before.
func (v *visit) send(a answer, body []byte) {
	h := v.w.Header()
	benchCount(v.ctx(), h)
	switch {
	case a.location != "" && v.partial:
		h.Set("HX-Redirect", a.location)
		a.status = http.StatusOK
	case a.location != "":
		h.Set("Location", a.location)
	}
	if body != nil {
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	v.w.WriteHeader(a.status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body) //nolint:gosec // templ has escaped it; the browser is gone, and there is nobody to tell
	}
}
