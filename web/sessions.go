package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/views"
)

// home sends everybody to the page their day begins with.
func (s *Server) home(v *visit) (answer, error) {
	if v.may(access.ScheduleRead) {
		return goTo("/today"), nil
	}
	return goTo("/patients"), nil
}

func (s *Server) newSession(v *visit) (answer, error) {
	if v.current != nil && !v.current.Ended {
		return goTo("/"), nil
	}
	return shown(http.StatusOK, views.SignInPage(views.SignIn{Page: v.page("")})), nil
}

// createSession signs in: from the page, or from the dialog over a page whose session had ended.
func (s *Server) createSession(v *visit) (answer, error) {
	view := views.SignIn{Email: v.field("email"), Return: v.field("return"), Kept: v.field("kept")}
	if !v.ownForm() {
		view.Problem = "The page was open for a while. Enter your passphrase again."
		return v.askAgain(http.StatusForbidden, view), nil
	}
	p, err := s.SignIns.SignIn(v.ctx(), v.as(actor.SignIn), view.Email, v.field("passphrase"), v.address)
	if view.Problem = refusal(err); view.Problem != "" {
		return v.askAgain(statusOf(err), view), nil
	}
	if err != nil {
		return answer{}, err
	}
	before := v.current
	if before != nil && !before.Ended {
		if err := s.Sessions.End(v.ctx(), v.w, v.who(), before); err != nil {
			return answer{}, err
		}
	}
	if err := s.Sessions.Begin(v.r.Context(), v.w, v.as(actor.Session), p); err != nil {
		return answer{}, err
	}
	if v.partial && before != nil && before.Person.ID == p.ID {
		return v.lifted()
	}
	target := v.pre.Return()
	if err := v.pre.Clear(v.w); err != nil {
		return answer{}, err
	}
	v.savePre = false
	switch {
	case v.partial && before == nil: // nobody known any more: what the server has of the page comes again
		return goTo(v.pageBelow()), nil
	case v.partial: // another person: the page below is not theirs
		return goTo("/"), nil
	case isRow(view.Kept):
		return goTo("/kept/" + view.Kept), nil
	case identity.ReturnPath(view.Return):
		return goTo(view.Return), nil
	case target != "":
		return goTo(target), nil
	}
	return goTo("/"), nil
}

// pageBelow is the page a dialog stands on, as htmx tells it; the list where that is no path of ours.
func (v *visit) pageBelow() string {
	at, err := url.Parse(v.r.Header.Get("HX-Current-URL"))
	if err != nil || !identity.ReturnPath(at.RequestURI()) || at.Path == "/sign-in" {
		return "/patients"
	}
	return at.RequestURI()
}

// ownForm reports whether the form came from a page of ours: of the session that ended, or of the
// sign-in before any session.
func (v *visit) ownForm() bool {
	token := v.field("csrf")
	return v.pre.CheckFormToken(token) || (v.current != nil && v.current.CheckFormToken(token))
}

// askAgain shows the form of sign-in with its refusal, as a page or in the dialog.
func (v *visit) askAgain(status int, view views.SignIn) answer {
	if v.partial {
		lock := views.Lock{Page: v.page(""), Email: view.Email, Problem: view.Problem, Ended: true}
		if v.current != nil {
			lock.Name = v.current.Person.Name
		}
		return shown(status, views.LockDialog(lock))
	}
	view.Page = v.page("")
	return shown(status, views.SignInPage(view))
}

// refusal is what a person is told when a proof did not hold, or "" for other errors and none.
func refusal(err error) string {
	var slow *identity.Throttled
	switch {
	case errors.As(err, &slow):
		return slow.Error()
	case errors.Is(err, identity.ErrMismatch), errors.Is(err, identity.ErrWrongPassphrase):
		return err.Error()
	}
	return ""
}

