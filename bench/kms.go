package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"gocloud.dev/secrets"
	"gocloud.dev/secrets/localsecrets"
)

// transit is a key management service on loopback: as much of the protocol of Vault's Transit engine
// as wrapping a clinic's keys needs, with a key that lives as long as the benchmark.
type transit struct{ keeper *secrets.Keeper }

func newTransit() *transit {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails, see crypto/rand
	return &transit{keeper: localsecrets.NewKeeper(key)}
}

const wrappedPrefix = "vault:v1:"

func (t *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Plaintext, Ciphertext string }
	out := map[string]string{}
	err := json.NewDecoder(r.Body).Decode(&in)
	if err == nil {
		switch {
		case strings.Contains(r.URL.Path, "/encrypt/"):
			out["ciphertext"], err = t.wrap(r, in.Plaintext)
		case strings.Contains(r.URL.Path, "/decrypt/"):
			out["plaintext"], err = t.unwrap(r, in.Ciphertext)
		}
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": out}) // fails when the asker has gone
}

func (t *transit) wrap(r *http.Request, plain string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(plain)
	if err != nil {
		return "", err
	}
	b, err = t.keeper.Encrypt(r.Context(), b)
	return wrappedPrefix + base64.StdEncoding.EncodeToString(b), err
}

func (t *transit) unwrap(r *http.Request, wrapped string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(wrapped, wrappedPrefix))
	if err != nil {
		return "", err
	}
	b, err = t.keeper.Decrypt(r.Context(), b)
	return base64.StdEncoding.EncodeToString(b), err
}
