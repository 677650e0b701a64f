package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/richtext"
	"zenobis/safetext"
)

// JSONForm names the version of the JSON pages, which docs/package.md and README.md
// of a package explain. What is empty is left out.
const JSONForm = "zenobis-entity/2"

type jsonEntity struct {
	Form        string          `json:"form"`
	Kind        openbis.Kind    `json:"kind"` // space, project, collection, object, dataset
	Type        string          `json:"type,omitempty"`
	Code        string          `json:"code"`
	Name        string          `json:"name,omitempty"`
	Identifier  string          `json:"identifier,omitempty"`
	PermID      string          `json:"permId"`
	Description *jsonProperty   `json:"description,omitempty"`
	Project     string          `json:"project,omitempty"` // identifiers of what it stands in
	Collection  string          `json:"collection,omitempty"`
	Object      string          `json:"object,omitempty"`
	Above       []jsonLink      `json:"above,omitempty"` // the same with their pages, from the space down
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
	Previous    *jsonLink       `json:"previous,omitempty"`
	Next        *jsonLink       `json:"next,omitempty"`
	Properties  []*jsonProperty `json:"properties"`
	Contents    *jsonContents   `json:"contents,omitempty"`
	Objects     *jsonObjects    `json:"objects,omitempty"`
	Pictures    []jsonPicture   `json:"pictures,omitempty"`
}

type jsonProperty struct {
	Code     string            `json:"code,omitempty"`
	Label    string            `json:"label,omitempty"`
	Section  string            `json:"section,omitempty"`
	DataType string            `json:"dataType,omitempty"`
	Value    any               `json:"value"`             // as openBIS holds it: text, number or boolean; a list for several
	Display  any               `json:"display,omitempty"` // as people read it, where that differs
	Page     any               `json:"page,omitempty"`    // of the entity that it names, relative to this file
	Headers  []string          `json:"headers,omitempty"` // spreadsheets, as they are shown
	Rows     [][]string        `json:"rows,omitempty"`
	Formulas map[string]string `json:"formulas,omitempty"` // of cells whose value is shown: {"B2": "=A1*B1"}
	CSV      string            `json:"csv,omitempty"`      // the spreadsheet as a file, relative to this one
	Missing  []string          `json:"missing,omitempty"`  // what is broken or could not be had
}

type jsonLink struct {
	Kind       openbis.Kind `json:"kind,omitempty"`
	PermID     string       `json:"permId"`
	Identifier string       `json:"identifier,omitempty"`
	Code       string       `json:"code"`
	Name       string       `json:"name,omitempty"`
	Type       string       `json:"type,omitempty"`
	Page       string       `json:"page,omitempty"` // relative to this file; none if it is not in the package

	Children   []jsonLink `json:"children,omitempty"` // of data sets
	Components []jsonLink `json:"components,omitempty"`
}

type jsonContents struct {
	Total   int        `json:"total"`
	Members []jsonLink `json:"members"` // the first ones
}

type jsonObjects struct {
	Total int    `json:"total"`
	CSV   string `json:"csv"` // all of them with their properties, relative to this file
}

type jsonData struct {
	Kind     openbis.DataKind `json:"kind"`
	Files    int              `json:"files"`
	Bytes    int64            `json:"bytes"`
	AllFiles int              `json:"allFiles,omitempty"` // in openBIS, where not all are here
	LinkedTo []string         `json:"linkedTo,omitempty"`
	Omitted  string           `json:"omitted,omitempty"`
	List     []jsonFile       `json:"list,omitempty"` // the first 2000

	EmptyFolders []string `json:"emptyFolders,omitempty"` // their paths in the data set, as far as the list shows files
}

type jsonFile struct {
	Path  string `json:"path"` // in the data set
	Bytes int64  `json:"bytes"`
	CRC32 string `json:"crc32,omitempty"` // hex
	File  string `json:"file,omitempty"`  // relative to this file

	Omitted string `json:"omitted,omitempty"` // the word for why it is not there
}

type jsonPicture struct {
	File      string `json:"file"` // relative to this file
	MediaType string `json:"mediaType"`
	Bytes     int    `json:"bytes"`
	SHA256    string `json:"sha256"`
}

