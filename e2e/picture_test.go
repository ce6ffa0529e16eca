package e2e

import (
	"context"
	"strings"
	"testing"

	"paddock/internal/dbtest"
	"paddock/internal/demo"
	"paddock/internal/identity"
	"paddock/internal/provision"
)

// TestThePictureOfTheReadme opens a sample clinic as its vet and finds a patient with a history. With
// PADDOCK_SHOTS it writes patient-record.png, of which docs holds a copy.
func TestThePictureOfTheReadme(t *testing.T) {
	s := theSite(t)
	deps := demo.Deps{
		Deps:      provision.Deps{Store: s.env.Store, Platform: s.env.Platform, Vault: s.env.Vault, BaseDomain: "localhost", Placement: dbtest.Placement},
		Directory: s.directory, SignIns: s.signIns, Shelf: s.shelf,
	}
	must(t, demo.Make(context.Background(), deps))
	c := &clinic{site: s, label: "oakvale", people: map[string]identity.Person{"vet": {Email: "vet@oakvale.example"}}}
	w := c.window(t).enters("vet")
	// The longest history among the patients listed, of a dog and an owner of whom all is known. The pages are
	// read for their length, and opened from the longest on until one will do.
	const byLength = `Promise.all([...document.querySelectorAll("main th a[href^='/patients/']")].map(async (link) => {
	  const text = await (await fetch(link.getAttribute("href"))).text();
	  return [link.getAttribute("href"), text.split('<div class="when">').length];
	})).then((all) => all.filter(([, n]) => n > 1).sort((a, b) => b[1] - a[1]).map(([href]) => href).join(" "))`
	best := ""
	for _, href := range strings.Fields(w.run(w.world("look"), byLength)) {
		w.visit(href)
		if eval[bool](w, `document.querySelectorAll(".c-side .list li").length > 1 && /Dog(?!.*Not known)/s.test(document.querySelector(".banner").innerText)`) {
			best = href
			break
		}
	}
	if best == "" {
		t.Fatal("no sample patient has a history")
	}
	if eval[bool](w, `document.querySelector("form[action$='/consults']") !== null`) {
		w.follow("form[action$='/consults'] button")
	}
	w.write("#subjective", soap.Subjective)
	w.write("#objective", "Temperature 38.4 °C. Mild swelling over the left carpus, pain on flexion. Other joints free.")
	w.write("#assessment", soap.Assessment)
	w.write("#plan", soap.Plan)
	w.click("#draft [data-save]")
	w.settled()
	w.visit(w.path())
	w.shot("patient-record")
}
