package vault

import (
	"strings"
	"testing"
)

// What people write, and what they meant.
func TestSlipsSoundAlike(t *testing.T) {
	for meant, slips := range map[string]string{
		"thompson":    "thomson tomson tompson thompsen thommpson thompsan",
		"biscuit":     "biskit buiscuit biscuitt biscut",
		"stephen":     "steven stefen stephan",
		"philip":      "filip phillip fillip philipp phylip",
		"catherine":   "katherine catharine kathrine cathrine",
		"christopher": "kristopher cristofer christofer",
		"keith":       "kieth keeth",
		"neil":        "niel neal",
		"sophie":      "sofie sophy sofi",
		"whiskey":     "wiskey whisky wisky",
		"rebecca":     "rebeca rebbeca",
		"sarah":       "sara sarrah",
		"smith":       "smyth smithe",
		"schmidt":     "schmitt shmidt",
		"charlotte":   "charlote charllote sharlotte",
		"bella":       "bela belle",
		"michael":     "mikael micheal",
		"nicholas":    "nicolas nickolas",
		"gemma":       "jemma gema",
		"knight":      "night knite",
		"wright":      "right rite",
		"lamb":        "lam",
		"tyson":       "tison tysen",
		"lindsay":     "lyndsay lindsey",
		"elliott":     "eliot elliot",
		"mackenzie":   "mckenzie makenzie",
	} {
		for slip := range strings.FieldsSeq(slips) {
			if !SoundAlike(meant, slip) {
				t.Errorf("%s (%s, %s) and %s (%s, %s) do not sound alike", meant, Sound(meant), spelledLoosely(meant), slip, Sound(slip), spelledLoosely(slip))
			}
			if SoundAlike(meant, slip) != SoundAlike(slip, meant) {
				t.Errorf("%s and %s: not the same both ways", meant, slip)
			}
		}
	}
}

func TestOtherNamesDoNotSoundAlike(t *testing.T) {
	for one, others := range map[string]string{
		"bella":   "billy bull bolt bailey bill bella",
		"max":     "mix milo maximus",
		"luna":    "leon lion",
		"rover":   "roofers robber",
		"smith":   "smoothie",
		"biscuit": "basket biscotti",
		"leo":     "lea",
	} {
		for other := range strings.FieldsSeq(others) {
			if SoundAlike(one, other) {
				t.Errorf("%s and %s sound alike: %s", one, other, Sound(one))
			}
		}
	}
}

func TestWhatHasNoSound(t *testing.T) {
	for _, word := range []string{"", "bo", "leo", "aia", "a12", "rex2", "小明", "ямаха", "müller", "🐶", "o'b"} {
		if s := Sound(word); s != "" {
			t.Errorf("%q sounds like %q", word, s)
		}
	}
	if s := Sound(strings.Repeat("b", 1000) + "d"); s != "bd" {
		t.Errorf("a long word sounds like %q", s)
	}
}
