package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// The kinds of a block.
const (
	Holiday  = "holiday"
	Away     = "away"
	Closed   = "closed"
	Reserved = "reserved"
	Other    = "other"
)

var blockKinds = []string{Holiday, Away, Closed, Reserved, Other}

// Block is time that is not offered, once: of a resource, or of the whole clinic where that is zero, on each day from
// Day to Last (Day where that is zero), between two minutes of it.
type Block struct {
	Resource  id.ID     `json:"resource,omitzero"`
	Kind      string    `json:"kind"`
	Day, Last time.Time `json:"-"`
	From      int       `json:"from"`
	To        int       `json:"to"`
	// Words say why, and are not for a wall: somebody may be ill.
	Words string `json:"words,omitempty"`
}

// BlockRow is one day of a block as stored. Instants are UTC.
type BlockRow struct {
	ID id.ID
	Block
	StartsAt, EndsAt time.Time
	MadeAt           time.Time
	MadeBy           id.ID
}

type sealedBlock struct {
	Words string `json:"words,omitempty"`
}

// blockMost is how many days one block may have.
const blockMost = 100

// Blocks reads what is not offered on the days from one to another, of everything that can be booked.
func Blocks(ctx context.Context, tx *db.Tx, d Desk, from, to time.Time) ([]BlockRow, error) {
	rows, err := tx.ListBlocks(ctx, db.ListBlocksParams{TenantID: tx.Tenant, FirstDay: from, LastDay: to})
	if err != nil {
		return nil, fmt.Errorf("reading the blocks: %w", err)
	}
	out := make([]BlockRow, len(rows))
	for i, r := range rows {
		if out[i], err = openBlock(d, db.GetBlockRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func openBlock(d Desk, r db.GetBlockRow) (BlockRow, error) {
	var s sealedBlock
	if err := openInto(d.Keys, slotOf("blocks", r.ID), r.Sealed, &s); err != nil {
		return BlockRow{}, err
	}
	b := BlockRow{
		ID: r.ID, Block: Block{Resource: r.ResourceID, Kind: r.Kind, Day: r.Day.UTC(), From: MinuteOf(r.StartsAt, d.Zone), To: MinuteOf(r.EndsAt, d.Zone), Words: s.Words},
		StartsAt: r.StartsAt.UTC(), EndsAt: r.EndsAt.UTC(), MadeAt: r.MadeAt.UTC(), MadeBy: r.MadeBy,
	}
	if DayOf(r.EndsAt, d.Zone).After(b.Day) {
		b.To = wholeDay
	}
	return b, nil
}

func (b Block) check() fault.Fields {
	var bad fault.Fields
	if !slices.Contains(blockKinds, b.Kind) {
		bad.Add("kind", "Choose what it is")
	}
	if b.Day.IsZero() {
		bad.Add("day", "Enter a day, like 24-Dec-2026")
	}
	if b.Last.Before(b.Day) {
		bad.Add("last", "Enter the same day or a later one")
	} else if b.Last.Sub(b.Day) >= blockMost*24*time.Hour {
		bad.Add("last", fmt.Sprintf("Enter %d days at most", blockMost))
	}
	if b.From < 0 || b.From >= wholeDay {
		bad.Add("from", "Enter a time like 9:00")
	}
	if b.To <= b.From || b.To > wholeDay {
		bad.Add("to", "Enter a time after the first, like 17:30")
	}
	bad.TooLong("words", b.Words, longestReason)
	return bad
}

// AddBlock keeps time from being offered, under an id that came with the form. What is booked then stays booked. It
// gives ErrAlreadyThere for a second sending, fault.Missing where there is no such resource, and fault.Fields named
// kind, day, last, from, to and words.
func AddBlock(ctx context.Context, tx *db.Tx, d Desk, row id.ID, b Block) error {
	b.Words = plain.Line(b.Words)
	if b.Last.IsZero() {
		b.Last = b.Day
	}
	if err := b.check().Err(); err != nil {
		return err
	}
	if !b.Resource.IsZero() {
		if _, err := holdResource(ctx, tx, b.Resource); err != nil {
			return err
		}
	}
	p := db.InsertBlocksParams{
		TenantID: tx.Tenant, ResourceID: b.Resource, Kind: b.Kind, KeyVersion: d.Keys.KeyVersion(), MadeAt: tx.Now(), MadeBy: tx.Who.Person,
	}
	for day, one := b.Day, row; !day.After(b.Last); day, one = day.AddDate(0, 0, 1), id.New() {
		starts, _ := Instant(day, b.From, d.Zone, false)
		ends, _ := Instant(day, b.To, d.Zone, false)
		if !ends.After(starts) {
			continue // a span that clocks leave out
		}
		text, err := sealed(d.Keys, "blocks", one, sealedBlock{b.Words})
		if err != nil {
			return err
		}
		p.Ids, p.Days, p.Starts, p.Ends = append(p.Ids, one), append(p.Days, day), append(p.Starts, starts), append(p.Ends, ends)
		p.Sealed = append(p.Sealed, text)
	}
	err := tx.InsertBlocks(ctx, p)
	if db.Violates(err, "blocks_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("keeping block %s: %w", row, err)
	}
	return recordBlock(ctx, tx, d.Keys, row, audit.Change{Action: audit.Created, After: blockChange(b)})
}

// changedBlock is what the record keeps of a block.
type changedBlock struct {
	Block
	Day  string `json:"day"`
	Last string `json:"last"`
}

func blockChange(b Block) changedBlock {
	return changedBlock{b, b.Day.Format(time.DateOnly), b.Last.Format(time.DateOnly)}
}

// DeleteBlock lets one day of a block be offered again. It gives fault.Missing where there is no such block, as
// after a second sending.
func DeleteBlock(ctx context.Context, tx *db.Tx, d Desk, block id.ID) error {
	r, err := tx.GetBlock(ctx, db.GetBlockParams{TenantID: tx.Tenant, ID: block})
	if err := db.Missing(err, "reading a block"); err != nil {
		return err
	}
	was, err := openBlock(d, r)
	if err != nil {
		return err
	}
	n, err := tx.DeleteBlock(ctx, db.DeleteBlockParams{TenantID: tx.Tenant, ID: block})
	if err != nil {
		return fmt.Errorf("deleting block %s: %w", block, err)
	}
	if n == 0 { // somebody was faster
		return fault.Missing
	}
	was.Last = was.Day
	return recordBlock(ctx, tx, d.Keys, block, audit.Change{Action: audit.Changed, Before: blockChange(was.Block), After: ending{Ended: true}})
}

func recordBlock(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, c audit.Change) error {
	if err := live.Touch(ctx, tx, keys, live.Schedule); err != nil {
		return err
	}
	c.Object, c.ObjectID, c.Group = "block", row, group
	return audit.RecordChange(tx, keys, c)
}
