package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
)

// errTried ends a dry run, so that what was written is taken back.
var errTried = errors.New("tried, not kept")

// codesLoad brings a list of diagnosis codes into a clinic, as the page of lists does: whole or not at all.
func codesLoad(ctx context.Context, e *environment, args []string) error {
	f := flags("codes load")
	clinic := f.String("clinic", "", "the clinic's host, or the first word of it")
	var s records.CodeSystem
	f.StringVar(&s.Name, "system", "", "what the list is called")
	f.StringVar(&s.Version, "version", "", "which version of the list it is, like 2026-04")
	f.StringVar(&s.Licence, "licence", "", "under which licence the clinic may use it")
	f.StringVar(&s.Source, "source", "", "where it is from")
	dry := f.Bool("dry-run", false, "say whether it can be taken in, and write nothing")
	as := f.String("as", "", "the e-mail address of the person who loads it; the passphrase is asked for, or taken from PADDOCK_PASSPHRASE")
	words, err := parse(e, f, args, "a CSV file")
	if err != nil {
		return err
	}
	if err := demand(f, "clinic", "system", "version", "licence"); err != nil {
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
		who, err := in.behalf(ctx, e, p, at, act{command: "codes load", right: access.PracticeManage, words: "load lists of codes"}, *as)
		if err != nil {
			return err
		}
		codes, err := e.readCodes(ctx, in.store, who, file)
		if err != nil {
			return err
		}
		err = in.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
			if err := records.AddCodeSystem(ctx, tx, keys, id.New(), s, codes); err != nil || !*dry {
				return err
			}
			return errTried
		})
		switch {
		case errors.Is(err, errTried):
			e.tell("The file is right. Codes: %d. Nothing was taken in.", len(codes))
			return nil
		case err != nil:
			return flagged(err)
		}
		e.tell("%s %s was taken in. Codes: %d.", s.Name, s.Version, len(codes))
		return nil
	})
}

// readCodes reads the file, and names the lines that keep it from being taken in.
func (e *environment) readCodes(ctx context.Context, store *db.Store, who actor.Who, file *os.File) ([]records.Code, error) {
	species := map[string]bool{}
	err := store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		list, err := registry.ListSpecies(ctx, tx)
		for _, s := range list {
			species[s.Code] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	codes, problems, err := records.ReadCodes(file, species)
	if err != nil {
		return nil, unread(file.Name(), err)
	}
	for _, p := range problems {
		e.tell("line %d: %s", p.Line, p.Message)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s has lines to mend, so nothing was taken in", file.Name())
	}
	return codes, nil
}

// flagged says which flag each mistake of a list is about.
func flagged(err error) error {
	var bad fault.Fields
	if !errors.As(err, &bad) {
		return err
	}
	var said []string
	for _, b := range bad {
		if b.Name == "name" {
			b.Name = "system"
		}
		said = append(said, "--"+b.Name+": "+b.Message)
	}
	return errors.New(strings.Join(said, "; "))
}
