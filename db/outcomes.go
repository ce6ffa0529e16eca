package db

import (
	"fmt"

	"paddock/internal/fault"
)

// Missing turns "no row" into what a person is told, which is the same for another clinic's row, and wraps any
// other error with what was being done.
func Missing(err error, doing string) error {
	if NoRows(err) {
		return fault.Missing
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// OneRow demands that a write of one row that the caller holds reached it.
func OneRow(n int64, err error) error {
	if err == nil && n != 1 {
		return fmt.Errorf("%d rows of one that is locked", n)
	}
	return err
}
