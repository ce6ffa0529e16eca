// Package actor says on whose behalf something is done. Every fenced transaction is opened for a Who.
package actor

import (
	"net/netip"

	"paddock/internal/id"
)

// Tier is how far apart from its neighbours a clinic's rows are kept.
type Tier string

// TierPool is the shared schema, the default.
const TierPool Tier = "pool"

// Placement says where a clinic's rows are. Epoch grows with each move, so that a request begun
// before a move can be told from one begun after it.
type Placement struct {
	Tier    Tier
	Cluster string
	Epoch   int64
}

// Purpose is why a transaction is opened. It is part of the signed context, so it stands in the
// database's view of the act and cannot be changed inside it.
type Purpose string

const (
	// SignIn reads credentials before a person is known.
	SignIn Purpose = "signin"
	// Session reads the session and the person it belongs to.
	Session Purpose = "session"
	// Work is a signed-in person's own act.
	Work Purpose = "work"
	// Import brings in rows from a file, by the command line or a job.
	Import Purpose = "import"
	// Provision makes a new clinic's first rows.
	Provision Purpose = "provision"
	// Probe is the standing proof trying to cross a fence.
	Probe Purpose = "probe"
	// Record writes audit leaves for others.
	Record Purpose = "record"
)

// Who names the clinic, the person and the occasion of an act.
type Who struct {
	Clinic      id.Tenant
	Placement   Placement
	Person      id.ID // zero before sign-in and for the system itself
	Session     id.ID // zero where there is none
	Request     id.ID // one per HTTP request or command, for the audit record
	Purpose     Purpose
	PolicyEpoch int64  // which version of the clinic's roles the act was judged by
	Route       string // the route's pattern or the command's name, never a path: paths carry ids
	// From is the address of the network it came from and Agent what the browser calls itself; zero for the system
	// itself. They are personal data and go into no log.
	From  netip.Addr
	Agent string
}
