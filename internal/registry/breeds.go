package registry

import (
	"context"
	"fmt"

	"paddock/db"
)

// Breed is a breed that forms suggest for a species; any other may be typed.
type Breed struct{ Species, Name string }

// ListBreeds reads the breeds of all species, by species and name.
func ListBreeds(ctx context.Context, tx *db.Tx) ([]Breed, error) {
	rows, err := tx.ListBreeds(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the breeds: %w", err)
	}
	out := make([]Breed, len(rows))
	for i, r := range rows {
		out[i] = Breed(r)
	}
	return out, nil
}
