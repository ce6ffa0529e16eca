package records

import (
	"paddock/db"
	"paddock/internal/id"
)

// Writing is what a saving of an open note says of itself: the version its window heard of last, the window, and which
// of the window's savings it is, counted from 1. A window hears nothing of a saving whose answer was lost, so it may
// name an older version than its own words made. Without a window or a count the version alone tells.
type Writing struct {
	Version int64
	Window  id.ID
	Turn    int64
}

// same reports whether the window of a held draft's newest words is this one.
func (w Writing) same(row db.LockDraftRow) bool {
	return !w.Window.IsZero() && w.Turn > 0 && row.WindowID == w.Window
}

// follows reports whether everything a held draft was given since the version the window heard of is this window's
// own, and older than what it sends now.
func (w Writing) follows(row db.LockDraftRow) bool {
	return w.same(row) && w.Turn > row.WindowTurn && w.Version >= row.WindowFrom && w.Version < row.Version
}

// overtaken reports whether this comes after later words of the same window, as when a saving was held up on its way.
func (w Writing) overtaken(row db.LockDraftRow) bool {
	return w.same(row) && w.Turn < row.WindowTurn && w.Version >= row.WindowFrom && w.Version < row.Version
}

// from is the version from which on all of a held draft's words will be this window's.
func (w Writing) from(row db.LockDraftRow) int64 {
	if w.same(row) {
		return row.WindowFrom
	}
	return row.Version
}
