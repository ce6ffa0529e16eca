package views_test

import "paddock/views"

// keptText is a note with a second text that was kept from another window.
func keptText() views.Conflict {
	return views.Conflict{
		Page: vet(), Action: "/drafts/1", Version: "5", What: "The consult note", At: "10:27", Own: true, Kept: "today 10:31", Drops: true, Theirs: "/patients/1",
		Rows: []views.Clash{
			{Name: "plan", Label: "Plan", Mine: "X-ray tomorrow.", Theirs: "Rest for a week.", Both: "Rest for a week.\n\nX-ray tomorrow."},
			{Name: "temperature", Label: "Temperature", Mine: "38.6", Theirs: "38.9"},
		},
		Joined: []views.KeptField{{Name: "side", Value: "018f"}}, JoinedCount: 1,
	}
}

// present is a colleague at work in her own note, and this person in another window.
func present() views.Present {
	return views.Present{Page: vet(), Href: "/patients/1/writing?window=018f", Writers: []views.Writer{
		{Name: "Dr Tom Reilly", Part: "Plan", Since: "10:05", At: "2026-03-24T10:05:00Z"}, {Part: "Vital signs", Since: "10:19", At: "2026-03-24T10:19:00Z"},
	}}
}
