package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
)

// patience is how long a window waits for something to become so.
const patience = 20 * time.Second

// window is one person's window at one clinic. It acts as hands do: by the mouse at the place where a
// thing is seen, or by the keyboard.
type window struct {
	t      *testing.T
	ctx    context.Context
	clinic *clinic

	mu         sync.Mutex
	sent       []string                   // method and path of every request
	posts      map[network.RequestID]bool // under way
	complaints []string                   // what console and policy said
	foreseen   []string                   // parts of complaints that the test is about
}

// window opens one with no cookies and no history.
func (c *clinic) window(t *testing.T) *window {
	t.Helper()
	ctx, shut := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	return c.windowIn(ctx, shut, t)
}

// beside opens a second window of the same browser, with the same cookies.
func (w *window) beside() *window {
	w.t.Helper()
	ctx, shut := chromedp.NewContext(w.ctx)
	return w.clinic.windowIn(ctx, shut, w.t)
}

func (c *clinic) windowIn(ctx context.Context, shut context.CancelFunc, t *testing.T) *window {
	t.Helper()
	t.Cleanup(shut)
	w := &window{t: t, ctx: ctx, clinic: c, posts: map[network.RequestID]bool{}}
	must(t, chromedp.Listen(ctx, w.hear))
	t.Cleanup(w.quiet)
	w.resize(desk)
	w.prefer("light")
	return w
}

// hear notes what the browser says about the page. It runs while messages are read, so it only notes.
func (w *window) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.sent = append(w.sent, e.Request.Method+" "+strings.TrimPrefix(e.Request.URL, w.clinic.origin()))
		if e.Request.Method == http.MethodPost {
			w.posts[e.RequestID] = true
		}
	case *network.EventLoadingFinished:
		delete(w.posts, e.RequestID)
	case *network.EventLoadingFailed:
		delete(w.posts, e.RequestID)
	case *log.EventEntryAdded:
		// A refusal by status is an answer like any other, though the browser logs it as an error.
		if e.Entry.Source != log.EntrySourceNetwork && e.Entry.Level != log.EntryLevelInfo {
			w.complaints = append(w.complaints, e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		// An answer that comes while its page is being left finds the page's policy gone.
		if said := texts(e.Args); !strings.Contains(said, "callback is no longer runnable") {
			w.complaints = append(w.complaints, fmt.Sprintf("console.%s %s", e.Type, said))
		}
	case *runtime.EventExceptionThrown:
		said := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			said += " " + e.ExceptionDetails.Exception.Description
		}
		// The still motion of prefer may reach a page after the fade into it has begun, which then stops.
		if !strings.Contains(said, "ViewTransition opt-in disabled") {
			w.complaints = append(w.complaints, said)
		}
	case *page.EventJavascriptDialogOpening:
		w.complaints = append(w.complaints, fmt.Sprintf("dialog %s %s", e.Type, e.Message))
		go func() {
			_, _ = chromedp.Call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
}

func texts(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		out = append(out, strings.Trim(string(a.Value), `"`)+a.Description)
	}
	return strings.Join(out, " ")
}

// foresee names complaints that the test provokes.
func (w *window) foresee(parts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.foreseen = append(w.foreseen, parts...)
}

// quiet fails the test for every complaint that was not foreseen.
func (w *window) quiet() {
	w.mu.Lock()
	defer w.mu.Unlock()
next:
	for _, said := range w.complaints {
		for _, part := range w.foreseen {
			if strings.Contains(said, part) {
				continue next
			}
		}
		w.t.Errorf("the browser complained: %s", said)
	}
}

// heard waits until the browser has said something.
func (w *window) heard(part string) {
	w.t.Helper()
	w.waitFor("the browser to say "+part, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return strings.Contains(strings.Join(w.complaints, "\n"), part)
	})
}

// requests are those sent so far.
func (w *window) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.sent...)
}

// settled waits until nothing that was posted is under way, for a moment in which no more came.
func (w *window) settled() {
	w.t.Helper()
	still := 0
	w.waitFor("all posts to be answered", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		if still++; len(w.posts) > 0 {
			still = 0
		}
		return still > 6
	})
}

