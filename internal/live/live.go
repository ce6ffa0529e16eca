// Package live tells open pages that something changed. The act that changes it touches a topic in its own
// transaction; when that is committed, PostgreSQL carries an opaque token to every process; the hub of each
// process hands it to the open streams of that clinic as an event without content, and the pages fetch
// what they show again, each with its own right to see it.
package live

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"

	"paddock/db"
	"paddock/internal/vault"
)

// Topic names what changed, never whose or how.
type Topic string

// The topics.
const (
	// Board is who is in the building and in which state, and who waits for a place.
	Board Topic = "board"
	// Schedule is what is booked, and when can be.
	Schedule Topic = "schedule"
	// Bills is charges, invoices and payments.
	Bills Topic = "bills"
	// Results is lab results that wait to be read.
	Results Topic = "results"
	// Writing is who has a note open, where a page about its animal shows it.
	Writing Topic = "writing"
	// Session is that a session was ended or how long sessions last was changed. Every stream of a person hears of it, and
	// is judged anew before the page is told.
	Session Topic = "session"
)

// topics are all there are.
var topics = []Topic{Board, Schedule, Bills, Results, Writing, Session}

// Event is the name under which a stream tells of a topic: "board-changed".
func (t Topic) Event() string { return string(t) + "-changed" }

// Touch tells the open pages of the clinic that these topics changed, soon after the transaction is
// committed. It sends nothing itself.
func Touch(_ context.Context, tx *db.Tx, keys *vault.Clinic, changed ...Topic) error {
	switch {
	case !tx.Writing():
		return errors.New("what changed is told in a writing transaction")
	case keys.ID() != tx.Tenant:
		return errors.New("what changed is told with the keys of its own clinic")
	}
	tokens := make([]string, len(changed))
	for i, t := range changed {
		if !slices.Contains(topics, t) {
			return errors.New("touching a topic that nobody can hear: " + string(t))
		}
		tokens[i] = token(keys, t)
	}
	tx.Tell(tokens...)
	return nil
}

// token stands for a topic of a clinic where all can hear: whoever has not the clinic's key can neither
// tell of which it is nor make one. The first part keeps it apart from the clinic's other commitments.
func token(keys *vault.Clinic, t Topic) string {
	return base64.RawURLEncoding.EncodeToString(keys.Commit([]byte("live"), []byte(t))[:tokenSize])
}

// tokenSize is what is left of a commitment of 32 bytes: two clinics share a token with odds of one in 2^128.
const tokenSize = 16
