package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"paddock/internal/access"
	"paddock/internal/records"
)

// evil is what nobody may get to run: a script, a handler, and an element that sends a request by
// itself. Each leaves a trace if it does.
const evil = `<script>window.trace = "script"</script>` +
	`<img src="/static/none.png" onerror="window.trace = 'handler'">` +
	`<div hx-post="/search?trace" hx-trigger="load, every 50ms" hx-target="#problem">stolen</div>` +
	`<form method="post" action="https://elsewhere.example/"><button id="away">Go</button></form>`

// TestTypedMarkupIsText types the attack into a note, as anybody who may write can.
func TestTypedMarkupIsText(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "typed", access.Veterinarian)
	_, patient := c.biscuit(t)
	w := c.window(t).as(access.Veterinarian)
	w.visit(patient)
	w.follow("form[action$='/consults'] button")
	w.write("#subjective", evil)
	w.click("#draft [data-save]")
	w.shows("#draft-status", "Saved ")
	w.visit(patient)
	w.holds("#subjective", evil)
	w.inert()
	w.follow("#draft button[data-primary]")
	w.at("/notes/")
	w.shows(".read", evil)
	w.inert()
	// It is shown in the history too, and as a found name.
	w.visit(patient)
	w.shows(".tl", "<script>")
	w.inert()
	w.write("#q", `<img src=x onerror=alert(1)>`)
	w.shows("#found", `No one called “<img src=x onerror=alert(1)>”`)
	w.inert()
}

// inert fails if anything of evil has run or been sent.
func (w *window) inert() {
	w.t.Helper()
	time.Sleep(300 * time.Millisecond) // longer than the element's timer, twice over
	if trace := eval[string](w, `String(window.trace)`); trace != "undefined" {
		w.fail("it ran: " + trace)
	}
	for _, sent := range w.requests() {
		if strings.Contains(sent, "trace") || strings.Contains(sent, "elsewhere") {
			w.fail("it sent " + sent)
		}
	}
}

// inject puts markup into every later answer for a path, through the debugging protocol: past templ, and
// into the browser as if the server had sent it. The markup may be made from what
// the answer holds.
func (w *window) inject(path string, markup func(body string) string) {
	w.t.Helper()
	paused := chromedp.Events(w.ctx, fetch.RequestPaused)
	_, err := chromedp.Call(w.ctx, fetch.Enable, fetch.EnableParams{
		Patterns: []*fetch.RequestPattern{{URLPattern: w.clinic.origin() + path, RequestStage: fetch.RequestStageResponse}},
	})
	must(w.t, err)
	go func() {
		for e, err := range paused {
			if err != nil {
				return // the window is closed
			}
			got, err := chromedp.Call(w.ctx, fetch.GetResponseBody, fetch.GetResponseBodyParams{RequestID: e.RequestID})
			if err != nil {
				return
			}
			body := string(got.Body)
			body = strings.Replace(body, `<p class="words">`, markup(body)+`<p class="words">`, 1)
			_, _ = chromedp.Call(w.ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{
				RequestID: e.RequestID, ResponseCode: 200, Body: []byte(body),
				ResponseHeaders: slices.DeleteFunc(e.ResponseHeaders, func(h *fetch.HeaderEntry) bool { return strings.EqualFold(h.Name, "Content-Length") }),
			})
		}
	}()
}

// TestInjectedMarkupIsRefused is what a fault of ours in escaping would do. Policy must hold by itself.
func TestInjectedMarkupIsRefused(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "injected", access.Veterinarian)
	animal, _ := c.biscuit(t)
	note := c.note(t, animal, records.SOAP{Subjective: "Well."})
	w := c.window(t).as(access.Veterinarian)
	w.foresee("Content Security Policy", "hx-csp", "TrustedHTML", "TrustedTypePolicy", "Trusted")
	w.inject(note, func(string) string { return evil })
	w.visit(note)
	w.shows(".read", "stolen") // it is there, and does nothing
	w.heard("inline script")
	w.heard("inline event handler")
	w.heard("hx-csp")
	w.inert()
	// A script that takes it in as htmx does after a swap changes nothing, nor does a form to elsewhere.
	eval[chromedp.Void](w, `void htmx.process(document.querySelector(".read"))`)
	w.inert()
	w.click("#away")
	w.heard("form-action")
	w.inert()

	// Trusted Types: the page's own scripts cannot turn text into markup, with no policy but htmx's.
	if said := eval[string](w, `(() => { try { document.querySelector(".read").innerHTML = "<b>x</b>"; return "done" } catch (e) { return e.name } })()`); said != "TypeError" {
		t.Errorf("text became markup: %s", said)
	}
	if said := eval[string](w, `(() => { try { trustedTypes.createPolicy("mine", {}); return "done" } catch (e) { return e.name } })()`); said != "TypeError" {
		t.Errorf("a policy of one's own was made: %s", said)
	}
}

// TestANonceIsGoodForOneAnswer lets the attack know the nonce of another answer.
func TestANonceIsGoodForOneAnswer(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "nonces", access.Veterinarian)
	animal, _ := c.biscuit(t)
	note := c.note(t, animal, records.SOAP{Subjective: "Well."})
	w := c.window(t).as(access.Veterinarian)
	w.foresee("Content Security Policy", "hx-csp")
	w.visit("/patients")
	old := eval[string](w, `document.body.getAttribute("hx-nonce")`)
	if len(old) < 20 {
		t.Fatalf("the nonce is %q", old)
	}
	w.inject(note, func(string) string { return withNonce(old) })
	w.visit(note)
	w.shows(".read", "stolen")
	w.heard("inline script")
	w.inert()
}

// withNonce is evil with a nonce on all that takes one.
func withNonce(nonce string) string {
	return strings.NewReplacer("<script", `<script nonce="`+nonce+`"`, "<div", `<div hx-nonce="`+nonce+`"`).Replace(evil)
}

// TestTheAttackIsOne shows that the tests above test something: with this answer's own nonce the
// script runs and the element sends.
func TestTheAttackIsOne(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "unfenced", access.Veterinarian)
	animal, _ := c.biscuit(t)
	note := c.note(t, animal, records.SOAP{Subjective: "Well."})
	w := c.window(t).as(access.Veterinarian)
	w.foresee("Content Security Policy")
	w.inject(note, func(body string) string {
		_, rest, _ := strings.Cut(body, `hx-nonce="`)
		nonce, _, _ := strings.Cut(rest, `"`)
		return withNonce(nonce)
	})
	w.visit(note)
	w.until(`window.trace === "script"`)
	w.waitFor("the element's request", func() bool {
		return strings.Contains(strings.Join(w.requests(), " "), "/search?trace")
	})
}
