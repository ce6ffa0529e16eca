package vaccines

import (
	"time"

	"paddock/internal/id"
	"paddock/internal/vault"
)

// DoseText is what a row of the history says of a dose. Expiry is a day, zero for none known.
type DoseText struct {
	Name, Maker, Lot, Site, Route, Volume, Tag, Source string
	Expiry                                             time.Time
}

// OpenText opens what is sealed of a dose, as a row of the history has it.
func OpenText(keys *vault.Clinic, dose id.ID, sealed []byte) (DoseText, error) {
	var s sealedDose
	if err := keys.OpenJSON(slot("doses", dose), sealed, &s); err != nil {
		return DoseText{}, err
	}
	return DoseText{Name: s.Name, Maker: s.Maker, Lot: s.Lot, Site: s.Site, Route: s.Route, Volume: s.Volume, Tag: s.Tag, Source: s.Source, Expiry: s.Expiry}, nil
}

// SerialOf is the serial of a certificate of a series.
func SerialOf(prefix string, number int64) string { return serial(prefix, number) }
