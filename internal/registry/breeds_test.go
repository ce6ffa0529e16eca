package registry_test

import (
	"context"
	"testing"

	"paddock/db"
	"paddock/internal/registry"
)

func TestBreedsAreOfSpeciesThatAreOffered(t *testing.T) {
	c := newClinic(t)
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		species, err := registry.ListSpecies(ctx, tx)
		if err != nil {
			return err
		}
		known := map[string]int{}
		for _, s := range species {
			known[s.Code] = 1
		}
		breeds, err := registry.ListBreeds(ctx, tx)
		for _, b := range breeds {
			if known[b.Species] == 0 {
				t.Errorf("%s is of no species that is offered", b.Name)
			}
			known[b.Species]++
		}
		for _, code := range []string{"dog", "cat", "rabbit", "guineapig", "horse", "bird", "chicken", "goat", "pig", "sheep", "cattle"} {
			if known[code] < 6 {
				t.Errorf("%d breeds of %s", known[code]-1, code)
			}
		}
		if len(breeds) < 150 {
			t.Errorf("%d breeds in all", len(breeds))
		}
		return err
	})
}
