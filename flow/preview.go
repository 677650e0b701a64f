package flow

import (
	"cmp"
	"strings"

	"zenobis/human"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/safetext"
	"zenobis/tree"
)

// Preview is what is told of an entity beside the tree.
type Preview struct {
	Title, Sub string
	Lines      []PreviewLine
}

// PreviewLine is one line of a preview. Text may be wrapped, rows of a table
// have their cells apart by tabs.
type PreviewLine struct {
	Head  bool
	Label string
	Text  string
	Table bool
	To    *openbis.Ref // a relative that can be gone to
}

// previewMost is how many relatives or rows of a table are listed.
const previewMost = 12

// Brief is what the row itself tells.
func (f *Flow) Brief(id tree.ID) Preview {
	it := f.Tree.Item(id)
	p := Preview{Title: it.Label}
	switch it.Kind {
	case tree.File:
		p.Lines = []PreviewLine{{Label: "Size", Text: human.Number(it.Size) + " bytes"}, {Label: "Path", Text: safetext.Line(it.PermID)}}
	case tree.Folder:
		n, _ := f.Tree.CountFiles(id)
		p.Lines = []PreviewLine{{Label: "Size", Text: human.Bytes(it.Size)}, {Label: "Holds", Text: human.Count(n, "file", "files")}}
	case tree.More, tree.Section:
	default:
		p.Sub = strings.TrimSpace(kindName(f.Ref(id)) + "  " + it.Code)
	}
	return p
}

// kindName is what an entity is: its type where it has one.
func kindName(r openbis.Ref) string {
	switch {
	case r.Type != "" && r.Kind == openbis.KindDataSet:
		return "Data set " + r.Type
	case r.Type != "":
		return openbis.PrettyCode(r.Type)
	case r.Kind == openbis.KindDataSet:
		return "Data set"
	}
	return openbis.PrettyCode(string(r.Kind))
}

// PreviewOf tells of an entity: what it is, its properties by section as its
// page will show them, its relatives, and the data sets of an object.
func PreviewOf(e *openbis.Entity, typ *openbis.EntityType, sets openbis.Listing) Preview {
	p := Preview{Title: safetext.Line(e.Label()), Sub: strings.TrimSpace(kindName(e.Ref) + "  " + e.Code)}
	if e.Kind == openbis.KindSpace || e.Kind == openbis.KindProject {
		p.Title = openbis.PrettyCode(e.Code)
	}
	fact := func(label, value string) {
		if value = strings.TrimSpace(safetext.Block(value)); value != "" {
			p.Lines = append(p.Lines, PreviewLine{Label: label, Text: value})
		}
	}
	if e.Identifier != e.PermID {
		fact("Path", e.Identifier)
	}
	dataFacts(e, fact)
	p.properties(e, typ)
	if e.Registrator != nil {
		fact("By", cmp.Or(e.Registrator.Name(), e.Registrator.UserID))
	}
	if !e.Registered.IsZero() {
		fact("Registered", human.Moment(e.Registered))
	}
	fact("Tags", strings.Join(e.Tags, ", "))
	p.dataSets(sets)
	p.relatives("Parents", e.Parents)
	p.relatives("Children", e.Children)
	p.relatives("Components", e.Components)
	p.relatives("In containers", e.Containers)
	return p
}

// dataFacts tell of a data set.
func dataFacts(e *openbis.Entity, fact func(label, value string)) {
	d := e.Data
	if d == nil {
		return
	}
	if d.Size >= 0 && d.Kind != openbis.Container {
		fact("Size", human.Exact(d.Size))
	}
	if d.Kind != openbis.Physical {
		fact("Kind", strings.ToLower(string(d.Kind)))
	}
	if d.Status != "AVAILABLE" {
		fact("State", strings.ToLower(strings.ReplaceAll(d.Status, "_", " ")))
	}
	fact("Linked", strings.Join(d.LinkedTo, "\n"))
	if reason := omission.OfData(d); reason != "" {
		fact("Left out", reason.OnScreen())
	} else if d.Kind == openbis.Container {
		fact("Holds", "a container has no files of its own")
	}
}

