package web_test

import (
	"context"
	"net/http"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/billing"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/scheduling"
)

// What was done for somebody who leaves stays on the bill until somebody says what becomes of it: the visit is not
// called off before, neither in the form nor past it.
func TestAVisitWithAnOpenBillIsNotCalledOff(t *testing.T) {
	t.Parallel()
	h := onStage(t).a
	_, animal := h.patron(t)
	visit, kind := id.New(), h.rota(t).kind
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.AddWalkIn(ctx, tx, h.desk(), visit, scheduling.WalkIn{Patient: animal, Type: kind, Reason: "Ears"})
		return err
	})
	charge := h.charge(t, visit, animal, "T-CONS", money.One)
	desk := h.as(t, access.Receptionist)
	path := "/appointments/" + visit.String() + "/cancellation"
	page := desk.get(path)
	page.says(t, http.StatusOK, "#cancellation-form", "On the bill: Test consultation.")
	form := with(htmltest.Form(t, page.body, "#cancellation-form"), "by_whom", scheduling.ByClient, "reason", "Had to catch a train", "act", "cancel")
	refused := desk.post(path, form)
	refused.says(t, http.StatusConflict, "#mistakes", "Something on the bill is still open.")
	if again := htmltest.Form(t, refused.body, "#cancellation-form"); again.Get("reason") != "Had to catch a train" || again.Get("by_whom") != scheduling.ByClient {
		t.Errorf("what was typed came back as %v", again)
	}
	state := `SELECT count(*) FROM app.appointments WHERE tenant_id = $1 AND id = $2 AND state = 'cancelled'`
	if n := h.site.count(t, state, h.tenant, visit); n != 0 {
		t.Error("it was called off")
	}
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return billing.Resolve(ctx, tx, h.keys, id.New(), charge, 1, billing.Declined, "They left")
	})
	if to := desk.post(path, form).location(t); to == "" {
		t.Error("it leads nowhere")
	}
	if n := h.site.count(t, state, h.tenant, visit); n != 1 {
		t.Error("with nothing open it was not called off")
	}
}
