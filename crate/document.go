package crate

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"zenobis/openbis"
)

// document is an entity's page before it becomes HTML, text or Word.
type document struct {
	title    string
	subtitle string
	note     string // why the data is not there
	sections []section
}

type section struct {
	title string
	rows  []row
}

// row is a labelled value; exactly one of the values is set.
type row struct {
	label string
	text  string
	url   string // text is a link to it
	rich  *rich
	table [][]string
	links []Link
}

// hidden are properties of the program and not of the research.
var hidden = []string{"XMLCOMMENTS", "ANNOTATIONS_STATE", "ELN_SETTINGS", "DEFAULT_OBJECT_TYPE", "DEFAULT_COLLECTION_VIEW",
	"SHOW_IN_PROJECT_OVERVIEW", "HISTORY_ID", "NAME"}

func isHidden(code string) bool { return slices.Contains(hidden, strings.TrimPrefix(code, "$")) }

// property is one value of an entity as its type describes it.
type property struct {
	openbis.Assignment
	values []string
}

// properties returns an entity's values in the order of its type; those that
// the type does not know come last, by code.
func properties(in PageInput) (list []property) {
	done := map[string]bool{}
	if in.Type != nil {
		for _, a := range in.Type.Properties {
			v := in.Entity.Properties[a.Code]
			done[a.Code] = true
			if len(v) > 0 && !isHidden(a.Code) {
				list = append(list, property{a, v})
			}
		}
	}
	var rest []string
	for code := range in.Entity.Properties {
		if !done[code] && !isHidden(code) {
			rest = append(rest, code)
		}
	}
	slices.Sort(rest)
	for _, code := range rest {
		label := openbis.PrettyCode(strings.TrimPrefix(code[strings.LastIndex(code, ".")+1:], "$"))
		list = append(list, property{openbis.Assignment{Code: code, Label: label}, in.Entity.Properties[code]})
	}
	return list
}

// kindNames are the kinds as people call them.
var kindNames = map[openbis.Kind]string{
	openbis.KindSpace: "Space", openbis.KindProject: "Project", openbis.KindCollection: "Collection", openbis.KindObject: "Object", openbis.KindDataSet: "Data set",
}

// build makes the document of an entity, with the CSV files of its spreadsheets.
func build(in PageInput) (document, []Page, []Gap) {
	e := in.Entity
	d := document{title: e.Label(), subtitle: kindNames[e.Kind], note: in.Omitted}
	if e.Kind == openbis.KindProject && e.Name == "" {
		d.title = openbis.PrettyCode(e.Code)
	}
	if e.Type != "" {
		d.subtitle += " · " + typeName(in)
	}
	d.sections = append(d.sections, section{"Identification", identification(in)})
	if s := strings.TrimSpace(e.Description); s != "" {
		d.sections = append(d.sections, section{"Description", []row{{text: s}}})
	}
	var pages []Page
	var gaps []Gap
	for _, p := range properties(in) {
		title := p.Section
		if title == "" {
			title = "Details"
		}
		r, csv, g := value(in, p)
		gaps = append(gaps, g...)
		if csv != nil {
			pages = append(pages, Page{Path: in.Place.Page + "." + Safe(p.Code) + ".csv", Data: csv})
		}
		i := slices.IndexFunc(d.sections, func(s section) bool { return s.title == title })
		if i < 0 {
			d.sections = append(d.sections, section{title: title})
			i = len(d.sections) - 1
		}
		d.sections[i].rows = append(d.sections[i].rows, r)
	}
	if rel := relatives(in); len(rel) > 0 {
		d.sections = append(d.sections, section{"Relations", rel})
	}
	if rows := data(in); len(rows) > 0 {
		d.sections = append(d.sections, section{"Data", rows})
	}
	return d, pages, gaps
}

func typeName(in PageInput) string {
	if in.Type != nil && in.Type.Description != "" && len(in.Type.Description) < 40 {
		return in.Type.Description
	}
	return openbis.PrettyCode(in.Entity.Type)
}

