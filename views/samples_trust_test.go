package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func auditLog() views.AuditLog {
	any := []ui.Option{{Label: "Anything"}, {Value: "opened", Label: "Opened"}}
	return views.AuditLog{
		Page: admin(), People: []ui.Option{{Label: "Everybody"}, {Value: "1", Label: "Joanne Webb"}}, Acts: any, Kinds: any, Routes: any,
		Shown: 4, OlderHref: "/audit?before=x", Until: "24-Mar-2026 09:00", ExportMost: "92", Here: "/audit",
		Days: []views.AuditDay{
			{Label: "Tue 24-Mar-2026", Lines: []views.AuditLine{
				{At: "2026-03-24T10:31:07Z", Time: "10:31:07", Who: "Dr Adaeze Nwosu", Did: "signed", Thing: "a note", ThingHref: "/notes/1", Joined: "of", Of: "Biscuit", OfHref: "/patients/1", Meta: []string{"203.0.113.24", "Firefox on Windows"}},
				{At: "2026-03-24T10:22:40Z", Time: "10:22:40", Who: "Joanne Webb", Did: "opened", Thing: "the record of", Of: "Biscuit", OfHref: "/patients/1"},
				{At: "2026-03-24T10:18:02Z", Time: "10:18:02", Who: "Somebody", Did: "tried to sign in with a wrong e-mail or passphrase", Refused: true, Meta: []string{"203.0.113.24"}},
			}},
			{Label: "Mon 23-Mar-2026", Lines: []views.AuditLine{{At: "2026-03-23T10:18:02Z", Time: "10:18:02", Who: "The system", Did: "looked through", Thing: "animals", Tail: ", 50 shown"}}},
		},
	}
}

func trustSamples() []sample {
	some := auditLog()
	some.Who, some.Typed, some.Route, some.About, some.AboutHref = "1", "018f", "opened", "Biscuit", "/patients/1"
	some.From, some.To, some.ExportHref, some.NewestHref = "01-Mar-2026", "24-Mar-2026", "/audit/export?from=2026-03-01&to=2026-03-24", "/audit"
	none := auditLog()
	none.Days, none.Shown, none.OlderHref = nil, 0, ""
	mistaken := auditLog()
	mistaken.Typed, mistaken.Mistakes = "Biscuit", ui.Mistakes{{Name: "about", Message: "Copy the address of a page"}, {Name: "from", Message: "Enter a date"}, {Name: "to", Message: "Enter a date"}}
	return []sample{
		{"the audit log", false, views.AuditPage(auditLog())},
		{"the audit log about one animal", false, views.AuditPage(some)},
		{"the audit log without a match", false, views.AuditPage(none)},
		{"the audit log asked wrongly", false, views.AuditPage(mistaken)},
	}
}
