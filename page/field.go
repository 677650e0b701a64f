package page

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"zenobis/names"
	"zenobis/openbis"
)

// property is a value of an entity as its type describes it.
type property struct {
	openbis.Assignment
	section string
	values  []string
	twins   bool // another property of the entity has the same label
}

// hidden are properties of the ELN's screens and not of the research, and those
// that hold user ids (reference/openbis-eln-types.md).
var hidden = []string{
	"XMLCOMMENTS", "ANNOTATIONS_STATE", "ELN_SETTINGS", "DEFAULT_OBJECT_TYPE", "DEFAULT_COLLECTION_VIEW",
	"SHOW_IN_PROJECT_OVERVIEW", "HISTORY_ID", "STORAGE_POSITION.STORAGE_USER",
}

// isHidden tells whether a property is left out. Newer servers drop the "$" of
// internal properties; a property of the lab of that name stays.
func isHidden(a openbis.Assignment, known bool) bool {
	bare, internal := strings.CutPrefix(a.Code, "$")
	if bare == "NAME" && (internal || a.Internal || !known) {
		return true // it is in the identification
	}
	return slices.Contains(hidden, bare) && (internal || a.Internal || !known)
}

// properties returns an entity's values in the order and sections of its type;
// what the type does not know, or all where it is missing, comes last, by code.
func properties(e *openbis.Entity, t *openbis.EntityType) (list []property) {
	done := map[string]bool{}
	if t != nil {
		for _, a := range t.Properties {
			if a.Label == "" {
				a.Label = labelOf(a.Code)
			}
			values := present(e.Properties[a.Code])
			if !done[a.Code] && len(values) > 0 && !isHidden(a, true) {
				list = append(list, property{Assignment: a, section: sectionTitle(a.Section), values: values})
			}
			done[a.Code] = true
		}
	}
	// Sections are those of the form: a type may name one again further down.
	var order []string
	for _, p := range list {
		if !slices.Contains(order, p.section) {
			order = append(order, p.section)
		}
	}
	slices.SortStableFunc(list, func(a, b property) int {
		return slices.Index(order, a.section) - slices.Index(order, b.section)
	})
	var rest []string
	for code := range e.Properties {
		if !done[code] {
			rest = append(rest, code)
		}
	}
	slices.Sort(rest)
	for _, code := range rest {
		a := openbis.Assignment{Code: code, Label: labelOf(code)}
		if values := present(e.Properties[code]); len(values) > 0 && !isHidden(a, false) {
			section := "Properties"
			if t != nil {
				section = "Further properties"
			}
			list = append(list, property{Assignment: a, section: section, values: values})
		}
	}
	labels := map[string]int{}
	for _, p := range list {
		labels[names.Fold(p.Label)]++
	}
	for i := range list {
		list[i].twins = labels[names.Fold(list[i].Label)] > 1
	}
	return list
}

func sectionTitle(s string) string {
	if s = OneLine(s); s != "" {
		return s
	}
	return "Properties"
}

// labelOf makes a label from a code.
func labelOf(code string) string {
	bare := code[strings.LastIndexByte(code, '.')+1:]
	if l := openbis.PrettyCode(strings.TrimPrefix(bare, "$")); l != "" {
		return l
	}
	return code
}

// present are the values that say something.
func present(values []string) (out []string) {
	for _, v := range values {
		if strings.TrimSpace(v) != "" && v != "\uFFFD(undefined)" {
			out = append(out, v)
		}
	}
	return out
}

// field is a property as a page shows it.
type field struct {
	code, label, section, dataType string
	values                         []string // as openBIS keeps them, times in ISO 8601
	texts                          []string // as people read them
	href                           []string // for each text, "" for none
	links                          []*Link  // for each text, nil for none
	fixed                          bool     // set in a fixed width: XML and JSON
	rich                           *rich
	sheet                          *sheet
	csv                            string // path of the sheet as CSV
	gap                            string // what is broken, "" for nothing
	raw                            string // the broken value itself
}

var looksRich = regexp.MustCompile(`(?is)^\s*<(p|div|figure|h[1-6]|ul|ol|table|span|strong|em|b|i|u|br|hr|img|a|blockquote|pre)\b[^>]*>`)

// interpret makes a field of a property and tells what is missing in it.
func interpret(p property, in Input, pics *pictures) (field, []string) {
	f := field{code: p.Code, label: OneLine(p.Label), section: p.section, dataType: p.DataType}
	if f.label == "" {
		f.label = p.Code
	}
	first := p.values[0]
	switch {
	case p.Widget == "Spreadsheet", (p.DataType == "XML" || p.DataType == "") && dataTag.MatchString(first):
		s, err := readSheet(first)
		switch err {
		case nil:
			f.sheet = s
			return f, nil
		case errEmptySheet:
			f.texts, f.values = []string{"(empty)"}, []string{""}
			return f, nil
		}
		if p.Widget == "Spreadsheet" {
			f.gap, f.raw = err.Error(), Clean(first)
			return f, []string{f.gap}
		}
	case p.Widget == "Word Processor", (p.DataType == "" || p.DataType == "MULTILINE_VARCHAR") && len(p.values) == 1 && looksRich.MatchString(first):
		r := richText(strings.Join(p.values, "\n"), pics)
		f.rich = &r
		return f, r.missing
	case p.DataType == "JSON" && json.Valid([]byte(first)), p.DataType == "XML":
		f.fixed = true
	}
	for _, v := range p.values {
		value, text, href := plain(p.Assignment, v)
		f.values, f.texts, f.href = append(f.values, value), append(f.texts, text), append(f.href, href)
		var to *Link
		if p.DataType == "SAMPLE" {
			to = relative(in, v)
		}
		if to != nil {
			f.texts[len(f.texts)-1] = to.name()
		}
		f.links = append(f.links, to)
	}
	return f, nil
}

// plain words a value of a simple type.
func plain(a openbis.Assignment, v string) (value, text, href string) {
	value = Clean(v)
	text = value
	switch strings.TrimPrefix(a.DataType, "ARRAY_") {
	case "CONTROLLEDVOCABULARY":
		if label := OneLine(a.Terms[v]); label != "" {
			text = label
		}
	case "BOOLEAN":
		value = strings.ToLower(strings.TrimSpace(v))
		text = value
	case "TIMESTAMP":
		value = timestamp(v)
		text = value
	case "DATE":
		value = date(v)
		text = value
	case "HYPERLINK":
		href = link(v)
	}
	return value, text, href
}

// relative is the relative that a value names by permId or identifier.
func relative(in Input, v string) *Link {
	v = strings.TrimSpace(v)
	for _, links := range [][]Link{in.Parents, in.Children, in.Parts, in.Below} {
		for i := range links {
			if l := &links[i]; v != "" && (v == l.PermID || v == l.Identifier) {
				return l
			}
		}
	}
	return nil
}

// timestamp turns openBIS' form of a time into ISO 8601 in UTC; what is none
// stays as it is.
func timestamp(s string) string {
	s = strings.TrimSpace(s)
	for _, form := range []string{"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02 15:04", time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, s); err == nil {
			return Time(t)
		}
	}
	return Clean(s)
}

// date is a day in ISO 8601. Some servers add a time that says nothing.
func date(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 10 {
		if t, err := time.Parse(time.DateOnly, s[:10]); err == nil && (len(s) == 10 || s[10] == ' ' || s[10] == 'T') {
			return t.Format(time.DateOnly)
		}
	}
	return Clean(s)
}
