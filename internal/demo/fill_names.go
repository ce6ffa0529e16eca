package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// What the surnames of fills are made of: a beginning, a vowel, a middle, a vowel and an end. The first
// four are runs of consonants and of vowels by turns and the end begins with a consonant, so that no two
// choices spell the same surname.
var (
	beginnings   = names("B, Br, C, Cl, Cr, D, Dr, F, Fl, G, Gr, H, J, K, L, M, N, P, Pr, R, S, St, T, Th, Tr, V, W, Wh")
	firstVowels  = names("a, e, i, o, u, ai, ea, oo")
	middles      = names("b, ck, d, dd, g, l, lb, ld, lk, ll, lm, lt, m, mb, mm, n, nd, nn, ns, nt, p, r, rb, rd, rk, rl, rm, rn, rr, rt, st, tt, v, x, z")
	secondVowels = names("a, e, i, o, u, ie")
	ends         = names(`bell, bin, cer, dan, dell, den, der, don, dy, fell, fin, gar, ger, gill, gin, han, kell, kin, ky, lan, ler, les, ley,
		lin, man, mar, mer, min, mon, nan, nel, ner, ny, pel, ran, ren, rin, ron, ry, san, sen, ser, sey, sin, son, tel, ter, tin, ton,
		ty, van, vel, vey, vin, wan, wen, win`)
)

const (
	// surnamesEach is how many a clinic of a fill has for itself, its marker and its people's included.
	surnamesEach = 250
	// scatter has no divisor with the number of surnames, so that its multiples meet each once.
	scatter = 1_000_003
)

// allSurnames is how many there are.
func allSurnames() int {
	return len(beginnings) * len(firstVowels) * len(middles) * len(secondVowels) * len(ends)
}

// surname gives each one for one n under allSurnames.
func surname(n int) string {
	at := n * scatter % allSurnames()
	var b strings.Builder
	for _, part := range [][]string{beginnings, firstVowels, middles, secondVowels, ends} {
		b.WriteString(part[at%len(part)])
		at /= len(part)
	}
	return b.String()
}

// filled describes a clinic of a fill, numbered from 1. Its surnames and its marker are its own whatever
// the seed; given names and animals' names are found at all of them.
func filled(seed uint64, number int) Clinic {
	all := Clinics()
	like := all[number%len(all)]
	own := make([]string, surnamesEach)
	for i := range own {
		own[i] = surname((number-1)*surnamesEach + i)
	}
	c := Clinic{
		Label: fmt.Sprintf("demo-%04d", number), Zone: like.Zone, Country: like.Country, Marker: own[0], seed: seed<<16 ^ uint64(number),
		surnames: own[5:], mailServer: like.mailServer,
	}
	for _, a := range all {
		c.given, c.animals = append(c.given, a.given...), append(c.animals, a.animals...)
	}
	c.phones = manyPhones[c.Country]
	r := c.draws(1)
	c.Name = c.Marker + " " + pick(r, "Veterinary Clinic", "Animal Hospital", "Pet Care", "Veterinary Centre")
	person := func(surname string) string { return pick(r, c.given...) + " " + surname }
	c.People = staff(person(own[1]), person(own[2]), "Dr "+person(own[3]), person(own[4]))
	return c
}

// manyPhones are reserved ranges of a country, wide enough for thousands of clients; # stands for a digit.
var manyPhones = map[string][]string{
	"GB": names(`07700 900###, 0113 496 0###, 0114 496 0###, 0115 496 0###, 0116 496 0###, 0117 496 0###, 0118 496 0###, 0121 496 0###,
		0131 496 0###, 0141 496 0###, 0151 496 0###, 0161 496 0###, 020 7946 0###, 0191 498 0###, 028 9649 6###, 029 2018 0###, 01632 960###`),
	"IE": names("020 91# ####"),
	"US": names("(2##) 555-01##, (5##) 555-01##, (7##) 555-01##, (8##) 555-01##"),
}

// body is what the weight and the chip of a fill's animal are drawn from.
type body struct {
	kilograms float64 // of a grown one
	chipped   int     // of a hundred
}

// bodies are by species; each of kinds has one.
var bodies = map[string]body{
	"dog": {21, 95}, "cat": {4.3, 86}, "rabbit": {2.1, 45}, "guineapig": {0.95, 0}, "hamster": {0.12, 0}, "rat": {0.38, 0},
	"ferret": {1.1, 70}, "bird": {0.12, 15}, "chicken": {2.4, 0}, "tortoise": {1.6, 70}, "lizard": {0.4, 15}, "snake": {0.9, 20},
	"horse": {430, 94}, "goat": {34, 40}, "sheep": {62, 30}, "alpaca": {66, 60},
}

// often draws one of a list, the first ones more often, as names are.
func often(r *rand.Rand, of []string) string {
	u := r.Float64()
	return of[int(u*u*float64(len(of)))]
}

// household is how many people and animals come to a practice together.
func household(r *rand.Rand) (people, animals int) {
	people = 1
	if r.IntN(100) < 14 {
		people = 2
	}
	chance := r.IntN(100)
	return people, 1 + slices.IndexFunc([]int{60, 85, 95, 100}, func(below int) bool { return chance < below })
}
