// Build makes the files that the pages load into static/dist: the stylesheet and the script bundled
// from their parts, htmx and its extensions, the typeface and the pictures, each under a name with a
// hash of its content and compressed beforehand. Third-party files come from npm by the lock file,
// with install scripts off; Node itself is not run beyond that.
//
//	go run ./static/build [folder of the sources, by default static]
//
// It does nothing when nothing has changed.
package main

import (
	"context"
	"fmt"
	"os"
)

func main() {
	root := "static"
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := run(context.Background(), root); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string) error {
	if err := fetch(ctx, root); err != nil {
		return err
	}
	inputs, err := digest(root)
	if err != nil {
		return err
	}
	if upToDate(root, inputs) {
		return nil
	}
	return build(root, inputs)
}
