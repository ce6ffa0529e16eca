package isolation

// Probes are all of them, in the order of the design's list. What concerns Go rather than the database
// (T47 to T53) is in the tests of package db.
func Probes() []Probe {
	list := []Probe{
		{ID: "T20", Name: "without a context no row is seen or made", Run: withoutContext},
		{ID: "T21", Name: "a context with a wrong signature or a changed field is refused", Run: changedContext},
		{ID: "T22", Name: "a context copied to another connection is refused", Run: replayedContext},
		{ID: "T23", Name: "an injection inside one statement reaches nobody else", Run: injected},
		{ID: "T24", Name: "an expired context is refused", Run: expiredContext},
		{ID: "T25", Name: "a row of another clinic cannot be made", Run: foreignInsert},
		{ID: "T26", Name: "a row cannot be moved to another clinic", Run: moved},
		{ID: "T27", Name: "another clinic's row can be neither changed nor deleted", Run: foreignChange},
		{ID: "T28", Name: "a row cannot name another clinic's parent", Run: foreignParent},
		{ID: "T29", Name: "ON CONFLICT neither meets nor alters another clinic's key", Run: foreignConflict},
		{ID: "T30", Name: "two clinics may have the same natural key", Run: sameKey},
		{ID: "T31", Name: "COPY gives own rows only and takes none", Run: copied},
		{ID: "T32", Name: "TRUNCATE is refused", Run: truncated},
		{ID: "T33", Name: "a partition child cannot be asked by name", Run: children, idle: "no table is partitioned yet"},
		{ID: "T34", Name: "row security cannot be switched off", Run: securityOff},
		{ID: "T35", Name: "the application cannot become another role", Run: otherRoles},
		{ID: "T36", Name: "nothing can be created that could leak", Run: created},
		{ID: "T37", Name: "statistics and activity show nothing foreign", Run: statistics},
		{ID: "T38", Name: "files, large objects, programs and settings are out of reach", Run: pastTheTables},
		{ID: "T39", Name: "listening on a channel hears nothing of a clinic", Run: listening},
		{ID: "T40", Name: "a prepared statement gives each clinic its own", Run: prepared},
		{ID: "T41", Name: "a rolled back savepoint keeps the context it had", Run: savepoint},
		{ID: "T42", Name: "a new connection carries no context", Run: freshConnection},
		{ID: "T43", Name: "nothing that outlives a transaction stays on a connection", Run: leftBehind},
		{ID: "T44", Name: "MERGE and RETURNING open no path", Run: mergeAndReturning},
		{ID: "T45", Name: "a join with one clinic left out leaks nothing", Run: looseJoin},
		{ID: "T46", Name: "another clinic's id is answered like nobody's", Run: sameAnswer},
	}
	for i := range list {
		list[i].Run = body(list[i].Run)
	}
	return list
}