func (w *window) waitFor(what string, so func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if so() {
			return
		}
	}
	w.fail("waited in vain for " + what)
}

// state is what there is to say of a page: its words, what stands in its fields, and where one is.
const state = `(() => {
  const named = (el) => el ? el.tagName.toLowerCase() + (el.id ? "#" + el.id : "") : "nothing";
  const fields = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((el) => el.value !== "")
    .map((el) => named(el) + "=" + JSON.stringify(el.type === "checkbox" || el.type === "radio" ? el.checked : el.value));
  return [location.href, document.title, (document.body?.innerText ?? "").slice(0, 1500),
    "--- its fields " + fields.join(" "), "--- the focus is on " + named(document.activeElement),
    "--- waited for by htmx: " + document.querySelectorAll(".htmx-request").length].join("\n");
})()`

// fail ends the test with what the window shows.
func (w *window) fail(sentence string) {
	w.t.Helper()
	w.shot("failed-" + strings.NewReplacer("/", "-", " ", "-").Replace(w.t.Name()))
	shown, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string](state))
	w.mu.Lock()
	said := strings.Join(w.complaints, "\n")
	w.mu.Unlock()
	w.t.Fatalf("%s\n--- the window shows %s\n--- the browser said %s", sentence, shown, said)
}

// eval asks the page something.
func eval[T any](w *window, expression string) T {
	w.t.Helper()
	got, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		w.fail(expression + ": " + err.Error())
	}
	return got
}

// until waits until the page answers true; while it changes it answers nothing.
func (w *window) until(expression string) {
	w.t.Helper()
	w.waitFor(expression, func() bool {
		got, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](expression))
		return err == nil && got
	})
}

// at waits until a page whose path begins so is there.
func (w *window) at(path string) {
	w.t.Helper()
	w.until(`document.readyState === "complete" && location.pathname.startsWith(` + quoted(path) + `)`)
}

// path is where the window is.
func (w *window) path() string { w.t.Helper(); return eval[string](w, `location.pathname`) }

// loads waits until what it does has brought a new page, of the same address perhaps.
func (w *window) loads(do func()) {
	w.t.Helper()
	eval[chromedp.Void](w, `void (window.before = true)`)
	do()
	w.until(`window.before === undefined && document.readyState === "complete"`)
}

// visit opens an address of the clinic, or a whole one.
func (w *window) visit(path string) {
	w.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = w.clinic.origin() + path
	}
	must(w.t, chromedp.Do(w.ctx, chromedp.Navigate(path)))
	w.until(`document.readyState === "complete"`)
}

// shows waits until a visible element holds the text.
func (w *window) shows(selector, text string) {
	w.t.Helper()
	w.until(fmt.Sprintf(`[...document.querySelectorAll(%s)].some((el) => el.checkVisibility() && el.textContent.includes(%s))`, quoted(selector), quoted(text)))
}

// value is what stands in a field.
func (w *window) value(selector string) string {
	w.t.Helper()
	return eval[string](w, `document.querySelector(`+quoted(selector)+`)?.value ?? "no such field"`)
}

// holds fails unless a field holds the text.
func (w *window) holds(selector, text string) {
	w.t.Helper()
	if got := w.value(selector); got != text {
		w.fail(fmt.Sprintf("%s holds %q, want %q", selector, got, text))
	}
}

// lacks fails if the text can be seen anywhere on the page.
func (w *window) lacks(text string) {
	w.t.Helper()
	if eval[bool](w, `document.body.innerText.includes(`+quoted(text)+`)`) {
		w.fail("the page shows " + text)
	}
}

// spot finds the middle of the first visible match, once nothing covers it.
const spot = `(() => {
  const el = [...document.querySelectorAll(%s)].find((el) => el.checkVisibility({ visibilityProperty: true }));
  if (!el) return [];
  el.scrollIntoView({ block: "center", behavior: "instant" });
  const box = el.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const top = document.elementFromPoint(x, y);
  return top && el.contains(top) ? [x, y] : [];
})()`

