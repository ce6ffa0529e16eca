package demo

import (
	"fmt"
	"slices"
	"time"

	"paddock/internal/id"
)

// RowID opens the fixed identifiers to the tests.
func RowID(c Clinic, table string, n int) id.ID { return c.rowID(table, n) }

// Names writes down everything of a sample but the dates.
func Names(c Clinic, today time.Time) string {
	s := c.sample(today)
	text := fmt.Sprint(s.clients, s.notes)
	for _, p := range s.patients {
		text += fmt.Sprint(p.row, p.owner, p.Name, p.Species, p.Breed, p.Sex, p.Neutered, p.Colour)
	}
	return text
}

// Lists gives the surnames and animals a clinic draws from.
func Lists(c Clinic) []string { return slices.Concat(c.surnames, c.animals) }