// properties are those that the entity's page shows, in its words.
func (p *Preview) properties(e *openbis.Entity, typ *openbis.EntityType) {
	_, text := page.Body(e, typ, nil, nil, func(path string) string { return path })
	heads, labels := make(map[string]bool), map[string]bool{"Description": true}
	if typ != nil {
		for i := range typ.Properties {
			heads[safetext.Line(typ.Properties[i].Section)], labels[safetext.Line(typ.Properties[i].Label)] = true, true
		}
	}
	rows := 0
	for _, l := range strings.Split(safetext.Text(text), "\n") {
		cells := strings.Split(l, "\t")
		for i := range cells {
			cells[i] = safetext.Line(cells[i])
		}
		table := len(cells) > 1
		if l = strings.Join(cells, "\t"); !table {
			rows = 0
		} else if rows++; rows > previewMost {
			if rows == previewMost+1 {
				p.Lines = append(p.Lines, PreviewLine{Text: "…"})
			}
			continue
		}
		label, value, cut := strings.Cut(l, ":")
		switch {
		case strings.TrimSpace(l) == "":
		case heads[l]:
			p.Lines = append(p.Lines, PreviewLine{Head: true, Text: l})
		case cut && labels[label]:
			p.Lines = append(p.Lines, PreviewLine{Label: label, Text: strings.TrimSpace(value)})
		default:
			p.Lines = append(p.Lines, PreviewLine{Text: l, Table: table})
		}
	}
}

// dataSets lists the data sets of an object with kind, size and state.
func (p *Preview) dataSets(sets openbis.Listing) {
	if len(sets.Entities) == 0 {
		return
	}
	p.Lines = append(p.Lines, PreviewLine{Head: true, Text: "Data sets"})
	for i := range sets.Entities {
		e := &sets.Entities[i]
		text := safetext.Line(e.Label()) + ", " + e.Type
		if d := e.Data; d != nil {
			switch {
			case d.Kind == openbis.Link:
				text += ", link"
			case d.Kind == openbis.Container:
				text += ", container"
			case d.Size >= 0:
				text += ", " + human.Bytes(d.Size)
			}
			if d.Archived() {
				text += ", archived"
			}
		}
		ref := e.Ref
		p.Lines = append(p.Lines, PreviewLine{Text: text, To: &ref})
	}
	if more := sets.Total - len(sets.Entities); more > 0 {
		p.Lines = append(p.Lines, PreviewLine{Text: "and " + human.Number(more) + " more"})
	}
}

func (p *Preview) relatives(title string, refs []openbis.Ref) {
	if len(refs) == 0 {
		return
	}
	p.Lines = append(p.Lines, PreviewLine{Head: true, Text: title})
	for i := range refs {
		if i == previewMost {
			p.Lines = append(p.Lines, PreviewLine{Text: "and " + human.Number(len(refs)-i) + " more"})
			return
		}
		r := refs[i]
		text := safetext.Line(r.Label())
		if r.Code != "" && r.Code != text {
			text += " (" + r.Code + ")"
		}
		p.Lines = append(p.Lines, PreviewLine{Text: text, To: &r})
	}
}

// InsideText says of how many children something is selected; short is what is
// true of it with less room.
func InsideText(in tree.Inside) (text, short string) {
	all := human.Number(in.All)
	switch {
	case in.Whole == 0 && in.Part > 0:
		text = human.Number(in.Part) + " of " + all + " in part"
		return text, text
	case in.Part == 0:
		text = human.Number(in.Whole) + " of " + all + " inside"
		return text, text
	}
	short = human.Number(in.Whole) + " of " + all + " inside"
	return short + ", " + human.Number(in.Part) + " in part", short
}

// MarkWords says how a row stands to the selection.
func (f *Flow) MarkWords(id tree.ID) string {
	t := f.Tree
	through := func(say string) string {
		if from := t.From(id); from != 0 && from != id {
			return say + " " + t.Item(from).Label
		}
		return ""
	}
	switch t.Mark(id) {
	case tree.Full:
		return cmp.Or(through("included through"), "selected, with everything below")
	case tree.Self:
		return "selected alone, nothing below it"
	case tree.Excluded:
		return cmp.Or(through("taken out with"), "taken out")
	case tree.Partly:
		if in, known := t.Inside(id); known && in.All > 0 {
			text, _ := InsideText(in)
			if in.Whole == in.All && !t.Takes(id) {
				return "everything in it, but not itself: " + text
			}
			return "a part of it: " + text
		}
		return "a part of it"
	}
	return "not selected"
}
