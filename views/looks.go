package views

import "paddock/views/ui"

// Looks is who opened the record of an animal.
type Looks struct {
	Page   ui.Page
	Banner Banner
	Rows   []LookLine
	// OlderHref leads to the page before, "" where there is none.
	OlderHref string
	// LogHref leads to all that was done to it.
	LogHref string
}

// LookLine is one look.
type LookLine struct {
	When, At, By, Role, What string
}
