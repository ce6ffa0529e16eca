package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Origin is where a session began, or an attempt to sign in came from.
type Origin struct {
	Address string `json:"address,omitempty"` // of the network, "" where it is not known
	Device  string `json:"device,omitempty"`  // in words: "Firefox on Windows"
}

func originSlot(row id.ID) vault.Slot { return vault.Slot{Table: "origins", Group: "staff", Row: row} }

// keepOrigin keeps, with the transaction, where an act comes from: under the session that begins, or under the request
// of a failed sign-in.
func keepOrigin(tx *db.Tx, keys *vault.Clinic, row id.ID) error {
	o := Origin{Device: DeviceOf(tx.Who.Agent)}
	if tx.Who.From.IsValid() {
		o.Address = tx.Who.From.String()
	}
	plain, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("writing down an origin: %w", err)
	}
	sealed, err := keys.Seal(originSlot(row), plain)
	if err != nil {
		return fmt.Errorf("sealing an origin: %w", err)
	}
	p := db.InsertOriginParams{TenantID: tx.Tenant, ID: row, At: tx.Now(), Sealed: sealed, KeyVersion: keys.KeyVersion()}
	tx.AtCommit(func(ctx context.Context, tx *db.Tx) error {
		if err := tx.InsertOrigin(ctx, p); err != nil {
			return fmt.Errorf("keeping an origin: %w", err)
		}
		return nil
	})
	return nil
}

// Origins reads the origins of these sessions and requests; one that was not kept is not in the map.
func Origins(ctx context.Context, tx *db.Tx, keys *vault.Clinic, ids []id.ID) (map[id.ID]Origin, error) {
	rows, err := tx.ListOrigins(ctx, db.ListOriginsParams{TenantID: tx.Tenant, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("reading origins: %w", err)
	}
	out := make(map[id.ID]Origin, len(rows))
	for _, r := range rows {
		if out[r.ID], err = openOrigin(keys, r.ID, r.Sealed); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func openOrigin(keys *vault.Clinic, row id.ID, sealed []byte) (o Origin, err error) {
	if len(sealed) == 0 {
		return o, nil // a session from before origins were kept
	}
	plain, err := keys.Open(originSlot(row), sealed)
	if err != nil {
		return o, fmt.Errorf("opening origin %v: %w", row, err)
	}
	if err := json.Unmarshal(plain, &o); err != nil {
		return o, fmt.Errorf("reading origin %v: the sealed form is not ours", row)
	}
	return o, nil
}

// browsers and systems are looked for in the name a browser gives itself, in this order: many claim to be others.
var (
	browsers = [][2]string{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser", "Samsung Internet"},
		{"Vivaldi", "Vivaldi"},
		{"Firefox", "Firefox"},
		{"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome", "Chrome"},
		{"Safari", "Safari"},
	}
	systems = [][2]string{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "ChromeOS"},
		{"Windows", "Windows"},
		{"Mac OS", "Mac"},
		{"Macintosh", "Mac"},
		{"Linux", "Linux"},
	}
)

// DeviceOf puts into words what a browser says of itself (User-Agent; RFC 9110, 10.1.5). Only words of ours come out,
// and only they are kept: the whole text would tell more of a machine than anybody needs to recognise it. It is "" where
// none of them fits.
func DeviceOf(agent string) string {
	find := func(list [][2]string) string {
		for _, one := range list {
			if strings.Contains(agent, one[0]) {
				return one[1]
			}
		}
		return ""
	}
	browser, system := find(browsers), find(systems)
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "" || system != "":
		return browser + system
	}
	return ""
}
