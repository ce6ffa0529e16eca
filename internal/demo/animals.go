package demo

// kind is a species as it comes to a practice.
type kind struct {
	species string   // code of the shared list
	share   int      // how often, against the other kinds
	oldest  int      // years
	breeds  []string // none where nobody names one
	exact   int      // of a hundred, how many have a known birthday
}

var kinds = []kind{
	{"dog", 38, 15, names(`Labrador retriever, Border collie, Cocker spaniel, Whippet, Greyhound, Miniature schnauzer, Jack Russell terrier,
		German shepherd dog, Cavalier King Charles spaniel, Staffordshire bull terrier, French bulldog, Lurcher, Crossbreed, Bichon frisé,
		Bernese mountain dog, Löwchen`), 60},
	{"cat", 30, 19, names(`Domestic shorthair, Domestic longhair, British shorthair, Maine coon, Siamese, Burmese, Bengal, Ragdoll,
		Norwegian forest cat, Cornish rex`), 35},
	{"rabbit", 7, 9, names("Netherland dwarf, Mini lop, Lionhead, Rex, Dutch"), 30},
	{"guineapig", 4, 6, names("Abyssinian, Peruvian, Smooth-haired"), 20},
	{"hamster", 2, 2, names("Syrian, Roborovski"), 10},
	{"rat", 2, 2, names("Fancy rat, Dumbo rat"), 10},
	{"ferret", 2, 7, nil, 20},
	{"bird", 4, 25, names("Budgerigar, Cockatiel, African grey parrot, Zebra finch"), 10},
	{"chicken", 3, 7, names("Orpington, Warren hybrid, Pekin bantam"), 10},
	{"tortoise", 2, 60, names("Hermann's tortoise, Horsfield's tortoise"), 0},
	{"lizard", 2, 12, names("Bearded dragon, Leopard gecko"), 10},
	{"snake", 1, 20, names("Corn snake, Royal python"), 10},
	{"horse", 5, 26, names("Welsh section D, Connemara, Thoroughbred, Icelandic horse, Quarter horse, Shetland pony"), 50},
	{"goat", 2, 12, names("Pygmy goat, Saanen"), 20},
	{"sheep", 1, 10, names("Jacob, Herdwick"), 20},
	{"alpaca", 1, 17, names("Huacaya, Suri"), 30},
}

// course is one reason to come, told in the four parts of a note. NAME stands for the animal's name
// and MARKER for the clinic's own word.
type course struct {
	subjective, objective, assessment, plan string
}

var courses = []course{
	{
		"NAME has been limping on the left foreleg since the weekend, worse after rest. Eating well.",
		"Temperature 38.4 °C, pulse 92. Pain on extension of the left elbow, no swelling. Lungs clear.",
		"Suspected strain of the elbow; early joint disease is possible.",
		"Rest for ten days, lead walks only. Anti-inflammatory by weight with food for five days. Seen again under the MARKER lameness plan.",
	},
	{
		"Vomited three times since yesterday evening, drinks, wants to eat. No known foreign body.",
		"Bright, 5 % dehydrated at most. Abdomen soft, not painful. Mucous membranes pink, refill under 2 s.",
		"Acute gastritis, self-limiting most likely.",
		"Bland diet in small meals for three days, water offered often. MARKER diet sheet handed over. Back at once if NAME turns dull.",
	},
	{
		"Yearly check. The owner has no concerns; NAME is active and sleeps well.",
		"Weight steady, body condition 5/9. Heart and lungs normal. Slight tartar on the upper fourth premolars.",
		"Healthy. Dental disease grade 1.",
		"Vaccinated, batch noted. Tooth brushing shown. Reminder set in the MARKER calendar for next year.",
	},
	{
		"Scratches the ears and shakes the head, for about two weeks.",
		"Both ear canals red with brown wax. Eardrums seen and whole. Cytology: yeasts, +++.",
		"Otitis externa by Malassezia; an allergy may lie beneath.",
		"Ears cleaned. Drops twice a day for ten days. MARKER skin questionnaire to fill in before the next visit.",
	},
	{
		"Drinks more than before and has lost weight over the winter, says the owner.",
		"Weight down 0.4 kg since last seen. Small firm kidneys on palpation. Blood and urine taken.",
		"Chronic kidney disease suspected; thyroid to be excluded.",
		"Results by telephone. Renal diet started, half and half for a week. Blood pressure at the MARKER senior clinic.",
	},
	{
		"Came for the removal of stitches, ten days after the operation. NAME left the wound alone.",
		"Wound dry and closed, no redness, no discharge.",
		"Healing as hoped.",
		"Stitches out. Normal exercise from tomorrow. MARKER after-care closed.",
	},
	{
		"Off food since this morning, quieter than usual, fewer droppings.",
		"Temperature 38.9 °C. Gut sounds reduced on the left. Teeth: small spur on the lower left molar.",
		"Reduced gut movement, dental pain the likely cause.",
		"Pain relief and fluids given here, syringe feeding every four hours at home. MARKER dental list, next free morning.",
	},
	{
		"Sneezing and a wet nose for five days; the others in the house are well.",
		"Clear discharge from both nostrils, eyes clean. Lungs clear. Temperature 38.6 °C.",
		"Upper airway infection, mild.",
		"Steam twice a day, warmth. No antibiotic for now under the MARKER prescribing rule. Call if NAME stops eating.",
	},
	{
		"The owner found a lump behind the shoulder while grooming, size of a hazelnut.",
		"Soft, movable, 1.5 cm, not painful. Needle sample: fat cells only.",
		"Lipoma.",
		"Measured and drawn on the MARKER body map. Measured again in three months.",
	},
	{
		"Weighed for the slimming plan. Treats stopped, most of the time.",
		"Weight down by 3 % in four weeks. Body condition 7/9.",
		"Overweight, on the right way.",
		"Ration cut by another tenth. Next weighing at the MARKER nurse clinic in a month.",
	},
}
