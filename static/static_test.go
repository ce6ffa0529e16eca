package static

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func sample(t *testing.T) library {
	t.Helper()
	plain := strings.Repeat("plain text ", 20)
	l, err := load(fstest.MapFS{
		"manifest.json":   {Data: []byte(`{"files":{"app.js":"app-AAAA.js","f.woff2":"f-BBBB.woff2"}}`)},
		"app-AAAA.js":     {Data: []byte(plain)},
		"app-AAAA.js.br":  {Data: []byte("b")},
		"app-AAAA.js.zst": {Data: []byte("zz")},
		"app-AAAA.js.gz":  {Data: []byte("ggg")},
		"f-BBBB.woff2":    {Data: []byte("font")},
		"stray.js":        {Data: []byte("stray")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func get(l library, method, path, accept string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	if accept != "" {
		r.Header.Set("Accept-Encoding", accept)
	}
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	return w.Result()
}

func TestTheSmallestFormTheClientTakesIsSent(t *testing.T) {
	l := sample(t)
	for accept, want := range map[string]string{
		"":                              "",
		"identity":                      "",
		"gzip":                          "gzip",
		"gzip, deflate, br, zstd":       "br",
		"gzip, zstd":                    "zstd",
		"gzip;q=0.5, br;q=0":            "gzip",
		"br; q=0.0, gzip; q=0, *;q=0.1": "zstd",
		"*":                             "br",
		"BR":                            "br",
		"br;q=nonsense":                 "",
	} {
		resp := get(l, http.MethodGet, "/static/app-AAAA.js", accept)
		if got := resp.Header.Get("Content-Encoding"); got != want || resp.StatusCode != http.StatusOK {
			t.Errorf("%q gives %d %q, want %q", accept, resp.StatusCode, got, want)
		}
		if resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: Vary is %q", accept, resp.Header.Get("Vary"))
		}
	}
}

func TestAnswersMayBeKeptForEverAndAreNotSniffed(t *testing.T) {
	l := sample(t)
	for path, kind := range map[string]string{
		"/static/app-AAAA.js":  "text/javascript; charset=utf-8",
		"/static/f-BBBB.woff2": "font/woff2",
	} {
		resp := get(l, http.MethodHead, path, "br")
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != kind ||
			!strings.Contains(resp.Header.Get("Cache-Control"), "immutable") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
	}
	if vary := get(l, http.MethodGet, "/static/f-BBBB.woff2", "br").Header.Get("Vary"); vary != "" {
		t.Errorf("a font has one form, but varies by %s", vary)
	}
}

func TestEverythingElseIsNotFoundAndNotKept(t *testing.T) {
	l := sample(t)
	for _, at := range [][2]string{
		{"GET", "/static/"},
		{"GET", "/static/app.js"},
		{"GET", "/static/stray.js"},
		{"GET", "/static/manifest.json"},
		{"GET", "/static/app-AAAA.js.br"},
		{"GET", "/static/../static.go"},
		{"GET", "/app-AAAA.js"},
		{"POST", "/static/app-AAAA.js"},
	} {
		resp := get(l, at[0], at[1], "br")
		if resp.StatusCode != http.StatusNotFound || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v gives %d, %s", at, resp.StatusCode, resp.Header.Get("Cache-Control"))
		}
	}
}

func TestAProgramWithoutAssetsSaysWhatIsMissing(t *testing.T) {
	empty, err := load(fstest.MapFS{".gitkeep": {}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(empty.missing(), required) {
		t.Errorf("missing are %v", empty.missing())
	}
	if got := empty.path("app.js"); got != "/static/app.js" {
		t.Errorf("the address of what is missing is %s", got)
	}
	if got := sample(t).missing(); slices.Contains(got, "app.js") || !slices.Contains(got, "main.css") {
		t.Errorf("missing are %v", got)
	}
}

func TestAnAssetOfAnUnknownKindIsRefused(t *testing.T) {
	_, err := load(fstest.MapFS{"manifest.json": {Data: []byte(`{"files":{"x.exe":"x-A.exe"}}`)}, "x-A.exe": {}})
	if err == nil {
		t.Error("x.exe is served")
	}
}

// The program under test is built after the assets, as `make test` does.
func TestTheAssetsOfThisProgramAreServed(t *testing.T) {
	if s := MissingSentence(); s != "" {
		t.Fatal(s)
	}
	for _, name := range required {
		resp := get(built(), http.MethodGet, Path(name), "gzip, br")
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Encoding") == "" {
			t.Errorf("%s: %d, %v", Path(name), resp.StatusCode, resp.Header)
		}
	}
	if _, there := built().names["axe.js"]; there {
		t.Error("the test tool axe is among the assets")
	}
}
