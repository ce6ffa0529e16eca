package web

import (
	"paddock/internal/access"
)

// page is one handler: it reads the visit, does one thing and answers.
type page func(v *visit) (answer, error)

// route is one row of the table: what is asked for, the permission it needs, and who answers. A row
// without a permission is held by nobody.
type route struct {
	pattern string
	needs   access.Permission
	answer  page
	flags   flag
}

type flag int

const (
	// open rows work while the session is locked.
	open flag = 1 << iota
	// quiet rows do not count as activity.
	quiet
	// reads marks a POST that changes nothing.
	reads
)

// routes is the one table of everything that can be asked for.
func (s *Server) routes() []route {
	return []route{
		{"GET /static/", access.Public, s.asset, quiet},
		{"GET /sign-in", access.Public, s.newSession, quiet},
		{"POST /sign-in", access.Public, s.createSession, 0},
		{"GET /welcome/{token}", access.Public, s.newPassphrase, quiet},
		{"POST /welcome/{token}", access.Public, s.createPassphrase, 0},

		{"POST /sign-out", access.SessionOwn, s.endSession, open},
		{"POST /sign-out-everywhere", access.SessionOwn, s.endSessions, open},
		{"GET /lock", access.SessionOwn, s.showLock, open | quiet},
		{"POST /lock", access.SessionOwn, s.createLock, open | quiet},
		{"POST /unlock", access.SessionOwn, s.endLock, open | quiet},
		{"GET /kept/{id}", access.SessionOwn, s.showKept, 0},

		{"GET /{$}", access.SessionOwn, s.home, 0},
		{"POST /search", access.PatientRead, s.search, reads},

		{"GET /clients/new", access.ClientWrite, s.newClient, 0},
		{"POST /clients", access.ClientWrite, s.createClient, 0},
		{"GET /clients/{id}", access.ClientRead, s.showClient, 0},
		{"GET /clients/{id}/edit", access.ClientWrite, s.editClient, 0},
		{"POST /clients/{id}", access.ClientWrite, s.updateClient, 0},

		{"GET /patients", access.PatientRead, s.listPatients, 0},
		{"GET /patients/new", access.PatientWrite, s.newPatient, 0},
		{"POST /patients", access.PatientWrite, s.createPatient, 0},
		{"GET /patients/{id}", access.PatientRead, s.showRecord, 0},
		{"GET /patients/{id}/edit", access.PatientWrite, s.editPatient, 0},
		{"POST /patients/{id}", access.PatientWrite, s.updatePatient, 0},

		{"POST /patients/{id}/consults", access.ClinicalWrite, s.createDraft, 0},
		{"POST /drafts/{id}", access.ClinicalWrite, s.updateDraft, 0},
		{"POST /drafts/{id}/signature", access.ClinicalSign, s.createSignature, 0},
		{"GET /notes/{id}", access.ClinicalRead, s.showNote, 0},
		{"POST /notes/{id}/addenda", access.ClinicalSign, s.createAddendum, 0},

		{"/", access.Public, s.nothing, quiet},
	}
}
