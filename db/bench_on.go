//go:build bench

package db

import (
	"os"
	"slices"
	"strings"
)

// benchUnsigned leaves the signature off a context, so that `make bench` can tell what signing costs.
// It is worth nothing by itself: sec.tenant() refuses such a context until the benchmark has replaced
// that function in its own throw-away database.
var benchUnsigned = slices.Contains(strings.Split(os.Getenv("PADDOCK_BENCH_OFF"), ","), "context")
