package flow

import "zenobis/safetext"

// VersionText says of which record this export becomes a new version; "" where it
// becomes a record of its own.
func (f *Flow) VersionText() string {
	if v := f.Switches.NewVersionOf; v != "" {
		return "This becomes a new version of " + safetext.Line(v)
	}
	return ""
}

// OwnRecordText says what NewRecord does.
const OwnRecordText = "This becomes a record of its own."

// NewRecord gives a new version up: the export becomes a record of its own.
func (f *Flow) NewRecord() {
	f.Switches.NewVersionOf, f.Switches.IntoDraft, f.Switches.AcceptRemovals = "", "", false
}

// Settle follows the selection, and is to be called after whatever may have
// changed it: with the last of it goes what came with it, the choice of a new
// version and the description of an earlier export as far as nobody has changed
// it. What it returns is to be told, "" for nothing.
func (f *Flow) Settle() string {
	if d := f.Description; f.Switches.NewVersionOf == "" && f.Switches.IntoDraft == "" && d.lent == nil && d.lentTitle == "" {
		f.selected = false // nothing to go: a large selection is not looked through for each key
		return ""
	}
	if !f.Tree.Empty() {
		f.selected = true
		return ""
	}
	if !f.selected {
		return ""
	}
	f.selected = false
	f.Description.giveBack()
	v := f.Switches.NewVersionOf
	f.NewRecord()
	if v == "" {
		return ""
	}
	return "Nothing is selected any more: no new version of " + safetext.Line(v) + "."
}

// lend notes what is in the description as that of an earlier export.
func (d *Description) lend() {
	d.lent = d.typedValues()
	d.lentTitle = d.Title
}

// giveBack takes out what an earlier export had lent.
func (d *Description) giveBack() {
	if d.lentTitle != "" && d.Title == d.lentTitle {
		d.Title = ""
	}
	for name, text := range d.lent {
		if d.typed[name] && d.text[name] == text {
			delete(d.typed, name)
			delete(d.text, name)
		}
	}
	d.lent, d.lentTitle, d.filled = nil, "", ""
}
