package identity

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/sessions"

	"paddock/internal/clock"
	"paddock/internal/vault"
)

// PreCookie is the cookie of what exists before sign-in and between two pages.
const PreCookie = "__Host-pre"

// PreLife is how long it is believed after it was last saved.
const PreLife = 10 * time.Minute

const returnMost = 512

// Keys of the values inside.
const (
	preClinic = "clinic"
	preSaved  = "saved"
	preNonce  = "nonce"
	preReturn = "return"
)

// Pre is what a browser holds before sign-in and between two pages: encrypted and signed under the
// clinic's own key, with the clinic's id inside. One of another clinic counts as absent.
type Pre struct {
	session *sessions.Session
	keys    *vault.Clinic
	clock   clock.Clock
	request *http.Request
}

// OpenPre reads the cookie of a request, or begins a new one where there is none to believe.
func OpenPre(r *http.Request, keys *vault.Clinic, c clock.Clock) *Pre {
	p := &Pre{keys: keys, clock: c, request: r}
	if len(r.CookiesNamed(PreCookie)) == 0 { // as with most pages: nothing to open, and no ciphers to set up
		p.session = sessions.NewSession(nil, PreCookie)
		p.session.Options, p.session.IsNew = preOptions(), true
	} else {
		s, err := p.store().New(r, PreCookie)
		p.session = s
		if err != nil || !p.believed() {
			s.IsNew = true
			s.Values = map[any]any{}
		}
	}
	if p.text(preNonce) == "" {
		b := make([]byte, 18)
		_, _ = rand.Read(b) // never fails, see crypto/rand
		p.session.Values[preNonce] = base64.RawURLEncoding.EncodeToString(b)
	}
	return p
}

// store is gorilla's, under this clinic's keys.
func (p *Pre) store() *sessions.CookieStore {
	k := p.keys.CookieKeys()
	s := sessions.NewCookieStore(k.Auth.Bytes(), k.Encrypt.Bytes())
	s.Options = preOptions()
	s.MaxAge(int(PreLife / time.Second))
	return s
}

func preOptions() *sessions.Options {
	return &sessions.Options{Path: "/", MaxAge: int(PreLife / time.Second), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// believed checks the clinic and the age by our own clock; securecookie has checked both in its own way.
func (p *Pre) believed() bool {
	saved, err := strconv.ParseInt(p.text(preSaved), 10, 64)
	if err != nil || p.text(preClinic) != p.keys.ID().String() {
		return false
	}
	return !over(now(p.clock), time.Unix(saved, 0), PreLife)
}

func (p *Pre) text(key string) string {
	s, _ := p.session.Values[key].(string)
	return s
}

// New reports whether the request brought nothing to believe.
func (p *Pre) New() bool { return p.session.IsNew }

// SetReturn remembers where to go after sign-in. A path that is not one of this host is dropped.
func (p *Pre) SetReturn(target string) {
	if ReturnPath(target) {
		p.session.Values[preReturn] = target
	}
}

// Return is where to go after sign-in, or "". It is forgotten with the next Save.
func (p *Pre) Return() string {
	t := p.text(preReturn)
	delete(p.session.Values, preReturn)
	if !ReturnPath(t) {
		return ""
	}
	return t
}

// ReturnPath reports whether a text is an absolute path on this host and nothing else, at most 512
// bytes, with a query but no fragment.
func ReturnPath(t string) bool {
	if len(t) > returnMost || !strings.HasPrefix(t, "/") || strings.HasPrefix(t, "//") {
		return false
	}
	for _, r := range t {
		if r <= ' ' || r == 0x7f || r == '\\' || r == '#' {
			return false
		}
	}
	u, err := url.Parse(t)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" {
		return false
	}
	return path.Clean(u.Path) == u.Path && !strings.Contains(u.Path, "\\")
}

// Flash leaves a sentence for the next page. Sentences hold no clinic data.
func (p *Pre) Flash(sentence string) { p.session.AddFlash(sentence) }

// Flashes takes the sentences left for this page; they are forgotten with the next Save.
func (p *Pre) Flashes() []string {
	var out []string
	for _, f := range p.session.Flashes() {
		if s, ok := f.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// FormToken is the token a form carries before sign-in; the page that shows the form saves.
func (p *Pre) FormToken(bind ...string) string {
	return formToken(formKey(p.keys), "pre:"+p.text(preNonce), bind)
}

// CheckFormToken reports whether a form was made for the cookie that came with it.
func (p *Pre) CheckFormToken(token string, bind ...string) bool {
	return !p.New() && hmac.Equal([]byte(token), []byte(p.FormToken(bind...)))
}

// Save sets the cookie, for ten more minutes. It comes before the page.
func (p *Pre) Save(w http.ResponseWriter) error {
	p.session.Values[preClinic] = p.keys.ID().String()
	p.session.Values[preSaved] = strconv.FormatInt(now(p.clock).Unix(), 10)
	if err := p.store().Save(p.request, w, p.session); err != nil {
		return fmt.Errorf("saving what stands before sign-in: %w", err)
	}
	return nil
}

// Clear forgets everything, as after sign-in: what was before must not be after.
func (p *Pre) Clear(w http.ResponseWriter) error {
	p.session.Values = map[any]any{}
	p.session.Options.MaxAge = -1
	if err := p.store().Save(p.request, w, p.session); err != nil {
		return fmt.Errorf("forgetting what stood before sign-in: %w", err)
	}
	return nil
}
