package views

import "paddock/views/ui"

// Client is the page of one client: how to reach them and which animals are theirs.
type Client struct {
	Page ui.Page
	Name string
	// Since is "Client since 12-Jan-2019" or "".
	Since  string
	Phones []Phone
	Email  string
	// Address are its lines, none where it is not known.
	Address []string
	// Animals are the living first; Past those that are the client's no longer.
	Animals, Past []Animal
	Ahead         Ahead
	// Alerts are the client's own that stand, in the order they are shown.
	Alerts []AlertLine
	// EditHref, AlertsHref and AddHref are "" where the person may not change or add.
	EditHref, AlertsHref, AddHref string
	// AccountHref leads to the money, Balance says how it stands, BalanceKind is "owes", "credit" or "even"; "" for
	// those who may not see it.
	AccountHref, Balance, BalanceKind string
}

// Phone is one number. Number is shown, Tel is for a link (digits with a leading +), Note says whose
// or when: "mobile, prefers text".
type Phone struct {
	Number, Tel, Note string
}

// Animal is one line for a patient on another page.
type Animal struct {
	Href, Species, Name, Line string
	// Role is what the client is to the animal, "Payer 50 %", where that is not plainly the owner; else "".
	Role string
	Died bool
}

// ClientForm makes or changes a client.
type ClientForm struct {
	Page ui.Page
	// Action is "/clients" or "/clients/{id}".
	Action string
	// ID, sent as new_id, is the id a new client will get, so that sending twice makes one; "" when changing.
	ID string
	// Version is of the row that is changed; "" for a new one.
	Version string
	// Row is the client that is changed, of whom the hints say nothing; "" for a new one.
	Row                   string
	GivenName, FamilyName string
	// Phones are the numbers so far; the form always has room for one more, at most MaxPhones.
	// Their inputs are phone_1, phone_1_note, phone_2, …
	Phones []Phone
	Email  string
	// Where the client lives; the inputs are street, city, region, postcode and country.
	Street, City, Region, Postcode, Country string
	// Alike are who may be the same client.
	Alike Alikes
	// Mistakes name "given_name", "family_name", "phone_1" …, "email", "street" …, "alike" or "".
	Mistakes ui.Mistakes
	// Cancel is the path of the page the form was opened from.
	Cancel string
}

// MaxPhones is how many numbers one client can have.
const MaxPhones = 4

func (v ClientForm) title() string {
	if v.ID != "" {
		return "New client"
	}
	return "Change " + v.GivenName + " " + v.FamilyName
}

func (v ClientForm) button() string {
	if v.ID != "" {
		return "Add client"
	}
	return "Save client"
}

// phoneRows is the numbers and one empty row, two rows at least.
func (v ClientForm) phoneRows() []Phone {
	rows := append([]Phone{}, v.Phones...)
	for len(rows) < MaxPhones && (len(rows) < 2 || rows[len(rows)-1].Number != "") {
		rows = append(rows, Phone{})
	}
	return rows
}

func (v Client) page() ui.Page {
	p := keyed(v.Page, when(v.EditHref != "", "e", "Change this client")...)
	p = keyed(p, when(v.Ahead.BookHref != "", "b", "Book")...)
	return titled(keyed(p, when(v.AddHref != "", "n", "Add a patient")...), v.Name, nil)
}
