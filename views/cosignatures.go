package views

import "paddock/views/ui"

// Cosign says that a note needs a second signature, and who gave it: nobody while Waits.
type Cosign struct {
	Waits        bool
	By, When, At string
	// Form gives it, nil for those who may not.
	Form *CosignForm
}

// CosignForm gives the second signature to a note.
type CosignForm struct {
	Page ui.Page
	// Action is "/notes/{id}/co-signature".
	Action, Remark string
	Mistakes       ui.Mistakes
}

// WaitingNote is a note that waits for a co-signature; Href opens it.
type WaitingNote struct {
	Href, When, By string
}
