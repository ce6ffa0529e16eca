//go:build !bench

package access

// benchAllow lets every permission pass; see bench_on.go. The product has no such switch.
const benchAllow = false
