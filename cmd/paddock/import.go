package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// importPatients brings the animals of a licence list into a clinic. The record names the purpose and
// this command where a person would stand.
func importPatients(ctx context.Context, e *environment, args []string) error {
	f := flags("import patients")
	clinic := f.String("clinic", "", "the clinic's host, or the first word of it")
	words, err := parse(e, f, args, "a CSV file")
	if err != nil {
		return err
	}
	if err := demand(f, "clinic"); err != nil {
		return err
	}
	file, err := os.Open(words[0])
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return fmt.Errorf("%s cannot be read: %w", words[0], err)
	}
	defer file.Close()
	return e.reached(ctx, func(in *installation, _ place) error {
		at, err := in.at(ctx, e, *clinic)
		if err != nil {
			return err
		}
		keys, err := in.vault.Clinic(ctx, at.Tenant())
		if err != nil {
			return err
		}
		who := at.Who(actor.Import, id.New(), "import patients")
		report, err := registry.ImportPatients(ctx, in.store, keys, who, bufio.NewReader(file), e.progress())
		fmt.Fprintln(e.stderr)
		e.tellImport(report)
		return err
	})
}

// progress writes one line over and over where somebody watches, so that a log file is not filled.
func (e *environment) progress() func(registry.Progress) {
	again := "\n"
	if f, ok := e.stderr.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			again = "\r"
		}
	}
	started := false
	return func(p registry.Progress) {
		if started {
			fmt.Fprint(e.stderr, again)
		}
		started = true
		fmt.Fprintf(e.stderr, "%d rows read, %d patients imported, %d bad", p.Read, p.Imported, p.Bad)
	}
}

// tellImport names each bad row by its line, then the totals.
func (e *environment) tellImport(r registry.Report) {
	for _, b := range r.Rows {
		e.tell("line %d: %s", b.Line, b.Reason)
	}
	if more := r.Bad - len(r.Rows); more > 0 {
		e.tell("and %d more bad rows", more)
	}
	e.tell("%d rows read: %d patients imported, %d of them without a name, %d bad rows left out.", r.Read, r.Imported, r.Unnamed, r.Bad)
}
