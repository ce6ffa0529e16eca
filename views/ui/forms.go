package ui

// Mistake is one thing wrong with a form: the name of the input, which is also its id, and the
// sentence that says how to mend it. An empty Name means the form as a whole.
type Mistake struct {
	Name, Message string
}

// Mistakes are those of one form in the order of its inputs.
type Mistakes []Mistake

// About is what is said about an input, or "" where it is right.
func (m Mistakes) About(name string) string {
	for _, one := range m {
		if one.Name == name {
			return one.Message
		}
	}
	return ""
}

// TitleOf puts "Error:" before a page title while a form has mistakes, so that it is heard first.
func (m Mistakes) TitleOf(title string) string {
	if len(m) == 0 {
		return title
	}
	return "Error: " + title
}

// Field is one labelled input. Name is its id as well: the summary of mistakes links to it.
type Field struct {
	Name, Label, Value string
	// Type is the input's type; "" is text.
	Type string
	// Hint stands below and is read with the input.
	Hint string
	// Mistake is the sentence below a wrong value.
	Mistake      string
	Autocomplete string
	InputMode    string
	Placeholder  string
	// Suggestions make a datalist of free choices; List is the id of one that stands elsewhere on the page.
	Suggestions []string
	List        string
	// Optional says so behind the label.
	Optional bool
	// Autofocus puts the cursor here when the page opens. One a page at most, none with mistakes.
	Autofocus bool
	// Wide makes the field as wide as the form.
	Wide bool
	// Rows is the height of a text area.
	Rows string
}

// Option is one choice of a select.
type Option struct {
	Value, Label string
}

// Choice is a labelled select.
type Choice struct {
	Name, Label, Value string
	Hint, Mistake      string
	Options            []Option
	Wide, Autofocus    bool
}

func (f Field) describedBy() string { return describedBy(f.Name, f.Hint, f.Mistake) }

func (c Choice) describedBy() string { return describedBy(c.Name, c.Hint, c.Mistake) }

func describedBy(name, hint, mistake string) string {
	switch {
	case hint != "" && mistake != "":
		return name + "-mistake " + name + "-hint"
	case mistake != "":
		return name + "-mistake"
	case hint != "":
		return name + "-hint"
	}
	return ""
}

// list is the id of the field's choices, "" for none.
func (f Field) list() string {
	if f.List == "" && len(f.Suggestions) > 0 {
		return f.Name + "-list"
	}
	return f.List
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func fieldClass(wide bool) string {
	if wide {
		return "field wide"
	}
	return "field"
}
