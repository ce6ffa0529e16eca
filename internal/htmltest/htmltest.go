// Package htmltest asserts on parsed HTML: by CSS selector and by what a person would read there, never
// by a piece of markup. It also fills in forms as a browser would, so that a test posts what the page
// offers and not what the test's author remembers.
package htmltest

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Parse reads a page, or a piece of one.
func Parse(t testing.TB, page string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatalf("reading a page of %d bytes: %v", len(page), err)
	}
	return doc
}

// Has fails the test unless an element matches the selector and its text contains the words. Runs of
// white space count as one space; the empty text asks only for the element.
func Has(t testing.TB, page, selector, text string) {
	t.Helper()
	found := texts(find(t, page, selector))
	if len(found) == 0 {
		t.Errorf("nothing matches %s in: %s", selector, excerpt(page))
		return
	}
	if !slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, squeeze(text)) }) {
		t.Errorf("%s says %q, want %q", selector, found, text)
	}
}

// Lacks fails the test if an element matches the selector and its text contains the words. The empty
// text demands that nothing matches at all.
func Lacks(t testing.TB, page, selector, text string) {
	t.Helper()
	for _, s := range texts(find(t, page, selector)) {
		if strings.Contains(s, squeeze(text)) {
			t.Errorf("%s says %q, want nothing with %q", selector, s, text)
		}
	}
}

// Count fails the test unless exactly n elements match.
func Count(t testing.TB, page, selector string, n int) {
	t.Helper()
	if got := find(t, page, selector).Length(); got != n {
		t.Errorf("%d elements match %s, want %d", got, selector, n)
	}
}

// Attr gives an attribute of the one element that matches. It ends the test where none or several
// match, or the element has no such attribute.
func Attr(t testing.TB, page, selector, name string) string {
	t.Helper()
	value, ok := single(t, page, selector).Attr(name)
	if !ok {
		t.Fatalf("%s has no attribute %s", selector, name)
	}
	return value
}

// Text gives the text of the one element that matches, with white space squeezed.
func Text(t testing.TB, page, selector string) string {
	t.Helper()
	return squeeze(single(t, page, selector).Text())
}

// Texts gives the text of each element that matches, in the order of the page.
func Texts(t testing.TB, page, selector string) []string {
	t.Helper()
	return texts(find(t, page, selector))
}

// Form gives what a browser would submit for the one form that matches if nobody typed anything and it
// was sent without pressing a button: see Press for a button's own value.
func Form(t testing.TB, page, selector string) url.Values {
	t.Helper()
	doc := Parse(t, page)
	form := one(t, doc, page, selector)
	if !form.Is("form") {
		t.Fatalf("%s is a %s, not a form", selector, goquery.NodeName(form))
	}
	return submitted(doc, form)
}

// Press gives what a browser would submit when the one button that matches is pressed, and where to:
// the button's formaction, else its form's action, "" where neither is written.
func Press(t testing.TB, page, selector string) (action string, values url.Values) {
	t.Helper()
	doc := Parse(t, page)
	button := one(t, doc, page, selector)
	if kind := button.AttrOr("type", "submit"); !button.Is("button, input") || kind != "submit" && kind != "image" {
		t.Fatalf("%s submits nothing", selector)
	}
	if disabled(button) {
		t.Fatalf("%s is disabled", selector)
	}
	form := button.Closest("form")
	if owner, ok := button.Attr("form"); ok {
		form = owned(doc, owner)
	}
	if form.Length() != 1 {
		t.Fatalf("%s belongs to no form", selector)
	}
	values = submitted(doc, form)
	if name := button.AttrOr("name", ""); name != "" {
		values.Add(name, button.AttrOr("value", ""))
	}
	return button.AttrOr("formaction", form.AttrOr("action", "")), values
}

// Fill gives a copy of form values with some put in, to type into a form. It ends the test for a name
// that the form does not have: a browser could not send it.
func Fill(t testing.TB, form url.Values, typed map[string]string) url.Values {
	t.Helper()
	filled := maps.Clone(form)
	for name, value := range typed {
		if !form.Has(name) {
			t.Fatalf("the form has no input %q, only %q", name, slices.Sorted(maps.Keys(form)))
		}
		filled[name] = []string{value}
	}
	return filled
}

