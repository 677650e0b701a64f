package page

import (
	"bytes"
	"encoding/json"
	"strings"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/safetext"
)

// JSONForm names the version of the JSON pages. README.md of a package explains
// it; what is empty is left out.
const JSONForm = "zenobis-entity/1"

type jsonEntity struct {
	Form        string          `json:"form"`
	Kind        openbis.Kind    `json:"kind"` // project, collection, object, dataset
	Type        string          `json:"type,omitempty"`
	Code        string          `json:"code"`
	Name        string          `json:"name,omitempty"`
	Identifier  string          `json:"identifier,omitempty"`
	PermID      string          `json:"permId"`
	Description string          `json:"description,omitempty"`
	Project     string          `json:"project,omitempty"` // identifiers of what it stands in
	Collection  string          `json:"collection,omitempty"`
	Object      string          `json:"object,omitempty"`
	Registrator string          `json:"registeredBy,omitempty"`
	Registered  string          `json:"registered,omitempty"`
	Modifier    string          `json:"modifiedBy,omitempty"`
	Modified    string          `json:"modified,omitempty"`
	Tags        []string        `json:"tags,omitempty"`
	Notes       []string        `json:"notes,omitempty"` // why data is not there, or not all
	Data        *jsonData       `json:"data,omitempty"`
	Parents     []jsonLink      `json:"parents,omitempty"`
	Children    []jsonLink      `json:"children,omitempty"`
	Components  []jsonLink      `json:"components,omitempty"`
	Properties  []*jsonProperty `json:"properties"`
	Contents    *jsonContents   `json:"contents,omitempty"`
	Pictures    []jsonPicture   `json:"pictures,omitempty"`
}

type jsonProperty struct {
	Code     string     `json:"code"`
	Label    string     `json:"label"`
	Section  string     `json:"section,omitempty"`
	DataType string     `json:"dataType,omitempty"`
	Value    any        `json:"value,omitempty"`   // text, number or boolean; a list for several
	Display  any        `json:"display,omitempty"` // where people read something else: a term's label
	HTML     string     `json:"html,omitempty"`    // rich text; <img src="#picture-1"> is in pictures
	Headers  []string   `json:"headers,omitempty"` // spreadsheets
	Rows     [][]string `json:"rows,omitempty"`
	CSV      string     `json:"csv,omitempty"`     // the spreadsheet as a file, relative to this one
	Missing  []string   `json:"missing,omitempty"` // what is broken or could not be had
}

type jsonLink struct {
	Kind       openbis.Kind `json:"kind,omitempty"`
	PermID     string       `json:"permId"`
	Identifier string       `json:"identifier,omitempty"`
	Code       string       `json:"code"`
	Name       string       `json:"name,omitempty"`
	Type       string       `json:"type,omitempty"`
	Page       string       `json:"page,omitempty"` // relative to this file; none if it is not in the package
}

type jsonContents struct {
	Total   int        `json:"total"`
	Members []jsonLink `json:"members"` // the first ones
}

type jsonData struct {
	Kind     openbis.DataKind `json:"kind"`
	Files    int              `json:"files"`
	Bytes    int64            `json:"bytes"`
	AllFiles int              `json:"allFiles,omitempty"` // in openBIS, where only a part was chosen
	LinkedTo []string         `json:"linkedTo,omitempty"`
	Omitted  string           `json:"omitted,omitempty"`
}

type jsonPicture struct {
	ID        string `json:"id"`
	MediaType string `json:"mediaType"`
	SHA256    string `json:"sha256"`
	Data      []byte `json:"data"` // base64
}

