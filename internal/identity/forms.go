package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"paddock/internal/vault"
)

// formKey is the clinic's key for form tokens.
func formKey(keys *vault.Clinic) []byte {
	mac := hmac.New(sha256.New, keys.CookieKeys().Auth.Bytes())
	mac.Write([]byte("form tokens"))
	return mac.Sum(nil)
}

// formToken binds a form to a session and to what the form is about.
func formToken(key []byte, session string, bind []string) string {
	mac := hmac.New(sha256.New, key)
	for _, part := range append([]string{session}, bind...) {
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part)))) // parts are ids
		mac.Write([]byte(part))
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// FormToken is the token a form of this session carries. bind names what the form is about (the patient,
// the visit), so that a form cannot be sent for another. It outlives a lock, and not the session.
func (c *Current) FormToken(bind ...string) string {
	return formToken(c.formKey, "session:"+c.ID.String(), bind)
}

// CheckFormToken reports whether a form was made by this session for the same things.
func (c *Current) CheckFormToken(token string, bind ...string) bool {
	return hmac.Equal([]byte(token), []byte(c.FormToken(bind...)))
}
