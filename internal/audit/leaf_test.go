package audit

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"testing"
	"time"

	"paddock/internal/actor"
	"paddock/internal/id"
)

func sample() Leaf {
	at := func(n string) id.ID { return id.MustParse("01890a5d-ac96-774b-bcce-b302099a800" + n) }
	return Leaf{
		Tenant: id.TenantFrom(at("1")), ID: at("2"), At: time.Date(2026, 5, 4, 3, 2, 1, 987654000, time.UTC), Actor: at("3"), Session: at("4"),
		Purpose: actor.Work, Route: "GET /patients/{id}", Request: at("5"), PolicyEpoch: 9,
		Entry: Entry{Action: Opened, Object: "patient", ObjectID: at("6"), IDs: []id.ID{at("7"), at("8")}, Outcome: Done, Commitment: []byte{1, 2, 3}},
	}
}

// The encoding of version 1 never changes: leaves written years ago are hashed again from it.
func TestTheCanonicalEncodingOfALeaf(t *testing.T) {
	const want = "010000001001890a5dac96774bbcceb302099a80010000001001890a5dac96774bbcceb302099a800200000008000650f5279bae460000001001890a5dac96774bbcceb302099a80030000001001890a5dac96774bbcceb302099a800400000004776f726b000000066f70656e65640000000770617469656e740000001001890a5dac96774bbcceb302099a80060000000800000000000000020000001001890a5dac96774bbcceb302099a80070000001001890a5dac96774bbcceb302099a800800000004646f6e6500000012474554202f70617469656e74732f7b69647d0000001001890a5dac96774bbcceb302099a800500000008000000000000000900000003010203"
	if got := hex.EncodeToString(sample().Encode()); got != want {
		t.Errorf("the encoding of a leaf changed:\n%s", got)
	}
	const hash = "349bf715fc146e9d84daa0689e61286675ba45c6ca88358c3dafa0b46e5d1b46"
	if got := hex.EncodeToString(sample().Hash()); got != hash {
		t.Errorf("the hash of a leaf changed: %s", got)
	}
	empty := Leaf{At: time.Unix(0, 0).UTC()}
	const none = "01000000000000000000000008000000000000000000000000000000000000000000000000000000000000000000000008000000000000000000000000000000000000000000000008000000000000000000000000"
	if got := hex.EncodeToString(empty.Encode()); got != none {
		t.Errorf("the encoding of an empty leaf changed:\n%s", got)
	}
}

// Every field counts: two leaves that differ anywhere have different encodings, also where text could
// flow from one field into the next.
func TestEveryFieldOfALeafIsEncoded(t *testing.T) {
	base := sample().Encode()
	changes := map[string]func(l *Leaf){
		"Tenant": func(l *Leaf) { l.Tenant = id.TenantFrom(id.New()) }, "ID": func(l *Leaf) { l.ID = id.New() },
		"At": func(l *Leaf) { l.At = l.At.Add(time.Microsecond) }, "Actor": func(l *Leaf) { l.Actor = id.ID{} },
		"Session": func(l *Leaf) { l.Session = id.New() }, "Purpose": func(l *Leaf) { l.Purpose += "x" },
		"Route": func(l *Leaf) { l.Route = "" }, "Request": func(l *Leaf) { l.Request = id.New() }, "PolicyEpoch": func(l *Leaf) { l.PolicyEpoch = -9 },
		"Action": func(l *Leaf) { l.Action = Changed }, "Object": func(l *Leaf) { l.Object = "client" }, "ObjectID": func(l *Leaf) { l.ObjectID = id.ID{} },
		"IDs": func(l *Leaf) { l.IDs = l.IDs[:1] }, "Outcome": func(l *Leaf) { l.Outcome = WasRefused }, "Commitment": func(l *Leaf) { l.Commitment = nil },
	}
	for name, change := range changes {
		l := sample()
		change(&l)
		if bytes.Equal(l.Encode(), base) {
			t.Errorf("a change of %s does not show", name)
		}
	}
	for _, of := range []reflect.Type{reflect.TypeFor[Leaf](), reflect.TypeFor[Entry]()} {
		for i := range of.NumField() {
			if name := of.Field(i).Name; changes[name] == nil && name != "Entry" {
				t.Errorf("no test says that %s is encoded", name)
			}
		}
	}
	flow, into := sample(), sample()
	flow.Purpose, flow.Action = "work", "opened"
	into.Purpose, into.Action = "worko", "pened"
	if bytes.Equal(flow.Encode(), into.Encode()) {
		t.Error("text flows from one field into the next")
	}
}
