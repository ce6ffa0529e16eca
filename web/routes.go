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
	// stream marks an answer that stays open. Who may not have it gets no page: nobody would see it.
	stream
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
		{"GET /live", access.SessionOwn, s.openStream, quiet | stream},

		{"GET /wall", access.Wall, s.showWall, quiet},
		{"GET /wall/board", access.Wall, s.showWallBoard, quiet},
		{"GET /wall/live", access.Wall, s.openWallStream, quiet | stream},
		{"GET /wall/{code}", access.Public, s.newWall, quiet},
		{"POST /wall/{code}", access.Public, s.createWall, 0},
		{"GET /wall-screens", access.WallManage, s.listScreens, 0},
		{"POST /wall-screens", access.WallManage, s.createScreen, 0},
		{"GET /wall-screens/{id}", access.WallManage, s.showScreen, 0},
		{"POST /wall-screens/{id}/ending", access.WallManage, s.createScreenEnding, 0},

		{"POST /search", access.PatientRead, s.search, reads},

		{"GET /today", access.ScheduleRead, s.showToday, 0},
		{"POST /today", access.ScheduleRead, s.chooseDay, reads},
		{"GET /today/schedule", access.ScheduleRead, s.showSchedule, quiet},
		{"GET /today/board", access.ScheduleRead, s.showBoard, quiet},
		{"GET /appointments/{id}", access.ScheduleRead, s.showVisit, 0},
		{"GET /appointments/{id}/time", access.ScheduleWrite, s.newTime, 0},
		{"POST /appointments/{id}/time", access.ScheduleWrite, s.updateTime, 0},
		{"POST /appointments/{id}/moves", access.ScheduleRead, s.moveVisit, 0},
		{"POST /appointments/{id}/undo", access.ScheduleRead, s.undoVisit, 0},
		{"POST /appointments/{id}/assignment", access.ScheduleWrite, s.assignVisit, 0},
		{"POST /appointments/{id}/place", access.VisitTreat, s.placeVisit, 0},
		{"GET /bookings/new", access.ScheduleWrite, s.newBooking, 0},
		{"POST /bookings", access.ScheduleWrite, s.createBooking, 0},
		{"GET /walk-ins/new", access.ScheduleWrite, s.newWalkIn, 0},
		{"POST /walk-ins", access.ScheduleWrite, s.createWalkIn, 0},
		{"GET /appointments/{id}/check-in", access.ScheduleWrite, s.newCheckIn, 0},
		{"POST /appointments/{id}/check-in", access.ScheduleWrite, s.createCheckIn, 0},
		{"GET /appointments/{id}/cancellation", access.ScheduleWrite, s.newCancellation, 0},
		{"POST /appointments/{id}/cancellation", access.ScheduleWrite, s.createCancellation, 0},
		{"GET /waitlist", access.ScheduleRead, s.listWaiting, 0},
		{"POST /waitlist", access.ScheduleWrite, s.createWaiting, 0},
		{"POST /waitlist/{id}/ending", access.ScheduleWrite, s.createWaitEnding, 0},

		{"GET /resources", access.ScheduleManage, s.listResources, 0},
		{"POST /resources", access.ScheduleManage, s.createResource, 0},
		{"GET /resources/{id}/edit", access.ScheduleManage, s.editResource, 0},
		{"POST /resources/{id}", access.ScheduleManage, s.updateResource, 0},
		{"POST /resources/{id}/ending", access.ScheduleManage, s.createResourceEnding, 0},
		{"POST /resources/{id}/return", access.ScheduleManage, s.createResourceReturn, 0},
		{"GET /hours", access.ScheduleManage, s.showHours, 0},
		{"POST /hours", access.ScheduleManage, s.updateHours, 0},
		{"GET /blocks", access.ScheduleManage, s.listBlocks, 0},
		{"POST /blocks", access.ScheduleManage, s.createBlock, 0},
		{"POST /blocks/{id}/ending", access.ScheduleManage, s.createBlockEnding, 0},
		{"GET /appointment-types", access.ScheduleManage, s.listTypes, 0},
		{"POST /appointment-types", access.ScheduleManage, s.createType, 0},
		{"GET /appointment-types/{id}/edit", access.ScheduleManage, s.editType, 0},
		{"POST /appointment-types/{id}", access.ScheduleManage, s.updateType, 0},
		{"POST /appointment-types/{id}/ending", access.ScheduleManage, s.createTypeEnding, 0},
		{"POST /appointment-types/{id}/return", access.ScheduleManage, s.createTypeReturn, 0},
		{"GET /schedule-settings", access.ScheduleManage, s.editSettings, 0},
		{"POST /schedule-settings", access.ScheduleManage, s.updateSettings, 0},

		{"GET /visits/{id}/check-out", access.BillRead, s.showCheckout, 0},
		{"GET /visits/{id}/preview", access.BillRead, s.showPreview, 0},
		{"POST /visits/{id}/charges", access.ChargeWrite, s.createCharge, 0},
		{"POST /visits/{id}/invoices", access.BillWrite, s.createInvoices, 0},
		{"GET /charges/{id}/edit", access.ChargeWrite, s.editCharge, 0},
		{"POST /charges/{id}", access.ChargeWrite, s.updateCharge, 0},
		{"POST /charges/{id}/resolution", access.ChargeWrite, s.createResolution, 0},
		{"GET /invoices", access.BillRead, s.listInvoices, 0},
		{"GET /invoices/{id}", access.BillRead, s.showInvoice, 0},
		{"GET /invoices/{id}/pdf", access.BillRead, s.downloadInvoice, 0},
		{"GET /invoices/{id}/credit", access.BillCredit, s.newCredit, 0},
		{"POST /invoices/{id}/credit", access.BillCredit, s.createCredit, 0},
		{"GET /payments/{id}", access.BillRead, s.showPayment, 0},
		{"GET /payments/{id}/pdf", access.BillRead, s.downloadPayment, 0},
		{"GET /payments/{id}/refund", access.BillRefund, s.newRefund, 0},
		{"POST /payments/{id}/refund", access.BillRefund, s.createRefund, 0},
		{"GET /clients/{id}/account", access.BillRead, s.showAccount, 0},
		{"POST /clients/{id}/payments", access.BillWrite, s.createPayment, 0},
		{"GET /clients/{id}/statement", access.BillRead, s.showStatement, 0},
		{"GET /clients/{id}/statement/pdf", access.BillRead, s.downloadStatement, 0},
		{"GET /till", access.TillClose, s.showTill, 0},
		{"POST /till", access.TillClose, s.createClosing, 0},
		{"GET /closings/{id}/reopening", access.TillReopen, s.newReopening, 0},
		{"POST /closings/{id}/reopening", access.TillReopen, s.createReopening, 0},
		{"GET /patients/{id}/estimates", access.BillRead, s.listEstimates, 0},
		{"GET /patients/{id}/estimates/new", access.ChargeWrite, s.newEstimate, 0},
		{"POST /patients/{id}/estimates", access.ChargeWrite, s.createEstimate, 0},
		{"GET /estimates/{id}", access.BillRead, s.showEstimate, 0},
		{"GET /estimates/{id}/pdf", access.BillRead, s.downloadEstimate, 0},
		{"GET /prices", access.PriceManage, s.listPrices, 0},
		{"POST /prices/list", access.PriceManage, s.searchPrices, reads},
		{"POST /prices/found", access.ChargeWrite, s.findPrices, reads},
		{"GET /prices/new", access.PriceManage, s.newPrice, 0},
		{"POST /prices", access.PriceManage, s.createPrice, 0},
		{"GET /prices/{id}/edit", access.PriceManage, s.editPrice, 0},
		{"POST /prices/{id}", access.PriceManage, s.updatePrice, 0},
		{"POST /prices/{id}/ending", access.PriceManage, s.createPriceEnding, 0},
		{"GET /taxes", access.PriceManage, s.listTaxes, 0},
		{"POST /taxes/{id}/rates", access.PriceManage, s.createTaxRate, 0},
		{"GET /money", access.PriceManage, s.editMoney, 0},
		{"POST /money", access.PriceManage, s.updateMoney, 0},
		{"GET /letterhead", access.PriceManage, s.editLetterhead, 0},
		{"POST /letterhead", access.PriceManage, s.updateLetterhead, 0},

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