func renderJSON(in Input, d *document) []byte {
	e := in.Entity
	j := jsonEntity{
		Form: JSONForm, Kind: e.Kind, Type: e.Type, Code: e.Code, Name: e.Name, Identifier: e.Identifier, PermID: e.PermID,
		Registrator: PersonName(e.Registrator), Registered: Time(e.Registered), Modifier: PersonName(e.Modifier), Modified: Time(e.Modified),
		Tags: e.Tags, Notes: d.notes, Properties: []*jsonProperty{}, Above: jsonLinks(in, in.Above, false),
		Parents: jsonLinks(in, in.Parents, e.Kind == openbis.KindDataSet),
	}
	if d.about != nil {
		j.Description = d.about.json(in)
		j.Description.Code, j.Description.Label = "", ""
	}
	if e.Kind != openbis.KindDataSet {
		j.Children, j.Components = jsonLinks(in, in.Children, false), jsonLinks(in, in.Parts, false)
		j.Previous, j.Next = jsonBeside(in, in.Previous), jsonBeside(in, in.Next)
		if len(in.Below) > 0 {
			j.Contents = &jsonContents{Total: max(in.BelowAll, len(in.Below)), Members: jsonLinks(in, in.Below, false)}
		}
	}
	for _, r := range []struct {
		to   *string
		from *openbis.Ref
	}{{&j.Project, e.ProjectRef}, {&j.Collection, e.CollRef}, {&j.Object, e.ObjectRef}} {
		if r.from != nil {
			*r.to = r.from.Identifier
		}
	}
	for _, s := range d.sections {
		for _, f := range s.fields {
			j.Properties = append(j.Properties, f.json(in))
		}
	}
	if e.Data != nil {
		j.Data = &jsonData{Kind: e.Data.Kind, Files: in.Files, Bytes: in.Bytes, Omitted: safetext.Name(in.Omitted), LinkedTo: e.Data.LinkedTo}
		if in.Total > in.Files {
			j.Data.AllFiles = in.Total
		}
		if d.files != nil {
			j.Data.List, j.Data.EmptyFolders = d.files.json(in.Place.Page, nil), d.files.empty(nil)
		}
	}
	if d.members != nil {
		j.Objects = &jsonObjects{Total: d.members.all, CSV: names.Relative(in.Place.Page, d.members.csv)}
	}
	for _, p := range d.pics.list {
		j.Pictures = append(
			j.Pictures,
			jsonPicture{File: names.Relative(in.Place.Page, p.path(in.Place.Page)), MediaType: p.media, Bytes: len(p.data), SHA256: p.sum},
		)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(j) // texts, numbers and lists only: can't fail
	return escapeHidden(b.Bytes())
}

// escapeHidden writes control and bidi characters as \u escapes: they stand as
// openBIS holds them, and change nothing for who looks at the file.
func escapeHidden(b []byte) []byte {
	return safetext.EscapeJSONOf(b, func(r rune) bool {
		return r >= 0x7F && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) // JSON itself escapes those before
	})
}

func (f field) json(in Input) *jsonProperty {
	out := &jsonProperty{Code: f.code, Label: f.label, Section: f.section, DataType: f.dataType, Missing: f.missing}
	var values []any
	for _, v := range f.values {
		values = append(values, f.scalar(v))
	}
	if out.Value = one(values); strings.HasPrefix(f.dataType, "ARRAY_") && len(values) == 1 {
		out.Value = values
	}
	switch {
	case f.gap != "":
	case f.rich != nil:
		out.Display = richtext.Plain(f.rich.Blocks)
	case f.sheet != nil:
		out.Headers, out.Formulas, out.CSV = f.sheet.headers, f.sheet.formulas, names.Relative(in.Place.Page, f.csv)
		for y := range f.sheet.rows {
			row := make([]string, len(f.sheet.headers))
			copy(row, f.sheet.rows[y])
			out.Rows = append(out.Rows, row)
		}
	default:
		var display, pages []any
		differ, named := false, false
		for i, t := range f.texts {
			display = append(display, t)
			differ = differ || i >= len(f.values) || t != fmt.Sprint(values[i])
			page := ""
			if i < len(f.refs) && f.refs[i] != nil && f.refs[i].Page != "" {
				page, named = names.Relative(in.Place.Page, JSON.File(f.refs[i].Page)), true
			}
			pages = append(pages, page)
		}
		if differ {
			out.Display = one(display)
		}
		if named {
			out.Page = one(pages)
		}
	}
	return out
}

// scalar is a value as JSON writes it.
func (f field) scalar(v string) any {
	switch strings.TrimPrefix(f.dataType, "ARRAY_") {
	case "BOOLEAN":
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true":
			return true
		case "false":
			return false
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

func jsonLinks(in Input, links []Link, plain bool) (out []jsonLink) {
	for _, l := range links {
		j := jsonLink{
			Kind: l.Kind, PermID: l.PermID, Identifier: l.Identifier, Code: l.Code, Name: l.Name, Type: l.Type,
			Children: jsonLinks(in, l.Children, plain), Components: jsonLinks(in, l.Parts, plain),
		}
		if l.Page != "" && !plain {
			j.Page = names.Relative(in.Place.Page, JSON.File(l.Page))
		}
		out = append(out, j)
	}
	return out
}

func jsonBeside(in Input, l *Link) *jsonLink {
	if l == nil {
		return nil
	}
	return &jsonLinks(in, []Link{*l}, false)[0]
}

// json lists the files of a folder and those below it.
func (k *folder) json(page string, out []jsonFile) []jsonFile {
	for _, f := range k.folders {
		out = f.json(page, out)
	}
	for _, f := range k.files {
		j := jsonFile{Path: f.Path, Bytes: f.Bytes, Omitted: string(f.Left)}
		if f.Left == "" {
			j.File = names.Relative(page, f.At)
		}
		if f.CRC != nil {
			j.CRC32 = fmt.Sprintf("%08x", *f.CRC)
		}
		out = append(out, j)
	}
	return out
}
