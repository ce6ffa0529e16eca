package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/imports"
	"paddock/internal/vault"
)

// told is how many problems of a file are named one by one.
const told = 200

// importPatients brings animals from a file into a clinic, as the page of imports does, but without a job:
// the batch stands among the others there and can be taken back.
func importPatients(ctx context.Context, e *environment, args []string) error {
	f := flags("import patients")
	clinic := f.String("clinic", "", "the clinic's host, or the first word of it")
	mapping := f.String("map", "", `which column is what, as number="License Number",name=3; guessed where not said`)
	dry := f.Bool("dry-run", false, "say what would become of each row, and write nothing")
	as := f.String("as", "", "the e-mail address of the person who imports; the passphrase is asked for, or taken from PADDOCK_PASSPHRASE")
	words, err := parse(e, f, args, "a CSV file")
	if err != nil {
		return err
	}
	if err := demand(f, "clinic"); err != nil {
		return err
	}
	file, err := openFile(words[0])
	if err != nil {
		return err
	}
	defer file.Close()
	return e.reached(ctx, func(in *installation, p place) error {
		at, err := in.at(ctx, e, *clinic)
		if err != nil {
			return err
		}
		keys, err := in.vault.Clinic(ctx, at.Tenant())
		if err != nil {
			return err
		}
		who, err := in.behalf(ctx, e, p, at, act{command: "import patients", right: access.ImportRun, words: "import"}, *as)
		if err != nil {
			return err
		}
		b := &batch{environment: e, store: in.store, keys: keys, who: who, row: id.New()}
		upload := imports.Upload{Name: filepath.Base(words[0]), Country: at.Country()}
		if err := imports.Stage(ctx, b.store, keys, who, b.row, upload, bufio.NewReader(file)); err != nil {
			return err
		}
		if err := b.check(ctx, *mapping); err != nil || *dry {
			return errors.Join(err, b.discard(context.WithoutCancel(ctx)))
		}
		return b.run(ctx)
	})
}

// batch is one import of the command line.
type batch struct {
	*environment
	store *db.Store
	keys  *vault.Clinic
	who   actor.Who
	row   id.ID
}

// verb runs one verb on the import as it stands now.
func (b *batch) verb(ctx context.Context, do func(ctx context.Context, tx *db.Tx, version int64) error) error {
	v, err := b.view(ctx)
	if err != nil {
		return err
	}
	return b.store.Write(ctx, b.who, func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, v.Version) })
}

func (b *batch) view(ctx context.Context) (v imports.View, err error) {
	err = b.store.Read(ctx, b.who, func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = imports.Open(ctx, tx, b.keys, b.row)
		return err
	})
	return v, err
}

// check runs the dry run and says what came of it.
func (b *batch) check(ctx context.Context, mapping string) error {
	v, err := b.view(ctx)
	if err != nil {
		return err
	}
	m, err := imports.ParseMapping(mapping, v.Columns)
	if err != nil {
		return err
	}
	if lacks := m.Explain(v.Columns); lacks != "" {
		return errors.New(lacks + " Say which with --map.")
	}
	err = b.verb(ctx, func(ctx context.Context, tx *db.Tx, version int64) error {
		return imports.SetMapping(ctx, tx, b.keys, b.row, version, m, nil)
	})
	if err != nil {
		return err
	}
	tell, done := b.progress("checked")
	n, err := imports.Check(ctx, b.store, b.keys, b.who, b.row, tell)
	done()
	if err != nil {
		return errors.Join(err, imports.GiveUp(context.WithoutCancel(ctx), b.store, b.keys, b.who, b.row, err))
	}
	if v, err = b.view(ctx); err != nil {
		return err
	}
	for _, note := range v.Notes {
		b.tell("%s", note)
	}
	if err := b.tellProblems(ctx); err != nil {
		return err
	}
	b.tell("%d rows: %d to add, %d more licences of animals that are there, %d there already, %d refused. %d without a name, %d conflicts.",
		n.Total, n.Added, n.Merged, n.Skipped, n.Refused, n.Unnamed, n.Conflicts)
	return nil
}

// tellProblems names the first rows that need an eye.
func (b *batch) tellProblems(ctx context.Context) error {
	var list []imports.Problem
	var all int
	err := b.store.Read(ctx, b.who, func(ctx context.Context, tx *db.Tx) (err error) {
		list, all, err = imports.Problems(ctx, tx, b.keys, b.row, told)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range list {
		b.tell("line %d: %s: %s", p.Line, p.Kind, p.Reason)
	}
	if more := all - len(list); more > 0 {
		b.tell("and %d more", more)
	}
	return nil
}

// run brings in what was checked. Cut off, the import can go on or be taken back on its page.
func (b *batch) run(ctx context.Context) error {
	err := b.verb(ctx, func(ctx context.Context, tx *db.Tx, version int64) error {
		return imports.Start(ctx, tx, b.keys, b.row, version, nil)
	})
	if err != nil {
		return errors.Join(err, b.discard(context.WithoutCancel(ctx)))
	}
	tell, done := b.progress("done")
	n, err := imports.Run(ctx, b.store, b.keys, b.who, b.row, tell)
	done()
	if err != nil {
		b.tell("%d of %d rows were done. The import can go on, or be taken back, in the browser.", n.Done, n.Total)
		return errors.Join(err, imports.GiveUp(context.WithoutCancel(ctx), b.store, b.keys, b.who, b.row, err))
	}
	b.tell("%d rows: %d patients added, %d more licences of animals that are there, %d skipped, %d refused. Import %s can be taken back in the browser.",
		n.Total, n.Added, n.Merged, n.Skipped, n.Refused, b.row)
	return nil
}

// discard throws the file away.
func (b *batch) discard(ctx context.Context) error {
	return b.verb(ctx, func(ctx context.Context, tx *db.Tx, version int64) error {
		return imports.Discard(ctx, tx, b.keys, b.row, version)
	})
}

// progress writes one line over and over where somebody watches, so that a log file is not filled. done
// ends the line.
func (b *batch) progress(what string) (tell imports.Progress, done func()) {
	watched := false
	if f, ok := b.stderr.(*os.File); ok {
		info, err := f.Stat()
		watched = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	var last imports.Counts
	said := false
	line := func(end string) {
		fmt.Fprintf(b.stderr, "%d of %d rows %s%s", last.Done, last.Total, what, end)
	}
	return func(n imports.Counts) {
			last, said = n, true
			if watched {
				line("\r")
			}
		}, func() {
			if said {
				line("\n")
			}
		}
}
