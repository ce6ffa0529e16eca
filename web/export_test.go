package web

import (
	"net/http"
	"time"

	"paddock/internal/access"
	"paddock/internal/audit"
)

// Row is one row of the route table as tests see it.
type Row struct {
	Pattern string
	Needs   access.Permission
}

// Table is the route table.
func (s *Server) Table() []Row {
	var out []Row
	for _, r := range s.routes() {
		out = append(out, Row{r.pattern, r.needs})
	}
	return out
}

// Holds reports whether a name says every word of a text.
func Holds(name, words string) bool { return holds(name, words) }

// HandlerWith is the chain round one more row that only a test has.
func (s *Server) HandlerWith(pattern string, do func()) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(pattern, s.guard(route{pattern, access.SessionOwn, func(*visit) (answer, error) {
		do()
		return silent(), nil
	}, 0}))
	return s.outermost(mux)
}

// Quicken makes streams show a sign of life and be judged anew this often.
func (s *Server) Quicken(beat, check time.Duration) { s.rhythm = rhythm{beat, check} }

// Worded reports whether the audit log has words for what is done and to what.
func Worded(object string, action audit.Action) bool {
	_, known := things[object]
	return verbs[action] != "" && (known || access.Permission(object).Sentence() != "")
}
