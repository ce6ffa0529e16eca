package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
)

// What was taken off a list is shown on it when asked for, and is put on it again by who keeps the list.
func TestWhatWasTakenOffAListIsUsedAgain(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h, other := s.shop(t, "shelf-rowan"), s.shop(t, "shelf-aspen")
	made := map[string]string{}
	h.vaccineRow(t, "unkept", made)
	h.medicineRow(t, "unused", made)
	nurse, admin, theirs := h.as(t, access.Nurse), h.as(t, access.PracticeAdmin), other.as(t, access.PracticeAdmin)
	for _, c := range []struct{ list, row, object, table string }{
		{"/vaccines", made["unkept"], "vaccine", "vaccine_products"},
		{"/formulary", made["unused"], "drug", "drugs"},
	} {
		action, button := c.list+"/"+c.row+"/return", "form[action='"+c.list+"/"+c.row+"/return']"
		ended := func() int {
			return s.count(t, `SELECT count(*) FROM app.`+c.table+` WHERE tenant_id = $1 AND id = $2 AND ended_at IS NOT NULL`, h.tenant, c.row)
		}
		changes := func() int {
			return s.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND object = $2 AND object_id = $3 AND action = 'changed' AND route LIKE '%/return'`, h.tenant, c.object, c.row)
		}
		htmltest.Lacks(t, admin.get(c.list).body, button, "")
		htmltest.Has(t, admin.get(c.list+"?ended=1").body, button, "Bring back")
		if r := nurse.send(action, url.Values{}); r.status != http.StatusForbidden {
			t.Errorf("%s: a nurse gets %d", c.list, r.status)
		}
		unknown := theirs.send(c.list+"/"+strings.Repeat("0", 8)+c.row[8:]+"/return", url.Values{})
		if r := theirs.send(action, url.Values{}); r.status != http.StatusNotFound || r.status != unknown.status {
			t.Errorf("%s: another clinic gets %d, and %d for what is nowhere", c.list, r.status, unknown.status)
		}
		if ended() != 1 || changes() != 0 {
			t.Errorf("%s: a refusal changed something", c.list)
		}
		for range 2 { // twice is once
			if to := admin.send(action, url.Values{}).location(t); to != c.list {
				t.Errorf("%s: goes to %s", c.list, to)
			}
		}
		if ended() != 0 || changes() != 1 {
			t.Errorf("%s: %d ended, %d on record", c.list, ended(), changes())
		}
		htmltest.Has(t, admin.get(c.list).body, "tbody a[href='"+c.list+"/"+c.row+"/edit']", "")
		htmltest.Lacks(t, admin.get(c.list+"?ended=1").body, button, "")
	}
}
