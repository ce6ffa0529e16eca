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
	Trainee       = "trainee"
)

// Seeded describes the roles every clinic begins with. The receptionist has no clinical field, so
// reception's queries never select clinical text.
func Seeded() []Role {
	return []Role{
		{
			Key: Receptionist, Name: "Receptionist",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite,
				ScheduleRead, ScheduleWrite, ScheduleOverbook, BillRead, ChargeWrite, BillWrite, TillClose,
				FileWrite,
				LabelPrint,
			},
			Fields: []Field{FieldContact, FieldMoney},
		},
		{
			Key: Nurse, Name: "Nurse",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite, ClinicalRead,
				ScheduleRead, ScheduleWrite, VisitTreat, BillRead, ChargeWrite,
				FileWrite,
				VaccinationWrite,
				PrescriptionWrite, MedicineDispense, LabelPrint,
				LabResult,
			},
			Fields: []Field{FieldContact, FieldClinical, FieldMoney},
		},
		{
			Key: Veterinarian, Name: "Veterinarian",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite, PatientRevive,
				ClinicalRead, ClinicalWrite, ClinicalSign, SnippetManage,
				ScheduleRead, ScheduleWrite, ScheduleOverbook, VisitTreat, BillRead, ChargeWrite,
				FileWrite,
				VaccinationWrite, VaccinationVoid, CertificateIssue,
				PrescriptionWrite, PrescriptionSign, MedicineDispense, LabelPrint, FormularyManage,
				RecordCopy,
				LabRequest, LabResult, LabAcknowledge, LabManage,
			},
			Fields: []Field{FieldContact, FieldClinical, FieldMoney, FieldDrugs},
		},
		{
			Key: PracticeAdmin, Name: "Practice admin",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite, PatientRevive,
				ClinicalRead, ClinicalVoid, SnippetManage, ScheduleRead, ScheduleWrite, ScheduleOverbook, ScheduleManage,
				BillRead, ChargeWrite, BillWrite, BillCredit, BillRefund, TillClose, TillReopen, PriceManage, WallManage,
				VaccinationVoid, PracticeManage,
				ImportRun, AuditRead, PeopleManage,
				FileWrite, FileVoid,
				LabelPrint, FormularyManage,
				RecordCopy,
				LabManage,
			},
			Fields: []Field{FieldContact, FieldClinical, FieldMoney, FieldDrugs, FieldStaff},
		},
		{
			// A student or a new graduate: works as a vet does, and what they sign waits for a vet.
			Key: Trainee, Name: "Trainee vet",
			Permissions: []Permission{
				SessionOwn, ClientRead, ClientWrite, PatientRead, PatientWrite,
				ClinicalRead, ClinicalWrite, ClinicalSubmit,
				ScheduleRead, ScheduleWrite, VisitTreat, BillRead, ChargeWrite,
				FileWrite,
				VaccinationWrite,
				PrescriptionWrite, MedicineDispense, LabelPrint,
			},
			Fields: []Field{FieldContact, FieldClinical, FieldMoney},
		},
	}
}
