package views

import "paddock/views/ui"

// Verification is the public page on which the code of a certificate is checked.
type Verification struct {
	Page ui.Page
	Code string
	// Found shows what a code is of: no owner, no animal's name.
	Found    bool
	State    DocumentState
	Facts    []Total
	Mistakes ui.Mistakes
}
