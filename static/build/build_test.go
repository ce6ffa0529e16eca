package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// sources lays out a small tree of sources with its packages already there.
func sources(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"package-lock.json":                            "{}",
		"css/main.css":                                 `@import "font/face.css"; @import "./a.css"; @layer base { body { color: light-dark(#000, #fff) } }`,
		"css/a.css":                                    ".a { .b { inset-inline: 0 } }" + strings.Repeat(" .c { color: red }", 100),
		"js/app.js":                                    `import { hello } from "nav"; import "./part.js"; hello(document.title)`,
		"js/part.js":                                   `console.log("part")`,
		"img/logo.svg":                                 "<svg/>",
		"node_modules/font/face.css":                   `@font-face { font-family: F; src: url(./f.woff2) }`,
		"node_modules/font/f.woff2":                    "\x00\x01\x02 not compressible",
		"node_modules/nav/package.json":                `{"name":"nav","main":"i.js"}`,
		"node_modules/nav/i.js":                        `export function hello(x) { console.log("hello", x) }`,
		"node_modules/htmx.org/dist/htmx.min.js":       "htmx();",
		"node_modules/htmx.org/dist/ext/hx-csp.min.js": "csp();",
		"node_modules/axe-core/axe.min.js":             "axe();",
		"dist/.gitkeep":                                "",
		"dist/app-OLD.js":                              "old",
		"node_modules/.paddock-lock":                   "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func read(t *testing.T, root string) manifest {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "dist", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func content(t *testing.T, root, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "dist", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheBuildBundlesHashesAndCompresses(t *testing.T) {
	root := sources(t)
	if err := run(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	m := read(t, root)
	css, js := content(t, root, m.Files["main.css"]), content(t, root, m.Files["app.js"])
	if !strings.Contains(css, "url(/static/"+m.Files["f.woff2"]+")") && !strings.Contains(css, `url("/static/`+m.Files["f.woff2"]+`")`) {
		t.Errorf("the stylesheet does not name the hashed font %s: %s", m.Files["f.woff2"], css[:200])
	}
	if !strings.Contains(css, "light-dark(") {
		t.Error("the stylesheet has lost its light-dark")
	}
	if !strings.Contains(js, "hello") || !strings.Contains(js, "part") || strings.Contains(js, "import") {
		t.Errorf("the script is not one whole: %s", js)
	}
	for name, want := range map[string]string{"htmx.js": "htmx();", "hx-csp.js": "csp();", "logo.svg": "<svg/>"} {
		if got := content(t, root, m.Files[name]); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	plain, err := io.ReadAll(brotli.NewReader(bytes.NewReader([]byte(content(t, root, m.Files["main.css"]+".br")))))
	if err != nil || string(plain) != css {
		t.Errorf("the brotli form is another: %v", err)
	}
	files, _ := filepath.Glob(filepath.Join(root, "dist", "*"))
	for _, f := range files {
		if strings.Contains(f, "axe") || strings.Contains(f, "OLD") || strings.Contains(f, "woff2.") {
			t.Errorf("%s does not belong there", f)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "dist", ".gitkeep")); err != nil {
		t.Error(err)
	}
}

func TestNothingIsDoneUntilSomethingChanges(t *testing.T) {
	root := sources(t)
	if err := run(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	first := read(t, root)
	// What a second build would remove.
	mark := filepath.Join(root, "dist", "mark")
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Error("a build without a change did something")
	}
	if err := os.WriteFile(filepath.Join(root, "js", "part.js"), []byte(`console.log("changed")`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	second := read(t, root)
	if first.Files["app.js"] == second.Files["app.js"] || first.Files["main.css"] != second.Files["main.css"] {
		t.Errorf("before %v, after %v", first.Files, second.Files)
	}
	if err := os.Remove(filepath.Join(root, "dist", second.Files["htmx.js"])); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	content(t, root, second.Files["htmx.js"])
}

func TestAMistakeInASourceIsNamed(t *testing.T) {
	root := sources(t)
	if err := os.WriteFile(filepath.Join(root, "js", "part.js"), []byte(`import "./gone.js"`), 0o600); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), root)
	if err == nil || !strings.Contains(err.Error(), "gone.js") {
		t.Errorf("%v", err)
	}
}

func TestAMissingNPMIsSaidInOneSentence(t *testing.T) {
	root := sources(t)
	if err := os.Remove(filepath.Join(root, "node_modules", ".paddock-lock")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	err := run(t.Context(), root)
	if err == nil || !strings.Contains(err.Error(), "npm is missing") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
}
