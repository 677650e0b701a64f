package flow

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"zenobis/export"
	"zenobis/human"
	"zenobis/omission"
	"zenobis/safetext"
	"zenobis/session"
)

// Tone says how much a line wants to be seen; no front end lets colour alone say it.
type Tone int

// The tones.
const (
	Calm Tone = iota
	Notable
	Alarming
)

// Section is one part of the review.
type Section struct {
	Title string
	Tone  Tone
	Facts [][2]string // label and value
	Text  string      // rich text, as HTML
	Rows  [][2]string // two columns, such as name and size
	Items []string    // a list
	More  int         // how many rows or items are left out of the list
	Long  bool        // it may be folded to its first lines
	Alike bool        // its items differ little: read aloud, a few stand for all
}

// listed is how many lines one list of the review has at most.
const listed = 1000

// ReviewSections are what will lie on Zenodo and what will not, in the order in
// which it is read: where it goes, what should stop one, the head of the record
// as it will be shown, what is left out and found, the files, the limits.
func (f *Flow) ReviewSections() []Section {
	out := []Section{{Title: targetText(f.Facts.Zenodo), Tone: targetTone(f.Facts.Zenodo)}}
	out = append(out, f.stoppers()...)
	out = append(out, f.recordHead()...)
	p := f.Plan.Got
	if p == nil {
		return out
	}
	out = append(out, f.troubles(p)...)
	return append(out, packages(p), f.weights(p))
}

// stoppers are what should stop one, each in a line with the key that leads on.
func (f *Flow) stoppers() []Section {
	var out []Section
	stop := func(tone Tone, format string, args ...any) {
		out = append(out, Section{Title: fmt.Sprintf(format, args...), Tone: tone})
	}
	if wrong, found := f.FirstMistake(); found {
		stop(Alarming, "%s d goes there.", session.Sentence(wrong.Text))
	} else if le := (*export.LimitError)(nil); f.Plan.Err != nil && (!f.Private() && !f.Missing() || errors.As(f.Plan.Err, &le)) {
		stop(Alarming, "%s", f.PlanProblem(f.Plan.Err))
	}
	if text := f.VersionText(); text != "" {
		stop(Notable, "%s; n makes a record of its own instead.", text)
	}
	if id := f.Switches.IntoDraft; id != "" {
		stop(Notable, "Its files are added to the draft %s, which is open already: what is there stays. i takes that back.", safetext.Line(id))
	}
	p := f.Plan.Got
	if p == nil {
		return out
	}
	if n := len(p.Findings); n > 0 && !f.Switches.AcceptFindings {
		stop(Alarming, "%s in the texts would be public: see below, then a accepts.", human.Count(n, "private detail", "private details"))
	}
	if f.Missing() {
		stop(Alarming, "%s of the former version would be missing: see below, then v allows it.", human.Count(len(p.Removed), "file", "files"))
	}
	if n := len(p.Omitted); n > 0 {
		stop(Notable, "%s left out: %s", human.Count(n, "thing is", "things are"), omissionsInLine(p.Omitted))
	}
	if n := archived(p.Omitted); n > 0 && !f.Switches.Unarchive {
		stop(Notable, "%s in the archive: u brings them back first.", human.Count(n, "data set lies", "data sets lie"))
	}
	if n := len(f.SameBefore()); n > 0 {
		stop(Notable, "The same selection was exported before, %s: e shows it.", human.Count(n, "time", "times"))
	}
	if n := len(p.Published); n > 0 {
		stop(Notable, "%s published before: see below.", human.Count(n, "selected thing was", "selected things were"))
	}
	if n := len(p.Notes); n > 0 {
		stop(Notable, "%s on the description and the publication: see below.", human.Count(n, "note", "notes"))
	}
	return out
}

// archived counts what is left out since it lies in the archive.
func archived(list []export.Omission) int {
	n := 0
	for _, o := range list {
		if o.Reason == omission.Archived {
			n++
		}
	}
	return n
}

// inLine is how long the reasons may be that stand in the line itself.
const inLine = 110

// omissionsInLine are the reasons, where they are few and short.
func omissionsInLine(list []export.Omission) string {
	var parts []string
	for _, o := range list[:min(len(list), 3)] {
		parts = append(parts, safetext.Line(omissionText(o)))
	}
	if text := strings.Join(parts, "; "); len(list) <= 3 && len(text) <= inLine {
		return text + "."
	}
	return "see below."
}

// recordHead is the head of the record, all that is set.
func (f *Flow) recordHead() []Section {
	d := f.Description
	head := Section{Title: cmp.Or(safetext.Line(d.Title), "(no title yet)")}
	about := Section{Long: true}
	for _, fd := range d.fields {
		text := d.text[fd.Name]
		switch {
		case strings.TrimSpace(text) == "":
		case fd.Text && fd.Name == "description":
			about.Text = HTMLOf(text)
		default:
			head.Facts = append(head.Facts, [2]string{fd.Label, safetext.Line(d.Glance(fd))})
		}
	}
	if groups := f.ChosenGroups(); f.MultiGroup() && len(groups) > 0 {
		head.Facts = append(head.Facts, [2]string{"Groups", f.GroupsText()})
	}
	if about.Text == "" {
		return []Section{head}
	}
	return []Section{head, about}
}