// place is where an element can be pressed.
func (w *window) place(selector string) (x, y float64) {
	w.t.Helper()
	var place []float64
	w.waitFor("a place to click "+selector, func() bool {
		var err error
		place, err = chromedp.Run(w.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(spot, quoted(selector))))
		return err == nil && len(place) == 2
	})
	return place[0], place[1]
}

// click presses the mouse on an element that can be seen.
func (w *window) click(selector string) {
	w.t.Helper()
	x, y := w.place(selector)
	must(w.t, chromedp.Do(w.ctx, chromedp.MouseClickXY(x, y)))
}

// hold presses the mouse on an element and lets it go a long moment later, beside it by some pixels.
func (w *window) hold(selector string, beside float64) {
	w.t.Helper()
	x, y := w.place(selector)
	must(w.t, chromedp.Do(w.ctx, chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1))))
	time.Sleep(400 * time.Millisecond)
	w.settled()
	must(w.t, chromedp.Do(w.ctx, chromedp.MouseEvent(chromedp.MouseReleased, x+beside, y, chromedp.ButtonLeft, chromedp.ClickCount(1))))
}

// follow clicks what brings another page.
func (w *window) follow(selector string) { w.t.Helper(); w.loads(func() { w.click(selector) }) }

// write clicks into a field and types over what it holds.
func (w *window) write(selector, text string) {
	w.t.Helper()
	w.click(selector)
	w.key("a", ctrl)
	w.types(text)
}

// pick chooses an option of a select by typing its beginning.
func (w *window) pick(selector, beginning string) {
	w.t.Helper()
	eval[chromedp.Void](w, `document.querySelector(`+quoted(selector)+`).focus()`)
	w.types(beginning)
}

// as gives the window a session of a person of the clinic, and opens the list of patients. Tests of what
// begins at the door go through it: enters.
func (w *window) as(role string) *window {
	w.t.Helper()
	ctx, answer := context.Background(), httptest.NewRecorder()
	who := actor.Who{Clinic: w.clinic.tenant, Placement: dbtest.Placement, Purpose: actor.Session, Request: id.New(), Route: "test"}
	must(w.t, w.clinic.site.sessions.Begin(ctx, answer, who, w.clinic.people[role]))
	for _, c := range answer.Result().Cookies() {
		_, err := chromedp.Call(w.ctx, network.SetCookie, network.SetCookieParams{
			URL: w.clinic.origin(), Name: c.Name, Value: c.Value, Path: c.Path, Secure: &c.Secure, HTTPOnly: &c.HttpOnly, SameSite: network.CookieSameSiteLax,
		})
		must(w.t, err)
	}
	w.visit("/patients")
	w.at("/patients")
	return w
}

// enters signs a person of the clinic in through the page, and opens the list of patients.
func (w *window) enters(role string) *window {
	w.t.Helper()
	w.visit("/sign-in")
	w.signIn(w.clinic.people[role].Email, passphrase)
	w.at("/today")
	w.visit("/patients")
	return w
}

func (w *window) signIn(email, phrase string) {
	w.t.Helper()
	w.write("#email", email)
	w.write("#passphrase", phrase)
	w.follow("main button[type=submit]")
}

// screen is a size of window.
type screen struct {
	name          string
	width, height int
}

var (
	desk   = screen{"desk", 1440, 900}
	phone  = screen{"phone", 390, 844}
	narrow = screen{"narrow", 320, 800}
)

func (w *window) resize(s screen) {
	w.t.Helper()
	_, err := chromedp.Call(w.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(s.width), Height: int64(s.height), DeviceScaleFactor: 1,
	})
	must(w.t, err)
}

// prefer sets the person's colour scheme, and stills all movement.
func (w *window) prefer(scheme string) {
	w.t.Helper()
	_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	must(w.t, err)
}

// script switches the page's own scripts off or on.
func (w *window) script(on bool) {
	w.t.Helper()
	_, err := chromedp.Call(w.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	must(w.t, err)
}

// shot writes a picture into the folder of PADDOCK_SHOTS, if that is set.
func (w *window) shot(name string) {
	dir := os.Getenv("PADDOCK_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		w.t.Logf("no picture of %s: %v", name, err)
	}
}

// quoted is a string as script writes it.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}
