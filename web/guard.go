package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/tenancy"
	"paddock/views"
)

const (
	bodyMost    = 1 << 20 // bytes of a form; files have routes of their own
	requestMost = 20 * time.Second
	fileMost    = 51 << 20 // bytes of a request that carries a file, for a little more than a file may have
	fileTime    = 10 * time.Minute
	partialAsk  = "partial"
)

type visitKey struct{}

// outermost stands before the route table: the request's id, its time, the headers, the host and the
// origin. What goes on has a clinic.
func (s *Server) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{s: s, w: w, line: r.Context(), body: r.Body, request: id.New(), began: s.Clock.Now(), nonce: newNonce(), partial: r.Header.Get("HX-Request-Type") == partialAsk}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), visitKey{}, v), requestMost)
		defer cancel()
		r = r.WithContext(benchMeter(ctx))
		v.r = r
		if !benchNoHeaders {
			setHeaders(w.Header(), v.nonce)
		}
		w.Header().Set("X-Request-Id", v.request.String())
		defer v.recover()
		r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
		v.address = s.addressOf(r)

		clinic, ok, err := s.clinicOf(r)
		switch {
		case err != nil:
			s.Log.ErrorContext(ctx, "the host could not be looked up", "request", v.request.String(), "err", err)
			v.unreachable()
			return
		case !ok:
			v.nowhere()
			return
		}
		v.clinic = clinic
		if clinic.Suspended() && !v.stillIn() {
			v.nowhere()
			return
		}
		next.ServeHTTP(w, v.r)
	})
}

// stillIn reports whether somebody signed in asks at a suspended clinic. To everybody else there is no
// clinic here, so this comes before routes, redirects and files could tell, and leaves no trace in the
// headers.
func (v *visit) stillIn() bool {
	v.route.pattern = "suspended"
	err := v.recognise()
	if err != nil {
		v.log(err)
	}
	if err == nil && v.current != nil && !v.current.Ended {
		return true
	}
	v.w.Header().Del("Set-Cookie")
	return false
}

// clinicOf finds the one clinic of the request's host. Nothing else in the request can name one:
// forwarded hosts are not read at all.
func (s *Server) clinicOf(r *http.Request) (tenancy.Clinic, bool, error) {
	host, ok := tenancy.HostOf(r.Host)
	if !ok {
		return tenancy.Clinic{}, false, nil
	}
	return s.Directory.At(r.Context(), host)
}

// addressOf is where the request came from; only a trusted proxy may say otherwise, and only its
// last word counts.
func (s *Server) addressOf(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	peer := at.Addr().Unmap()
	for _, p := range s.TrustedProxy {
		if !p.Contains(peer) {
			continue
		}
		list := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if said, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
			return said.Unmap()
		}
	}
	return peer
}

// guard is the chain of one row: origin, session, form token, permission, handler, record, body.
func (s *Server) guard(row route) http.Handler {
	last := new(atomic.Int64)
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		v, ok := r.Context().Value(visitKey{}).(*visit)
		if !ok {
			panic("web: a route outside the chain")
		}
		v.r, v.route, v.last = r, row, last
		switch {
		case row.flags&large != 0:
			r.Body = http.MaxBytesReader(v.w, v.body, largeMost)
		case row.flags&file != 0:
			r.Body = http.MaxBytesReader(v.w, v.body, fileMost)
		}
		a, err := v.pass()
		v.finish(a, err)
	})
}

// pass takes the visit through the guards to its handler.
func (v *visit) pass() (answer, error) {
	if strings.HasPrefix(v.route.pattern, "GET /static/") {
		return v.route.answer(v)
	}
	if err := v.s.cross.Check(v.r); err != nil {
		v.record(audit.Entry{Action: audit.Refused, Object: "origin", Outcome: audit.WasRefused})
		return v.problem(http.StatusForbidden, "This came from another site, so nothing was done.", "Open the page again and send it from there."), nil
	}
	if v.route.needs == access.Wall {
		return v.passWall()
	}
	if err := v.recognise(); err != nil {
		return answer{}, err
	}
	if v.route.flags&stream != 0 && !v.listens() {
		return answer{status: http.StatusUnauthorized}, nil
	}
	if v.clinic.Suspended() || v.closed() {
		return v.suspended()
	}
	if v.route.needs == access.Public {
		if err := v.parse(); err != nil {
			return v.unreadable(err)
		}
		return v.route.answer(v)
	}
	if v.current == nil {
		return v.strangers()
	}
	if err := v.parse(); err != nil {
		return v.unreadable(err)
	}
	if v.r.Method == http.MethodPost && !benchNoFormToken && !v.current.CheckFormToken(v.field("csrf")) {
		v.record(audit.Entry{Action: audit.Refused, Object: "form", Outcome: audit.WasRefused})
		return v.problem(http.StatusForbidden, "This form is too old to be taken.", "Open the page again. What you typed is still in this window."), nil
	}
	if v.current.Ended || (v.current.Locked && v.route.flags&open == 0) {
		return v.locked()
	}
	if !v.may(v.route.needs) && (v.route.needs != access.SessionOwn || v.route.flags&open == 0) {
		return v.refused(v.route.needs)
	}
	return v.route.answer(v)
}

