package identity

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
)

// TryCode lets somebody who is not signed in try a code, such as that of a certificate, in the clinic's context.
// Wrong tries make the address, which many may share, and the same code from it wait as those of a passphrase do,
// counted apart under what: from elsewhere a code is tried at once. try reports whether the code was right; what it wrote stays either way. It gives *Throttled.
func (s *SignIns) TryCode(ctx context.Context, who actor.Who, what, code string, address netip.Addr, try func(ctx context.Context, tx *db.Tx) (right bool, err error)) error {
	who.Purpose, who.Person, who.Session = actor.SignIn, id.ID{}, id.ID{}
	from := sha256.Sum256(append([]byte(what+"\x00"), addressHash(s.address, address)...))
	one := sha256.Sum256(append(from[:len(from):len(from)], code...))
	tries, same, at := from[:], one[:], now(s.clock)
	var wait time.Duration
	err := s.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		wait = 0
		var seconds int32
		err := db.Together(ctx, tx,
			func(ctx context.Context, tx *db.Tx) error {
				return tx.LockAccount(ctx, db.LockAccountParams{Key: int64(binary.BigEndian.Uint64(tries))}) // a lock's name, any 64 bits do
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				seconds, err = tx.GetAttemptWait(ctx, db.GetAttemptWaitParams{Account: same, Address: tries, At: at})
				return err
			},
		)
		if err != nil {
			return err
		}
		if seconds > 0 {
			wait = min(time.Duration(seconds)*time.Second, waitMost)
			return nil
		}
		right, err := try(ctx, tx)
		if err != nil || right {
			return err
		}
		return tx.InsertFailedAttempt(ctx, db.InsertFailedAttemptParams{Account: same, Address: tries, At: at})
	})
	switch {
	case err != nil:
		return fmt.Errorf("trying a code: %w", err)
	case wait > 0:
		return &Throttled{Wait: wait}
	}
	return nil
}
