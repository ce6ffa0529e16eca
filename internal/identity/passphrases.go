package identity

import (
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"paddock/db"
	"paddock/internal/vault"
)

// Bounds of a passphrase in Unicode code points after NFKC (NIST SP 800-63B-4, 3.1.1.2: no rules of
// composition, no forced change, spaces and every script allowed).
const (
	PassphraseLeast = 12
	PassphraseMost  = 256

	// rawMost bounds the bytes that are looked at at all.
	rawMost = 4096
)

// params are the cost of a passphrase: 19 MiB, two passes (OWASP Password Storage, Argon2id). They stand
// in each stored hash; one with others is made anew at the next sign-in.
var params = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Bounds of the cost a stored hash may ask for, so that a changed row cannot exhaust the memory.
const (
	memoryMost     = 256 * 1024 // KiB
	iterationsMost = 16
)

// hashing lets two passphrases be worked on at a time: each takes 19 MiB and most of a core.
var hashing = semaphore.NewWeighted(2)

// hashingPatience is how long somebody waits for a turn before being told to come again.
const hashingPatience = 5 * time.Second

// hashed counts the computations, which are what a sign-in costs.
var hashed atomic.Int64

// takeTurn waits for a turn at hashing; it gives db.ErrBusy where there is none in time.
func takeTurn(ctx context.Context) (done func(), err error) {
	wait, cancel := context.WithTimeout(ctx, hashingPatience)
	defer cancel()
	if err := hashing.Acquire(wait, 1); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, db.ErrBusy
	}
	return func() { hashing.Release(1) }, nil
}

// fold brings the ways of typing one passphrase together.
func foldPassphrase(raw string) string {
	if len(raw) > rawMost {
		return "" // no passphrase is empty, so it belongs to nobody
	}
	return norm.NFKC.String(raw)
}

// peppered is what is hashed: a keyed hash of the passphrase under the clinic's own key, so that a thief
// of the database alone has nothing to guess against (NIST SP 800-63B-4, 3.1.1.2).
func peppered(keys *vault.Clinic, passphrase string) string {
	return base64.RawStdEncoding.EncodeToString(keys.Commit([]byte("passphrase"), []byte(foldPassphrase(passphrase))))
}

// hash makes the stored form. The caller has a turn.
func hash(keys *vault.Clinic, passphrase string) (string, error) {
	hashed.Add(1)
	h, err := argon2id.CreateHash(peppered(keys, passphrase), &params)
	if err != nil {
		return "", fmt.Errorf("hashing a passphrase: %w", err)
	}
	return h, nil
}

// hashInTurn waits for a turn and hashes.
func hashInTurn(ctx context.Context, keys *vault.Clinic, passphrase string) (string, error) {
	done, err := takeTurn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return hash(keys, passphrase)
}

// matches compares at the cost of one hash; outdated says that the stored form should be made anew. The
// caller has a turn.
func matches(keys *vault.Clinic, passphrase, stored string) (ok, outdated bool, err error) {
	p, _, _, err := argon2id.DecodeHash(stored)
	if err != nil {
		return false, false, fmt.Errorf("reading a stored passphrase: %w", err)
	}
	if p.Memory > memoryMost || p.Iterations > iterationsMost {
		return false, false, errors.New("a stored passphrase asks for more memory or time than any of ours")
	}
	hashed.Add(1)
	ok, p, err = argon2id.CheckHash(peppered(keys, passphrase), stored)
	if err != nil {
		return false, false, fmt.Errorf("comparing a passphrase: %w", err)
	}
	return ok, *p != params, nil
}

// nobodys is a hash that stands in for a person who is not there, so that the answer costs the same.
var nobodys = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash("nobody has this passphrase", &params)
})

//go:embed common.txt
var commonList string

// common holds what people choose when they are asked for something long, squashed.
var common = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(commonList) {
		if w := squash(line); w != "" {
			m[w] = true
		}
	}
	return m
})

// CheckPassphrase gives the sentence why a passphrase cannot be taken, or "". about are words anybody
// could guess: the clinic's host and name, the person's name and e-mail address.
func CheckPassphrase(passphrase string, about ...string) string {
	n := utf8.RuneCountInString(foldPassphrase(passphrase))
	switch {
	case len(passphrase) > rawMost || n > PassphraseMost:
		return fmt.Sprintf("A passphrase has at most %d characters.", PassphraseMost)
	case n < PassphraseLeast:
		return fmt.Sprintf("A passphrase has at least %d characters. Four or five words are easy to remember.", PassphraseLeast)
	}
	s := squash(passphrase)
	core := strings.TrimRight(s, "0123456789")
	switch {
	case common()[s] || common()[core] || monotonous(passphrase) || monotonous(s):
		return "This passphrase is among the first that are guessed. Choose another, of words that have nothing to do with each other."
	case core == "" && s != "" || utf8.RuneCountInString(without(s, about)) < 6 && without(s, about) != s:
		return "This passphrase is made of a number, a name or the clinic, which can be guessed. Choose words that have nothing to do with each other."
	}
	return ""
}

// squash leaves letters and digits, lower case, with the usual stand-ins undone.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '@':
			return 'a'
		case '$':
			return 's'
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, foldPassphrase(s))
}

// monotonous is a text of few characters, one unit again and again, or an alphabet up or down.
func monotonous(s string) bool {
	r := []rune(strings.ToLower(s))
	if len(r) < 2 {
		return false
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(r)))
	if len(distinct) < 5 {
		return true
	}
	for unit := 1; unit <= len(r)/2; unit++ {
		if len(r)%unit == 0 && slices.Equal(r[unit:], r[:len(r)-unit]) {
			return true
		}
	}
	up, down := true, true
	for i := 1; i < len(r); i++ {
		up = up && r[i] == r[i-1]+1
		down = down && r[i] == r[i-1]-1
	}
	return up || down
}

// without takes out of s each word of four letters or more that is in about.
func without(s string, about []string) string {
	var words []string
	for _, a := range about {
		split := strings.FieldsFunc(a, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, w := range append(split, a) {
			if w = squash(w); utf8.RuneCountInString(w) >= 4 {
				words = append(words, w)
			}
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, w := range words {
		s = strings.ReplaceAll(s, w, "")
	}
	return s
}
