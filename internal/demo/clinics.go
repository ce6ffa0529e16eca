// Package demo makes the sample clinics of `paddock dev`: three practices with four people, sixty
// clients and ninety patients each, from a fixed seed, so that every first start gives the same names.
// Everything is written through the verbs that the pages use, so the sample rows are sealed, tokenised
// and recorded like real ones.
//
// The clinics share nothing on purpose: no surname, no animal's name and no word of a note's own is
// found in two of them, so that a row that leaked from one to another shows.
package demo

import (
	"strings"

	"paddock/internal/access"
)

// Passphrase is what all sample people sign in with.
const Passphrase = "four calm horses graze"

const (
	clientsEach  = 60
	patientsEach = 90
	notesEach    = 30
	openedEach   = 12
)

// Clinic describes a sample clinic.
type Clinic struct {
	Label   string // first label of its host, and domain of its people's addresses
	Name    string
	Zone    string // IANA name
	Country string // ISO 3166-1 alpha-2
	Marker  string // stands in every note of this clinic and nowhere else
	People  []Person

	seed       uint64
	given      []string
	surnames   []string
	animals    []string
	phones     []string // reserved ranges; # stands for a digit
	mailServer []string // reserved by RFC 2606
}

// Person is somebody who works at a sample clinic. The address is the job at <label>.example.
type Person struct {
	Job  string // "reception", "nurse", "vet" or "admin"
	Name string
	Role string // key of the seeded role
}

// Address is how the person signs in.
func (c Clinic) Address(p Person) string { return p.Job + "@" + c.Label + ".example" }

// Surnames are those of the clinic's clients.
func (c Clinic) Surnames() []string { return append([]string(nil), c.surnames...) }

// Clinics describes the sample clinics, always in the same order.
func Clinics() []Clinic { return []Clinic{oakvale(), harbour(), northgate()} }

func oakvale() Clinic {
	return Clinic{
		Label: "oakvale", Name: "Oakvale Veterinary Clinic", Zone: "Europe/London", Country: "GB", Marker: "Rowanberry", seed: 1,
		People: staff("Hannah Whitlock", "Samir Choudhury", "Dr Eleanor Voss", "Graham Tindall"),
		given: names(`Alice, Arthur, Beatrix, Callum, Chloë, Darius, Edith, Ffion, Gareth, Gwendolen, Imogen, Jasper, Kwame, Lettice,
			Magnus, Matilda, Nasreen, Nigel, Olwen, Percy, Priyanka, Rosalind, Rupert, Siân, Tamsin, Thaddeus, Ursula, Yusuf`),
		surnames: names(`Abernethy, Achterberg, Ainsworth, Bainbridge, Brontë, Bythesea, Cholmondeley, Clutterbuck, Dankworth, D'Oyly,
			Entwistle, Featherstonehaugh, Ffoulkes, Garthwaite, Goldsworthy, Hathersage, Heptonstall, Iqbal-Reid, Jephcott, Kynaston,
			Lanyon, Llewellyn, Łukasiewicz, Mainwaring, Micklethwait, Nightingale, Nwachukwu, Oglethorpe, Okonjo, Penhaligon, Pfähler,
			Quennell, Ramanathan, Ravenscroft, Sackville-Smythe, Satterthwaite, St John, Thistlethwaite, Tregothnan, Umfreville,
			Vaughan-Pryce, Venkataraman, Wigglesworth, Winterbourne, Yarborough, Zouche, Ólafsdóttir, Shufflebottom`),
		animals: names(`Acorn, Angus, Arrow, Barnaby, Basil, Biscuit, Bracken, Bramble, Brandy, Bumble, Buttons, Chester, Clementine, Clover,
			Conker, Crumpet, Dandelion, Digby, Doris, Dumpling, Ember, Fennel, Fern, Flapjack, Fudge, Ginger, Gulliver, Hamish, Hazel,
			Heathcliff, Henrietta, Humbug, Jasmine, Juniper, Kipper, Lavender, Liquorice, Lulu, Marmalade, Maple, Merlin, Mildred, Mungo,
			Nettle, Noodle, Nutmeg, Olive, Otter, Parsnip, Pepper, Pickle, Poppy, Pudding, Pumpkin, Quince, Radish, Rolo, Rosie, Rufus,
			Scone, Sherlock, Sorrel, Spud, Teasel, Tetley, Thistle, Toffee, Treacle, Truffle, Tuppence, Walnut, Wellington, Willow, Woody`),
		phones: []string{"07700 900###", "+44 7700 900###"}, mailServer: []string{"example.com", "mail.example.com"},
	}
}

