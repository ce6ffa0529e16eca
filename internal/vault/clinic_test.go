package vault

import (
	"bytes"
	"crypto/hmac"
	"errors"
	"strings"
	"testing"

	"paddock/internal/id"
)

var row = id.MustParse("0198c0de-0000-7000-8000-000000000001")

// T83.
func TestSealedValueOpensInItsSlotOnly(t *testing.T) {
	v, _ := evaluation(t)
	c, other := made(t, v), made(t, v)
	slot := Slot{Table: "clients", Group: "contact", Row: row}
	sealed, err := c.Seal(slot, []byte("Siobhán O'Brien, 020 7946 0000"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Open(slot, sealed); err != nil || string(got) != "Siobhán O'Brien, 020 7946 0000" {
		t.Fatalf("opened %q, %v", got, err)
	}
	// The same keys under another clinic's name: the clinic is bound by itself, not by its key alone.
	twin := *c
	twin.id = other.id
	for name, try := range map[string]func() ([]byte, error){
		"clinic":               func() ([]byte, error) { return other.Open(slot, sealed) },
		"clinic with its keys": func() ([]byte, error) { return twin.Open(slot, sealed) },
		"table":                func() ([]byte, error) { return c.Open(Slot{"patients", "contact", row}, sealed) },
		"group":                func() ([]byte, error) { return c.Open(Slot{"clients", "clinical", row}, sealed) },
		"row":                  func() ([]byte, error) { return c.Open(Slot{"clients", "contact", id.New()}, sealed) },
		"no row":               func() ([]byte, error) { return c.Open(Slot{"clients", "contact", id.ID{}}, sealed) },
		"shifted names":        func() ([]byte, error) { return c.Open(Slot{"clientsc", "ontact", row}, sealed) },
		"name and its length":  func() ([]byte, error) { return c.Open(Slot{"clients\x00\x07contact", "", row}, sealed) },
		"long name":            func() ([]byte, error) { return c.Open(Slot{strings.Repeat("x", 1<<16), "contact", row}, sealed) },
	} {
		got, err := try()
		if !errors.Is(err, ErrUnopenable) || got != nil {
			t.Errorf("moved to another %s: %q, %v", name, got, err)
		}
	}
	for _, bad := range []Slot{{}, {"clients", "", row}, {"", "contact", row}, {"clients", "contact", id.ID{}}, {strings.Repeat("x", 256), "contact", row}} {
		if _, err := c.Seal(bad, nil); err == nil {
			t.Errorf("sealed in %v", bad)
		}
	}
}

// T83, key version; and older versions open after a new one seals.
func TestKeyVersions(t *testing.T) {
	tenant := newTenant()
	sets, err := newKeySets()
	if err != nil {
		t.Fatal(err)
	}
	first, err := newClinic(tenant, sets)
	if err != nil {
		t.Fatal(err)
	}
	slot := Slot{"clients", "contact", row}
	old, err := first.Seal(slot, []byte("old"))
	if err != nil {
		t.Fatal(err)
	}
	if err := sets.addRowKey(2); err != nil {
		t.Fatal(err)
	}
	// Through the wrapped form, as another process would read it.
	wrapped, err := sets.content(tenant)
	if err != nil {
		t.Fatal(err)
	}
	if sets, err = wrapped.keySets(tenant); err != nil {
		t.Fatal(err)
	}
	second, err := newClinic(tenant, sets)
	if err != nil {
		t.Fatal(err)
	}
	if first.KeyVersion() != 1 || second.KeyVersion() != 2 {
		t.Fatalf("versions %d and %d, want 1 and 2", first.KeyVersion(), second.KeyVersion())
	}
	recent, err := second.Seal(slot, []byte("new"))
	if err != nil {
		t.Fatal(err)
	}
	for want, sealed := range map[string][]byte{"old": old, "new": recent} {
		if got, err := second.Open(slot, sealed); err != nil || string(got) != want {
			t.Errorf("opened %q, %v, want %q", got, err, want)
		}
		moved := bytes.Clone(sealed)
		moved[4] = 3 - moved[4]
		if _, err := second.Open(slot, moved); !errors.Is(err, ErrUnopenable) {
			t.Errorf("%q moved to the other key version: %v", want, err)
		}
	}
	if _, err := first.Open(slot, recent); !errors.Is(err, ErrUnopenable) {
		t.Errorf("a version not known yet: %v", err)
	}
	// The same key under both versions: the version is bound by itself too.
	second.rows[2] = second.rows[1]
	if _, err := second.rows[1].Decrypt(old, second.bind(slot, 2)); err == nil {
		t.Error("the key version is not authenticated")
	}
}

// T84.
func TestDamagedValuesDoNotOpen(t *testing.T) {
	v, _ := evaluation(t)
	c := made(t, v)
	slot := Slot{"notes", "clinical", row}
	for _, text := range [][]byte{nil, {}, []byte("Lahmheit vorne rechts")} {
		sealed, err := c.Seal(slot, text)
		if err != nil {
			t.Fatal(err)
		}
		if len(sealed) != len(text)+Overhead {
			t.Fatalf("%d bytes sealed to %d", len(text), len(sealed))
		}
		if got, err := c.Open(slot, sealed); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("opened %q, %v", got, err)
		}
		for i := range len(sealed) * 8 {
			flipped := bytes.Clone(sealed)
			flipped[i/8] ^= 1 << (i % 8)
			if got, err := c.Open(slot, flipped); !errors.Is(err, ErrUnopenable) || got != nil {
				t.Fatalf("bit %d flipped: %q, %v", i, got, err)
			}
		}
		for n := range sealed {
			if _, err := c.Open(slot, sealed[:n]); !errors.Is(err, ErrUnopenable) {
				t.Fatalf("cut to %d bytes: %v", n, err)
			}
			if _, err := c.Open(slot, sealed[n+1:]); !errors.Is(err, ErrUnopenable) {
				t.Fatalf("first %d bytes cut: %v", n+1, err)
			}
		}
		if _, err := c.Open(slot, append(bytes.Clone(sealed), 0)); !errors.Is(err, ErrUnopenable) {
			t.Fatalf("made longer: %v", err)
		}
	}
	for _, empty := range [][]byte{nil, {}, make([]byte, Overhead), make([]byte, 400)} {
		if _, err := c.Open(slot, empty); !errors.Is(err, ErrUnopenable) {
			t.Errorf("%d empty bytes: %v", len(empty), err)
		}
	}
}

// T85.
func TestTwoClinicsShareNoByte(t *testing.T) {
	v, _ := evaluation(t)
	a, b := made(t, v), made(t, v)
	slot := Slot{"clients", "contact", row}
	for _, text := range []string{"Müller-Lüdenscheidt", "+49 30 901820", strings.Repeat("The dog is lame. ", 100)} {
		sa, err := a.Seal(slot, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		sb, err := b.Seal(slot, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		again, err := a.Seal(slot, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for i := headSize; i+8 <= len(sa); i++ {
			if bytes.Contains(sb, sa[i:i+8]) || bytes.Contains(again, sa[i:i+8]) {
				t.Fatalf("two seals of one text share the 8 bytes at %d", i)
			}
		}
		tokens := make(map[[8]byte]string)
		for name, c := range map[string]*Clinic{"a": a, "b": b} {
			for _, field := range []string{"client_name", "patient_name"} {
				for _, w := range append(Words(text), PhoneTerms(text)...) {
					token := c.Token(field, w)
					if token != c.Token(field, w) {
						t.Fatal("a token changes")
					}
					place := name + field + w
					if tokens[token] != "" && tokens[token] != place {
						t.Fatalf("%s and %s share a token", tokens[token], place)
					}
					tokens[token] = place
				}
			}
		}
		if hmac.Equal(a.Commit([]byte(text)), b.Commit([]byte(text))) {
			t.Error("two clinics share a commitment")
		}
	}
	if a.CookieKeys() == b.CookieKeys() || a.CookieKeys().Auth == a.CookieKeys().Encrypt {
		t.Error("cookie keys are shared")
	}
	if a.Token("ab", "c") == a.Token("a", "bc") {
		t.Error("field and word run together")
	}
}

func TestCommitmentsTellPartsApart(t *testing.T) {
	v, _ := evaluation(t)
	c := made(t, v)
	seen := make(map[string]int)
	for i, parts := range [][][]byte{nil, {nil}, {nil, nil}, {[]byte("ab")}, {[]byte("a"), []byte("b")}, {[]byte("ab"), nil}, {nil, []byte("ab")}} {
		sum := c.Commit(parts...)
		if len(sum) != 32 || !hmac.Equal(sum, c.Commit(parts...)) {
			t.Fatalf("parts %d: %d bytes, or not the same twice", i, len(sum))
		}
		if j, ok := seen[string(sum)]; ok {
			t.Errorf("parts %d and %d commit alike", j, i)
		}
		seen[string(sum)] = i
	}
}

func FuzzOpen(f *testing.F) {
	v, _ := evaluation(f)
	c := made(f, v)
	sealed, err := c.Seal(Slot{"clients", "contact", row}, []byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("clients", "contact", sealed[:Overhead])
	f.Add("", "", []byte{1, 0, 0, 0, 1})
	f.Add("clients", "contact", []byte(nil))
	f.Fuzz(func(t *testing.T, table, group string, b []byte) {
		if got, err := c.Open(Slot{table, group, row}, b); !errors.Is(err, ErrUnopenable) || got != nil {
			t.Errorf("opened %q, %v", got, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	v, _ := evaluation(b)
	c := made(b, v)
	slot, text := Slot{"clients", "contact", row}, make([]byte, 200)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Seal(slot, text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	v, _ := evaluation(b)
	c := made(b, v)
	slot := Slot{"clients", "contact", row}
	sealed, err := c.Seal(slot, make([]byte, 200))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Open(slot, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkToken(b *testing.B) {
	v, _ := evaluation(b)
	c := made(b, v)
	b.ReportAllocs()
	for b.Loop() {
		c.Token("client_name", "ludenscheidt")
	}
}
