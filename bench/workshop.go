package main

import (
	"context"
	"fmt"
	"log/slog"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/provision"
	"paddock/internal/vault"
)

// workshop makes clinics of an installation with the product's own verbs, while nothing serves it.
type workshop struct {
	vault    *vault.Vault
	store    *db.Store
	platform *db.Platform
}

var benchPlace = actor.Placement{Tier: actor.TierPool, Cluster: "main", Epoch: 1}

// workshop opens the installation in a database.
func (s *stand) workshop(ctx context.Context, name string) (w *workshop, err error) {
	w = &workshop{}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.vault, err = vault.Open(ctx, vault.Config{KMSURL: "hashivault://bench", KeyStoreURL: s.keyFolder(name)}); err != nil {
		return w, err
	}
	key, err := w.vault.ContextKey(ctx, 1)
	if err != nil {
		return w, err
	}
	signer, err := db.NewSigner(1, key.Bytes(), clock.System)
	if err != nil {
		return w, err
	}
	at := s.endpoint.WithDatabase(name)
	if w.store, err = db.Open(ctx, db.Config{URL: at.As(db.RoleApp), Signer: signer, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return w, err
	}
	w.platform, err = db.OpenPlatform(ctx, at.As(db.RolePlatform))
	return w, err
}

func (w *workshop) close() {
	if w.platform != nil {
		w.platform.Close()
	}
	if w.store != nil {
		w.store.Close()
	}
	if w.vault != nil {
		_ = w.vault.Close() // nothing is written by closing
	}
}

// found makes a clinic with one person in a role, who is then at work there.
func (w *workshop) found(ctx context.Context, host string, p identity.NewPerson) (keys *vault.Clinic, who actor.Who, person identity.Person, err error) {
	tenant, _, err := provision.Clinic(ctx, provision.Deps{Store: w.store, Platform: w.platform, Vault: w.vault, BaseDomain: "localhost", Placement: benchPlace},
		provision.NewClinic{Name: clinicName, Host: host, TimeZone: zone, Country: "GB"},
		provision.Admin{Name: "Pat Founder", Email: "admin@oakvale.example"})
	if err != nil {
		return nil, who, person, err
	}
	if keys, err = w.vault.Clinic(ctx, tenant); err != nil {
		return nil, who, person, err
	}
	who = actor.Who{Clinic: tenant, Placement: benchPlace, Purpose: actor.Provision, Request: id.New(), Route: "bench"}
	err = w.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		person, err = identity.AddPerson(ctx, tx, keys, p)
		return err
	})
	if err != nil {
		return nil, who, person, fmt.Errorf("adding a person: %w", err)
	}
	who.Purpose, who.Person = actor.Work, person.ID
	return keys, who, person, nil
}

// families makes patients, some of them in a transaction.
func (w *workshop) families(ctx context.Context, who actor.Who, c *clinic, patients int) error {
	for made := 0; made < patients; made += chunk {
		err := w.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
			for i := made; i < min(made+chunk, patients); i += animalsEach {
				if err := c.family(ctx, tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("making patients: %w", err)
		}
	}
	return nil
}
