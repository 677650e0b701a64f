package page

import (
	"slices"
	"strings"

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
// that hold user ids (docs/openbis-api.md).
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
