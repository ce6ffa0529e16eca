package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/vault"
	"paddock/views"
)

// failed turns an error into the page a person gets.
func (v *visit) failed(err error) answer {
	var said *fault.Error
	switch {
	case errors.Is(err, context.Canceled):
		return v.broken() // nobody is waiting any more
	case errors.Is(err, db.ErrBusy):
		v.w.Header().Set("Retry-After", "2")
		return v.problem(http.StatusServiceUnavailable, "Too much is going on at once.", "Try again in a few seconds.")
	case errors.Is(err, db.ErrUnknownOutcome):
		v.log(err)
		return v.problem(http.StatusServiceUnavailable, "The line to the database was lost while saving.", "It may be saved or not: look before you send it again.")
	case errors.Is(err, vault.ErrUnavailable):
		v.log(err)
		return v.problem(http.StatusServiceUnavailable, "The keys of this clinic cannot be reached.", "Nothing is shown or saved until they can. Try again in a minute.")
	case errors.Is(err, files.ErrUnavailable):
		v.log(err)
		return v.problem(http.StatusServiceUnavailable, "The store of files cannot be reached.", "Everything else works. Try again in a minute.")
	case errors.Is(err, files.ErrLost):
		v.log(err)
		return v.problem(http.StatusInternalServerError, "The bytes of this file are not in the store of files any more.", "Trying again brings nothing. What is said of it stays on the record; who runs this installation can look for a copy of the store.")
	case errors.As(err, &said) && said.Kind == fault.NotFound:
		return v.missing()
	case errors.As(err, &said) && said.Kind == fault.Forbidden:
		v.record(audit.Entry{Action: audit.Refused, Object: "act", Outcome: audit.WasRefused})
		return v.problem(http.StatusForbidden, said.Sentence, "")
	case errors.As(err, &said) && said.Kind == fault.Conflict:
		return v.problem(http.StatusConflict, said.Sentence, "Open the page again to see how it stands now.")
	case errors.As(err, &said) && said.Kind == fault.Invalid:
		return v.problem(http.StatusUnprocessableEntity, said.Sentence, "")
	}
	v.log(err)
	return v.broken()
}

// rescued is where what was typed is kept after something of ours failed, "" where there is nothing to keep
// or no keeping it: htmx leaves the form on the page, and a plain form has left with it.
func (v *visit) rescued() string {
	if v.partial || v.current == nil || v.current.Locked || v.current.Ended {
		return ""
	}
	kept, err := v.keep()
	if err != nil || kept.IsZero() {
		return ""
	}
	return "/kept/" + kept.String()
}

// log notes a fault of ours: ids and the error, which never holds what was typed.
func (v *visit) log(err error) {
	v.s.Log.ErrorContext(v.ctx(), "a request failed", "request", v.request.String(), "route", v.route.pattern,
		"clinic", v.clinic.Tenant().String(), "err", err)
}

// missing is the one answer for what is not there and for what is another clinic's. Which of the two
// it was is asked after the answer is gone.
func (v *visit) missing() answer {
	if v.current == nil {
		return answer{status: http.StatusNotFound, body: views.NowherePage()}
	}
	v.s.Attempts.Rows(v.who(), v.namedRows())
	if v.partial {
		return shown(http.StatusNotFound, views.ProblemPart(views.Problem{Page: v.page(""), Sentence: "There is nothing at this address.", Help: "It may have been moved. Search for it above."}))
	}
	return shown(http.StatusNotFound, views.MissingPage(views.Missing{Page: v.page("")}))
}

// namedRows are the ids this request spoke of, eight at most.
func (v *visit) namedRows() []id.ID {
	texts := []string{v.r.PathValue("id"), v.r.PathValue("session")}
	for _, values := range v.r.URL.Query() {
		texts = append(texts, values...)
	}
	for _, values := range v.r.PostForm {
		texts = append(texts, values...)
	}
	var rows []id.ID
	for _, t := range texts {
		if row, err := id.Parse(t); err == nil && len(rows) < 8 {
			rows = append(rows, row)
		}
	}
	return rows
}

// refused is 403: it names the permission and who holds it, and is recorded.
func (v *visit) refused(p access.Permission) (answer, error) {
	v.record(audit.Entry{Action: audit.Refused, Object: string(p), Outcome: audit.WasRefused})
	holders := v.policy.People(p)
	holders = holders[:min(3, len(holders))]
	if v.partial {
		help := ""
		if len(holders) > 0 {
			help = "Ask " + holders[0] + "."
		}
		return shown(http.StatusForbidden, views.ProblemPart(views.Problem{Page: v.page(""), Sentence: p.Sentence() + " needs a right you do not hold.", Help: help})), nil
	}
	view := views.Refused{Page: v.page(""), Act: p.Sentence(), Needs: needs(v.policy.Holders(p)), Permission: string(p), Holders: holders}
	if v.may(access.PeopleManage) && access.RightOf(p).Grantable() {
		view.WhyHref = whyPath(v.current.Person.ID, access.RightOf(p))
	}
	if kept, err := v.keep(); err != nil {
		return answer{}, err
	} else if !kept.IsZero() {
		view.KeptHref = "/kept/" + kept.String()
	}
	return shown(http.StatusForbidden, views.RefusedPage(view)), nil
}

