package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/jobs"
)

// licences are a list of animals as a city gives it out; n tells one from another.
func licences(n string) string {
	return "License Issue Date,License Number,Animal's Name,Species,Primary Breed,ZIP Code\n" +
		"March 29 2025,S" + n + "1,Quincy,Dog,Beagle,98101\n" +
		"March 30 2025,S" + n + "2,,Cat,Domestic Shorthair,98102\n" +
		"April 01 2026,S" + n + "1,Quincy,Dog,Beagle,98101\n" +
		"April 02 2026,S" + n + "1,Waldorf,Cat,Persian,98103\n" +
		"April 03 2026,S" + n + "3,Statler,Dragon,Red,98104\n"
}

// upload sends the form of a file as a browser does, the fields first.
func (b *browser) upload(form url.Values, name, content string, header ...string) reply {
	b.t.Helper()
	return b.uploadTo("/imports", form, name, content, header...)
}

// uploadTo is upload to any address.
func (b *browser) uploadTo(path string, form url.Values, name, content string, header ...string) reply {
	b.t.Helper()
	kind, body := multipartOf(b.t, form, name, content)
	r := httptest.NewRequest(http.MethodPost, "http://"+b.host+path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return b.do(r)
}

// multipartOf is the body of a form with a file, the fields first.
func multipartOf(t *testing.T, form url.Values, name, content string) (kind string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field, values := range form {
		for _, v := range values {
			must(t, w.WriteField(field, v))
		}
	}
	part, err := w.CreateFormFile("file", name)
	must(t, err)
	_, err = part.Write([]byte(content))
	must(t, err)
	must(t, w.Close())
	return w.FormDataContentType(), b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// uploaded is the form of a file with the token of the session.
func (b *browser) uploaded(name, content string) reply {
	b.t.Helper()
	return b.upload(url.Values{"csrf": {b.token()}, "new_id": {id.New().String()}}, name, content)
}

// importer is the practice admin as a job has them.
func (h *shop) importer() actor.Who {
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Import
	return who
}

// works does what the clinic's outbox asks for, as the queue would, and empties it.
func (h *shop) works(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	rows, err := h.site.super.Query(ctx, `DELETE FROM app.outbox WHERE tenant_id = $1 RETURNING kind, object_id`, h.tenant)
	must(t, err)
	type order struct {
		kind   jobs.Kind
		object id.ID
	}
	var list []order
	for rows.Next() {
		var o order
		must(t, rows.Scan(&o.kind, &o.object))
		list = append(list, o)
	}
	must(t, rows.Err())
	for _, o := range list {
		must(t, imports.Works()[o.kind](ctx, jobs.Job{
			Who: h.importer(), Object: o.object, Store: h.site.env.Store, Keys: h.keys, Attempt: 1, Attempts: 1,
		}))
	}
}

// newImport is a file in a state: "staged", "checked" or "done".
func (h *shop) newImport(t *testing.T, state string) id.ID {
	t.Helper()
	ctx, row := context.Background(), id.New()
	h.works(t) // one at a time
	must(t, imports.Stage(ctx, h.site.env.Store, h.keys, h.importer(), row, imports.Upload{Name: "licences.csv", Country: "GB"}, strings.NewReader(licences(row.String()[28:]))))
	admin := h.as(t, access.PracticeAdmin)
	path := "/imports/" + row.String()
	for _, press := range map[string][]string{"staged": nil, "checked": {"columns"}, "done": {"columns", "run"}}[state] {
		page := admin.get(path)
		if r := admin.submit(page, "form[action$='/"+press+"']", nil); r.status != http.StatusSeeOther {
			t.Fatalf("%s gives %d: %s", press, r.status, r.body)
		}
		h.works(t)
	}
	return row
}

// importOf is the state of an import, behind the fences.
func (h *shop) importOf(t *testing.T, row id.ID) (state string) {
	t.Helper()
	must(t, h.site.super.QueryRow(context.Background(), `SELECT state FROM app.imports WHERE tenant_id = $1 AND id = $2`, h.tenant, row).Scan(&state))
	return state
}
