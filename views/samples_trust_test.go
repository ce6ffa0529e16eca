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
			{Label: "Mon 23-Mar-2026", Lines: []views.AuditLine{{At: "2026-03-23T10:18:02Z", Time: "10:18:02", Who: "The system", Did: "looked through", Thing: "animals", Tail: "(50 shown)"}}},
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
	rows := []views.Session{
		{Device: "Firefox on Windows", Address: "203.0.113.24", Began: "today 08:01", Seen: "now", Ends: "today 20:01", Here: true, EndAction: "/sessions/1/ending"},
		{Device: "Chrome on Android", Began: "23-Mar-2026 21:00", Seen: "40 minutes ago", Ends: "today 09:00", Locked: true, EndAction: "/sessions/2/ending"},
	}
	own := views.Sessions{Page: vet(), Title: "Where you are signed in", Own: true, EndAll: "/sessions/ending", EndAllWord: "End all the others", People: []views.SessionsOf{{Rows: rows}}}
	everybody := views.Sessions{Page: admin(), Title: "Signed in", Here: "/signed-in", People: []views.SessionsOf{
		{ID: "1", Name: "Joanne Webb", Href: "/people/1/sessions", EndAll: "/people/1/sessions/ending", Rows: rows[:1]},
		{ID: "2", Name: "Dr Adaeze Nwosu", Href: "/people/2/sessions", EndAll: "/people/2/sessions/ending", Rows: rows[1:]},
	}}
	nowhere := views.Sessions{Page: admin(), Title: "Where Joanne Webb is signed in", Back: "/signed-in", People: []views.SessionsOf{{}}}
	rules := views.SignInRules{Page: admin(), Version: "1", Idle: "15", Life: "12"}
	overtaken, wrong := rules, rules
	overtaken.Changed = "Somebody changed these meanwhile, to 5 minutes and 1 hour."
	wrong.Mistakes = ui.Mistakes{{Name: "idle", Message: "Enter minutes from 5 to 30"}, {Name: "life", Message: "Enter hours from 1 to 24"}}
	warned := vet()
	warned.Stay = ui.Stay{Idle: "900", Locks: "110", Ends: "3600", Warning: "Nobody seems to be here: this locks at 10:32.", May: true}
	return []sample{
		{"where one is signed in", false, views.SessionsPage(own)},
		{"everybody who is signed in", false, views.SessionsPage(everybody)},
		{"a person who is signed in nowhere", false, views.SessionsPage(nowhere)},
		{"sign-in rules", false, views.SignInRulesPage(rules)},
		{"sign-in rules that were overtaken", true, views.SignInRulesPart(overtaken)},
		{"sign-in rules with mistakes", false, views.SignInRulesPage(wrong)},
		{"the word before a lock", true, ui.StayNow(warned)},
		{"the audit log", false, views.AuditPage(auditLog())},
		{"the audit log about one animal", false, views.AuditPage(some)},
		{"the audit log without a match", false, views.AuditPage(none)},
		{"the audit log asked wrongly", false, views.AuditPage(mistaken)},
	}
}