// needs puts roles into words: "a veterinarian or a nurse".
func needs(roles []string) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		r = strings.ToLower(r)
		article := "a "
		if strings.ContainsAny(r[:1], "aeiou") {
			article = "an "
		}
		words[i] = article + r
	}
	if len(words) == 0 {
		return "a right that no role of this clinic holds"
	}
	return strings.Join(words, " or ")
}

// strangers is the answer to nobody in particular: to the sign-in page, and back here after it.
func (v *visit) strangers() (answer, error) {
	if v.partial {
		return shown(http.StatusUnauthorized, views.LockDialog(views.Lock{Page: v.page(""), Ended: true})), nil
	}
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		v.comeBack()
	}
	return goTo("/sign-in"), nil
}

// locked is the answer of a locked or ended session. What a post held is kept, sealed, for the person
// who typed it.
func (v *visit) locked() (answer, error) {
	view := views.Lock{Page: v.page(""), Name: v.current.Person.Name, Email: v.current.Person.Email, Ended: v.current.Ended}
	if v.partial {
		return shown(http.StatusUnauthorized, views.LockDialog(view)), nil
	}
	kept, err := v.keep()
	if err != nil {
		return answer{}, err
	}
	if !kept.IsZero() {
		view.Kept = kept.String()
	}
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		view.Return = v.r.URL.RequestURI()
	}
	if v.current.Ended {
		return shown(http.StatusUnauthorized, views.SignInPage(views.SignIn{Page: v.page(""), Notice: "You were signed out after " + hours(int(v.current.Life.Hours())) + ".", Return: view.Return, Kept: view.Kept})), nil
	}
	return shown(http.StatusUnauthorized, views.LockPage(view)), nil
}

// keep seals what a post held. A visit that sent no form, or none that was read, keeps nothing, and neither
// do the forms of signing in and unlocking, which hold passphrases, and of a file: its title, kind and day are lost,
// since the file itself is not kept and they cannot be sent without it.
func (v *visit) keep() (id.ID, error) {
	if v.r.Method != http.MethodPost || v.r.PostForm == nil || v.route.needs == access.Public || v.route.flags&(reads|open|file) != 0 {
		return id.ID{}, nil
	}
	values := v.form()
	values.Del("csrf")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), 5*time.Second) // the request's time may be what is over
	defer cancel()
	return v.s.KeptForms.Keep(ctx, v.as(actor.Session), v.current.Person.ID, identity.Kept{Path: v.r.URL.Path, Values: values})
}

// problem is one sentence: in the bar on top of the page to htmx, else as a page.
func (v *visit) problem(status int, sentence, help string) answer {
	p := views.Problem{Sentence: sentence, Help: help}
	if v.pre != nil {
		p.Page = v.page("")
	} else {
		p.Page.Nonce, p.Page.Assets, p.Page.Clinic = v.nonce, v.s.assets, v.clinic.Name()
	}
	if v.partial {
		return shown(status, views.ProblemPart(p))
	}
	if status == http.StatusServiceUnavailable {
		p.KeptHref = v.rescued()
	}
	return shown(status, views.ProblemPage(p))
}

// broken is our fault: 500 with the id to quote.
func (v *visit) broken() answer {
	quote := v.request.String()
	page := views.Broken{RequestID: quote, Posted: v.r != nil && v.r.Method == http.MethodPost}
	page.Page.Nonce, page.Page.Assets, page.Page.Clinic = v.nonce, v.s.assets, v.clinic.Name()
	if v.partial {
		return shown(http.StatusInternalServerError, views.ProblemPart(views.Problem{
			Page: page.Page, Sentence: "This did not work. It is our fault, and your text is still here.", RequestID: quote,
		}))
	}
	page.KeptHref = v.rescued()
	return shown(http.StatusInternalServerError, views.BrokenPage(page))
}

// nowhere is the same 404 for every host that is no open clinic's.
func (v *visit) nowhere() {
	a := answer{status: http.StatusNotFound, body: views.NowherePage()}
	v.send(a, v.must(a))
}

// unreachable is the answer while not even the host can be looked up.
func (v *visit) unreachable() {
	a := answer{status: http.StatusServiceUnavailable, body: views.BrokenPage(views.Broken{RequestID: v.request.String()})}
	v.send(a, v.must(a))
}

// nothing is the row for every address that is not in the table.
func (s *Server) nothing(v *visit) (answer, error) {
	if v.current == nil && v.r.Method == http.MethodGet {
		return v.strangers()
	}
	return v.missing(), nil
}
