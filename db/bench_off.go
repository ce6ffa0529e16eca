//go:build !bench

package db

// benchUnsigned leaves the signature off a context; see bench_on.go. The product has no such switch.
const benchUnsigned = false
