// Package fault sorts errors into the five kinds a person can be told about. A sentence put into a
// fault is written for the person who reads it; anything else is Internal, is logged, and shows one
// fixed sentence.
package fault

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind says what sort of refusal an error is.
type Kind int

const (
	// Internal is everything not meant for a person: answered with 500 and one fixed sentence.
	Internal Kind = iota
	// NotFound is answered with 404, for rows that do not exist and for rows of another clinic alike.
	NotFound
	// Forbidden is answered with 403 and the page that names the permission and who holds it.
	Forbidden
	// Conflict is answered with 409: somebody or something was faster.
	Conflict
	// Invalid is answered with 422 and the form again, with what was typed.
	Invalid
)

// Error is an error a person may read.
type Error struct {
	Kind     Kind
	Sentence string
}

func (e *Error) Error() string { return e.Sentence }

// New makes an error of a kind with the sentence a person reads.
func New(k Kind, sentence string) error { return &Error{Kind: k, Sentence: sentence} }

// Missing is the answer for a row that is not there, or not this clinic's: the two cannot be told apart.
var Missing = New(NotFound, "There is nothing at this address.")

// Field is one mistake in a form: the name of the input and the words shown beside it.
type Field struct {
	Name, Message string
}

// Fields are the mistakes of one form, in the order of its inputs. It is an error of kind Invalid.
type Fields []Field

func (f Fields) Error() string {
	names := make([]string, len(f))
	for i, m := range f {
		names[i] = m.Name
	}
	return "mistakes in " + strings.Join(names, ", ")
}

// Add notes a mistake.
func (f *Fields) Add(name, message string) { *f = append(*f, Field{name, message}) }

// TooLong notes the mistake of a text that has more than so many letters.
func (f *Fields) TooLong(name, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		f.Add(name, "At most "+strconv.Itoa(most)+" letters")
	}
}

// Message is what is said about an input, or "" where it is right.
func (f Fields) Message(name string) string {
	for _, m := range f {
		if m.Name == name {
			return m.Message
		}
	}
	return ""
}

// Err is nil where there is no mistake, else the mistakes as an error.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// KindOf tells the kind of an error; nil and foreign errors are Internal.
func KindOf(err error) Kind {
	var f Fields
	if errors.As(err, &f) {
		return Invalid
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
