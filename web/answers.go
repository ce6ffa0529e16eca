package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"

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
	// from, where given, is sent instead, and let go of whether it was sent or not.
	from io.ReadCloser
	// shown is opened by the browser itself where it can, else the file is saved; size is how many bytes it has,
	// 0 where that is not known before. inert keeps a browser from doing anything a file asks for.
	shown, inert bool
	size         int64
}

// shown is a page with a status.
func shown(status int, c templ.Component) answer { return answer{status: status, body: c} }

// goTo opens another page: 303 (RFC 9110, 15.4.4) for a plain form, HX-Redirect for htmx, which would
// follow a 303 silently.
func goTo(path string) answer { return answer{status: http.StatusSeeOther, location: path} }

// silent is 204: nothing to show.
func silent() answer { return answer{status: http.StatusNoContent} }

// render makes the body in memory, of which it first takes a little more than the route's last page had.
func (a answer) render(ctx context.Context, last *atomic.Int64) ([]byte, error) {
	if a.body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	had := int(last.Load())
	b.Grow(had + had/16 + 4<<10)
	err := a.body.Render(ctx, &b)
	last.Store(int64(b.Len()))
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
