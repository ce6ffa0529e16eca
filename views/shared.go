package views

import "paddock/views/ui"

// titled is a page with its title, marked where its form has mistakes.
func titled(p ui.Page, title string, m ui.Mistakes) ui.Page {
	p.Title = m.TitleOf(title)
	return p
}

// tab is what stands in the tab, for a fragment that changes it.
func tab(title string, m ui.Mistakes) string {
	return m.TitleOf(title) + " – Paddock"
}

// keyed is a page whose list of shortcuts names the single letters of its buttons as well.
func keyed(p ui.Page, keys ...ui.Key) ui.Page {
	p.Keys = append(append([]ui.Key{}, p.Keys...), keys...)
	return p
}

// when is a key, or none where its button is not shown.
func when(shown bool, press, does string) []ui.Key {
	if !shown {
		return nil
	}
	return []ui.Key{{Press: press, Does: does}}
}
