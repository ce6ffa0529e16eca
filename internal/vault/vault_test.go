package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"paddock/internal/id"
)

// evaluation makes a vault with a local root key, in folders of the test.
func evaluation(t testing.TB) (*Vault, Config) {
	t.Helper()
	folder := t.TempDir()
	cfg := Config{
		RootKeyFile:    filepath.Join(folder, "root.key"),
		KeyStoreURL:    filepath.Join(folder, "keys"),
		DatabaseFolder: filepath.Join(folder, "database"),
	}
	if err := CreateRootKeyFile(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	return reopen(t, cfg), cfg
}

func reopen(t testing.TB, cfg Config) *Vault {
	t.Helper()
	v, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

func newTenant() id.Tenant { return id.TenantFrom(id.New()) }

func made(t testing.TB, v *Vault) *Clinic {
	t.Helper()
	tenant := newTenant()
	if err := v.Create(t.Context(), tenant); err != nil {
		t.Fatal(err)
	}
	c, err := v.Clinic(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func TestKeysOutliveTheProcess(t *testing.T) {
	v, cfg := evaluation(t)
	c := made(t, v)
	slot := Slot{Table: "clients", Group: "contact", Row: id.New()}
	sealed, err := c.Seal(slot, []byte("Zoë"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := reopen(t, cfg).Clinic(t.Context(), c.ID())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(slot, sealed); err != nil || string(got) != "Zoë" {
		t.Fatalf("opened %q, %v", got, err)
	}
	if c.Token("name", "zoe") != again.Token("name", "zoe") || !bytes.Equal(c.Commit([]byte("a")), again.Commit([]byte("a"))) || c.CookieKeys() != again.CookieKeys() {
		t.Error("derived values changed over a restart")
	}
}

func TestCreateNeverReplacesKeys(t *testing.T) {
	v, cfg := evaluation(t)
	other := reopen(t, cfg)
	for range 50 {
		tenant := newTenant()
		var won atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				err := []*Vault{v, other}[i%2].Create(t.Context(), tenant)
				if err == nil {
					won.Add(1)
				} else if !errors.Is(err, ErrExists) {
					t.Errorf("got %v, want ErrExists", err)
				}
			})
		}
		all.Wait()
		if n := won.Load(); n != 1 {
			t.Fatalf("%d of 8 made the keys of one clinic, want 1", n)
		}
	}
	if err := v.Create(t.Context(), id.Tenant{}); err == nil {
		t.Error("keys were made for no clinic")
	}
}

func TestClinicWithoutKeysIsToldApart(t *testing.T) {
	v, _ := evaluation(t)
	tenant := newTenant()
	_, err := v.Clinic(t.Context(), tenant)
	wantErr(t, err, ErrNoKeys)
	if err := v.Create(t.Context(), tenant); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Clinic(t.Context(), tenant); err != nil {
		t.Fatalf("the failure was remembered: %v", err)
	}
}

func TestForgetReadsTheStoreAgain(t *testing.T) {
	v, cfg := evaluation(t)
	c := made(t, v)
	if err := os.Remove(filepath.Join(cfg.KeyStoreURL, clinicName(c.ID()))); err != nil {
		t.Fatal(err)
	}
	if kept, err := v.Clinic(t.Context(), c.ID()); err != nil || kept != c {
		t.Fatalf("the clinic was not kept in memory: %v", err)
	}
	v.Forget(c.ID())
	_, err := v.Clinic(t.Context(), c.ID())
	wantErr(t, err, ErrNoKeys)
}

func TestLoadBegunBeforeForgetIsNotKept(t *testing.T) {
	v, _ := evaluation(t)
	c := made(t, v)
	began := v.forgotten
	v.Forget(c.ID())
	if _, err := v.load(t.Context(), c.ID(), began); err != nil {
		t.Fatal(err)
	}
	if v.kept.get(c.ID()) != nil {
		t.Error("keys that were forgotten while they were read are in memory")
	}
}

func TestShelfIsBounded(t *testing.T) {
	s := newShelf(2)
	a, b, c := newTenant(), newTenant(), newTenant()
	for _, tenant := range []id.Tenant{a, b} {
		s.put(tenant, &Clinic{id: tenant})
	}
	s.get(a)
	s.put(c, &Clinic{id: c})
	if s.get(a) == nil || s.get(b) != nil || s.get(c) == nil || len(s.by) != 2 || s.order.Len() != 2 {
		t.Error("the clinic used longest ago was not the one let go")
	}
}

// T86.
func TestWrappedKeysInAnotherPlaceAreRefused(t *testing.T) {
	v, cfg := evaluation(t)
	a, b := made(t, v), made(t, v)
	copyBlob := func(from, to string) {
		t.Helper()
		blob, err := os.ReadFile(filepath.Join(cfg.KeyStoreURL, from))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(cfg.KeyStoreURL, to), blob, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	copyBlob(clinicName(a.ID()), clinicName(b.ID()))
	v.Forget(b.ID())
	_, err := v.Clinic(t.Context(), b.ID())
	wantErr(t, err, ErrWrongKeys)
	if _, err := v.Clinic(t.Context(), a.ID()); err != nil {
		t.Fatal(err)
	}

	key := NewKey()
	for version := range int32(2) {
		if err := v.PutContextKey(t.Context(), version+1, key); err != nil {
			t.Fatal(err)
		}
	}
	copyBlob(contextName(1), contextName(2))
	_, err = v.ContextKey(t.Context(), 2)
	wantErr(t, err, ErrWrongKeys)
	copyBlob(contextName(1), clinicName(b.ID()))
	_, err = v.Clinic(t.Context(), b.ID())
	wantErr(t, err, ErrWrongKeys)
	copyBlob(clinicName(a.ID()), contextName(2))
	_, err = v.ContextKey(t.Context(), 2)
	wantErr(t, err, ErrWrongKeys)
	copyBlob(clinicName(a.ID()), markName)
	_, err = Open(t.Context(), cfg)
	wantErr(t, err, ErrWrongKeys)
}

// T86: purposes and versions inside the wrapping.
func TestWrappedContentIsChecked(t *testing.T) {
	tenant := newTenant()
	sets, err := newKeySets()
	if err != nil {
		t.Fatal(err)
	}
	fresh := func() *content {
		c, err := sets.content(tenant)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, err := fresh().keySets(tenant); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*content){
		"two purposes swapped":        func(c *content) { c.Sets[0].Set, c.Sets[1].Set = c.Sets[1].Set, c.Sets[0].Set },
		"a purpose missing":           func(c *content) { c.Sets = c.Sets[:3] },
		"a purpose twice":             func(c *content) { c.Sets[2].Purpose = purposeTokens },
		"a purpose unknown":           func(c *content) { c.Sets = append(c.Sets, purpose{"more", 1, c.Sets[1].Set}) },
		"another row key version":     func(c *content) { c.Sets[0].Version = 2 },
		"another token key version":   func(c *content) { c.Sets[1].Version = 2 },
		"a key set cut short":         func(c *content) { c.Sets[1].Set = c.Sets[1].Set[:9] },
		"a key set that holds none":   func(c *content) { c.Sets[1].Set = nil },
		"no clinic":                   func(c *content) { c.Clinic = "" },
		"a clinic in capital letters": func(c *content) { c.Clinic = strings.ToUpper(c.Clinic) },
	} {
		t.Run(name, func(t *testing.T) {
			c := fresh()
			change(c)
			sets, err := c.keySets(tenant)
			if err == nil {
				_, err = newClinic(tenant, sets)
			}
			if err == nil {
				t.Error("was taken")
			}
		})
	}
	for name, text := range map[string]string{
		"another format": `{"format":2,"kind":"clinic"}`, "another kind": `{"format":1,"kind":"context"}`,
		"unknown member": `{"format":1,"kind":"clinic","more":1}`, "no text": ``, "no object": `null`,
	} {
		_, err := decodeContent([]byte(text), kindClinic)
		if !errors.Is(err, ErrWrongKeys) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestContextKeyIsKeptByVersion(t *testing.T) {
	v, cfg := evaluation(t)
	key := NewKey()
	if err := v.PutContextKey(t.Context(), 3, key); err != nil {
		t.Fatal(err)
	}
	wantErr(t, v.PutContextKey(t.Context(), 3, NewKey()), ErrExists)
	got, err := reopen(t, cfg).ContextKey(t.Context(), 3)
	if err != nil || got != key {
		t.Fatalf("got another key, or %v", err)
	}
	_, err = v.ContextKey(t.Context(), 4)
	wantErr(t, err, ErrNoKeys)
	if v.PutContextKey(t.Context(), 0, key) == nil || v.PutContextKey(t.Context(), 5, Key{}) == nil {
		t.Error("a key without a version or without bytes was taken")
	}
}

// T90, as far as this package goes.
func TestKeysPrintAsStars(t *testing.T) {
	v, cfg := evaluation(t)
	c := made(t, v)
	key := NewKey()
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", key, "clinic", c, "cookies", c.CookieKeys())
	text, err := json.Marshal(map[string]any{"key": key, "cookies": c.CookieKeys()})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %#v %s %x %q %d|%v %+v %#v|%+v %#v|%s|%s", key, key, key, key, key, key, key,
		c, c, c, c.CookieKeys(), c.CookieKeys(), &log, text)
	root, err := os.ReadFile(cfg.RootKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	secrets := [][]byte{key.Bytes(), c.CookieKeys().Auth.Bytes(), c.CookieKeys().Encrypt.Bytes(), root}
	for _, s := range secrets {
		for _, form := range []string{"%s", "%x", "%X", "%d", "%v"} {
			if strings.Contains(all, strings.Trim(fmt.Sprintf(form, s), "[]")) {
				t.Errorf("a secret was printed as %s", form)
			}
		}
	}
	if n := strings.Count(all, "***"); n < 15 {
		t.Errorf("stars were printed %d times: %s", n, all)
	}
}

func TestManyAskForOneClinicAtOnce(t *testing.T) {
	v, _ := evaluation(t)
	tenant := made(t, v).ID()
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if i%5 == 0 {
				v.Forget(tenant)
			}
			c, err := v.Clinic(t.Context(), tenant)
			if err != nil {
				t.Error(err)
				return
			}
			slot := Slot{"patients", "clinical", id.New()}
			sealed, err := c.Seal(slot, []byte("x"))
			if err != nil {
				t.Error(err)
			}
			if got, err := c.Open(slot, sealed); err != nil || string(got) != "x" {
				t.Errorf("opened %q, %v", got, err)
			}
			c.Token("name", "x")
		})
	}
	all.Wait()
}

func TestOneWhoGivesUpDoesNotEndTheLoad(t *testing.T) {
	v, _ := evaluation(t)
	tenant := made(t, v).ID()
	v.Forget(tenant)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Clinic(ctx, tenant); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if _, err := v.Clinic(t.Context(), tenant); err != nil {
		t.Fatal(err)
	}
}
