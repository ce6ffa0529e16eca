// Package web answers HTTP: one route table, one chain of guards before it, and handlers that read a
// form, do one thing and return an answer. A handler never writes to the connection; what it returns is
// sent only after its audit leaves are durable.
package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/clock"
	"paddock/internal/files"
	"paddock/internal/identity"
	"paddock/internal/isolation"
	"paddock/internal/live"
	"paddock/internal/registry"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
	"paddock/static"
	"paddock/views"
	"paddock/views/ui"
)

// Deps is what the pages stand on.
type Deps struct {
	Store        *db.Store
	Directory    *tenancy.Directory
	Vault        *vault.Vault
	Scribe       *audit.Scribe
	SignIns      *identity.SignIns
	Sessions     *identity.Sessions
	Walls        *identity.Walls
	KeptForms    *identity.KeptForms
	Attempts     *isolation.Attempts
	Live         *live.Hub
	Shelf        *files.Shelf
	Clock        clock.Clock
	Log          *slog.Logger
	TrustedProxy []netip.Prefix // whose X-Forwarded-For is believed; nobody's by default
}

// Server answers for every clinic of the installation.
type Server struct {
	Deps
	cross  *http.CrossOriginProtection
	assets ui.Assets
	rhythm rhythm
	pages  map[string]access.Permission // what each row of the route table needs
	known  atomic.Pointer[[]registry.Species]
	// suggested are the breeds, read once like the species.
	suggested atomic.Pointer[[]views.Breed]
}

// New makes a server.
func New(d Deps) *Server {
	s := &Server{
		Deps: d, pages: map[string]access.Permission{},
		cross: http.NewCrossOriginProtection(), rhythm: liveRhythm,
		assets: ui.Assets{
			CSS: static.Path("main.css"), App: static.Path("app.js"), Htmx: static.Path("htmx.js"),
			HxCSP: static.Path("hx-csp.js"), Logo: static.Path("logo.svg"),
		},
	}
	for _, row := range s.routes() {
		s.pages[row.pattern] = row.needs
	}
	return s
}

// Handler is the whole chain, from the host to the body.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, row := range s.routes() {
		mux.Handle(row.pattern, s.guard(row))
	}
	return s.outermost(mux)
}
