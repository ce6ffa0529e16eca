//go:build bench

package audit

import (
	"os"
	"slices"
	"strings"
)

// benchUnrecorded leaves leaves unwritten, those of the scribe and those of a change, so that
// `make bench` can tell what the record costs.
var benchUnrecorded = slices.Contains(strings.Split(os.Getenv("PADDOCK_BENCH_OFF"), ","), "record")