func identification(in PageInput) []row {
	e := in.Entity
	rows := []row{{label: "Code", text: e.Code}}
	add := func(label, text string) {
		if text != "" {
			rows = append(rows, row{label: label, text: text})
		}
	}
	add("Type", e.Type)
	if e.Identifier != e.PermID {
		add("Identifier", e.Identifier)
	}
	add("PermId", e.PermID)
	if e.Registrator != nil {
		add("Registered by", e.Registrator.Name())
	}
	add("Registered", isoTime(e.Registered))
	if e.Modifier != nil {
		add("Modified by", e.Modifier.Name())
	}
	add("Modified", isoTime(e.Modified))
	add("Tags", strings.Join(e.Tags, ", "))
	return rows
}

func relatives(in PageInput) (rows []row) {
	for _, r := range []struct {
		label string
		links []Link
	}{{"Parents", in.Parents}, {"Children", in.Children}, {"Components", in.Parts}} {
		if len(r.links) > 0 {
			rows = append(rows, row{label: r.label, links: r.links})
		}
	}
	if len(in.Below) > 0 {
		label := "Contains"
		if in.BelowAll > len(in.Below) {
			label = fmt.Sprintf("Contains (%d, the first %d)", in.BelowAll, len(in.Below))
		}
		rows = append(rows, row{label: label, links: in.Below})
	}
	return rows
}

func data(in PageInput) (rows []row) {
	d := in.Entity.Data
	if d == nil {
		return nil
	}
	add := func(label, text string) { rows = append(rows, row{label: label, text: text}) }
	add("Kind", map[openbis.DataKind]string{openbis.Physical: "files", openbis.Container: "container of other data sets", openbis.Link: "link to files outside of openBIS"}[d.Kind])
	for _, l := range d.LinkedTo {
		add("Linked to", l)
	}
	if d.Kind != openbis.Physical {
		return rows
	}
	switch {
	case in.Total > in.Files && in.Files > 0:
		add("Files", fmt.Sprintf("%d of %d: only a part of this data set was chosen", in.Files, in.Total))
	default:
		add("Files", fmt.Sprint(in.Files))
	}
	add("Size", fmt.Sprintf("%d bytes", in.Bytes))
	return rows
}

// value makes the row of a property.
func value(in PageInput, p property) (row, []byte, []Gap) {
	gap := func(what string) []Gap { return []Gap{{Entity: in.Entity.Ref, Where: p.Label, What: what}} }
	v := strings.Join(p.values, ", ")
	switch {
	case p.Widget == "Spreadsheet", p.DataType == "XML" && dataTag.MatchString(v):
		rows, err := sheet(v)
		if err != nil {
			return row{label: p.Label, text: "[" + err.Error() + "]"}, nil, gap(err.Error())
		}
		return row{label: p.Label, table: rows}, asCSV(rows), nil
	case p.Widget == "Word Processor", p.DataType == "MULTILINE_VARCHAR" && strings.Contains(v, "</"):
		r := richText(v, in.Image)
		var gaps []Gap
		for _, m := range r.missing {
			gaps = append(gaps, gap(m)...)
		}
		return row{label: p.Label, rich: &r}, nil, gaps
	case p.DataType == "HYPERLINK":
		if u, err := url.Parse(v); err == nil && slices.Contains([]string{"http", "https", "ftp"}, u.Scheme) {
			return row{label: p.Label, text: v, url: v}, nil, nil
		}
	}
	var texts []string
	for _, s := range p.values {
		texts = append(texts, plainValue(p.Assignment, s))
	}
	return row{label: p.Label, text: strings.Join(texts, ", ")}, nil, nil
}

// plainValue words a value of a simple type.
func plainValue(a openbis.Assignment, s string) string {
	switch a.DataType {
	case "CONTROLLEDVOCABULARY":
		if label := a.Terms[s]; label != "" {
			return label
		}
	case "BOOLEAN":
		switch strings.ToLower(s) {
		case "true":
			return "yes"
		case "false":
			return "no"
		}
	case "TIMESTAMP", "ARRAY_TIMESTAMP":
		return timestamp(s)
	}
	if s == "\uFFFD(undefined)" {
		return ""
	}
	return s
}

// timestamp turns openBIS' form of a time into ISO 8601 in UTC.
func timestamp(s string) string {
	for _, layout := range []string{"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return isoTime(t)
		}
	}
	return s
}

func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}