func renderJSON(in Input, d *document) []byte {
	e := in.Entity
	j := jsonEntity{
		Form: JSONForm, Kind: e.Kind, Type: OneLine(e.Type), Code: OneLine(e.Code), Name: OneLine(e.Name), Identifier: OneLine(e.Identifier), PermID: OneLine(e.PermID),
		Description: d.about, Registrator: PersonName(e.Registrator), Registered: Time(e.Registered),
		Modifier: PersonName(e.Modifier), Modified: Time(e.Modified), Notes: d.notes, Properties: []*jsonProperty{},
		Parents: jsonLinks(in, in.Parents), Children: jsonLinks(in, in.Children), Components: jsonLinks(in, in.Parts),
	}
	for _, t := range e.Tags {
		j.Tags = append(j.Tags, OneLine(t))
	}
	for _, r := range []struct {
		to   *string
		from *openbis.Ref
	}{{&j.Project, e.ProjectRef}, {&j.Collection, e.CollRef}, {&j.Object, e.ObjectRef}} {
		if r.from != nil {
			*r.to = OneLine(r.from.Identifier)
		}
	}
	for _, s := range d.sections {
		for _, f := range s.fields {
			j.Properties = append(j.Properties, f.json(in.Place.Page))
		}
	}
	if e.Data != nil {
		j.Data = &jsonData{Kind: e.Data.Kind, Files: in.Files, Bytes: in.Bytes, Omitted: safetext.Line(in.Omitted)}
		for _, l := range e.Data.LinkedTo {
			j.Data.LinkedTo = append(j.Data.LinkedTo, OneLine(l))
		}
		if in.Total > in.Files {
			j.Data.AllFiles = in.Total
		}
	}
	if len(d.below) > 0 {
		j.Contents = &jsonContents{Total: d.belowAll, Members: jsonLinks(in, d.below)}
	}
	for _, p := range d.pics.list {
		j.Pictures = append(j.Pictures, jsonPicture{ID: p.name(), MediaType: p.media, SHA256: p.sum, Data: p.data})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	enc.Encode(j) // texts, numbers and bytes only: can't fail
	return b.Bytes()
}

func (f field) json(page string) *jsonProperty {
	out := &jsonProperty{Code: f.code, Label: f.label, Section: f.section, DataType: f.dataType}
	switch {
	case f.gap != "":
		out.Value, out.Missing = f.raw, []string{f.gap}
	case f.rich != nil:
		out.HTML, out.Value, out.Missing = referenced(f.rich.blocks), plainBlocks(f.rich.blocks), f.rich.missing
	case f.sheet != nil:
		out.Headers, out.Rows, out.CSV = f.sheet.headers, f.sheet.rows, names.Relative(page, f.csv)
	default:
		var values, display []any
		differ := false
		for i, v := range f.values {
			values, display = append(values, f.scalar(v)), append(display, f.texts[i])
			differ = differ || f.texts[i] != v
		}
		out.Value = one(values)
		if differ {
			out.Display = one(display)
		}
	}
	return out
}

// scalar is a value as JSON writes it.
func (f field) scalar(v string) any {
	switch strings.TrimPrefix(f.dataType, "ARRAY_") {
	case "BOOLEAN":
		if v == "true" || v == "false" {
			return v == "true"
		}
	case "INTEGER", "REAL":
		if t := strings.TrimSpace(v); json.Valid([]byte(t)) && t != "" && strings.IndexByte("-0123456789", t[0]) >= 0 {
			return json.Number(t)
		}
	}
	return v
}

// one is a single value itself, several as a list.
func one(list []any) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// referenced is rich text as HTML, with pictures by their names.
func referenced(blocks []block) string {
	p := &page{named: true}
	p.blocks(blocks, 0)
	return strings.TrimSpace(p.String())
}

func jsonLinks(in Input, links []Link) (out []jsonLink) {
	for _, l := range links {
		j := jsonLink{Kind: l.Kind, PermID: OneLine(l.PermID), Identifier: OneLine(l.Identifier), Code: OneLine(l.Code), Name: OneLine(l.Name), Type: OneLine(l.Type)}
		if l.Page != "" {
			j.Page = names.Relative(in.Place.Page, l.Page+".json")
		}
		out = append(out, j)
	}
	return out
}
