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
	// file marks a POST that carries a file, behind the fields of its form.
	file
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
		{"POST /clients/new", access.ClientWrite, s.newClient, reads},
		{"POST /clients/alike", access.ClientRead, s.alikeClients, reads},
		{"POST /clients", access.ClientWrite, s.createClient, 0},
		{"GET /clients/{id}", access.ClientRead, s.showClient, 0},
		{"GET /clients/{id}/edit", access.ClientWrite, s.editClient, 0},
		{"POST /clients/{id}", access.ClientWrite, s.updateClient, 0},
		{"GET /clients/{id}/alerts", access.ClientWrite, s.listClientAlerts, 0},
		{"POST /clients/{id}/alerts", access.ClientWrite, s.createClientAlert, 0},
		{"GET /client-alerts/{id}/edit", access.ClientWrite, s.editClientAlert, 0},
		{"POST /client-alerts/{id}", access.ClientWrite, s.updateClientAlert, 0},
		{"POST /client-alerts/{id}/ending", access.ClientWrite, s.createClientAlertEnding, 0},

		{"GET /patients", access.PatientRead, s.listPatients, 0},
		{"GET /patients/new", access.PatientWrite, s.newPatient, 0},
		{"POST /patients/alike", access.PatientRead, s.alikePatients, reads},
		{"POST /patients", access.PatientWrite, s.createPatient, 0},
		{"GET /patients/{id}", access.PatientRead, s.showRecord, 0},
		{"GET /patients/{id}/edit", access.PatientWrite, s.editPatient, 0},
		{"POST /patients/{id}", access.PatientWrite, s.updatePatient, 0},
		{"GET /patients/{id}/owners", access.PatientWrite, s.editOwners, 0},
		{"POST /patients/{id}/owners", access.PatientWrite, s.updateOwners, 0},
		{"GET /patients/{id}/identifiers", access.PatientWrite, s.listIdentifiers, 0},
		{"POST /patients/{id}/identifiers", access.PatientWrite, s.createIdentifier, 0},
		{"GET /patients/{id}/alerts", access.PatientWrite, s.listAlerts, 0},
		{"POST /patients/{id}/alerts", access.PatientWrite, s.createAlert, 0},
		{"GET /alerts/{id}/edit", access.PatientWrite, s.editAlert, 0},
		{"POST /alerts/{id}", access.PatientWrite, s.updateAlert, 0},
		{"POST /alerts/{id}/ending", access.PatientWrite, s.createAlertEnding, 0},
		{"POST /patients/{id}/weights", access.PatientWrite, s.createWeight, 0},
		{"POST /weights/{id}/strike", access.PatientWrite, s.createStrike, 0},
		{"GET /patients/{id}/status", access.PatientWrite, s.showStatus, 0},
		{"POST /patients/{id}/status", access.PatientWrite, s.createMove, 0},
		{"POST /patients/{id}/revival", access.PatientRevive, s.createRevival, 0},
		{"POST /identifiers/{id}/ending", access.PatientWrite, s.createEnding, 0},

		{"POST /patients/{id}/consults", access.ClinicalWrite, s.createDraft, 0},
		{"POST /drafts/{id}", access.ClinicalWrite, s.updateDraft, 0},
		{"POST /drafts/{id}/signature", access.ClinicalSign, s.createSignature, 0},
		{"GET /notes/{id}", access.ClinicalRead, s.showNote, 0},
		{"POST /notes/{id}/addenda", access.ClinicalSign, s.createAddendum, 0},

		{"GET /imports", access.ImportRun, s.listImports, 0},
		{"POST /imports", access.ImportRun, s.createImport, file},
		{"GET /imports/{id}", access.ImportRun, s.showImport, 0},
		{"GET /imports/{id}/progress", access.ImportRun, s.showProgress, quiet},
		{"GET /imports/{id}/columns", access.ImportRun, s.editColumns, 0},
		{"POST /imports/{id}/columns", access.ImportRun, s.updateColumns, 0},
		{"GET /imports/{id}/problems", access.ImportRun, s.downloadProblems, 0},
		{"POST /imports/{id}/run", access.ImportRun, s.createRun, 0},
		{"GET /imports/{id}/withdrawal", access.ImportRun, s.newWithdrawal, 0},
		{"POST /imports/{id}/withdrawal", access.ImportRun, s.createWithdrawal, 0},
		{"POST /imports/{id}/discard", access.ImportRun, s.discardImport, 0},

		{"/", access.Public, s.nothing, quiet},
	}
}
