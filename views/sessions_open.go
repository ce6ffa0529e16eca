package views

import "paddock/views/ui"

// Sessions is where people are signed in.
type Sessions struct {
	Page  ui.Page
	Title string
	// Here is the path among the pages of Practice, "" for a page that is none of them; Back leads from such a one.
	Here, Back string
	// Own says that they are those of who reads them.
	Own bool
	// EndAll ends several at once, in the words of EndAllWord; "" where there are none to end.
	EndAll, EndAllWord string
	People             []SessionsOf
}

// SessionsOf are the sessions of one person; Name is "" where the page is theirs alone.
type SessionsOf struct {
	ID, Name, Href, EndAll string
	Rows                   []Session
}

// Session is one browser in which somebody is signed in.
type Session struct {
	Device, Address, Began, Seen, Ends string
	Locked                             bool
	// Here marks the session of the page itself.
	Here      bool
	EndAction string
}

func (s Session) from() string {
	if s.Address == "" {
		return ""
	}
	return " from " + s.Address
}

// device is what it signed in with; older sessions and some programs do not say.
func (s Session) device() string {
	if s.Device == "" {
		return "A device that did not say what it is"
	}
	return s.Device
}

func (s Session) called() string { return s.device() + ", signed in " + s.Began }

// act is what its button does.
func (s Session) act() string {
	if s.Here {
		return "Sign out"
	}
	return "End"
}

// SignInRules is how long sessions of a clinic last, as typed.
type SignInRules struct {
	Page                ui.Page
	Version, Idle, Life string
	// Changed says what somebody else has made of them meanwhile.
	Changed  string
	Mistakes ui.Mistakes
}
