package crate

import (
	"bytes"
	"encoding/json"
	"strings"

	"zenobis/openbis"
	"zenobis/safetext"
)

// jsonForm names the version of the JSON pages; README of a package explains it.
const jsonForm = "zenobis-entity/1"

type jsonEntity struct {
	Form        string         `json:"form"`
	Kind        openbis.Kind   `json:"kind"`
	Type        string         `json:"type,omitempty"`
	Code        string         `json:"code"`
	Name        string         `json:"name,omitempty"`
	Identifier  string         `json:"identifier,omitempty"`
	PermID      string         `json:"permId"`
	Description string         `json:"description,omitempty"`
	Project     string         `json:"project,omitempty"`
	Collection  string         `json:"collection,omitempty"`
	Object      string         `json:"object,omitempty"`
	Registrator string         `json:"registeredBy,omitempty"`
	Registered  string         `json:"registered,omitempty"`
	Modifier    string         `json:"modifiedBy,omitempty"`
	Modified    string         `json:"modified,omitempty"`
	Tags        []string       `json:"tags,omitempty"`
	Properties  []jsonProperty `json:"properties"`
	Parents     []jsonLink     `json:"parents,omitempty"`
	Children    []jsonLink     `json:"children,omitempty"`
	Components  []jsonLink     `json:"components,omitempty"`
	Data        *jsonData      `json:"data,omitempty"`
}

type jsonProperty struct {
	Code     string     `json:"code"`
	Label    string     `json:"label"`
	Section  string     `json:"section,omitempty"`
	DataType string     `json:"dataType,omitempty"`
	Value    any        `json:"value,omitempty"`   // string, or list of strings
	Display  string     `json:"display,omitempty"` // where it differs from the value: a term's label
	HTML     string     `json:"html,omitempty"`    // rich text, pictures left out
	Table    [][]string `json:"table,omitempty"`   // spreadsheet
}

type jsonLink struct {
	PermID     string `json:"permId"`
	Identifier string `json:"identifier,omitempty"`
	Code       string `json:"code"`
	Name       string `json:"name,omitempty"`
	Type       string `json:"type,omitempty"`
	Page       string `json:"page,omitempty"` // relative to this file
}

type jsonData struct {
	Kind     openbis.DataKind `json:"kind"`
	Files    int              `json:"files"`
	Bytes    int64            `json:"bytes"`
	AllFiles int              `json:"allFiles,omitempty"` // in openBIS, where only a part was chosen
	LinkedTo []string         `json:"linkedTo,omitempty"`
	Omitted  string           `json:"omitted,omitempty"`
}

func renderJSON(in PageInput) []byte {
	e := in.Entity
	j := jsonEntity{
		Form: jsonForm, Kind: e.Kind, Type: e.Type, Code: e.Code, Name: e.Name, Identifier: e.Identifier, PermID: e.PermID,
		Description: e.Description, Registered: isoTime(e.Registered), Modified: isoTime(e.Modified), Tags: e.Tags, Properties: []jsonProperty{},
		Parents: jsonLinks(in, in.Parents), Children: jsonLinks(in, in.Children), Components: jsonLinks(in, in.Parts),
	}
	for _, p := range []struct {
		to   *string
		from *openbis.Person
	}{{&j.Registrator, e.Registrator}, {&j.Modifier, e.Modifier}} {
		if p.from != nil {
			*p.to = p.from.Name()
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
	for _, p := range properties(in) {
		j.Properties = append(j.Properties, jsonValue(in, p))
	}
	if e.Data != nil {
		j.Data = &jsonData{Kind: e.Data.Kind, Files: in.Files, Bytes: in.Bytes, LinkedTo: e.Data.LinkedTo, Omitted: in.Omitted}
		if in.Total > in.Files {
			j.Data.AllFiles = in.Total
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	enc.Encode(j) // strings and numbers only: can't fail
	return b.Bytes()
}

func jsonValue(in PageInput, p property) jsonProperty {
	out := jsonProperty{Code: p.Code, Label: p.Label, Section: p.Section, DataType: p.DataType}
	r, _, _ := value(PageInput{Entity: in.Entity}, p)
	switch {
	case r.table != nil:
		out.Table = r.table
	case r.rich != nil:
		out.HTML, out.Value = r.rich.withoutPictures(), r.rich.text()
	case len(p.values) == 1:
		out.Value = clean(p.values[0])
		if p.DataType == "TIMESTAMP" {
			out.Value = r.text
		} else if r.text != p.values[0] && p.DataType == "CONTROLLEDVOCABULARY" {
			out.Display = clean(r.text)
		} else if strings.HasPrefix(r.text, "[the spreadsheet") {
			out.Value = r.text
		}
	default:
		out.Value = p.values
	}
	return out
}

func jsonLinks(in PageInput, links []Link) (out []jsonLink) {
	for _, l := range links {
		j := jsonLink{PermID: l.PermID, Identifier: l.Identifier, Code: l.Code, Name: l.Name, Type: l.Type}
		if l.Page != "" {
			j.Page = textPath(in.Place.Page, l.Page) + ".json"
		}
		out = append(out, j)
	}
	return out
}

// clean takes from a value what must not stand in a page: escape sequences and
// control characters.
func clean(s string) string { return safetext.Block(s) }
