// Package access decides who may do what. It is the only importer of Casbin, which stays the only
// authority: a clinic's roles are loaded into a Casbin enforcer (roles with domains, the clinic being
// the domain) and compiled into an immutable Table that answers in nanoseconds. Rights are allow-only;
// whatever is unknown, empty or unnamed is denied.
package access

// Permission is the right to do one kind of thing, written noun.verb. The zero Permission is held by
// nobody, so a route that forgot to name one is closed.
type Permission string

// The permissions. Each is carried by at least one row of the route table.
const (
	// Public marks a route that needs nobody signed in. It is not a right that a role can hold: the
	// guard in front of the routes compares with it before it asks a Table.
	Public Permission = "public"
	// Wall marks what a screen on the wall may be asked for. No role can hold it and no person has it: the
	// guard lets in the cookie of a screen, which opens nothing else.
	Wall Permission = "wall.show"
	// SessionOwn is what every signed-in person may do with their own session. Compile gives it to
	// every role, so a clinic cannot make a role that is unable to sign out.
	SessionOwn    Permission = "session.own"
	ClientRead    Permission = "client.read"
	ClientWrite   Permission = "client.write"
	PatientRead   Permission = "patient.read"
	PatientWrite  Permission = "patient.write"
	PatientRevive Permission = "patient.revive"
	ClinicalRead  Permission = "clinical.read"
	ClinicalWrite Permission = "clinical.write"
	ClinicalSign  Permission = "clinical.sign"
	// ScheduleRead opens the schedule and the flow board; ScheduleWrite books, moves, checks in and calls off.
	ScheduleRead  Permission = "schedule.read"
	ScheduleWrite Permission = "schedule.write"
	// ScheduleOverbook books over another on purpose; ScheduleManage sets hours, rosters, rooms and types.
	ScheduleOverbook Permission = "schedule.overbook"
	ScheduleManage   Permission = "schedule.manage"
	// VisitTreat moves a visit through the hands of those who treat.
	VisitTreat Permission = "visit.treat"
	// BillRead opens bills and accounts; ChargeWrite notes what was done; BillWrite issues and takes money.
	BillRead    Permission = "bill.read"
	ChargeWrite Permission = "charge.write"
	BillWrite   Permission = "bill.write"
	// BillCredit undoes an issued invoice; BillRefund pays money back; TillReopen opens a closed day again.
	BillCredit   Permission = "bill.credit"
	BillRefund   Permission = "bill.refund"
	TillClose    Permission = "till.close"
	TillReopen   Permission = "till.reopen"
	PriceManage  Permission = "price.manage"
	WallManage   Permission = "wall.manage"
	ImportRun    Permission = "import.run"
	AuditRead    Permission = "audit.read"
	PeopleManage Permission = "people.manage"
)

// Field is a group of columns that one audience needs and another does not. It decides what is
// selected, not what is hidden afterwards (45 CFR 164.502(b), minimum necessary).
type Field string

// The field groups.
const (
	FieldContact  Field = "contact"  // names, telephones, addresses of clients
	FieldClinical Field = "clinical" // notes and what a vet concludes
	FieldMoney    Field = "money"    // prices, invoices, payments
	FieldDrugs    Field = "drugs"    // the controlled-drug register
	FieldStaff    Field = "staff"    // what the clinic keeps about its own people
)

// permissions and fields fix the order of everything listed and of the bits in a Table.
var (
	permissions = []Permission{
		SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite, PatientRevive, ClinicalRead,
		ClinicalWrite, ClinicalSign, ScheduleRead, ScheduleWrite, ScheduleOverbook, ScheduleManage, VisitTreat,
		BillRead, ChargeWrite, BillWrite, BillCredit, BillRefund, TillClose, TillReopen, PriceManage, WallManage,
		ImportRun, AuditRead, PeopleManage,
	}
	fields = []Field{FieldContact, FieldClinical, FieldMoney, FieldDrugs, FieldStaff}
)

// All lists the permissions a role can hold, always in the same order. Public is not among them.
func All() []Permission { return append([]Permission(nil), permissions...) }

// AllFields lists the field groups, always in the same order.
func AllFields() []Field { return append([]Field(nil), fields...) }

// Sentence says in people's words what a permission opens, to stand in a refusal: "Writing clinical
// notes needs a right you do not hold". It is "" for a permission that does not exist.
func (p Permission) Sentence() string {
	switch p {
	case Public:
		return "Pages that need no sign-in"
	case Wall:
		return "Being a screen on the wall"
	case SessionOwn:
		return "Using your own session"
	case ClientRead:
		return "Seeing clients"
	case ClientWrite:
		return "Registering and changing clients"
	case PatientRead:
		return "Seeing patients"
	case PatientWrite:
		return "Registering and changing patients"
	case PatientRevive:
		return "Taking back that a patient died"
	case ClinicalRead:
		return "Reading clinical notes"
	case ClinicalWrite:
		return "Writing clinical notes"
	case ClinicalSign:
		return "Signing clinical notes"
	case ScheduleRead:
		return "Seeing the schedule"
	case ScheduleWrite:
		return "Booking, moving and checking in"
	case ScheduleOverbook:
		return "Booking over another appointment"
	case ScheduleManage:
		return "Setting hours, rosters, rooms and appointment types"
	case VisitTreat:
		return "Calling patients in and treating them"
	case BillRead:
		return "Seeing bills and accounts"
	case ChargeWrite:
		return "Adding to a bill"
	case BillWrite:
		return "Issuing bills and taking payments"
	case BillCredit:
		return "Voiding and crediting issued bills"
	case BillRefund:
		return "Paying money back"
	case TillClose:
		return "Closing the till"
	case TillReopen:
		return "Opening a closed day again"
	case PriceManage:
		return "Changing prices and taxes"
	case WallManage:
		return "Putting the board on a screen on the wall"
	case ImportRun:
		return "Importing patients from a file"
	case AuditRead:
		return "Reading the audit log"
	case PeopleManage:
		return "Managing people and their roles"
	default:
		return ""
	}
}

// Shows is the field group that the pages behind a permission are made of, "" where they can do without any. Who holds
// the permission and does not see the field opens none of them, so that a sum is shown on all pages or on none.
func (p Permission) Shows() Field {
	switch p {
	case BillRead, BillWrite, BillCredit, BillRefund, TillClose, TillReopen, PriceManage:
		return FieldMoney
	default:
		return ""
	}
}
