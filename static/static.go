// Package static serves what the pages load: one stylesheet, one script, htmx with two extensions,
// the typeface and the pictures. static/build makes them into dist, with names that carry a hash of
// the content, so that a browser may keep each for ever; they are embedded into the program.
//
// A clone that has not run the asset build still compiles; Missing then names what is not there.
package static

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Prefix is the path under which the handler is to be mounted.
const Prefix = "/static/"

//go:embed all:dist
var dist embed.FS

// required are the names every page or some page asks for.
var required = []string{"app.js", "htmx.js", "hx-csp.js", "logo.svg", "main.css"}

// types are the kinds of file served; any other is not.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".ico":   "image/x-icon",
	".woff2": "font/woff2",
}

// encodings in the order of preference between equals; the extension is that of the file beside.
var encodings = []struct{ name, extension string }{{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"}}

// asset is one file in all the forms it can be sent in; "" is the plain one.
type asset struct {
	contentType string
	forms       map[string][]byte
}

// library is a built set of assets.
type library struct {
	names  map[string]string // name in the source, for instance "app.js", to name in dist
	assets map[string]asset  // by name in dist
}

var built = sync.OnceValue(func() library {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is embedded
	}
	l, err := load(sub)
	if err != nil {
		panic(fmt.Sprintf("static: %v", err)) // the embedded files contradict each other
	}
	return l
})

// load reads a folder that static/build has made; an empty one gives an empty library.
func load(files fs.FS) (library, error) {
	l := library{names: map[string]string{}, assets: map[string]asset{}}
	b, err := fs.ReadFile(files, "manifest.json")
	if err != nil {
		return l, nil // not built
	}
	var manifest struct {
		Files map[string]string `json:"files"`
	}
	if err := json.Unmarshal(b, &manifest); err != nil {
		return l, fmt.Errorf("reading manifest.json: %w", err)
	}
	l.names = manifest.Files
	for _, name := range manifest.Files {
		a := asset{contentType: types[path.Ext(name)], forms: map[string][]byte{}}
		if a.contentType == "" {
			return l, fmt.Errorf("%s is of no kind that is served", name)
		}
		if a.forms[""], err = fs.ReadFile(files, name); err != nil {
			return l, fmt.Errorf("reading an asset: %w", err)
		}
		for _, e := range encodings {
			if body, err := fs.ReadFile(files, name+e.extension); err == nil {
				a.forms[e.name] = body
			}
		}
		l.assets[name] = a
	}
	return l, nil
}

// Path is the address of an asset by its name in the sources, for instance "app.js", "main.css",
// "htmx.js", "logo.svg". A name that was not built gives an address that answers 404.
func Path(name string) string { return built().path(name) }

func (l library) path(name string) string {
	if hashed, ok := l.names[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

// Missing lists the assets the pages need and the program was built without, in order; nil when all
// are there.
func Missing() []string { return built().missing() }

func (l library) missing() []string {
	var out []string
	for _, name := range required {
		if _, ok := l.names[name]; !ok {
			out = append(out, name)
		}
	}
	return out
}

// MissingSentence says what to do where Missing names something; it is empty where nothing is.
func MissingSentence() string {
	missing := Missing()
	if len(missing) == 0 {
		return ""
	}
	return "this program was built without " + strings.Join(missing, ", ") +
		": run `make assets` and build it again, pages have no style and no script until then"
}

// Handler serves the assets under Prefix; every other address is a 404. The answers may be kept for
// ever, because a changed file has another name.
func Handler() http.Handler { return built() }

// ServeHTTP answers GET and HEAD.
func (l library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, under := strings.CutPrefix(r.URL.Path, Prefix)
	a, known := l.assets[name]
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if !under || !known || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("There is nothing at this address.\n"))
		return
	}
	encoding := a.choose(r.Header.Values("Accept-Encoding"))
	body := a.forms[encoding]
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if len(a.forms) > 1 {
		h.Set("Vary", "Accept-Encoding")
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // fails when the browser has gone
	}
}

// choose picks the smallest form the client takes (RFC 9110, section 12.5.3).
func (a asset) choose(accept []string) string {
	takes := map[string]bool{}
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		name, parameters, _ := strings.Cut(part, ";")
		takes[strings.ToLower(strings.TrimSpace(name))] = !refused(parameters)
	}
	best := ""
	for _, e := range encodings {
		body, there := a.forms[e.name]
		ok, named := takes[e.name]
		if !named {
			ok = takes["*"]
		}
		if there && ok && len(body) < len(a.forms[best]) {
			best = e.name
		}
	}
	return best
}

// refused tells whether a quality value is nought.
func refused(parameters string) bool {
	_, value, found := strings.Cut(strings.ToLower(strings.ReplaceAll(parameters, " ", "")), "q=")
	if !found {
		return false
	}
	value, _, _ = strings.Cut(value, ";")
	q, err := strconv.ParseFloat(value, 64)
	return err != nil || q <= 0
}
