package access

import "paddock/internal/id"

// Role is a named set of permissions and field groups in one clinic.
type Role struct {
	ID          id.ID  // the clinic's row; zero in Seeded, which describes roles not made yet
	Key         string // stable name in code for a seeded role; "" for a clinic's own
	Name        string // what people read, in a refusal for example
	Permissions []Permission
	Fields      []Field
}

// RoleSet is the roles one person holds. Order and repetition do not matter; the empty set holds nothing.
type RoleSet []id.ID

// Keys of the seeded roles.
const (
	Receptionist  = "receptionist"
	Nurse         = "nurse"
	Veterinarian  = "veterinarian"
	PracticeAdmin = "practice-admin"
)

// Seeded describes the four roles every clinic begins with. The receptionist has no clinical field, so
// reception's queries never select clinical text.
func Seeded() []Role {
	return []Role{
		{
			Key: Receptionist, Name: "Receptionist",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite,
				ScheduleRead, ScheduleWrite, ScheduleOverbook, BillRead, ChargeWrite, BillWrite, TillClose,
			},
			Fields: []Field{FieldContact, FieldMoney},
		},
		{
			Key: Nurse, Name: "Nurse",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite, ClinicalRead,
				ScheduleRead, ScheduleWrite, VisitTreat, BillRead, ChargeWrite,
			},
			Fields: []Field{FieldContact, FieldClinical, FieldMoney},
		},
		{
			Key: Veterinarian, Name: "Veterinarian",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite, PatientRevive,
				ClinicalRead, ClinicalWrite, ClinicalSign,
				ScheduleRead, ScheduleWrite, ScheduleOverbook, VisitTreat, BillRead, ChargeWrite,
			},
			Fields: []Field{FieldContact, FieldClinical, FieldMoney, FieldDrugs},
		},
		{
			Key: PracticeAdmin, Name: "Practice admin",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite, PatientRevive,
				ClinicalRead, ScheduleRead, ScheduleWrite, ScheduleOverbook, ScheduleManage,
				BillRead, ChargeWrite, BillWrite, BillCredit, BillRefund, TillClose, TillReopen, PriceManage, WallManage,
				ImportRun, AuditRead, PeopleManage,
			},
			Fields: []Field{FieldContact, FieldClinical, FieldMoney, FieldDrugs, FieldStaff},
		},
	}
}
