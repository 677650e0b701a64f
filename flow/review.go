package flow

import (
	"cmp"
	"fmt"
	"strings"

	"zenobis/export"
	"zenobis/human"
	"zenobis/record"
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
	Rows  [][2]string // two columns, such as name and size
	Items []string    // a list
	More  int         // how many rows or items are left out of the list
}

// listed is how many lines one list of the review has at most.
const listed = 200

// ReviewSections are what will lie on Zenodo and what will not, in the order in
// which it is read.
func (f *Flow) ReviewSections() []Section {
	out := []Section{{Title: TargetText(f.Facts.Zenodo), Tone: targetTone(f.Facts.Zenodo)}}
	if f.Plan.Err != nil {
		text := f.PlanProblem(f.Plan.Err)
		if f.Private() {
			text = PrivateText
		}
		out = append(out, Section{Title: text, Tone: Alarming})
	}
	m := f.Description.Metadata()
	head := Section{Title: safetext.Line(m.Title)}
	fact := func(label, v string) {
		if v != "" {
			head.Facts = append(head.Facts, [2]string{label, v})
		}
	}
	fact("Creators", strings.ReplaceAll(safetext.Block(record.FormatLines(m.Creators)), "\n", " · "))
	fact("Licence", safetext.Line(m.License))
	fact("Access", safetext.Line(m.Access))
	fact("Community", safetext.Line(m.Community))
	p := f.Plan.Got
	if p == nil {
		return append(out, head)
	}
	fact("Holds", fmt.Sprintf("%s, %s, %s", human.Count(p.Entities, "entity", "entities"),
		human.Count(p.DataSets, "data set", "data sets"), human.Count(p.Files, "data file", "data files")))
	fact("Size", planSize(p))
	out = append(out, head, packages(p))
	return append(out, f.troubles(p)...)
}

// TargetText says where an export goes; the real one must not be mistaken.
func TargetText(t session.Target) string {
	where := t.Name
	if t.Name != Host(t.URL) {
		where += " (" + Host(t.URL) + ")"
	}
	switch {
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

// planSize is the exact size, and how it stands against the limits.
func planSize(p *export.Plan) string {
	bytes, files := human.Bytes(p.Bytes), human.Count(len(p.Packages), "file", "files")
	if p.Limits.Bytes > 0 {
		bytes += " of " + human.Bytes(p.Limits.Bytes)
	}
	if p.Limits.Files > 0 {
		files += fmt.Sprintf(" of %d", p.Limits.Files)
	}
	return human.Number(p.Bytes) + " bytes: " + bytes + " · " + files
}

func packages(p *export.Plan) Section {
	s := Section{Title: fmt.Sprintf("Files on Zenodo (%s)", p.Layout), More: max(len(p.Packages)-listed, 0)}
	for _, k := range p.Packages[:len(p.Packages)-s.More] {
		right := human.Number(k.Bytes) + " B"
		if k.Files > 0 {
			right += ", " + human.Count(k.Files, "data file", "data files")
		}
		s.Rows = append(s.Rows, [2]string{k.Name, right})
	}
	return s
}

// troubles is what is left out, private, broken or published before.
func (f *Flow) troubles(p *export.Plan) []Section {
	var out []Section
	list := func(title string, n int, line func(i int) string) {
		if n == 0 {
			return
		}
		s := Section{Title: title, More: max(n-listed, 0)}
		for i := range n - s.More {
			s.Items = append(s.Items, safetext.Line(line(i)))
		}
		out = append(out, s)
	}
	findings := "Private things in the texts: a accepts them"
	if f.Switches.AcceptFindings {
		findings = "Private things in the texts: accepted"
	}
	list(findings, len(p.Findings), func(i int) string {
		x := p.Findings[i]
		return x.Kind + " " + x.Sample + " in " + x.Where
	})
	list("Left out", len(p.Omitted), func(i int) string { return omissionText(p.Omitted[i]) })
	list("Brought back from the archive first", len(p.Unarchive), func(i int) string { return p.Unarchive[i] })
	list("Published before", len(p.Published), func(i int) string {
		return p.Published[i].Entity.Label() + ": " + p.Published[i].DOI
	})
	same := f.SameBefore()
	list("Exported before from the same selection: e shows it", len(same), func(i int) string {
		j := same[i]
		return j.Title + ", " + StateText(j) + ", " + cmp.Or(j.DOI, j.URL)
	})
	list("Broken values, marked in their pages", len(p.Gaps), func(i int) string { return p.Gaps[i] })
	list("Long paths, which Windows may not unpack", len(p.LongPaths), func(i int) string { return p.LongPaths[i] })
	return out
}

func omissionText(o export.Omission) string {
	text := o.Entity.Label()
	if o.Entity.Code != "" && o.Entity.Code != text {
		text += " (" + o.Entity.Code + ")"
	}
	if o.File != "" {
		text += ", " + o.File
	}
	return text + ": " + cmp.Or(o.Message, string(o.Reason))
}
