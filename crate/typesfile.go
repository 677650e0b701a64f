package crate

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"zenobis/openbis"
	"zenobis/page"
)

// typesForm names the version of its form.
const typesForm = "zenobis-types/1"

type typesFile struct {
	Form         string          `json:"form"`
	Types        []typeEntry     `json:"types"`
	Vocabularies []vocabularyDoc `json:"vocabularies"`
}

type typeEntry struct {
	Kind        openbis.Kind    `json:"kind"`
	Code        string          `json:"code"`
	Label       string          `json:"label"`
	Description string          `json:"description,omitempty"`
	Properties  []propertyEntry `json:"properties"`
}

type propertyEntry struct {
	Code        string `json:"code"`
	Label       string `json:"label,omitempty"`
	Description string `json:"description,omitempty"`
	DataType    string `json:"dataType"`
	Section     string `json:"section,omitempty"`
	Widget      string `json:"widget,omitempty"`
	Vocabulary  string `json:"vocabulary,omitempty"`
}

type vocabularyDoc struct {
	Code        string    `json:"code"`
	Description string    `json:"description,omitempty"`
	Terms       []termDoc `json:"terms"`
}

type termDoc struct {
	Code        string `json:"code"`
	Label       string `json:"label,omitempty"`
	Description string `json:"description,omitempty"`
}

// WriteTypes writes openbis-types.json: the types that occur, their properties in
// the order of the form, and the vocabularies with their terms, so that codes can be
// read without openBIS.
func WriteTypes(w io.Writer, types []openbis.EntityType) error {
	out := typesFile{Form: typesForm, Types: []typeEntry{}, Vocabularies: []vocabularyDoc{}}
	seen := map[string]bool{}
	for _, t := range types {
		e := typeEntry{Kind: t.Kind, Code: t.Code, Label: openbis.PrettyCode(t.Code), Description: t.Description, Properties: []propertyEntry{}}
		for _, a := range t.Properties {
			name := a.Vocabulary
			if name == "" && len(a.Terms) > 0 { // from before its code was read
				name = a.Code
			}
			e.Properties = append(e.Properties, propertyEntry{a.Code, a.Label, a.Description, a.DataType, a.Section, a.Widget, name})
			if name != "" && !seen[name] {
				seen[name] = true
				out.Vocabularies = append(out.Vocabularies, vocabularyOf(name, a))
			}
		}
		out.Types = append(out.Types, e)
	}
	slices.SortFunc(out.Types, func(a, b typeEntry) int { return compare(string(a.Kind), string(b.Kind), a.Code, b.Code) })
	slices.SortFunc(out.Vocabularies, func(a, b vocabularyDoc) int { return compare(a.Code, b.Code) })
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("write types: %w", err)
	}
	return nil
}

func vocabularyOf(name string, a openbis.Assignment) vocabularyDoc {
	v := vocabularyDoc{Code: name, Description: page.OneLine(a.VocabularyText), Terms: []termDoc{}}
	for code, label := range a.Terms {
		v.Terms = append(v.Terms, termDoc{code, label, a.TermTexts[code]})
	}
	slices.SortFunc(v.Terms, func(a, b termDoc) int { return compare(a.Code, b.Code) })
	return v
}

// compare compares pairs of texts, the first that differ decide.
func compare(pairs ...string) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if c := strings.Compare(pairs[i], pairs[i+1]); c != 0 {
			return c
		}
	}
	return 0
}
