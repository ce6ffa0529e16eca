package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axeSource is axe-core of the npm lock file.
var axeSource = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile("../static/node_modules/axe-core/axe.min.js")
	return string(b), err
})

// axeRun asks for everything axe-core knows and answers with what is wrong, a line each; axeColours asks for
// the rules that look at colours alone, since nothing else differs between light and dark.
const (
	axeRun     = `axe.run(document, { resultTypes: ["violations"] })` + axeTold
	axeColours = `axe.run(document, { resultTypes: ["violations"], runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } })` + axeTold
	axeTold    = `.then((found) => JSON.stringify(
  found.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + v.help + " at " + n.target.join(" ") + " " + n.html.slice(0, 160) + " (" + n.failureSummary + ")"))))`
)

// axe is a world with axe-core, brought in once for each page.
func (w *window) axe() runtime.ExecutionContextID {
	w.t.Helper()
	source, err := axeSource()
	must(w.t, err)
	world := w.world("axe")
	if w.run(world, `typeof axe`) == "undefined" {
		w.run(world, source+"; void 0")
	}
	return world
}

// world is a place beside the page's own scripts, with its document but not its policy.
func (w *window) world(name string) runtime.ExecutionContextID {
	w.t.Helper()
	tree, err := chromedp.Call(w.ctx, page.GetFrameTree, cdp.Empty{})
	must(w.t, err)
	made, err := chromedp.Call(w.ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.Frame.ID, WorldName: name})
	must(w.t, err)
	return made.ExecutionContextID
}

// run evaluates in a world and waits for promises.
func (w *window) run(world runtime.ExecutionContextID, script string) string {
	w.t.Helper()
	yes := true
	got, err := chromedp.Call(w.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: script, ContextID: world, AwaitPromise: &yes, ReturnByValue: &yes})
	must(w.t, err)
	if got.ExceptionDetails != nil {
		w.fail("in a world beside the page: " + got.ExceptionDetails.Text + " " + got.ExceptionDetails.Exception.Description)
	}
	var text string
	if len(got.Result.Value) > 0 {
		_ = json.Unmarshal(got.Result.Value, &text) // what is no text is ""
	}
	return text
}

// accessible runs axe-core over what is shown now: at a desk and on a phone as tall as the page, light
// and dark. At 320 pixels nothing may stick out (WCAG 2.2, 1.4.10).
func (w *window) accessible(name string, sizes ...screen) {
	w.t.Helper()
	world := w.axe()
	if len(sizes) == 0 {
		sizes = []screen{desk, phone}
	}
	for _, size := range sizes {
		w.resize(size)
		if size != desk {
			w.resize(screen{size.name, size.width, max(size.height, eval[int](w, `document.documentElement.scrollHeight`))})
		}
		for _, scheme := range []string{"light", "dark"} {
			w.prefer(scheme)
			w.shot(fmt.Sprintf("%s-%d-%s", name, size.width, scheme))
			var wrong []string
			asked := axeRun
			if scheme == "dark" {
				asked = axeColours
			}
			must(w.t, json.Unmarshal([]byte(w.run(world, asked)), &wrong))
			for _, one := range wrong {
				w.t.Errorf("%s, %s, %s: %s", name, size.name, scheme, one)
			}
		}
	}
	w.resize(narrow)
	if out := eval[[]string](w, sticksOut); len(out) > 0 {
		w.shot(name + "-320")
		w.t.Errorf("%s: wider than 320 pixels: %s", name, strings.Join(out, ", "))
	}
	w.resize(desk)
	w.prefer("light")
}

// sticksOut names what is wider than the window, unless something around it scrolls.
const sticksOut = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.body.querySelectorAll("*")].filter((el) => {
  const box = el.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !el.closest(".scrollx");
}).map((el) => el.tagName + "." + el.className + "#" + el.id).slice(0, 8)`

// TestAxeSeesWhatIsWrong keeps the judge honest: a page with faults is found faulty.
func TestAxeSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "faulty")
	w := c.window(t)
	w.visit("/sign-in")
	world := w.axe()
	w.run(world, `document.querySelector("label[for=email]").remove(); document.querySelector("h1").style.color = "#ddd"; void 0`)
	if colours := w.run(world, axeColours); !strings.Contains(colours, "color-contrast: ") || strings.Contains(colours, "label: ") {
		t.Errorf("of colours axe-core says %s", colours)
	}
	found := w.run(world, axeRun)
	for _, rule := range []string{"label: ", "color-contrast: "} {
		if !strings.Contains(found, rule) {
			t.Errorf("axe-core did not see %s in %s", rule, found)
		}
	}
	w.run(world, `const wide = document.createElement("p"); wide.style.width = "400px"; wide.textContent = "wide"; document.querySelector("main").append(wide); void 0`)
	w.resize(narrow)
	if len(eval[[]string](w, sticksOut)) == 0 {
		t.Error("what sticks out at 320 pixels was not seen")
	}
}
