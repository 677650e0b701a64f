package record

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zenobis/zenodo"
)

// fieldOf are our fields by their place in the server's metadata, where the two
// have other names.
var fieldOf = map[string]string{
	"rights": "license", "subjects": "keywords", "related_identifiers": "related", "languages": "language",
	"version": "record_version", "additional_descriptions": "notes",
}

// memberOf are the members of an entry likewise.
var memberOf = map[string]string{
	"family_name": "family", "name": "family", "given_name": "given", "identifiers": "orcid", "role": "role", "affiliations": "affiliations",
	"relation_type": "relation", "identifier": "identifier", "scheme": "identifier", "funder": "funder", "award": "award",
}

// oneOf is one entry of a field of several, in words.
var oneOf = map[string]string{
	"creators": "creator", "contributors": "contributor", "keywords": "keyword", "related": "related work", "funding": "grant",
}

// One is one entry of a field of several, in words; "" of a field of one value.
func One(field string) string { return oneOf[field] }

// Refused are the fields that a server found fault with, named as in a metadata
// file: "metadata.creators.0.person_or_org.identifiers.0.identifier" is
// "creators.0.orcid". What a metadata file does not have keeps its name.
func Refused(list []zenodo.FieldError) []zenodo.FieldError {
	list = slices.Clone(list)
	for i, f := range list {
		list[i].Field = ownPath(f.Field, strings.Join(f.Messages, " "))
	}
	return list
}

// RefusedValue are the fields of a body that hold the value which a server
// refused without naming a field, as it does with ids that its vocabularies do
// not have ("Invalid value xyz.").
func RefusedValue(body zenodo.DraftBody, message string) []zenodo.FieldError {
	value, ok := strings.CutPrefix(message, "Invalid value ")
	data, err := json.Marshal(body.Metadata)
	var sent any
	if !ok || err != nil || json.Unmarshal(data, &sent) != nil {
		return nil
	}
	value = strings.TrimSuffix(value, ".")
	var list []zenodo.FieldError
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, v := range v {
				walk(path+"."+name, v)
			}
		case []any:
			for i, v := range v {
				walk(path+"."+strconv.Itoa(i), v)
			}
		case string:
			if v == value && strings.HasSuffix(path, ".id") {
				list = append(list, zenodo.FieldError{Field: path, Messages: []string{fmt.Sprintf("the server does not know %q", value)}})
			}
		}
	}
	walk("metadata", sent)
	slices.SortFunc(list, func(a, b zenodo.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return list
}

// ownPath is a path of the server's in the words of a metadata file.
func ownPath(path, message string) string {
	inner, native := strings.CutPrefix(path, "metadata.")
	parts := strings.Split(inner, ".")
	name := cmp.Or(fieldOf[parts[0]], parts[0])
	switch {
	case name == "access":
		return name
	case !native:
		return path
	case One(name) == "" || len(parts) == 1:
		return name
	}
	own, rest := name+"."+parts[1], parts[2:]
	if len(rest) > 0 && rest[0] == "person_or_org" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return own
	}
	member := memberOf[rest[0]]
	switch {
	case rest[0] == "identifiers" && strings.Contains(message, "ROR"):
		member = "ror"
	case rest[0] == "affiliations" && len(rest) > 1:
		member = "affiliations." + rest[1]
	}
	return strings.TrimSuffix(own+"."+member, ".")
}

// EntryOf is the entry of a field, as it was written, that was sent as number
// sent: what is written twice is sent once. -1 is none of them, as what a
// program adds by itself.
func (m Metadata) EntryOf(field string, sent int) int {
	count := func(n int) int { return n }
	var written int
	switch field {
	case "creators":
		written = len(m.Creators)
	case "contributors":
		written = len(m.Contribs)
	case "keywords":
		written, count = len(m.Keywords), func(n int) int { return len(Keywords(m.Keywords[:n])) }
	case "related":
		written, count = len(m.Related), func(n int) int { return len(normalRelated(m.Related[:n])) }
	case "funding":
		written, count = len(m.Funding), func(n int) int { return len(normalFunding(m.Funding[:n])) }
	}
	for i := range written {
		if count(i+1) > sent {
			return i
		}
	}
	return -1
}
