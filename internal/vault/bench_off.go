//go:build !bench

package vault

// benchUnsealed stores and searches in the clear; see bench_on.go. The product has no such switch.
const benchUnsealed = false

func benchSeal([]byte) []byte               { return nil }
func benchOpen([]byte) ([]byte, bool)       { return nil, false }
func benchKeep(_, plaintext []byte) []byte  { return plaintext }
func benchToken(_, _ string) (none [8]byte) { return none }