// weights say what is sent, in the words of the line below the tree, and what
// the numbers differ in.
func (f *Flow) weights(p *export.Plan) Section {
	s := Section{Title: "Limits"}
	fact := func(label, v string) { s.Facts = append(s.Facts, [2]string{label, v}) }
	bytes, files := human.Exact(p.Bytes), human.Count(len(p.Packages), "file", "files")
	if p.Limits.Bytes > 0 {
		bytes = human.Bytes(p.Bytes) + " of " + human.Bytes(p.Limits.Bytes) + strings.TrimPrefix(bytes, human.Bytes(p.Bytes))
	}
	if p.Limits.Files > 0 {
		files = fmt.Sprintf("%s of %s", files, human.Number(p.Limits.Files))
	}
	fact("Size", bytes)
	fact("Files", files)
	fact("Holds", fmt.Sprintf("%s · %s of %s in openBIS", human.Count(p.Entities, "page", "pages"),
		human.Count(p.Files, "file", "files"), human.Count(p.DataSets, "data set", "data sets")))
	if t := f.Tree.Totals(); t.Rules > 0 {
		fact("Selected", f.SelectedText()+", "+human.Bytes(t.Bytes)+" of data in openBIS. The files of the record hold it"+
			" without what is left out, and with pages, README and crate.")
	}
	return s
}

// targetText says where an export goes; the real one must not be mistaken.
func targetText(t session.Target) string {
	where := t.Name
	if t.Name != Host(t.URL) {
		where += " (" + Host(t.URL) + ")"
	}
	switch {
	case t.Real && t.Name == Host(t.URL):
		return "■ " + t.Name + ": treat it as the real one. A draft is made: nothing is public before you publish it there."
	case t.Real:
		return "■ " + t.Name + ", the real one (" + Host(t.URL) + "). A draft is made: nothing is public before you publish it there."
	case t.Practice:
		return "▲ For practice: " + where + ", on this machine, not the real Zenodo."
	}
	return "▲ " + t.Name + " (" + Host(t.URL) + "): a rehearsal, not the real Zenodo."
}

func targetTone(t session.Target) Tone {
	if t.Real {
		return Alarming
	}
	return Notable
}

func packages(p *export.Plan) Section {
	s := Section{
		Title: fmt.Sprintf(
			"%s on Zenodo (%s)",
			human.Count(len(p.Packages), "file", "files"),
			p.Layout,
		), More: max(len(p.Packages)-listed, 0), Long: true,
	}
	for _, k := range p.Packages[:len(p.Packages)-s.More] {
		right := human.Number(k.Bytes) + " B"
		if k.Files > 0 {
			right += ", " + human.Count(k.Files, "data file", "data files")
		}
		s.Rows = append(s.Rows, [2]string{k.Name, right})
	}
	return s
}

// privateTitle is the heading of the private details.
const privateTitle = "Private details in the texts"

// PlanLists are what a plan leaves out, found and brings along, in the order in which
// it is read, for whoever shows a plan; leftOut words an omission. At most 1,000
// lines of each list.
func PlanLists(p *export.Plan, leftOut func(export.Omission) string) []Section {
	var out []Section
	list := func(title string, n int, line func(i int) string) {
		if n > 0 {
			out = append(out, listOf(title, n, line))
		}
	}
	list(privateTitle, len(p.Findings), func(i int) string {
		x := p.Findings[i]
		return x.Kind + " " + x.Sample + " in " + x.Where
	})
	list("Files of the former version that the new one lacks", len(p.Removed), func(i int) string {
		return p.Removed[i].Name + ", " + human.Bytes(p.Removed[i].Bytes)
	})
	list("Left out", len(p.Omitted), func(i int) string { return leftOut(p.Omitted[i]) })
	list("Brought back from the archive first", len(p.Unarchive), func(i int) string { return p.Unarchive[i] })
	list("Published before", len(p.Published), func(i int) string {
		return p.Published[i].Entity.Label() + ": " + p.Published[i].DOI
	})
	if len(p.Published) > 0 {
		out[len(out)-1].Alike = true
	}
	list("Notes on the description and the publication", len(p.Notes), func(i int) string { return p.Notes[i] })
	list("Broken values, marked in their pages", len(p.Gaps), func(i int) string { return p.Gaps[i] })
	list("Long paths, which Windows may not unpack", len(p.LongPaths), func(i int) string { return p.LongPaths[i] })
	return out
}

// listOf is a list as a section.
func listOf(title string, n int, line func(i int) string) Section {
	s := Section{Title: title, More: max(n-listed, 0), Long: true}
	for i := range n - s.More {
		s.Items = append(s.Items, safetext.Line(line(i)))
	}
	return s
}

// troubles is what is left out, private, broken or published before, with the keys
// that lead on.
func (f *Flow) troubles(p *export.Plan) []Section {
	out := PlanLists(p, omissionText)
	if len(out) > 0 && out[0].Title == privateTitle {
		out[0].Title += map[bool]string{true: ": accepted", false: ": a accepts them"}[f.Switches.AcceptFindings]
	}
	if same := f.SameBefore(); len(same) > 0 {
		out = append(out, listOf("Exported before from the same selection: e shows it", len(same), func(i int) string {
			j := same[i]
			return j.Title + ", " + StateText(j) + ", " + cmp.Or(j.DOI, j.URL)
		}))
	}
	return out
}

func omissionText(o export.Omission) string {
	label := o.Entity.Label()
	text := "“" + label + "”"
	if o.Entity.Code != "" && o.Entity.Code != label {
		text += " (" + o.Entity.Code + ")"
	}
	if o.File != "" {
		text += ", " + o.File
	}
	if o.Reason == omission.Archived {
		return text + ": its data is in the archive; u brings it back first"
	}
	return text + ": " + cmp.Or(o.Message, string(o.Reason))
}
