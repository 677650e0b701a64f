package page

import (
	"fmt"
	"strings"

	"zenobis/human"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/safetext"
)

// document is what an entity's pages say, whatever their format.
type document struct {
	title    string
	subtitle string
	notes    []string // why data is not there, or only a part of it
	ident    []row
	about    string // description of spaces and projects
	relation []relation
	sections []section
	below    []Link
	belowAll int
	pics     *pictures
}

// row is a labelled line of text.
type row struct{ label, text string }

// relation is a list of relatives.
type relation struct {
	label string
	links []Link
}

// section is a part of an entity's form.
type section struct {
	title  string
	fields []field
}

// kindNames are the kinds as people call them.
var kindNames = map[openbis.Kind]string{
	openbis.KindSpace: "Space", openbis.KindProject: "Project", openbis.KindCollection: "Collection",
	openbis.KindObject: "Object", openbis.KindDataSet: "Data set", openbis.KindFile: "File",
}

// KindName is a kind as people call it, "" for none.
func KindName(k openbis.Kind) string { return kindNames[k] }

// build makes the document of an entity.
func build(in Input) (*document, []Gap) {
	e := in.Entity
	d := &document{title: Title(e), subtitle: kindNames[e.Kind], about: Clean(strings.TrimSpace(e.Description)), pics: newPictures(in.Image)}
	if e.Type != "" {
		d.subtitle += " · " + openbis.PrettyCode(e.Type)
	}
	if in.Omitted != "" {
		d.notes = append(d.notes, "The data is not in this package: "+safetext.Line(in.Omitted))
	} else if in.Total > in.Files {
		d.notes = append(d.notes, fmt.Sprintf("Only a part of this data set was chosen: %d of %d files are in this package.", in.Files, in.Total))
	}
	d.ident = identification(in)
	for _, r := range []relation{{"Parents", in.Parents}, {"Children", in.Children}, {"Components", in.Parts}} {
		if len(r.links) > 0 {
			d.relation = append(d.relation, r)
		}
	}
	d.below, d.belowAll = in.Below, max(in.BelowAll, len(in.Below))
	var gaps []Gap
	csvNames := map[string]bool{}
	for _, p := range properties(e, in.Type) {
		f, missing := interpret(p, in, d.pics)
		for _, what := range missing {
			gaps = append(gaps, Gap{Entity: e.Ref, Where: f.label, What: what})
		}
		if f.sheet != nil {
			f.csv = csvPath(in.Place.Page, p, csvNames)
		}
		if k := len(d.sections) - 1; k < 0 || d.sections[k].title != p.section {
			d.sections = append(d.sections, section{title: p.section})
		}
		k := len(d.sections) - 1
		d.sections[k].fields = append(d.sections[k].fields, f)
	}
	return d, gaps
}

// csvPath is where a spreadsheet's CSV lies: beside the page, after the label,
// or the code where two labels are the same. The label holds no dot, so that
// the page's name can be told from it.
func csvPath(page string, p property, taken map[string]bool) string {
	part := func(s string) string {
		return strings.TrimRight(names.Shorten(strings.ReplaceAll(names.Safe(s), ".", "_"), 60), " ")
	}
	name := part(p.Label)
	if taken[names.Fold(name)] || p.twins || name == "_" {
		name = part(strings.TrimPrefix(p.Code, "$"))
	}
	for salt := p.Code; taken[names.Fold(name)]; salt += "+" {
		name = part(p.Code) + "~" + names.Hash(salt, 8)
	}
	taken[names.Fold(name)] = true
	return page + "." + name + ".csv"
}

// Title is what an entity is called: its name, else its code.
func Title(e *openbis.Entity) string {
	if e.Name == "" && (e.Kind == openbis.KindProject || e.Kind == openbis.KindSpace) {
		return openbis.PrettyCode(e.Code)
	}
	return e.Label()
}

// identification is what an entity is, where it stood, and who registered it.
func identification(in Input) (rows []row) {
	e := in.Entity
	add := func(label, text string) {
		if text = safetext.Line(text); text != "" {
			rows = append(rows, row{label, text})
		}
	}
	add("Kind", kindNames[e.Kind])
	if e.Type != "" {
		add("Type", e.Type)
	}
	if in.Type != nil && in.Type.Description != "" {
		add("Type description", in.Type.Description)
	}
	add("Name", e.Name)
	add("Code", e.Code)
	if e.Identifier != e.PermID && e.Identifier != "/"+e.Code {
		add("Identifier", e.Identifier)
	}
	if e.PermID != e.Code {
		add("PermId", e.PermID)
	}
	add("Registered by", PersonName(e.Registrator))
	add("Registered", Time(e.Registered))
	add("Modified by", PersonName(e.Modifier))
	add("Modified", Time(e.Modified))
	add("Tags", strings.Join(e.Tags, ", "))
	if d := e.Data; d != nil {
		add("Data", map[openbis.DataKind]string{
			openbis.Physical: "files", openbis.Container: "container of other data sets", openbis.Link: "link to files outside of openBIS",
		}[d.Kind])
		for _, l := range d.LinkedTo {
			add("Linked to", l)
		}
		if d.Kind == openbis.Physical {
			add("Files", fmt.Sprint(in.Files))
			add("Size", human.Exact(in.Bytes))
		}
	}
	return rows
}
