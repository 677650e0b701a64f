package ui

import (
	"cmp"
	"fmt"
	"strings"

	"zenobis/export"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/ui/cells"
)

// reviewShown is how many lines one list of the review has at most.
const reviewShown = 200

// lines is the whole review, to be scrolled.
func (s *reviewScreen) lines(w int) []string {
	a, th := s.app, s.app.th
	var out []string
	add := func(l ...string) { out = append(out, l...) }
	head := func(t string) { add("", th.bold.Render(t)) }
	for _, l := range cells.Wrap(targetText(a.facts.Zenodo), w) {
		if a.facts.Zenodo.Real {
			add(th.bad.Render(l))
		} else {
			add(th.warn.Render(l))
		}
	}
	if s.plan.busy {
		add("", a.waitText(&s.plan))
	}
	if s.err != nil {
		add("")
		text := problemText(s.err)
		if s.private() {
			text = privateText
		}
		for _, l := range cells.Wrap("✗ "+text, w) {
			add(th.bad.Render(l))
		}
	}
	if s.plan.busy && s.got == nil {
		return append(out, s.choices(w)...)
	}
	m := a.describe.metadata()
	head(safetext.Line(m.Title))
	fact := func(label, v string) {
		if v != "" {
			for i, l := range cells.Wrap(v, w-11) {
				if i > 0 {
					label = ""
				}
				add(th.dim.Render(cells.Pad(label, 10)) + " " + l)
			}
		}
	}
	fact("Creators", strings.ReplaceAll(safetext.Block(agentsText(m.Creators)), "\n", " · "))
	fact("Licence", safetext.Line(m.License))
	fact("Access", safetext.Line(m.Access))
	fact("Community", safetext.Line(m.Community))
	p := s.got
	if p == nil {
		return append(out, s.choices(w)...)
	}
	fact("Holds", fmt.Sprintf("%s, %s, %s", human.Count(p.Entities, "entity", "entities"),
		human.Count(p.DataSets, "data set", "data sets"), human.Count(p.Files, "data file", "data files")))
	add(s.limits(p, w)...)
	head(fmt.Sprintf("Files on Zenodo (%s)", p.Layout))
	for i, k := range p.Packages {
		if i == reviewShown {
			add(fmt.Sprintf("and %s more", human.Number(len(p.Packages)-i)))
			break
		}
		right := cells.PadLeft(human.Number(k.Bytes), 15) + " B"
		if w >= 60 {
			inside := ""
			if k.Files > 0 {
				inside = human.Count(k.Files, "data file", "data files")
			}
			right += cells.PadLeft(inside, 18)
		}
		add(cells.Spread(cells.ClipMiddle(k.Name, w-cells.Width(right)-1), right, w))
	}
	add(s.troubles(p, w)...)
	return append(out, s.choices(w)...)
}

func targetText(t Target) string {
	where := t.Name
	if t.Name != host(t.URL) {
		where += " (" + host(t.URL) + ")"
	}
	if t.Real {
		return "■ " + t.Name + ", the real one (" + host(t.URL) + "). A draft is made: nothing is public before you publish it there."
	}
	if t.Practice {
		return "▲ For practice: " + where + ", on this machine, not the real Zenodo."
	}
	return "▲ " + t.Name + " (" + host(t.URL) + "): a rehearsal, not the real Zenodo."
}

func (s *reviewScreen) limits(p *export.Plan, w int) []string {
	bytes, files := human.Bytes(p.Bytes), human.Count(len(p.Packages), "file", "files")
	if p.Limits.Bytes > 0 {
		bytes += " of " + human.Bytes(p.Limits.Bytes)
	}
	if p.Limits.Files > 0 {
		files += fmt.Sprintf(" of %d", p.Limits.Files)
	}
	return []string{s.app.th.dim.Render(cells.Pad("Size", 10)) + " " + cells.Clip(human.Number(p.Bytes)+" bytes: "+bytes+" · "+files, w-11)}
}

// troubles is what is left out, private, broken or published before.
func (s *reviewScreen) troubles(p *export.Plan, w int) []string {
	th := s.app.th
	var out []string
	list := func(title string, n int, line func(i int) string) {
		if n == 0 {
			return
		}
		out = append(out, "", th.bold.Render(title))
		for i := range min(n, reviewShown) {
			for j, l := range cells.Wrap(safetext.Line(line(i)), w-2) {
				lead := "· "
				if j > 0 {
					lead = "  "
				}
				out = append(out, lead+l)
			}
		}
		if n > reviewShown {
			out = append(out, "  and "+human.Number(n-reviewShown)+" more")
		}
	}
	findings := "Private things in the texts: a accepts them"
	if s.app.request.AcceptFindings {
		findings = "Private things in the texts: accepted"
	}
	list(findings, len(p.Findings), func(i int) string {
		f := p.Findings[i]
		return f.Kind + " " + f.Sample + " in " + f.Where
	})
	list("Left out", len(p.Omitted), func(i int) string { return omissionText(p.Omitted[i]) })
	list("Brought back from the archive first", len(p.Unarchive), func(i int) string { return p.Unarchive[i] })
	list("Published before", len(p.Published), func(i int) string {
		return p.Published[i].Entity.Label() + ": " + p.Published[i].DOI
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

// choices are the switches, with the key beside each.
func (s *reviewScreen) choices(w int) []string {
	r := s.app.request
	out := []string{"", s.app.th.bold.Render("Choices")}
	layout := string(r.Layout)
	if layout == "" {
		layout = string(export.LayoutAuto)
	}
	out = append(out, cells.Clip("l   layout: "+layout, w))
	for _, c := range []struct {
		key, label string
		on         bool
	}{
		{"m", "metadata only, no data files", r.MetadataOnly},
		{"p", "parents as well", r.WithParents},
		{"c", "children in other collections as well", r.WithChildren},
		{"f", "referenced objects as well", r.WithReferences},
		{"o", "relatives of other spaces too", r.OtherSpaces},
		{"u", "bring archived data back first", r.Unarchive},
	} {
		box := "☐"
		if c.on {
			box = "☑"
		}
		out = append(out, cells.Clip(c.key+" "+box+" "+c.label, w))
	}
	return out
}
