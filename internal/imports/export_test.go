package imports

import (
	"paddock/internal/id"
	"paddock/internal/vault"
)

// PartSlot is where a part of a file is sealed.
func PartSlot(row id.ID) vault.Slot { return Animals.slot("import_parts", row) }

// ParseSex and ParseNeutered read values as rows are read.
var (
	ParseSex      = parseSex
	ParseNeutered = parseNeutered
)

// Alike reports whether two names could be one animal's.
func Alike(a, b string) bool { return alike(a, b) != unlike }
