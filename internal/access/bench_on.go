//go:build bench

package access

import (
	"os"
	"slices"
	"strings"
)

// benchAllow lets every permission pass, so that `make bench` can tell what asking costs.
var benchAllow = slices.Contains(strings.Split(os.Getenv("PADDOCK_BENCH_OFF"), ","), "permission")