func statusOf(err error) int {
	var slow *identity.Throttled
	if errors.As(err, &slow) {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

func isRow(text string) bool {
	_, err := id.Parse(text)
	return err == nil
}

// lifted takes the dialog away and hands the page its new form token.
func (v *visit) lifted() (answer, error) {
	cookie := newestCookie(v.w.Header(), identity.SessionCookie)
	// A context of its own: the one of the request remembers the session that ended.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, current, err := v.s.Sessions.Load(ctx, v.as(actor.Session), cookie)
	if err != nil || current == nil {
		return answer{}, errors.Join(err, errors.New("a session that just began is not there"))
	}
	v.current = current
	return shown(http.StatusOK, views.LockLifted(v.page(""))), nil
}

// newestCookie is the value a header is about to set.
func newestCookie(h http.Header, name string) string {
	for _, line := range slices.Backward(h.Values("Set-Cookie")) {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			value, _, _ = strings.Cut(value, ";")
			return value
		}
	}
	return ""
}

func (s *Server) endSession(v *visit) (answer, error) {
	if err := s.Sessions.End(v.ctx(), v.w, v.who(), v.current); err != nil {
		return answer{}, err
	}
	return v.gone("You are signed out.")
}

func (s *Server) endSessions(v *visit) (answer, error) {
	person := v.current.Person.ID
	if err := s.Sessions.End(v.ctx(), v.w, v.who(), v.current); err != nil {
		return answer{}, err
	}
	if err := s.Sessions.EndAll(v.ctx(), v.who(), person); err != nil {
		return answer{}, err
	}
	return v.gone("You are signed out everywhere.")
}

// gone leaves nothing in the browser.
func (v *visit) gone(sentence string) (answer, error) {
	v.current = nil
	v.w.Header().Set("Clear-Site-Data", `"storage"`)
	v.say(sentence)
	return goTo("/sign-in"), nil
}

// showLock is asked by a page nobody has touched for a while: 204 while the session is at work
// elsewhere, else the dialog that covers the page.
func (s *Server) showLock(v *visit) (answer, error) {
	switch {
	case v.partial && !v.current.Locked:
		return silent(), nil
	case v.partial:
		return shown(http.StatusOK, views.LockDialog(v.lock(""))), nil
	case !v.current.Locked:
		return goTo("/"), nil
	}
	return shown(http.StatusOK, views.LockPage(v.lock(""))), nil
}

func (v *visit) lock(problem string) views.Lock {
	return views.Lock{
		Page: v.page(""), Name: v.current.Person.Name, Email: v.current.Person.Email, Problem: problem,
		Return: v.field("return"), Kept: v.field("kept"),
	}
}

func (s *Server) createLock(v *visit) (answer, error) {
	if err := s.Sessions.Lock(v.ctx(), v.as(actor.Session), v.current); err != nil {
		return answer{}, err
	}
	if v.partial {
		return shown(http.StatusOK, views.LockDialog(v.lock(""))), nil
	}
	return goTo("/lock"), nil
}

func (s *Server) endLock(v *visit) (answer, error) {
	err := s.Sessions.Unlock(v.ctx(), v.w, v.as(actor.Session), v.current, v.field("passphrase"), v.address)
	if problem := refusal(err); problem != "" {
		if v.partial {
			return shown(statusOf(err), views.LockDialog(v.lock(problem))), nil
		}
		return shown(statusOf(err), views.LockPage(v.lock(problem))), nil
	}
	if errors.Is(err, identity.ErrEnded) {
		v.current.Ended = true
		return v.locked()
	}
	if err != nil {
		return answer{}, err
	}
	switch kept, back := v.field("kept"), v.field("return"); {
	case v.partial:
		return shown(http.StatusOK, views.LockLifted(v.page(""))), nil
	case isRow(kept):
		return goTo("/kept/" + kept), nil
	case identity.ReturnPath(back):
		return goTo(back), nil
	}
	return goTo("/"), nil
}

func (s *Server) newPassphrase(v *visit) (answer, error) {
	p, err := s.SignIns.OpenSetupLink(v.ctx(), v.as(actor.SignIn), v.r.PathValue("token"))
	if err != nil {
		return v.linkOver(err)
	}
	return shown(http.StatusOK, views.WelcomePage(v.welcome(p, nil))), nil
}

func (v *visit) welcome(p identity.Person, bad fault.Fields) views.Welcome {
	return views.Welcome{
		Page: v.page(""), Action: "/welcome/" + v.r.PathValue("token"), Name: p.Name, Email: p.Email, Mistakes: mistakes(bad),
	}
}

func (v *visit) linkOver(err error) (answer, error) {
	if errors.Is(err, identity.ErrLinkOver) {
		return v.problem(http.StatusNotFound, identity.ErrLinkOver.Error(), ""), nil
	}
	return answer{}, err
}

func (s *Server) createPassphrase(v *visit) (answer, error) {
	p, err := s.SignIns.OpenSetupLink(v.ctx(), v.as(actor.SignIn), v.r.PathValue("token"))
	if err != nil {
		return v.linkOver(err)
	}
	if !v.ownForm() {
		return shown(http.StatusForbidden, views.WelcomePage(v.welcome(p, fault.Fields{{Message: "The page was open for a while. Enter the passphrase again."}}))), nil
	}
	if v.field("passphrase") != v.field("again") {
		return shown(http.StatusUnprocessableEntity, views.WelcomePage(v.welcome(p, fault.Fields{{Name: "again", Message: "Enter the same passphrase twice"}}))), nil
	}
	set, err := s.SignIns.SetFirstPassphrase(v.ctx(), v.as(actor.SignIn), v.r.PathValue("token"), v.field("passphrase"), v.clinic.Name(), v.clinic.Host())
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return shown(http.StatusUnprocessableEntity, views.WelcomePage(v.welcome(p, bad))), nil
	case err != nil:
		return v.linkOver(err)
	}
	if err := s.Sessions.Begin(v.r.Context(), v.w, v.as(actor.Session), set); err != nil {
		return answer{}, err
	}
	return goTo("/"), nil
}

