package openbistest

import (
	"cmp"
	"fmt"
	"sort"
	"strings"
	"time"
)

// entityType is a type of collections, objects or data sets.
type entityType struct {
	kind        kind
	id          int
	code        string
	prefix      string
	description string
	assignments []*assignment
	modified    time.Time
}

// assignment is a property of a type.
type assignment struct {
	prop      *propertyType
	section   string
	mandatory bool
	ordinal   int
	at        time.Time
}

// propertyType is a property, whatever types use it.
type propertyType struct {
	id           int
	code, label  string
	dataType     string
	vocab        *vocabulary
	widget       string
	registeredAt time.Time
}

// vocabulary is a list of terms.
type vocabulary struct {
	id         int
	code       string
	terms      []term
	registered time.Time
}

type term struct{ code, label string }

func (t *entityType) assignment(code string) *assignment {
	for _, a := range t.assignments {
		if a.prop.code == code {
			return a
		}
	}
	return nil
}

// addELNTypes fills an empty lab with the types of the plug-in.
func (l *Lab) addELNTypes() {
	var v *vocabulary
	for _, line := range lines(elnVocabularies) {
		if !strings.HasPrefix(line, " ") {
			v = &vocabulary{id: len(l.vocabOrder) + 1, code: line, registered: labEpoch()}
			l.vocabs[line] = v
			l.vocabOrder = append(l.vocabOrder, v)
			continue
		}
		code, label, _ := strings.Cut(line[2:], "|")
		v.terms = append(v.terms, term{code, label})
	}
	var t *TypeSpec
	section := ""
	flush := func() {
		if t != nil {
			l.AddType(*t)
		}
	}
	for _, line := range lines(elnTypes) {
		switch {
		case strings.HasPrefix(line, "  "):
			p := strings.Split(line[2:], "|")
			for len(p) < 5 {
				p = append(p, "")
			}
			s := PropertySpec{Code: p[0], Label: p[1], DataType: p[2], Section: section, Mandatory: p[4] != ""}
			if p[2] == "CONTROLLEDVOCABULARY" {
				s.Vocabulary = p[3]
			} else {
				s.Widget = p[3]
			}
			t.Properties = append(t.Properties, s)
		case strings.HasPrefix(line, " "):
			section = strings.TrimSpace(line)
		default:
			flush()
			p := strings.SplitN(line, " ", 4)
			t = &TypeSpec{Kind: p[0], Code: p[1], Prefix: strings.TrimPrefix(p[2], "-")}
			if len(p) == 4 {
				t.Description = p[3]
			}
		}
	}
	flush()
}

func lines(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") }

// TypeSpec describes a type.
type TypeSpec struct {
	Kind        string // "collection", "object" or "dataset"
	Code        string
	Prefix      string // of generated codes of objects; "" for S
	Description string
	Properties  []PropertySpec
}

// PropertySpec describes a property and how a type uses it. Where the lab has
// the property already, only Section and Mandatory count.
type PropertySpec struct {
	Code, Label, DataType string
	Section               string
	Vocabulary            string // code, for CONTROLLEDVOCABULARY
	Widget                string // "Word Processor", "Spreadsheet" or ""
	Mandatory             bool
}

// AddType adds a type with its properties.
func (l *Lab) AddType(s TypeSpec) {
	k, ok := map[string]kind{"collection": kindExperiment, "object": kindSample, "dataset": kindDataSet}[s.Kind]
	if !ok || s.Code == "" || l.types[k][s.Code] != nil {
		panic(fmt.Sprintf("openbistest: type %q %q: wrong kind, empty or taken", s.Kind, s.Code))
	}
	t := &entityType{kind: k, id: len(l.typeOrder[k]) + 1, code: s.Code, prefix: cmp.Or(s.Prefix, "S"), description: s.Description, modified: labEpoch()}
	for i, p := range s.Properties {
		t.assignments = append(t.assignments, &assignment{prop: l.property(p), section: p.Section, mandatory: p.Mandatory, ordinal: i + 1, at: labEpoch()})
	}
	l.types[k][s.Code] = t
	l.typeOrder[k] = append(l.typeOrder[k], t)
}

// AddVocabulary adds a vocabulary; terms are code and label in turn.
func (l *Lab) AddVocabulary(code string, terms ...string) {
	v := &vocabulary{id: len(l.vocabOrder) + 1, code: code, registered: labEpoch()}
	for i := 0; i+1 < len(terms); i += 2 {
		v.terms = append(v.terms, term{terms[i], terms[i+1]})
	}
	l.vocabs[code] = v
	l.vocabOrder = append(l.vocabOrder, v)
}

func (l *Lab) property(s PropertySpec) *propertyType {
	if p := l.properties[s.Code]; p != nil {
		return p
	}
	p := &propertyType{id: len(l.propOrder) + 1, code: s.Code, label: cmp.Or(s.Label, s.Code), dataType: cmp.Or(s.DataType, "VARCHAR"), widget: s.Widget, registeredAt: labEpoch()}
	if s.Vocabulary != "" {
		p.vocab = l.vocabs[s.Vocabulary]
		if p.vocab == nil {
			panic("openbistest: no vocabulary " + s.Vocabulary)
		}
	}
	l.properties[s.Code] = p
	l.propOrder = append(l.propOrder, p)
	return p
}

// sortedKeys makes answers the same on every run.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