// submitted follows the HTML standard, "constructing the entry list", for forms without files.
func submitted(doc *goquery.Document, form *goquery.Selection) url.Values {
	values := url.Values{}
	doc.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		if !belongs(doc, s, form) || disabled(s) || s.Closest("datalist").Length() > 0 {
			return
		}
		name := s.AttrOr("name", "")
		if name == "" {
			return
		}
		switch goquery.NodeName(s) {
		case "select":
			selected(s, name, values)
		case "textarea":
			// The parser has dropped the one newline after the tag; a browser sends CRLF.
			values.Add(name, crlf(s.Text()))
		default:
			switch strings.ToLower(s.AttrOr("type", "text")) {
			case "submit", "button", "reset", "image", "file":
			case "checkbox", "radio":
				if _, on := s.Attr("checked"); on {
					values.Add(name, s.AttrOr("value", "on"))
				}
			default:
				values.Add(name, s.AttrOr("value", ""))
			}
		}
	})
	return values
}

// belongs tells whether a control is sent with a form: by its form attribute, else by standing in it.
func belongs(doc *goquery.Document, control, form *goquery.Selection) bool {
	if owner, ok := control.Attr("form"); ok {
		return owned(doc, owner).IsSelection(form)
	}
	return control.Closest("form").IsSelection(form)
}

func owned(doc *goquery.Document, formID string) *goquery.Selection {
	return doc.Find("form").FilterFunction(func(_ int, f *goquery.Selection) bool {
		return f.AttrOr("id", "") == formID && formID != ""
	}).First()
}

// selected adds the chosen options; a drop-down without a chosen one shows, and sends, its first.
func selected(s *goquery.Selection, name string, values url.Values) {
	options := s.Find("option")
	chosen := options.Filter("[selected]")
	_, several := s.Attr("multiple")
	if !several {
		if chosen.Length() == 0 {
			chosen = options.FilterFunction(func(_ int, o *goquery.Selection) bool { return !disabled(o) }).First()
		} else {
			chosen = chosen.Last()
		}
	}
	chosen.Each(func(_ int, o *goquery.Selection) {
		if !disabled(o) {
			values.Add(name, o.AttrOr("value", squeeze(o.Text())))
		}
	})
}

// disabled holds for a control or option that is switched off itself, by its group, or by a fieldset
// round it, but not for what stands in that fieldset's first legend.
func disabled(s *goquery.Selection) bool {
	if _, off := s.Attr("disabled"); off {
		return true
	}
	if s.Is("option") {
		return s.ParentFiltered("optgroup[disabled]").Length() > 0
	}
	off := false
	s.ParentsFiltered("fieldset[disabled]").Each(func(_ int, set *goquery.Selection) {
		legend := set.ChildrenFiltered("legend").First()
		if legend.Length() == 0 || !legend.Contains(s.Nodes[0]) {
			off = true
		}
	})
	return off
}

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

func find(t testing.TB, page, selector string) *goquery.Selection {
	t.Helper()
	return match(t, Parse(t, page), selector)
}

// match refuses a selector that cannot be read: goquery's own Find takes it for one that matches nothing.
func match(t testing.TB, doc *goquery.Document, selector string) *goquery.Selection {
	t.Helper()
	m, err := cascadia.Compile(selector)
	if err != nil {
		t.Fatalf("selector %q: %v", selector, err)
	}
	return doc.FindMatcher(m)
}

func single(t testing.TB, page, selector string) *goquery.Selection {
	t.Helper()
	return one(t, Parse(t, page), page, selector)
}

func one(t testing.TB, doc *goquery.Document, page, selector string) *goquery.Selection {
	t.Helper()
	s := match(t, doc, selector)
	if s.Length() != 1 {
		t.Fatalf("%d elements match %s, want one, in: %s", s.Length(), selector, excerpt(page))
	}
	return s
}

func texts(s *goquery.Selection) []string {
	return s.Map(func(_ int, e *goquery.Selection) string { return squeeze(e.Text()) })
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// excerpt shows enough of a page to recognise it: its text, cut short.
func excerpt(page string) string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return page[:min(len(page), 300)]
	}
	text := []rune(squeeze(goquery.NewDocumentFromNode(doc).Text()))
	if len(text) > 300 {
		return string(text[:300]) + "…"
	}
	return string(text)
}
