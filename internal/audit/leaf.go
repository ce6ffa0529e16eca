// Package audit keeps the record of who did what. A change and its leaf are one transaction; what was
// only read is recorded through the scribe, and no page leaves before its leaf is durable.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
)

// Action is what was done, as a person would say it.
type Action string

// The actions of this release. Texts are part of the record and never change their meaning.
const (
	Opened       Action = "opened"
	Searched     Action = "searched"
	Listed       Action = "listed"
	Downloaded   Action = "downloaded"
	Printed      Action = "printed"
	Exported     Action = "exported"
	Created      Action = "created"
	Changed      Action = "changed"
	Signed       Action = "signed"
	Imported     Action = "imported"
	Withdrawn    Action = "withdrawn"
	SignedIn     Action = "signed-in"
	SignedOut    Action = "signed-out"
	Locked       Action = "locked"
	Unlocked     Action = "unlocked"
	Refused      Action = "refused"
	FailedSignIn Action = "failed-sign-in"
	CrossTenant  Action = "cross-tenant-attempt"
)

// Outcome is how the act ended.
type Outcome string

// The three outcomes.
const (
	Done       Outcome = "done"
	WasRefused Outcome = "refused"
	DidFail    Outcome = "failed"
)

// leafVersion is the version of the canonical encoding below.
const leafVersion = 1

// Entry is one act before it is put on a name.
type Entry struct {
	Action   Action
	Object   string // "patient", "client", "note", ...
	ObjectID id.ID  // zero where the act has no single object
	IDs      []id.ID
	Outcome  Outcome // empty means Done
	// Commitment is a keyed hash of what the act was about (vault.Clinic.Commit), never content.
	Commitment []byte
}

// Leaf is one line of the record.
type Leaf struct {
	Tenant      id.Tenant
	ID          id.ID
	At          time.Time // UTC, microseconds
	Actor       id.ID
	Session     id.ID
	Purpose     actor.Purpose
	Route       string
	Request     id.ID
	PolicyEpoch int64
	Entry
}

// NewLeaf puts an act on a name and an instant.
func NewLeaf(who actor.Who, at time.Time, e Entry) Leaf {
	if e.Outcome == "" {
		e.Outcome = Done
	}
	return Leaf{
		Tenant: who.Clinic, ID: id.New(), At: at.UTC().Truncate(time.Microsecond), Actor: who.Person, Session: who.Session,
		Purpose: who.Purpose, Route: who.Route, Request: who.Request, PolicyEpoch: who.PolicyEpoch, Entry: e,
	}
}

// Encode is the canonical form of a leaf: the version byte, then each field as a four byte big-endian
// length and its bytes, in the order below; numbers are eight bytes big-endian, instants microseconds
// since 1970 UTC, a missing id has length 0. It never changes for a given version.
func (l Leaf) Encode() []byte {
	b := []byte{leafVersion}
	put := func(v []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(v))) // fields are far below 4 GiB
		b = append(b, v...)
	}
	putID := func(v id.ID) {
		if v.IsZero() {
			put(nil)
			return
		}
		put(v[:])
	}
	number := func(n int64) { put(binary.BigEndian.AppendUint64(nil, uint64(n))) } // two's complement is the encoding
	putID(l.Tenant.ID())
	putID(l.ID)
	number(l.At.UnixMicro())
	putID(l.Actor)
	putID(l.Session)
	put([]byte(l.Purpose))
	put([]byte(l.Action))
	put([]byte(l.Object))
	putID(l.ObjectID)
	number(int64(len(l.IDs)))
	for _, v := range l.IDs {
		putID(v)
	}
	put([]byte(l.Outcome))
	put([]byte(l.Route))
	putID(l.Request)
	number(l.PolicyEpoch)
	put(l.Commitment)
	return b
}

// Hash is the leaf hash of RFC 6962 over the canonical form: SHA-256 of a zero byte and the form.
func (l Leaf) Hash() []byte {
	sum := sha256.Sum256(append([]byte{0}, l.Encode()...))
	return sum[:]
}

func (l Leaf) params() db.InsertLeafParams {
	ids := l.IDs
	if ids == nil {
		ids = []id.ID{}
	}
	return db.InsertLeafParams{
		TenantID: l.Tenant, ID: l.ID, Version: leafVersion, At: l.At, ActorID: l.Actor, SessionID: l.Session,
		Purpose: string(l.Purpose), Action: string(l.Action), Object: l.Object, ObjectID: l.ObjectID, Ids: ids,
		Outcome: string(l.Outcome), Route: l.Route, RequestID: l.Request, PolicyEpoch: l.PolicyEpoch,
		Commitment: l.Commitment, Hash: l.Hash(),
	}
}

// together is one statement for several leaves of a clinic, an array per column.
func together(tenant id.Tenant, leaves []Leaf) db.InsertLeavesParams {
	p := db.InsertLeavesParams{TenantID: tenant, Version: leafVersion}
	for _, l := range leaves {
		p.LeafIds, p.Ats = append(p.LeafIds, l.ID), append(p.Ats, l.At)
		p.ActorIds, p.SessionIds = append(p.ActorIds, l.Actor), append(p.SessionIds, l.Session)
		p.Purposes, p.Actions = append(p.Purposes, string(l.Purpose)), append(p.Actions, string(l.Action))
		p.Objects, p.ObjectIds = append(p.Objects, l.Object), append(p.ObjectIds, l.ObjectID)
		p.Ids, p.Outcomes = append(p.Ids, arrayText(l.IDs)), append(p.Outcomes, string(l.Outcome))
		p.Routes, p.RequestIds = append(p.Routes, l.Route), append(p.RequestIds, l.Request)
		p.PolicyEpochs, p.Commitments = append(p.PolicyEpochs, l.PolicyEpoch), append(p.Commitments, l.Commitment)
		p.Hashes = append(p.Hashes, l.Hash())
	}
	return p
}

// arrayText is an array of ids as PostgreSQL writes one.
func arrayText(ids []id.ID) string {
	b := []byte{'{'}
	for i, v := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, v.String()...)
	}
	return string(append(b, '}'))
}

// FromRow is the leaf of a stored row. It fails where the stored hash is not the hash of the columns.
func FromRow(tenant id.Tenant, r db.ListLeavesRow) (Leaf, error) {
	l := Leaf{
		Tenant: tenant, ID: r.ID, At: r.At.UTC(), Actor: r.ActorID, Session: r.SessionID, Purpose: actor.Purpose(r.Purpose),
		Route: r.Route, Request: r.RequestID, PolicyEpoch: r.PolicyEpoch,
		Entry: Entry{
			Action: Action(r.Action), Object: r.Object, ObjectID: r.ObjectID, IDs: r.Ids, Outcome: Outcome(r.Outcome),
			Commitment: r.Commitment,
		},
	}
	if r.Version != leafVersion {
		return l, fmt.Errorf("leaf %s has encoding %d, which this program does not know", l.ID, r.Version)
	}
	if string(l.Hash()) != string(r.Hash) {
		return l, fmt.Errorf("leaf %s does not match its hash", l.ID)
	}
	return l, nil
}
