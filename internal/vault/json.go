package vault

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrUnreadable says that what was sealed is not what this program writes.
var ErrUnreadable = errors.New("the sealed row is not what this program writes")

// SealJSON gives a value as JSON, in the form that opens in this slot only.
func (c *Clinic) SealJSON(s Slot, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing down a row of %s: %w", s.Table, err)
	}
	out, err := c.Seal(s, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing a row of %s: %w", s.Table, err)
	}
	return out, nil
}

// OpenJSON opens what SealJSON sealed in this slot into v. It gives ErrUnopenable, and ErrUnreadable without a word
// of the text.
func (c *Clinic) OpenJSON(s Slot, sealed []byte, v any) error {
	plain, err := c.Open(s, sealed)
	if err != nil {
		return fmt.Errorf("opening %s %s: %w", s.Table, s.Row, err)
	}
	if json.Unmarshal(plain, v) != nil { // its error would repeat the text
		return fmt.Errorf("opening %s %s: %w", s.Table, s.Row, ErrUnreadable)
	}
	return nil
}