// labels are the words for the fields of forms that may be kept.
var labels = map[string]string{
	"given_name": "Given name", "family_name": "Family name", "email": "E-mail", "name": "Name", "species": "Species",
	"breed": "Breed", "colour": "Colour", "sex": "Sex", "neutered": "Neutered", "born": "Born", "age": "Age",
	"subjective": "Subjective", "objective": "Objective", "assessment": "Assessment", "plan": "Plan", "reason": "Reason", "text": "Text",
	"number": "Number", "again": "Chip number again", "given_on": "Implanted or issued on", "site": "Where on the body",
	"amount": "Amount", "given": "Handed over", "cash": "Cash", "card": "Card", "transfer": "Transfer", "part_card": "By card", "part_cash": "In cash",
	"part_transfer": "By transfer", "quantity": "Quantity", "price": "Price", "discount": "Discount", "note": "Note", "item": "Item", "title": "What it is for",
	"code": "Code", "barcode": "Barcode", "currency": "Currency", "cash_step": "Cash is rounded to", "due_days": "Days to pay",
	"trading": "Name on the door", "address": "Address", "phone": "Phone", "tax_number": "Tax number", "company": "Company number", "bank": "How to pay", "footer": "Your own words",
	"idle": "A screen nobody uses locks after, in minutes", "life": "A sign-in ends after, in hours",
	"phone_1": "Phone 1", "phone_2": "Phone 2", "phone_3": "Phone 3", "phone_4": "Phone 4",
	"day": "Day", "at": "Time", "minutes": "Minutes", "every": "Every so many weeks", "times": "How often in all",
	"over_reason": "Why it is booked over", "overbook": "Why it is booked over", "find": "Owner or patient", "client_name": "Owner",
	"weight": "Weight", "next": "Look again at", "last": "Until day", "from": "From", "to": "To", "words": "Words",
	"phone_1_note": "About phone 1", "phone_2_note": "About phone 2", "phone_3_note": "About phone 3", "phone_4_note": "About phone 4",
}

// showKept gives back what a form held when its post met a locked or ended session.
func (s *Server) showKept(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	kept, err := s.KeptForms.Kept(v.ctx(), v.who(), v.current.Person.ID, row)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "kept-form", ObjectID: row})
	view := views.Kept{
		Page: v.page(""), What: kindOfForm(kept.Path), When: v.minute(kept.At), Action: kept.Path, Back: backOf(kept.Path),
		Why: "the session was locked or over, or the right to save it was missing",
	}
	names := make([]string, 0, len(kept.Values))
	for name := range kept.Values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range kept.Values[name] {
			if label, ok := labels[name]; ok {
				view.Fields = append(view.Fields, views.KeptField{Name: name, Label: label, Value: value})
			} else {
				view.Hidden = append(view.Hidden, views.KeptField{Name: name, Value: value})
			}
		}
	}
	return shown(http.StatusOK, views.KeptPage(view)), nil
}

// kindOfForm names a form by where it goes.
func kindOfForm(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if word, ok := formKinds[parts[0]+"/"+parts[len(parts)-1]]; ok && len(parts) > 1 {
		return word
	}
	return cmp.Or(formKinds[parts[0]], "Patient")
}

// formKinds name a form by the first part of its address, or by the first and the last.
var formKinds = map[string]string{
	"clients": "Client", "drafts": "Consult note", "notes": "Addendum",
	"bookings": "Booking", "walk-ins": "Walk-in", "waitlist": "Waitlist",
	"appointments/time": "Move to another time", "appointments/check-in": "Check-in", "appointments/cancellation": "Cancellation",
	"appointments": "Visit", "resources": "Columns and rooms", "hours": "Hours", "blocks": "Time not offered",
	"appointment-types": "Type of appointment", "schedule-settings": "The day", "today": "Choose a day",
	"wall-screens": "Screen", "visits": "Bill", "charges": "Charge", "invoices": "Invoice", "payments": "Payment",
	"clients/payments": "Payment", "patients/estimates": "Estimate", "till": "Till", "prices": "Price", "taxes": "Tax", "money": "Money", "closings": "Open a day again", "letterhead": "Letterhead",
	"roles": "Roles", "people/roles": "Roles of a person", "people/preview": "Roles of a person",
	"sign-in-rules": "Sign-in rules", "sessions": "Sign-out", "people": "Person",
}

// backOf is the page a form stood on, as near as its address tells.
func backOf(path string) string {
	parts := strings.Split(path, "/")
	switch {
	case len(parts) > 2 && isRow(parts[2]) && slices.Contains([]string{"clients", "patients", "notes", "appointments"}, parts[1]):
		return "/" + parts[1] + "/" + parts[2]
	case slices.Contains([]string{"appointments", "bookings", "walk-ins", "today"}, parts[1]):
		return "/today"
	case slices.Contains([]string{"waitlist", "resources", "hours", "blocks", "appointment-types", "schedule-settings", "wall-screens", "roles", "people", "sign-in-rules", "sessions"}, parts[1]):
		return "/" + parts[1]
	}
	return "/patients"
}
