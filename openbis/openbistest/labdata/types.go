package labdata

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// EntityType is a type of collections, objects or data sets.
type EntityType struct {
	Kind        Kind
	id          int
	Code        string
	Prefix      string
	Description string
	Assignments []*Assignment
	Modified    time.Time
}

// Assignment is a property of a type.
type Assignment struct {
	Prop      *PropertyType
	Section   string
	Mandatory bool
	Ordinal   int
	At        time.Time
}

// PropertyType is a property, whatever types use it.
type PropertyType struct {
	id           int
	Code, Label  string
	DataType     string
	Vocab        *Vocabulary
	Widget       string
	RegisteredAt time.Time
}

// Vocabulary is a list of terms.
type Vocabulary struct {
	id         int
	Code       string
	Terms      []term
	Registered time.Time
}

type term struct{ Code, Label string }

// Assignment is the property of a code, nil for none.
func (t *EntityType) Assignment(code string) *Assignment {
	for _, a := range t.Assignments {
		if a.Prop.Code == code {
			return a
		}
	}
	return nil
}

// addELNTypes fills an empty lab with the types of the plug-in.
func (l *Lab) addELNTypes() {
	var v *Vocabulary
	for _, line := range Lines(elnVocabularies) {
		if !strings.HasPrefix(line, " ") {
			v = &Vocabulary{id: len(l.VocabOrder) + 1, Code: line, Registered: LabEpoch()}
			l.vocabs[line] = v
			l.VocabOrder = append(l.VocabOrder, v)
			continue
		}
		code, label, _ := strings.Cut(line[2:], "|")
		v.Terms = append(v.Terms, term{code, label})
	}
	var t *TypeSpec
	section := ""
	flush := func() {
		if t != nil {
			l.AddType(*t)
		}
	}
	for _, line := range Lines(elnTypes) {
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

// Lines are the lines of a table.
func Lines(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") }

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
	k, ok := map[string]Kind{"collection": KindExperiment, "object": KindSample, "dataset": KindDataSet}[s.Kind]
	if !ok || s.Code == "" || l.Types[k][s.Code] != nil {
		panic(fmt.Sprintf("labdata: type %q %q: wrong kind, empty or taken", s.Kind, s.Code))
	}
	t := &EntityType{
		Kind:        k,
		id:          len(l.TypeOrder[k]) + 1,
		Code:        s.Code,
		Prefix:      cmp.Or(s.Prefix, "S"),
		Description: s.Description,
		Modified:    LabEpoch(),
	}
	for i, p := range s.Properties {
		t.Assignments = append(
			t.Assignments,
			&Assignment{Prop: l.property(p), Section: p.Section, Mandatory: p.Mandatory, Ordinal: i + 1, At: LabEpoch()},
		)
	}
	l.Types[k][s.Code] = t
	l.TypeOrder[k] = append(l.TypeOrder[k], t)
}

func (l *Lab) property(s PropertySpec) *PropertyType {
	if p := l.Properties[s.Code]; p != nil {
		return p
	}
	p := &PropertyType{
		id:           len(l.PropOrder) + 1,
		Code:         s.Code,
		Label:        cmp.Or(s.Label, s.Code),
		DataType:     cmp.Or(s.DataType, "VARCHAR"),
		Widget:       s.Widget,
		RegisteredAt: LabEpoch(),
	}
	if s.Vocabulary != "" {
		p.Vocab = l.vocabs[s.Vocabulary]
		if p.Vocab == nil {
			panic("labdata: no vocabulary " + s.Vocabulary)
		}
	}
	l.Properties[s.Code] = p
	l.PropOrder = append(l.PropOrder, p)
	return p
}

// KeepTypes leaves the entity types that have entities, and those of publications,
// for tests that plan often: each plan reads all types that there are.
func (l *Lab) KeepTypes() {
	for k, order := range l.TypeOrder {
		l.TypeOrder[k] = slices.DeleteFunc(order, func(t *EntityType) bool {
			idle := len(l.ByType[k][t.Code]) == 0 && !strings.HasPrefix(t.Code, "PUBLICATION")
			if idle {
				delete(l.Types[k], t.Code)
			}
			return idle
		})
	}
}
