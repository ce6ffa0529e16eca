package views

import "paddock/views/ui"

// RefundForm pays back money that was taken.
type RefundForm struct {
	Page ui.Page
	// Action is "/payments/{id}/refund".
	Action, ID string
	// Paid says what was taken, when and how; Left what of it can still be paid back.
	Paid, Client, Left string
	// Method is how it goes back: "card", "cash" or "transfer".
	Method, Amount, Reason, Symbol string
	Back                           string
	// Closed says that the till takes nothing, nil while it does.
	Closed   *TillClosed
	Mistakes ui.Mistakes
}

func (v RefundForm) title() string { return "Pay back, " + v.Client }

var refundMethods = []ui.Option{{Value: "card", Label: "Card"}, {Value: "cash", Label: "Cash"}, {Value: "transfer", Label: "Transfer"}}
