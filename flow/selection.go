package flow

import (
	"zenobis/human"
	"zenobis/omission"
	"zenobis/selection"
)

// Selection is what the engine is asked for.
func (f *Flow) Selection() selection.Selection { return f.Tree.Selection() }

// AgainstDescribe says why there is nothing to describe yet; "" if there is.
func (f *Flow) AgainstDescribe() string {
	switch {
	case f.Tree.Empty():
		return "Nothing is selected yet."
	case f.OnlyLinks():
		return OnlyLinksText
	}
	return ""
}

// SelectedText says what is selected, as far as it is known.
func (f *Flow) SelectedText() string {
	t := f.Tree.Totals()
	if t.Rules == 0 {
		return "Nothing selected"
	}
	text := human.Count(t.Objects, "object", "objects") + " · " + human.Count(t.DataSets, "data set", "data sets")
	if t.LeftOut > 0 { // beside those that have data
		text += " + " + human.Number(t.LeftOut) + " without data"
	}
	if !t.FilesAtLeast { // those that happen to be listed say nothing about the whole
		text += " · " + human.Count(t.Files, "file", "files")
	}
	if t.AtLeast {
		text = "at least " + text
	}
	return text
}

// Weight is the size of the selection against the limits. Long names the limit;
// tooMuch says that it is above.
func (f *Flow) Weight(long bool) (text string, tooMuch bool) {
	t := f.Tree.Totals()
	if t.Rules == 0 {
		return "", false
	}
	text = human.Bytes(t.Bytes)
	if t.BytesAtLeast {
		text = "≥ " + text
	}
	limit := f.Facts.Zenodo.Limits.Bytes
	if own := f.Facts.MaxSelectable; own > 0 && (limit == 0 || own < limit) {
		limit = own
	}
	if limit <= 0 {
		return text, false
	}
	if long {
		text += " of " + human.Bytes(limit)
	}
	return text, t.Bytes > limit
}

// OnlyLinksText says that the selection can't become anything: the bytes of a link
// data set are outside of openBIS. It fits a line of 80 columns whole.
const OnlyLinksText = "A link data set alone can't be exported: select what it belongs to as well."

// OnlyLinks reports whether all that is selected are link data sets.
func (f *Flow) OnlyLinks() bool {
	links := 0
	for i := range f.Tree.RuleCount() {
		r := f.Tree.RuleAt(i)
		if r.Mode == selection.Exclude {
			continue
		}
		id, ok := f.Tree.Find(selection.Key{Kind: r.Kind, PermID: r.PermID})
		if !ok || f.Tree.Item(id).LeftOut != omission.Link {
			return false
		}
		links++
	}
	return links > 0
}
