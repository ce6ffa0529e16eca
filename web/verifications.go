package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/identity"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
	"paddock/views"
)

// newVerification asks for the code of a certificate. It is typed, so that it stands in no address and no log.
func (s *Server) newVerification(v *visit) (answer, error) {
	return v.verification(http.StatusOK, views.Verification{}, nil), nil
}

func (v *visit) verification(status int, view views.Verification, bad fault.Fields) answer {
	view.Page, view.Mistakes = v.page(""), mistakes(bad)
	return shown(status, views.VerificationPage(view))
}

// errNoCode is the one answer to a code that is no certificate's of this clinic.
const errNoCode = "No certificate of this practice has this code. Check it letter by letter, or ask the practice"

// createVerification tells whoever has a code what anybody may learn by it.
func (s *Server) createVerification(v *visit) (answer, error) {
	view := views.Verification{Code: strings.TrimSpace(v.field("code"))}
	if !v.ownForm() {
		return v.verification(http.StatusForbidden, view, fault.Fields{{Name: "", Message: "The page was open for a while. Press the button again"}}), nil
	}
	if view.Code == "" {
		return v.verification(http.StatusUnprocessableEntity, view, fault.Fields{{Name: "code", Message: "Enter the code that stands on the certificate"}}), nil
	}
	var found vaccines.Verified
	species := map[string]string{}
	err := s.SignIns.TryCode(v.ctx(), v.who(), "certificate code", view.Code, v.address, func(ctx context.Context, tx *db.Tx) (bool, error) {
		var err error
		found, err = vaccines.Verify(ctx, tx, v.keys, view.Code)
		if errors.Is(err, fault.Missing) {
			return false, audit.Record(tx, audit.Entry{Action: audit.Searched, Object: "certificate", Outcome: audit.DidFail})
		}
		if err != nil {
			return false, err
		}
		kinds, err := registry.ListSpecies(ctx, tx) // read here: nobody is signed in, and no other transaction is theirs
		if err != nil {
			return false, err
		}
		for _, k := range kinds {
			species[k.Code] = k.Name
		}
		return true, audit.Record(tx, audit.Entry{Action: audit.Searched, Object: "certificate", ObjectID: found.ID})
	})
	var slow *identity.Throttled
	switch {
	case errors.As(err, &slow):
		return v.verification(http.StatusTooManyRequests, view, fault.Fields{{Name: "code", Message: strings.TrimSuffix(slow.Error(), ".")}}), nil
	case err != nil:
		return answer{}, err
	case found.Serial == "":
		return v.verification(http.StatusNotFound, view, fault.Fields{{Name: "code", Message: errNoCode}}), nil
	}
	view.Found, view.State = true, certificateWords[found.State]
	if found.State == vaccines.Valid {
		view.State.Word = "Issued by this practice, and valid"
	} else {
		view.State.Word = "Issued by this practice, and no longer valid: " + strings.ToLower(view.State.Word)
	}
	view.Facts = []views.Total{
		{Label: "Serial", Value: found.Serial}, {Label: "Issued", Value: dated(found.Day)}, {Label: "Species", Value: species[found.Species]}, {Label: "Against", Value: against(found.Protects)},
	}
	return v.verification(http.StatusOK, view, nil), nil
}
