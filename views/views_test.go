package views_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func render(t *testing.T, s sample) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.show.Render(t.Context(), &b); err != nil {
		t.Fatalf("rendering %s: %v", s.name, err)
	}
	return b.String()
}

// nodes are all elements of a page.
func nodes(t *testing.T, text string) []*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	var all []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func within(n *html.Node, tag string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == tag {
			return true
		}
	}
	return false
}

func TestEveryPageHasOneHeadingAndOneMain(t *testing.T) {
	for _, s := range samples() {
		if s.fragment {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			count := map[string]int{}
			title := ""
			for _, n := range nodes(t, render(t, s)) {
				count[n.Data]++
				if n.Data == "title" && n.FirstChild != nil {
					title = n.FirstChild.Data
				}
			}
			if count["h1"] != 1 || count["main"] != 1 {
				t.Errorf("got %d h1 and %d main, want one of each", count["h1"], count["main"])
			}
			if title == "" || strings.HasPrefix(title, " –") {
				t.Errorf("title is %q", title)
			}
		})
	}
}

func TestIdsAreUniqueAndWhatPointsAtThemIsThere(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			ids := map[string]bool{}
			all := nodes(t, render(t, s))
			for _, n := range all {
				id, ok := attr(n, "id")
				if !ok {
					continue
				}
				if ids[id] {
					t.Errorf("id %q stands twice", id)
				}
				ids[id] = true
			}
			for _, n := range all {
				for _, name := range []string{"for", "list", "aria-labelledby", "aria-describedby", "popovertarget"} {
					value, _ := attr(n, name)
					for _, id := range strings.Fields(value) {
						if !ids[id] {
							t.Errorf("<%s %s=%q> points at nothing", n.Data, name, id)
						}
					}
				}
				if href, _ := attr(n, "href"); strings.HasPrefix(href, "#") && !s.fragment && !ids[href[1:]] {
					t.Errorf("link %q leads nowhere", href)
				}
			}
		})
	}
}

// Whatever the policy header or hx-csp would refuse must not be in a page to begin with.
func TestNothingThePolicyRefuses(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			for _, n := range nodes(t, render(t, s)) {
				if n.Data == "style" {
					t.Error("a style element")
				}
				if _, ok := attr(n, "src"); n.Data == "script" && (!ok || n.FirstChild != nil) {
					t.Error("a script with text")
				}
				nonce, _ := attr(n, "nonce")
				if n.Data == "script" && nonce != "n0nce" {
					t.Errorf("a script with the nonce %q", nonce)
				}
				htmx := false
				for _, a := range n.Attr {
					htmx = htmx || strings.HasPrefix(a.Key, "hx-")
					switch {
					case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-on"), strings.HasPrefix(a.Key, "hx-nonce:"):
						t.Errorf("<%s> has %s", n.Data, a.Key)
					case strings.HasPrefix(a.Key, "hx-") && strings.Contains(a.Val, "js:"):
						t.Errorf("<%s %s> evaluates", n.Data, a.Key)
					case a.Key == "hx-trigger" && strings.Contains(a.Val, "["):
						t.Errorf("<%s hx-trigger> has a filter", n.Data)
					}
				}
				if v, _ := attr(n, "hx-nonce"); htmx && v != "n0nce" {
					t.Errorf("<%s> asks htmx with the nonce %q", n.Data, v)
				}
			}
		})
	}
}

func TestEveryFormIsAPostWithItsToken(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			for _, n := range nodes(t, render(t, s)) {
				if n.Data != "form" {
					continue
				}
				action, _ := attr(n, "action")
				method, _ := attr(n, "method")
				_, novalidate := attr(n, "novalidate")
				if method != "post" || !novalidate || !strings.HasPrefix(action, "/") {
					t.Errorf("form %q: method %q, novalidate %v", action, method, novalidate)
				}
				token := ""
				for c := range n.Descendants() {
					// Such a name hides the form's own property from htmx.
					switch name, _ := attr(c, "name"); name {
					case "id", "action", "method", "target", "elements", "submit", "attributes", "parentNode", "children":
						t.Errorf("form %q has an input named %q", action, name)
					}
					if name, _ := attr(c, "name"); name == "csrf" {
						token, _ = attr(c, "value")
					}
				}
				if token != "t0ken" {
					t.Errorf("form %q carries the token %q", action, token)
				}
				if within(n, "form") {
					t.Errorf("form %q stands in a form", action)
				}
			}
		})
	}
}

func TestNowherePageTellsNothing(t *testing.T) {
	for _, s := range samples() {
		if s.name != "nowhere" {
			continue
		}
		page := render(t, s)
		for _, word := range []string{"Oakvale", "/static/", "csrf", "nonce", "Paddock"} {
			if strings.Contains(page, word) {
				t.Errorf("the page says %q", word)
			}
		}
	}
}

var component = regexp.MustCompile(`(?m)^templ ([A-Z]\w*)\(`)

// Each exported component is shown in at least one sample, so that the tests above have seen it.
func TestEveryComponentHasASample(t *testing.T) {
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatalf("finding templates: %d files, %v", len(files), err)
	}
	used := map[string]bool{}
	sources, err := filepath.Glob("samples*_test.go")
	if err != nil || len(sources) == 0 {
		t.Fatalf("finding samples: %d files, %v", len(sources), err)
	}
	for _, f := range sources {
		source, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatalf("reading the samples: %v", err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if name, ok := call.Fun.(*ast.SelectorExpr); ok {
					used[name.Sel.Name] = true
				}
			}
			return true
		})
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatalf("reading %s: %v", f, err)
		}
		for _, m := range component.FindAllSubmatch(text, -1) {
			if !used[string(m[1])] {
				t.Errorf("%s: %s is in no sample", f, m[1])
			}
		}
	}
}

// The samples show one state each; a template is read whole.
func TestTemplatesHaveNothingInline(t *testing.T) {
	inline := regexp.MustCompile(`\sstyle=|<style|\son[a-z]+=|hx-on|js:|javascript:|hx-trigger="[^"]*\[|hx-nonce:|templ\.Raw|<script[^>]*>[^<]`)
	for _, pattern := range []string{"*.templ", "ui/*.templ"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("finding %s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatalf("reading %s: %v", f, err)
			}
			if hit := inline.Find(text); hit != nil {
				t.Errorf("%s: %q", f, hit)
			}
		}
	}
}