func harbour() Clinic {
	return Clinic{
		Label: "harbour", Name: "Harbour Animal Hospital", Zone: "Europe/Dublin", Country: "IE", Marker: "Saltmarsh", seed: 2,
		People: staff("Sinéad Ní Bhriain", "Tadhg Costigan", "Dr Aoife Mac Giolla", "Fionnuala Prendergast"),
		given: names(`Aoibheann, Bláthnaid, Cathal, Ciarán, Conchúr, Dáithí, Deirdre, Eilís, Emer, Eoghan, Fiachra, Gráinne, Iarla, Ímar,
			Lorcan, Mairéad, Malachy, Muireann, Niall, Nuala, Oisín, Orlaith, Pádraig, Róisín, Ruairí, Sadhbh, Séamus, Úna, Zofia, João`),
		surnames: names(`Ó Súilleabháin, O'Brien, O'Shaughnessy, O'Dowd, D'Arcy, Mac Cumhaill, McGillicuddy, McInerney, FitzGibbon, Ahearne,
			Bohannon, Breathnach, Cafferkey, Considine, Coughlan, Cullinane, Devaney, Donnellan, Eviston, Falvey, Finnegan, Gallchobhair,
			Geoghegan, Hanrahan, Heffernan, Hourihane, Kavanagh, Keohane, Kinsella, Lanigan, Loughnane, Mulcahy, Ní Dhomhnaill, Nagle,
			Prunty, Quilligan, Rafferty, Scanlon, Sheehy, Tuohy, Uí Chonaill, Vereker, Wojciechowski, Żuławska, Gonçalves, Ferreira-Lynch,
			Lindqvist, Sørensen`),
		animals: names(`Anchor, Bailey, Banjo, Barnacle, Blarney, Bosun, Brine, Bríd, Bualadh, Captain, Ceilí, Clew, Cobalt, Coral, Cúchulainn,
			Dinghy, Dulse, Eddy, Fiadh, Finbar, Flotsam, Foghorn, Galway, Gannet, Grainne Mhaol, Guinness, Haddock, Halyard, Jetsam, Kelp,
			Kittiwake, Liffey, Limpet, Lir, Lobster, Luna Mara, Mackerel, Marlin, Mermaid, Minnow, Murphy, Mussel, Neptune, Nessa, Oyster,
			Pebble, Pilot, Pirate, Plank, Puffin, Rigger, Rua, Sailor, Samhain, Sandy, Scupper, Seaweed, Shanty, Shannon, Skipper, Sprat,
			Squid, Starboard, Sully, Tara, Tiller, Trawler, Turlough, Urchin, Wavelet, Whelk, Whiskey, Winkle, Yeats`),
		phones: []string{"020 91# ####", "+353 20 91# ####"}, mailServer: []string{"example.org", "post.example.org"},
	}
}

func northgate() Clinic {
	return Clinic{
		Label: "northgate", Name: "Northgate Pet Care", Zone: "America/New_York", Country: "US", Marker: "Granitefield", seed: 3,
		People: staff("Marisol Vega-Ruiz", "DeShawn Pettigrew", "Dr Naomi Feldstein", "Curtis Haldane"),
		given: names(`Abigail, Aaliyah, Brandon, Caleb, Camila, Dakota, Darnell, Esperanza, Evelyn, Gianna, Hunter, Ignacio, Jamal, Kayla,
			Landon, Linh, Mackenzie, Marcus, Minh, Montserrat, Nathaniel, Ofelia, Paisley, Quentin, René, Savannah, Tanisha, Wyatt, Xóchitl, Zoë`),
		surnames: names(`Abrahamian, Albuquerque, Beauchêne, Blackwater, Bustamante, Castañeda, Chukwuemeka, Cruikshank, Dombrowski, Dragomir,
			Eisenhauer, Etcheverry, Fairweather, Feuerstein, Fontenot, Gutiérrez, Goldblum, Hernández-Pike, Hoang, Huckabee, Ibarra, Ingersoll,
			Jankowski, Jørgensen, Kalakaua, Krzyżewski, L'Heureux, Lafferty-Sims, Montgomery, Müller, Muñoz, Nakamura, Ñandú, Oppenheimer,
			Ostrowski, Papadopoulos, Peña, Quiñones, Rosenbaum, Schönfeld, Stonebreaker, Tallchief, Thibodeaux, Underhill, Villaseñor,
			Weatherspoon, Yamashiro, Zapata`),
		animals: names(`Apollo, Astro, Bagel, Bandit, Beau, Blitz, Bronco, Bruno, Buckeye, Cactus, Cannoli, Champ, Chewie, Chili, Cinnabar,
			Cleopatra, Colt, Comet, Cookie, Daisy Mae, Dakota Blue, Diesel, Dixie, Duke, Echo, Everest, Fiona, Frankie, Gadget, Gizmo, Grits,
			Gunner, Hershey, Honey, Indigo, Jackpot, Jolene, Kiwi, Koda, Lady Bird, Lucky, Maverick, Mazie, Meatball, Mesa, Moose, Mustang,
			Nacho, Nova, Oreo, Pancake, Peaches, Peanut, Phoenix, Pixel, Pretzel, Ranger, Rocco, Rodeo, Roxy, Salsa, Sassy, Scout, Sierra,
			Stella, Taco, Tank, Tater, Turbo, Tex, Waffles, Yankee, Zeppelin, Ziggy`),
		phones: []string{"(716) 555-01##", "+1 716 555 01##", "(585) 555-01##"}, mailServer: []string{"example.net", "inbox.example.net"},
	}
}

func staff(reception, nurse, vet, admin string) []Person {
	return []Person{
		{"reception", reception, access.Receptionist},
		{"nurse", nurse, access.Nurse},
		{"vet", vet, access.Veterinarian},
		{"admin", admin, access.PracticeAdmin},
	}
}

// names reads a list of names divided by commas.
func names(list string) []string {
	var out []string
	for part := range strings.SplitSeq(list, ",") {
		out = append(out, strings.TrimSpace(part))
	}
	return out
}