// recognise finds out who is asking. It is the first of the two trips of a page.
func (v *visit) recognise() (err error) {
	if v.keys, err = v.s.Vault.Clinic(v.ctx(), v.clinic.Tenant()); err != nil {
		return err
	}
	v.pre = identity.OpenPre(v.r, v.keys, v.s.Clock)
	cookies := v.r.CookiesNamed(identity.SessionCookie)
	if len(cookies) != 1 || cookies[0].Value == "" {
		return nil // no cookie is nobody; of two, a sibling host may have set one, and neither is believed
	}
	cookie := cookies[0]
	ctx, current, err := benchSession(v.s.Sessions.Load)(v.ctx(), v.as(actor.Session), cookie.Value)
	if err != nil {
		return err
	}
	v.r, v.current = v.r.WithContext(ctx), current
	if current == nil {
		// Nobody's here. Perhaps somebody's elsewhere: asked after the answer is gone.
		v.s.Attempts.Session(v.clinic.Tenant(), cookie.Value, v.route.pattern, v.request)
		http.SetCookie(v.w, &http.Cookie{Name: identity.SessionCookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		return nil
	}
	v.policy = current.Policy
	return v.follow(current.ClinicEpoch)
}

// follow looks the clinic up again where its rows have moved since the directory looked: the epoch read
// with the session or the screen is the present one. It tries once.
func (v *visit) follow(epoch int64) error {
	if epoch == v.clinic.Placement().Epoch {
		return nil
	}
	v.s.Directory.Forget(v.clinic.Host())
	clinic, ok, err := v.s.Directory.At(v.ctx(), v.clinic.Host())
	if err != nil {
		return err
	}
	if !ok || clinic.Tenant() != v.clinic.Tenant() || clinic.Placement().Epoch != epoch {
		return db.ErrBusy
	}
	v.clinic = clinic
	return nil
}

// closed reports whether the clinic was suspended since the directory looked.
func (v *visit) closed() bool { return v.current != nil && v.current.ClinicState != "active" }

// suspended says so to those still signed in; to everybody else there is nothing here.
func (v *visit) suspended() (answer, error) {
	if v.current == nil || v.current.Ended {
		return answer{status: http.StatusNotFound, body: views.NowherePage()}, nil
	}
	return shown(http.StatusForbidden, views.SuspendedPage(v.page(""))), nil
}

// parse reads the posted form. Of one that carries a file it reads what stands before the file.
func (v *visit) parse() error {
	if v.r.Method != http.MethodPost {
		return nil
	}
	if v.route.flags&file != 0 {
		return v.parseUpload()
	}
	return v.r.ParseForm()
}

func (v *visit) unreadable(err error) (answer, error) {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return v.problem(http.StatusRequestEntityTooLarge, "This is more text than one form can hold.", "Shorten it. What you typed is still in this window."), nil
	}
	return v.problem(http.StatusBadRequest, "What was sent could not be read.", "Open the page again."), nil
}

// finish records, renders and sends. Where the record cannot be written, a page says so instead.
func (v *visit) finish(a answer, err error) {
	if err != nil {
		a = v.failed(err)
	}
	if a.raw != nil {
		a.raw.ServeHTTP(v.w, v.r)
		return
	}
	if a.download != nil {
		if a = v.deliver(*a.download); a.status == 0 {
			return
		}
	}
	recorded := v.inscribe() // while the page is made
	body, err := a.render(v.ctx(), v.last)
	if err != nil {
		a = v.failed(err)
		body = v.must(a)
	}
	if err := recorded(); err != nil {
		v.s.Log.ErrorContext(v.ctx(), "not recorded, so not shown", "request", v.request.String(), "err", err)
		a = v.broken()
		body = v.must(a)
	}
	if v.savePre {
		if err := v.pre.Save(v.w); err != nil {
			v.log(err)
		}
	}
	v.send(a, body)
	v.seen()
}

// inscribe begins to make durable what was read, and gives the wait for it. A visit that met no clinic
// records nothing.
func (v *visit) inscribe() func() error {
	if len(v.leaves) == 0 {
		return func() error { return nil }
	}
	who, at := v.who(), v.s.Clock.Now()
	leaves := make([]audit.Leaf, len(v.leaves))
	for i, e := range v.leaves {
		leaves[i] = audit.NewLeaf(who, at, e)
	}
	return v.s.Scribe.Begin(v.ctx(), leaves...)
}

// seen notes after the page that the session is alive, at most once a minute.
func (v *visit) seen() {
	if v.current == nil || v.route.flags&quiet != 0 || !v.s.Sessions.Due(v.current) {
		return
	}
	_ = http.NewResponseController(v.w).Flush() // the page is on its way before the small write
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), 5*time.Second)
	defer cancel()
	if err := v.s.Sessions.Touch(ctx, v.as(actor.Session), v.current); err != nil {
		v.s.Log.WarnContext(ctx, "the session could not be marked as seen", "request", v.request.String(), "err", err)
	}
}

// must renders a page of the last resort.
func (v *visit) must(a answer) []byte {
	body, err := a.render(context.WithoutCancel(v.ctx()), new(atomic.Int64))
	if err != nil {
		return []byte("<!DOCTYPE html><title>Paddock</title><p>This did not work. It is our fault.</p>")
	}
	return body
}

// recover turns a panic into the 500 page; the transaction it broke is already gone.
func (v *visit) recover() {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	// The value of a panic may hold what was typed; the stack's frames do not.
	stack := bytes.Join(bytes.SplitN(debug.Stack(), []byte("\n"), 60), []byte("\n"))
	v.s.Log.Error("a handler panicked", "request", v.request.String(), "route", v.route.pattern, "kind", kindOf(p), "stack", frames(stack))
	v.send(v.broken(), v.must(v.broken()))
}
