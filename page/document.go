package page

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/richtext"
	"zenobis/safetext"
)

// document is what an entity's pages say, whatever their format.
type document struct {
	title     string
	subtitle  string
	notes     []string // why data is not there, or only a part of it
	about     *field   // description of spaces and projects
	sections  []section
	members   *members
	files     *folder // nil for all but data sets
	relations []relation
	ident     []row
	pics      *pictures
	formats   []Format // in which its pages are made
}

// row is a labelled line of text.
type row struct{ label, text string }

// relation is a list of relatives.
type relation struct {
	label string
	links []Link
	all   int  // how many there are, where the list does not hold all
	plain bool // told as text: nobody asks whether they are in the package
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

// TypeName is a type as people call it, "" where it says no more than the kind.
func TypeName(r openbis.Ref) string {
	name := openbis.PrettyCode(strings.TrimPrefix(r.Type, "$"))
	if strings.EqualFold(name, kindNames[r.Kind]) || strings.EqualFold(r.Type, "UNKNOWN") {
		return ""
	}
	return name
}

// build makes the document of an entity.
func build(ctx context.Context, in Input) (*document, []Gap, error) {
	e := in.Entity
	d := &document{title: OneLine(Title(e)), subtitle: kindNames[e.Kind], pics: newPictures(in.Image)}
	if d.title == "" {
		d.title = "Untitled"
	}
	if t := TypeName(e.Ref); t != "" {
		d.subtitle = t + " · " + d.subtitle
	}
	if day := Time(e.Registered); day != "" {
		d.subtitle += " · registered " + day[:10]
		if name := PersonName(e.Registrator); name != "" {
			d.subtitle += " by " + name
		}
	}
	if in.Omitted != "" {
		d.notes = append(d.notes, "The data is not in this package: "+safetext.Name(in.Omitted))
	}
	d.ident = identification(in)
	d.relations = relations(in)
	var gaps []Gap
	read := func(p property) (field, error) {
		f := interpret(p, in, d.pics)
		for _, what := range f.missing {
			gaps = append(gaps, Gap{Entity: e.Ref, Where: f.label, What: what})
		}
		return f, ctx.Err()
	}
	if strings.TrimSpace(e.Description) != "" {
		f, err := read(property{Assignment: openbis.Assignment{Code: "DESCRIPTION", Label: "Description"}, values: []string{e.Description}})
		if err != nil {
			return nil, nil, err
		}
		d.about = &f
	}
	csvNames := map[string]bool{}
	for _, p := range properties(e, in.Type) {
		f, err := read(p)
		if err != nil {
			return nil, nil, err
		}
		if f.sheet != nil {
			f.csv = csvPath(in, p, csvNames)
		}
		if k := len(d.sections) - 1; k < 0 || d.sections[k].title != p.section {
			d.sections = append(d.sections, section{title: p.section})
		}
		k := len(d.sections) - 1
		d.sections[k].fields = append(d.sections[k].fields, f)
	}
	var err error
	if in.Members != nil {
		if d.members, err = readMembers(ctx, in); err != nil {
			return nil, nil, err
		}
	}
	if in.DataFiles != nil {
		if d.files, err = readFolder(ctx, in); err != nil {
			return nil, nil, err
		}
	}
	missing, left := "", 0
	if d.files != nil {
		missing, left = d.files.missing(), len(d.files.left)
	}
	if in.Omitted == "" && in.Total > in.Files+left {
		d.notes = append(d.notes, fmt.Sprintf("Only a part of this data set was chosen: %d of %d files.", in.Files+left, in.Total))
	}
	if missing != "" {
		d.notes = append(d.notes, missing)
	}
	return d, gaps, nil
}

// relations are the relatives that an entity's page lists.
func relations(in Input) (out []relation) {
	add := func(label string, links []Link, all int, plain bool) {
		if len(links) > 0 {
			out = append(out, relation{label, links, max(all, len(links)), plain})
		}
	}
	if in.Entity.Kind == openbis.KindDataSet {
		add("Parents", in.Parents, 0, true)
		return out
	}
	below := in.Below
	if in.Members != nil { // its objects are a table
		below = nil
		for _, l := range in.Below {
			if l.Kind != openbis.KindObject {
				below = append(below, l)
			}
		}
		add("Data sets", below, len(below), false)
	} else {
		label := "Contents"
		if in.Entity.Kind == openbis.KindObject {
			label = "Data sets"
		}
		add(label, below, in.BelowAll, false)
	}
	add("Parents", in.Parents, 0, false)
	add("Children", in.Children, 0, false)
	add("Components", in.Parts, 0, false)
	return out
}

var notASCII = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// csvPath is where a spreadsheet's CSV lies: beside the page, after the label,
// or the code where two labels are the same. The label holds no dot, so that
// the page's name can be told from it.
func csvPath(in Input, p property, taken map[string]bool) string {
	part := func(s string) string {
		if in.ASCII {
			s = notASCII.ReplaceAllString(s, "_")
		}
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
	return tableFile(in.Place.Page + "." + name)
}

// Title is what an entity is called: its name, else its code.
func Title(e *openbis.Entity) string { return RefTitle(e.Ref) }

// RefTitle is what an entity is called: its name, else its code, which for spaces and
// projects is spelled as the ELN's menu does.
func RefTitle(r openbis.Ref) string {
	if r.Name == "" && (r.Kind == openbis.KindProject || r.Kind == openbis.KindSpace) {
		return openbis.PrettyCode(r.Code)
	}
	return r.Label()
}

// Description is an entity's description as text, "" for none.
func Description(e *openbis.Entity) string {
	return strings.TrimSpace(richtext.Readable("", "", e.Description))
}

// name is how a relative is called in a page.
func (l Link) name() string {
	code, name := OneLine(l.Code), OneLine(l.Name)
	switch {
	case code == "":
		code = OneLine(l.PermID)
	case name == "" && (l.Kind == openbis.KindProject || l.Kind == openbis.KindSpace):
		if name = OneLine(RefTitle(l.Ref)); strings.EqualFold(name, code) {
			return name
		}
		return fmt.Sprintf("%s (%s)", name, code)
	case name != "" && name != code:
		return fmt.Sprintf("%s (%s)", name, code)
	}
	return code
}

// told is a relative's name with its type.
func (l Link) told() string {
	if t := TypeName(l.Ref); t != "" {
		return l.name() + ", " + t
	}
	return l.name()
}
