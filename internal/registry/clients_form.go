package registry

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"paddock/internal/fault"
	"paddock/internal/plain"
)

// Lengths in letters of what a form takes.
const (
	longestName  = 80
	longestPhone = 40
	longestLabel = 60
	longestEmail = 254 // RFC 5321, 4.5.3.1.3, without the angle brackets
	longestBreed = 120
	longestPlace = 120
	longestCode  = 16 // of a postcode
	mostPhones   = 4
)

// ClientForm is what was typed into the form of a client.
type ClientForm struct {
	FirstName, LastName string
	// Phones are the rows of the form in order, empty ones included.
	Phones []Phone
	Email  string

	Street, City, Region, Postcode, Country string
}

// FormOfClient is the form that shows a client.
func FormOfClient(c Client) ClientForm {
	return ClientForm(c)
}

// FormOfTyped is the form for a new client of whom somebody typed something into the search box: an e-mail
// address, a number, or a name, of which the last word is the family name.
func FormOfTyped(typed string) ClientForm {
	typed = plain.Line(typed)
	letters := strings.ContainsFunc(typed, unicode.IsLetter)
	switch {
	case looksLikeEmail(typed):
		return ClientForm{Email: typed}
	case !letters && digits(typed) > 0:
		return ClientForm{Phones: []Phone{{Number: typed}}}
	case !letters:
		return ClientForm{}
	}
	words := strings.Fields(typed)
	for i, w := range words {
		if w == strings.ToLower(w) {
			first, size := utf8.DecodeRuneInString(w)
			words[i] = string(unicode.ToTitle(first)) + w[size:]
		}
	}
	last := len(words) - 1
	return ClientForm{FirstName: strings.Join(words[:last], " "), LastName: words[last]}
}

// Parse reads the form forgivingly. Mistakes are named after the inputs given_name, family_name,
// phone_1 and so on, phone_1_note,
// email, street, city, region, postcode and country.
func (f ClientForm) Parse() (Client, fault.Fields) {
	var bad fault.Fields
	c := Client{
		FirstName: plain.Line(f.FirstName), LastName: plain.Line(f.LastName), Email: plain.Line(f.Email),
		Street: plain.Line(f.Street), City: plain.Line(f.City), Region: plain.Line(f.Region), Postcode: strings.ToUpper(plain.Line(f.Postcode)), Country: plain.Line(f.Country),
	}
	if c.FirstName == "" && c.LastName == "" {
		bad.Add("family_name", "Enter the client's name")
	}
	bad.TooLong("given_name", c.FirstName, longestName)
	bad.TooLong("family_name", c.LastName, longestName)
	for i, p := range f.Phones {
		input := "phone_" + strconv.Itoa(i+1)
		p = Phone{Number: plain.Line(p.Number), Label: plain.Line(p.Label)}
		switch n := digits(p.Number); {
		case p.Number == "" && p.Label == "":
			continue
		case p.Number == "":
			bad.Add(input, "Enter the number that goes with “"+p.Label+"”")
		case n < 3:
			bad.Add(input, "Enter a phone number in digits, like 07700 900123")
		case n > 20:
			bad.Add(input, "A phone number has at most 20 digits; put a second number on its own line")
		}
		bad.TooLong(input, p.Number, longestPhone)
		bad.TooLong(input+"_note", p.Label, longestLabel)
		c.Phones = append(c.Phones, p)
	}
	if len(c.Phones) > mostPhones {
		bad.Add("phone_"+strconv.Itoa(mostPhones), "Keep at most four numbers")
	}
	if c.Email != "" && !looksLikeEmail(c.Email) {
		bad.Add("email", "Enter an e-mail address like helen@example.com")
	}
	bad.TooLong("email", c.Email, longestEmail)
	bad.TooLong("street", c.Street, longestPlace)
	bad.TooLong("city", c.City, longestPlace)
	bad.TooLong("region", c.Region, longestPlace)
	bad.TooLong("postcode", c.Postcode, longestCode)
	bad.TooLong("country", c.Country, longestPlace)
	return c, bad
}

// digits counts the digits of any script.
func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// looksLikeEmail asks no more than what a mail cannot be sent without: one @ with something on both
// sides, a dot in the domain, no blank, and nothing that would end the address in a mailto: link (RFC 6068).
func looksLikeEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && !strings.ContainsAny(s, " ,;<>?&%#\"\\") && !strings.Contains(domain, "@") &&
		strings.Contains(strings.Trim(domain, "."), ".")
}
