//go:build !bench

package audit

// benchUnrecorded leaves leaves unwritten; see bench_on.go. The product has no such switch.
const benchUnrecorded = false
