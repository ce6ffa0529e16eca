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
	// ClinicalSubmit signs one's own notes under supervision: they wait for the signature of somebody with ClinicalSign.
	ClinicalSubmit Permission = "clinical.submit"
	// FileWrite adds photographs and scans to a patient; FileVoid takes one off the record.
	FileWrite Permission = "file.write"
	FileVoid  Permission = "file.void"
	// ClinicalVoid marks a signed note as entered in error; SnippetManage keeps the clinic's words for notes.
	ClinicalVoid  Permission = "clinical.void"
	SnippetManage Permission = "snippet.manage"
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
	BillCredit  Permission = "bill.credit"
	BillRefund  Permission = "bill.refund"
	TillClose   Permission = "till.close"
	TillReopen  Permission = "till.reopen"
	PriceManage Permission = "price.manage"
	WallManage  Permission = "wall.manage"
	// VaccinationWrite writes down doses and sets due days; VaccinationVoid says that one was entered in error.
	VaccinationWrite Permission = "vaccination.write"
	VaccinationVoid  Permission = "vaccination.void"
	// CertificateIssue signs certificates over the doses one gave or supervised.
	CertificateIssue Permission = "certificate.issue"
	// PracticeManage sets which vaccines the practice keeps and from which lists its diagnoses are.
	PracticeManage Permission = "practice.manage"
	ImportRun      Permission = "import.run"
	AuditRead      Permission = "audit.read"
	PeopleManage   Permission = "people.manage"
	// PrescriptionWrite prepares prescriptions and PrescriptionSign signs and stops them; MedicineDispense hands out what
	// was approved, LabelPrint prints its label, FormularyManage keeps the drug list.
	PrescriptionWrite Permission = "prescription.write"
	PrescriptionSign  Permission = "prescription.sign"
	MedicineDispense  Permission = "medicine.dispense"
	LabelPrint        Permission = "label.print"
	FormularyManage   Permission = "formulary.manage"
	// RecordCopy prints the whole record of a patient, to be taken along.
	RecordCopy Permission = "record.copy"
	// LabRequest asks for lab tests, LabResult writes down and corrects what came of them, LabAcknowledge says that one
	// has read it, LabManage keeps the tests and their ranges.
	LabRequest     Permission = "lab.request"
	LabResult      Permission = "lab.result"
	LabAcknowledge Permission = "lab.acknowledge"
	LabManage      Permission = "lab.manage"
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
		ClinicalWrite, ClinicalSign, ClinicalSubmit, ClinicalVoid, SnippetManage, FileWrite, FileVoid, ScheduleRead, ScheduleWrite, ScheduleOverbook, ScheduleManage, VisitTreat,
		BillRead, ChargeWrite, BillWrite, BillCredit, BillRefund, TillClose, TillReopen, PriceManage, WallManage,
		VaccinationWrite, VaccinationVoid, CertificateIssue, PracticeManage,
		ImportRun, AuditRead, PeopleManage,
		PrescriptionWrite, PrescriptionSign, MedicineDispense, LabelPrint, FormularyManage,
		RecordCopy,
		LabRequest, LabResult, LabAcknowledge, LabManage,
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
	case ClinicalSubmit:
		return "Signing notes that wait for a co-signature"
	case FileWrite:
		return "Adding files to a patient"
	case FileVoid:
		return "Taking files off the record"
	case ClinicalVoid:
		return "Marking signed notes as entered in error"
	case SnippetManage:
		return "Changing the words for notes"
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
	case VaccinationWrite:
		return "Writing down vaccinations"
	case VaccinationVoid:
		return "Voiding vaccinations"
	case CertificateIssue:
		return "Issuing vaccination certificates"
	case PracticeManage:
		return "Keeping the lists of vaccines and diagnoses"
	case ImportRun:
		return "Importing patients from a file"
	case AuditRead:
		return "Reading the audit log"
	case PeopleManage:
		return "Managing people and their roles"
	case PrescriptionWrite:
		return "Preparing prescriptions"
	case PrescriptionSign:
		return "Signing and stopping prescriptions"
	case MedicineDispense:
		return "Dispensing medicine"
	case LabelPrint:
		return "Printing medicine labels"
	case FormularyManage:
		return "Keeping the drug list"
	case RecordCopy:
		return "Taking a copy of a whole record"
	case LabRequest:
		return "Asking for lab tests"
	case LabResult:
		return "Writing down lab results"
	case LabAcknowledge:
		return "Acknowledging lab results"
	case LabManage:
		return "Keeping the lab tests and their ranges"
	default:
		return ""
	}
}

// Shows is the field group that the pages behind a permission are made of, "" where they can do without any. Who holds
// the permission and does not see the field opens none of them, so that a sum is shown on all pages or on none.
func (p Permission) Shows() Field {
	switch p {
	case BillRead, ChargeWrite, BillWrite, BillCredit, BillRefund, TillClose, TillReopen, PriceManage:
		return FieldMoney
	case LabRequest, LabResult, LabAcknowledge:
		return FieldClinical
	default:
		return ""
	}
}
