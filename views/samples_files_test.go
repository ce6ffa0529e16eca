package views_test

import (
	"paddock/views"
	"paddock/views/ui"
)

func fileCards() []views.FileCard {
	return []views.FileCard{
		{Href: "/files/1", Thumb: "/files/1/thumbnail", Title: "Left hip", Kind: "X-ray or scan", Media: "PNG picture", Icon: "picture", When: "24-Mar-2026", At: "2026-03-24", By: "Voss"},
		{Href: "/files/2", Title: "Referral", Kind: "Letter or history", Media: "PDF", Icon: "file", When: "12-Mar-2026", At: "2026-03-12", By: "Reilly"},
		{Href: "/files/3", Title: "Another cat", Kind: "Photo", Media: "JPEG picture", Icon: "picture", When: "12-Mar-2026", At: "2026-03-12", By: "Reilly", Voided: true},
	}
}

func filesPage(closed bool, m ui.Mistakes) views.Files {
	v := views.Files{
		Page: vet(), Banner: views.Banner{Href: "/patients/1", Name: "Biscuit", Surname: "Becker", Species: "dog", Kind: "Dog", Sex: "Male", Born: "2019"}, Href: "/patients/1/files", Cards: fileCards(), Older: "/patients/1/files?before=2026-03-12&than=3", Later: true,
		Form: &views.FileForm{Page: vet(), Action: "/patients/1/files", ID: "018f", Kind: "photo", Title: "Hip", TakenOn: "24/3", Kinds: []ui.Option{{Value: "photo", Label: "Photo"}}, Mistakes: m},
	}
	if closed {
		v.Closed = true
		for i := range v.Cards {
			v.Cards[i].Href, v.Cards[i].Thumb, v.Cards[i].Title = "", "", ""
		}
	}
	return v
}

func filePage(width string, void *views.FileVoidForm) views.File {
	f := filesPage(false, nil)
	v := views.File{
		Page: vet(), Banner: f.Banner, Title: "Left hip", Kind: "X-ray or scan", Opens: true, Href: "/files/1/content", Save: "/files/1/content?save=yes", Back: f.Href,
		Facts: []views.FileFact{{Word: "Taken", Value: "24-Mar-2026"}}, Void: void, Ask: "Ask Joanne Webb to take it off the record.",
	}
	if width != "" {
		v.Width, v.Height = width, "30"
	}
	return v
}

func voidedFile() views.File {
	v := filePage("", nil)
	v.Opens, v.Voided = false, "Taken off the record Today 10:05 by Joanne Webb: another cat's"
	return v
}
