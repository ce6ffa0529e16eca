package views

import "paddock/views/ui"

// SignIn is the sign-in page.
type SignIn struct {
	Page ui.Page
	// Email is what was typed, shown back after a refusal.
	Email string
	// Problem is the one sentence of a refusal; it never says which part was wrong.
	Problem string
	// Notice is a quiet sentence above the form: "You are signed out".
	Notice string
	// Return is the path to open after signing in, "" for the first page.
	Return string
	// Kept is the id of text kept from a form whose session had ended, "" for none.
	Kept string
}

// Welcome is the page behind a single-use link where a person sets the first passphrase.
type Welcome struct {
	Page ui.Page
	// Action is the address of the form, the page's own path with its token.
	Action      string
	Name, Email string
	// Mistakes are about "passphrase", "again" or "".
	Mistakes ui.Mistakes
}

// Lock is the lock of one session, as a page and as a dialog over a page. With Ended the session is
// over and the dialog asks for a new sign-in; the page for that is SignIn.
type Lock struct {
	Page ui.Page
	// Name and Email are of the person whose session is locked.
	Name, Email string
	// Problem is the sentence of a refusal.
	Problem string
	// Return is the path to open after unlocking. The dialog stays on its page and ignores it.
	Return string
	// Kept is the id of text kept from a form that met the lock, "" for none.
	Kept string
	// Ended says that the session is over, not only locked.
	Ended bool
}

// Kept is the page that gives back what a form held when its post met a locked or ended session.
type Kept struct {
	Page ui.Page
	// What names the form: "Consult note for Biscuit Thompson". When is "10:19".
	What, When string
	// Why it did not save, as the end of a sentence: "the session was locked".
	Why string
	// Action is the address the form goes to again.
	Action string
	// Fields are shown, and can be changed, before they are sent again.
	Fields []KeptField
	// Hidden are the values of the form nobody sees: ids and versions. Never a form token.
	Hidden []KeptField
	// Back is the path of the page the form stood on.
	Back string
}

// KeptField is one value of a kept form.
type KeptField struct {
	Name, Label, Value string
}

// unlockPath is where the dialog or page of a lock is sent.
func (v Lock) unlockPath() string {
	if v.Ended {
		return "/sign-in"
	}
	return "/unlock"
}

func (v Lock) heading() string {
	if v.Ended {
		return "Sign in again"
	}
	return "Locked"
}

func (v Lock) button() string {
	if v.Ended {
		return "Sign in"
	}
	return "Unlock"
}

// rows is the height of a kept text: a single line stays one.
func (f KeptField) rows() string {
	if len(f.Value) > 80 {
		return "5"
	}
	return "1"
}

func (v SignIn) title() string {
	if v.Problem != "" {
		return "Error: Sign in"
	}
	return "Sign in"
}
