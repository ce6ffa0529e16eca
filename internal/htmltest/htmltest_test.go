package htmltest

import (
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"testing"
)

const page = `<!doctype html><title>Patients</title>
<form id="search" action="/search"><input name="q" value="bel"></form>
<form id="edit" action="/patients/1">
 <input type="hidden" name="token" value="t0">
 <input name="name" value="Bella">
 <input name="plain">
 <input name="off" value="x" disabled>
 <input value="nameless">
 <input type="file" name="photo">
 <input type="checkbox" name="neutered" checked>
 <input type="checkbox" name="deceased" value="yes">
 <input type="radio" name="sex" value="f" checked><input type="radio" name="sex" value="m">
 <select name="species"><option value="dog">Dog<option value="cat" selected>Cat</select>
 <select name="first"><option disabled>Choose<option> Rabbit  dwarf </option></select>
 <select name="several" multiple><option selected>a<option>b<option selected>c</select>
 <select name="none" multiple><option>a</select>
 <textarea name="reason">
Off food
two days</textarea>
 <fieldset disabled><legend><input name="legend" value="in"></legend><input name="set" value="x"></fieldset>
 <button name="act" value="save">Save</button>
 <button name="act" value="delete" formaction="/patients/1/end">Delete</button>
 <button type="button" id="nothing">Open</button>
 <button id="tired" disabled>Later</button>
</form>
<input form="edit" name="outside" value="o"><button form="search" id="far">Find</button><button id="free">Free</button>
<p role="alert">That name
   is   taken.</p><p role="alert">Another</p>`

func TestFormCollectsWhatABrowserSubmits(t *testing.T) {
	want := url.Values{
		"token": {"t0"}, "name": {"Bella"}, "plain": {""}, "neutered": {"on"}, "sex": {"f"}, "species": {"cat"},
		"first": {"Rabbit dwarf"}, "several": {"a", "c"}, "reason": {"Off food\r\ntwo days"}, "legend": {"in"}, "outside": {"o"},
	}
	if got := Form(t, page, "#edit"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := Form(t, page, "#search"); !reflect.DeepEqual(got, url.Values{"q": {"bel"}}) {
		t.Errorf("the other form sends %v", got)
	}
}

func TestPressSendsTheButtonToo(t *testing.T) {
	action, values := Press(t, page, "button[value=delete]")
	if action != "/patients/1/end" || values.Get("act") != "delete" || values.Get("token") != "t0" {
		t.Errorf("got %s %v", action, values)
	}
	if action, values = Press(t, page, "button[value=save]"); action != "/patients/1" || !slices.Equal(values["act"], []string{"save"}) {
		t.Errorf("got %s %v", action, values)
	}
	if action, values = Press(t, page, "#far"); action != "/search" || values.Get("q") != "bel" {
		t.Errorf("got %s %v", action, values)
	}
}

func TestFillTypesIntoACopy(t *testing.T) {
	form := Form(t, page, "#edit")
	filled := Fill(t, form, map[string]string{"name": "Luna"})
	if filled.Get("name") != "Luna" || filled.Get("token") != "t0" || form.Get("name") != "Bella" {
		t.Errorf("filled %v from %v", filled, form)
	}
}

func TestReadingOneElement(t *testing.T) {
	if got := Attr(t, page, "#edit", "action"); got != "/patients/1" {
		t.Errorf("action %q", got)
	}
	if got := Text(t, page, "[role=alert]:first-of-type"); got != "That name is taken." {
		t.Errorf("text %q", got)
	}
	if got := Texts(t, page, "[role=alert]"); !slices.Equal(got, []string{"That name is taken.", "Another"}) {
		t.Errorf("texts %q", got)
	}
}

func TestWhatIsThereIsFound(t *testing.T) {
	Has(t, page, "[role=alert]", "name is taken")
	Has(t, page, "[role=alert]", "Another")
	Has(t, page, "h1, title", "")
	Lacks(t, page, "[role=alert]", "free")
	Lacks(t, page, "h1", "")
	Count(t, page, "[role=alert]", 2)
}

// watched is a test that fails without failing ours.
type watched struct {
	testing.TB
	failed bool
}

func (w *watched) Helper()               {}
func (w *watched) Errorf(string, ...any) { w.failed = true }
func (w *watched) Fatalf(string, ...any) { w.failed = true; runtime.Goexit() }

func fails(t *testing.T, f func(testing.TB)) bool {
	t.Helper()
	w := &watched{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(w)
	}()
	<-done
	return w.failed
}

func TestWhatIsWrongFailsTheTest(t *testing.T) {
	form := url.Values{"name": {""}}
	for name, f := range map[string]func(testing.TB){
		"no element":               func(t testing.TB) { Has(t, page, "h1", "") },
		"other words":              func(t testing.TB) { Has(t, page, "[role=alert]", "free") },
		"words elsewhere":          func(t testing.TB) { Has(t, page, "title", "taken") },
		"words that must lack":     func(t testing.TB) { Lacks(t, page, "[role=alert]", "is taken") },
		"element that must lack":   func(t testing.TB) { Lacks(t, page, "[role=alert]", "") },
		"another number":           func(t testing.TB) { Count(t, page, "[role=alert]", 1) },
		"Has: no selector":         func(t testing.TB) { Has(t, page, "p[", "") },
		"Lacks: no selector":       func(t testing.TB) { Lacks(t, page, "p[", "x") },
		"Attr: not there":          func(t testing.TB) { Attr(t, page, "#edit", "method") },
		"Attr: several":            func(t testing.TB) { Attr(t, page, "form", "id") },
		"Text: none":               func(t testing.TB) { Text(t, page, "h1") },
		"Form: not a form":         func(t testing.TB) { Form(t, page, "title") },
		"Form: none":               func(t testing.TB) { Form(t, page, "#absent") },
		"Press: submits nothing":   func(t testing.TB) { Press(t, page, "#nothing") },
		"Press: disabled":          func(t testing.TB) { Press(t, page, "#tired") },
		"Press: no form":           func(t testing.TB) { Press(t, page, "#free") },
		"Fill: an input not there": func(t testing.TB) { Fill(t, form, map[string]string{"tenant_id": "x"}) },
	} {
		if !fails(t, f) {
			t.Errorf("%s: passed", name)
		}
	}
	if fails(t, func(t testing.TB) { Has(t, page, "title", "Patients") }) {
		t.Error("the watched test fails whatever happens")
	}
}
