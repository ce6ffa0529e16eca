package views

import "paddock/views/ui"

// CheckIn is the form that says somebody has come in.
type CheckIn struct {
	Page ui.Page
	// Action is "/appointments/{id}/check-in". ID is the id the move will get, WeightID that of a weight; Seen is
	// the last move the page showed, ClientVersion that of the client whose phone is shown.
	Action, ID, WeightID, Seen, ClientVersion string
	// What is "10:30 with Dr Nwosu, Booster".
	What   string
	Chosen ChosenPatient
	Reason string
	Stops  []NoticeTick
	// Phone is as typed, PhoneWas as it was shown.
	Phone, PhoneWas string
	Asked           bool // the phone was read out
	Weight          string
	Unit            string
	LastOne         string // the last weight in words, "" for none
	// PhoneNow and WeightNow are asked in sight; what is not is marked to ask, and can be unfolded. PhoneNone says
	// that there is nobody to ask for a phone.
	PhoneNow, WeightNow, PhoneNone bool
	// Sure is what to tick where the weight is far off the last one, SureValue what goes along; "" for none.
	Sure, SureValue string
	First           bool
	Place           string
	Places          []ui.Option
	// Mistakes name "reason", "phone", "weight", "sure", "place", "noticed" or "".
	Mistakes ui.Mistakes
	Cancel   string
}

// NoticeTick is a stop alert that somebody takes notice of by name.
type NoticeTick struct {
	ID   string
	Text string
	On   bool
	// By is "Seen by Priya Raman 10:21" where somebody has already.
	By string
}

// later reports whether something is left to be unfolded.
func (v CheckIn) later() bool { return !v.PhoneNow && !v.PhoneNone || !v.WeightNow }
