package views

// Alikes are rows that may be the one a form describes: a quiet hint while the form is filled in, asked for by
// htmx, and a question when it is sent before anybody saw the hint.
type Alikes struct {
	// Nonce is the one of this answer.
	Nonce string
	// Ask is where the hint comes from, "" for a form that has none. From is the id of the part of the form it
	// depends on.
	Ask, From string
	Rows      []Alike
	// Anyway offers to save in spite of it.
	Anyway bool
}

// Alike is one row: "Helen Thompson" "has this number".
type Alike struct {
	ID, Href, Name, Says string
	// Open is the words of the link.
	Open string
}

func (v Alikes) trigger() string { return "input from:#" + v.From + " delay:400ms" }
