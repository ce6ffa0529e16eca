// Package jobs does the work that is left for after the answer. The act that asks for a job leaves a row
// in its clinic's outbox, in its own transaction; a relay takes the rows into River's queue; a worker runs
// them, each with the context of its clinic.
//
// The queue is one table for all clinics, so nothing in it is believed. A job's arguments are ids with the
// clinic's keyed commitment over them (MAC), which is checked before the job is given a context: who can
// write into the queue cannot have anything done, at no clinic, that was not asked for there. Then the
// clinic is asked where it is now: a job from before a move is refused, and that of a closed clinic waits.
package jobs

import (
	"context"
	"crypto/hmac"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Kind names one kind of job: "import.check". What stands before the dot says for what purpose its
// transactions are opened.
type Kind string

var kinds = regexp.MustCompile(`^[a-z]+[.][a-z-]+$`)

// purposes of the kinds, by what stands before the dot.
var purposes = map[string]actor.Purpose{"import": actor.Import, "file": actor.Work}

// purpose is "" for a kind that nobody gave one.
func (k Kind) purpose() actor.Purpose {
	group, _, _ := strings.Cut(string(k), ".")
	return purposes[group]
}

// Job is one job with what it may use.
type Job struct {
	// Who has the clinic, where it is now, the person who asked, and the purpose of the kind.
	Who actor.Who
	// Object is what the job is about, as it was given to Enqueue.
	Object id.ID
	Store  *db.Store
	Keys   *vault.Clinic
	// Attempt counts from 1; the one that is as high as Attempts is the last.
	Attempt, Attempts int
}

// Last reports whether the job is not tried again should it fail now.
func (j Job) Last() bool { return j.Attempt >= j.Attempts }

// Work does a job. It may be run again after a crash, or beside a run that was taken for dead, so it must
// be able to go on where it stopped. A run that takes longer than five minutes, or longer than a stopping
// process can wait, is cut off: the context ends, the work must end soon after, and it is begun again
// without having lost an attempt. Any other error is retried with River's backoff; Never(err) is not. What
// an error says reaches the log and nothing else.
type Work func(ctx context.Context, j Job) error

// Never marks the error of a job that would fail each time.
func Never(err error) error { return never{err} }

type never struct{ error }

func (n never) Unwrap() error { return n.error }

// Enqueue leaves a job in the clinic's outbox, in the transaction of the act that asks for it: the job is
// done if that is committed, and begins within a second.
func Enqueue(ctx context.Context, tx *db.Tx, keys *vault.Clinic, kind Kind, object id.ID) error {
	switch {
	case !tx.Writing():
		return errors.New("a job is asked for in a writing transaction")
	case keys.ID() != tx.Tenant:
		return errors.New("a job is signed with the keys of its own clinic")
	case !kinds.MatchString(string(kind)) || kind.purpose() == "" || object.IsZero():
		return fmt.Errorf("a job of kind %q about %v cannot be done", kind, object)
	}
	o := order{clinic: tx.Tenant.ID(), id: id.New(), kind: kind, object: object, person: tx.Who.Person, epoch: tx.Who.Placement.Epoch}
	if err := tx.InsertOutbox(ctx, db.InsertOutboxParams{
		TenantID: tx.Tenant, ID: o.id, Kind: string(o.kind), ObjectID: o.object, PersonID: o.person, Epoch: o.epoch,
		Mac: o.sign(keys), CreatedAt: tx.Now(),
	}); err != nil {
		return fmt.Errorf("leaving a job in the outbox: %w", err)
	}
	return nil
}

// order is what was asked for. Until genuine has said so, it is only what somebody wrote.
type order struct {
	clinic, id, object, person id.ID
	kind                       Kind
	epoch                      int64
	mac                        []byte
}

// sign is the MAC over all the rest of the order. What it begins with keeps it apart from the other
// commitments of the clinic.
func (o order) sign(keys *vault.Clinic) []byte {
	epoch := binary.BigEndian.AppendUint64(nil, uint64(o.epoch))
	return keys.Commit([]byte("job"), []byte(o.kind), o.clinic[:], o.id[:], o.object[:], o.person[:], epoch)
}

// genuine reports whether the clinic of these keys asked for exactly this.
func (o order) genuine(keys *vault.Clinic) bool {
	return keys.ID().ID() == o.clinic && hmac.Equal(o.mac, o.sign(keys))
}

// args is an order as the queue keeps it: ids and the MAC, no content. The same row of an outbox becomes
// one job, however often it is put there.
type args struct {
	ID     string `json:"id" river:"unique"`
	Clinic string `json:"clinic" river:"unique"`
	Job    string `json:"job"`
	Object string `json:"object"`
	Person string `json:"person,omitempty"`
	Epoch  int64  `json:"epoch"`
	MAC    []byte `json:"mac"`
}

// Kind is how River knows the jobs of clinics, which are all of ours.
func (args) Kind() string { return "clinic" }

// UnmarshalJSON gives no error: arguments that are none are an order that is refused like any other, and
// not one that River tries again and again.
func (a *args) UnmarshalJSON(b []byte) error {
	type plain args
	var p plain
	if json.Unmarshal(b, &p) != nil {
		p = plain{}
	}
	*a = args(p)
	return nil
}

func argsOf(r db.OutboxRow) args {
	a := args{ID: r.ID.String(), Clinic: r.Clinic.String(), Job: r.Kind, Object: r.Object.String(), Epoch: r.Epoch, MAC: r.MAC}
	if !r.Person.IsZero() {
		a.Person = r.Person.String()
	}
	return a
}

// order reads the arguments; ok is false where they name no clinic or no job.
func (a args) order() (o order, ok bool) {
	o = order{kind: Kind(a.Job), epoch: a.Epoch, mac: a.MAC}
	for _, f := range []struct {
		text string
		into *id.ID
	}{{a.ID, &o.id}, {a.Clinic, &o.clinic}, {a.Object, &o.object}, {a.Person, &o.person}} {
		if f.text == "" && f.into == &o.person {
			continue
		}
		v, err := id.Parse(f.text)
		if err != nil || v.IsZero() {
			return order{}, false
		}
		*f.into = v
	}
	return o, true
}
