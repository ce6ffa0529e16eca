// Package views holds the pages and the fragments htmx asks for. A component takes one small struct
// of words ready to be shown; it knows no rows, reads no context and decides nothing but what to leave
// out. A file is named after the resource its page belongs to, with the page behind an underscore
// where a resource has several: patients.templ, patients_form.templ, patients_record.templ.
//
// Whatever a person may not read is not in the struct: a page does not hide, it has not been told.
package views
