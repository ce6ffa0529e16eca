package access

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"

	"paddock/internal/id"
)

// ErrStalePolicy means that the roles that were read are older than the epoch that was asked for: the
// answer would be yesterday's rights, so there is none.
var ErrStalePolicy = errors.New("the clinic's roles were read from an older policy")

// Load reads a clinic's roles and the policy epoch they belong to, both in one snapshot.
type Load func(ctx context.Context) (roles []Role, epoch int64, err error)

// Tables keeps the compiled policy of the clinics seen last, one epoch each. A table answers only for
// the clinic and the epoch it was compiled for, so a change of rights counts from the next request on
// every node. It is safe for concurrent use; two requests that miss together both compile, and both
// results are right.
type Tables struct {
	mu    sync.Mutex
	size  int
	known map[id.Tenant]*list.Element
	used  *list.List // of entry, the one used last in front
}

type entry struct {
	clinic id.Tenant
	epoch  int64
	table  *Table
}

// NewTables makes a cache for at most size clinics, at least one.
func NewTables(size int) *Tables {
	return &Tables{size: max(size, 1), known: make(map[id.Tenant]*list.Element), used: list.New()}
}

// For gives the table of a clinic at the epoch that was read with the session. Where it is not known,
// load is asked: newer roles than asked for are taken (rights changed in between), older ones are
// ErrStalePolicy.
func (c *Tables) For(ctx context.Context, clinic id.Tenant, epoch int64, load Load) (*Table, error) {
	if t, ok := c.lookup(clinic, epoch); ok {
		return t, nil
	}
	roles, read, err := load(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the roles of clinic %v: %w", clinic, err)
	}
	if read < epoch {
		return nil, fmt.Errorf("clinic %v, epoch %d read, %d asked: %w", clinic, read, epoch, ErrStalePolicy)
	}
	t, err := Compile(clinic, roles)
	if err != nil {
		return nil, err
	}
	c.keep(entry{clinic, read, t})
	return t, nil
}

func (c *Tables) lookup(clinic id.Tenant, epoch int64) (*Table, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.known[clinic]
	if !ok {
		return nil, false
	}
	e := el.Value.(entry)
	if e.epoch != epoch {
		return nil, false
	}
	c.used.MoveToFront(el)
	return e.table, true
}

// keep stores a table unless a newer one of the same clinic came first.
func (c *Tables) keep(e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.known[e.clinic]; ok {
		if el.Value.(entry).epoch < e.epoch {
			el.Value = e
		}
		c.used.MoveToFront(el)
		return
	}
	c.known[e.clinic] = c.used.PushFront(e)
	for c.used.Len() > c.size {
		oldest := c.used.Back()
		delete(c.known, oldest.Value.(entry).clinic)
		c.used.Remove(oldest)
	}
}
