package openbistest

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// subject is what criteria are held against: an entity, a type, or another
// thing that has a code.
type subject struct {
	e    *entity
	code string // for things that are no entities
	typ  *entityType
}

// matches holds criteria against an entity.
func (s *Server) matches(c *node, x subject) bool {
	members := c.nodes("criteria")
	ok := true
	if strings.EqualFold(c.str("operator"), "OR") && len(members) > 0 {
		ok = false
		for _, m := range members {
			if s.member(m, x) {
				ok = true
				break
			}
		}
	} else {
		for _, m := range members {
			if !s.member(m, x) {
				ok = false
				break
			}
		}
	}
	return ok != c.flag("negated")
}

// member holds one member of composite criteria against a subject.
func (s *Server) member(m *node, x subject) bool {
	e := x.e
	any := func(list []*entity) bool {
		for _, o := range list {
			if !o.trashed && s.matches(m, subject{e: o}) {
				return true
			}
		}
		return false
	}
	one := func(o *entity) bool { return o != nil && s.matches(m, subject{e: o}) }
	name := m.short()
	if e == nil {
		switch name {
		case "CodeSearchCriteria", "PermIdSearchCriteria", "TextAttributeSearchCriteria", "AnyFieldSearchCriteria":
			return matchValue(m.node("fieldValue"), x.code)
		case "CodesSearchCriteria":
			return contains(m.list("fieldValue"), x.code)
		case "IdSearchCriteria":
			return m.node("id").str("permId") == x.code
		case "EntityTypeSearchCriteria", "SampleTypeSearchCriteria", "ExperimentTypeSearchCriteria", "DataSetTypeSearchCriteria",
			"PropertyAssignmentSearchCriteria", "PropertyTypeSearchCriteria", "VocabularySearchCriteria":
			return s.matches(m, x)
		}
		return true
	}
	switch name {
	case "CodeSearchCriteria":
		return matchValue(m.node("fieldValue"), e.code)
	case "CodesSearchCriteria":
		return contains(m.list("fieldValue"), e.code)
	case "PermIdSearchCriteria":
		return matchValue(m.node("fieldValue"), e.permID)
	case "IdentifierSearchCriteria":
		return matchValue(m.node("fieldValue"), e.identifier)
	case "IdSearchCriteria":
		return e.hasID(m.node("id"))
	case "StringPropertySearchCriteria", "StrictlyStringPropertySearchCriteria", "ControlledVocabularyPropertySearchCriteria",
		"SamplePropertySearchCriteria", "BooleanPropertySearchCriteria", "NumberPropertySearchCriteria", "DatePropertySearchCriteria":
		v, ok := e.props[m.str("fieldName")]
		return ok && matchValue(m.node("fieldValue"), v)
	case "AnyPropertySearchCriteria", "AnyStringPropertySearchCriteria":
		return e.anyProperty(m.node("fieldValue"))
	case "AnyFieldSearchCriteria", "TextAttributeSearchCriteria", "GlobalSearchTextCriteria":
		v := m.node("fieldValue")
		return matchValue(v, e.code) || matchValue(v, e.permID) || matchValue(v, e.identifier) || e.anyProperty(v)
	case "DescriptionSearchCriteria":
		return matchValue(m.node("fieldValue"), e.description)
	case "RegistrationDateSearchCriteria":
		return matchTime(m.node("fieldValue"), e.registered)
	case "ModificationDateSearchCriteria":
		return matchTime(m.node("fieldValue"), e.modified)
	case "NoSpaceSearchCriteria":
		return e.space == nil
	case "NoProjectSearchCriteria":
		return e.project == nil
	case "NoExperimentSearchCriteria":
		return e.exp == nil
	case "NoSampleSearchCriteria":
		return e.sample == nil
	case "NoSampleContainerSearchCriteria":
		return e.container == nil
	case "SpaceSearchCriteria":
		if e.kind == kindSpace {
			return s.matches(m, x)
		}
		return one(e.space)
	case "ProjectSearchCriteria":
		switch e.kind {
		case kindProject:
			return s.matches(m, x)
		case kindSpace:
			return any(e.projects)
		}
		return one(e.project)
	case "ExperimentSearchCriteria":
		switch e.kind {
		case kindExperiment:
			return s.matches(m, x)
		case kindSpace, kindProject:
			return any(e.exps)
		}
		return one(e.exp)
	case "SampleSearchCriteria":
		switch e.kind {
		case kindSample:
			return s.matches(m, x)
		case kindDataSet:
			return one(e.sample)
		}
		return any(e.samples)
	case "DataSetSearchCriteria":
		if e.kind == kindDataSet {
			return s.matches(m, x)
		}
		return any(e.dataSets)
	case "SampleParentsSearchCriteria", "DataSetParentsSearchCriteria":
		return any(e.parents)
	case "SampleChildrenSearchCriteria", "DataSetChildrenSearchCriteria":
		return any(e.children)
	case "SampleContainerSearchCriteria":
		return one(e.container)
	case "DataSetContainerSearchCriteria":
		return any(e.containers)
	case "SampleTypeSearchCriteria", "ExperimentTypeSearchCriteria", "DataSetTypeSearchCriteria", "EntityTypeSearchCriteria":
		return e.typ != nil && s.matches(m, subject{code: e.typ.code, typ: e.typ})
	case "TagSearchCriteria":
		for _, t := range e.tags {
			if s.matches(m, subject{code: t}) {
				return true
			}
		}
		return false
	case "RegistratorSearchCriteria":
		return s.matchesUser(m, e.registrator)
	case "ModifierSearchCriteria":
		return s.matchesUser(m, e.modifier)
	}
	return false
}

func (s *Server) matchesUser(m *node, u *user) bool {
	for _, c := range m.nodes("criteria") {
		if c.short() == "UserIdSearchCriteria" && !matchValue(c.node("fieldValue"), u.userID) {
			return false
		}
	}
	return true
}

// hasID tells whether an id object means this entity.
func (e *entity) hasID(id *node) bool {
	if id == nil || idKind(id.typ) != e.kind {
		return false
	}
	if i, ok := id.text("identifier"); ok {
		return i == e.identifier
	}
	return id.str("permId") == e.permID
}

// idKind is the kind of entity that an id class belongs to, -1 for others.
func idKind(typ string) kind {
	switch shortName(typ) {
	case "SpacePermId":
		return kindSpace
	case "ProjectPermId", "ProjectIdentifier":
		return kindProject
	case "ExperimentPermId", "ExperimentIdentifier":
		return kindExperiment
	case "SamplePermId", "SampleIdentifier":
		return kindSample
	case "DataSetPermId":
		return kindDataSet
	}
	return -1
}

func (e *entity) anyProperty(v *node) bool {
	for _, p := range e.props {
		if matchValue(v, p) {
			return true
		}
	}
	return false
}

func contains(l []any, s string) bool {
	for _, x := range l {
		if x == s {
			return true
		}
	}
	return false
}

// matchValue holds a field value against text. Equality is exact; with a
// wildcard in the value it becomes a pattern that ignores case, unless
// wildcards are switched off. Everything else ignores case.
func matchValue(v *node, s string) bool {
	if v == nil {
		return true
	}
	want, ok := v.text("value")
	if !ok && v.short() != "AnyStringValue" {
		return true // pyBIS sends a null value where it does not want to filter
	}
	wild := true
	if b, ok := v.fields["useWildcards"].(bool); ok {
		wild = b
	}
	if wild && strings.ContainsAny(want, "*?") {
		switch v.short() {
		case "StringEqualToValue":
			return like(want, s)
		case "StringStartsWithValue":
			return like(want+"*", s)
		case "StringEndsWithValue":
			return like("*"+want, s)
		case "StringContainsValue", "StringContainsExactlyValue":
			return like("*"+want+"*", s)
		}
	}
	lower, low := strings.ToLower(s), strings.ToLower(want)
	switch v.short() {
	case "StringEqualToValue", "BooleanValue":
		return s == want
	case "StringStartsWithValue":
		return strings.HasPrefix(lower, low)
	case "StringEndsWithValue":
		return strings.HasSuffix(lower, low)
	case "StringContainsValue", "StringContainsExactlyValue":
		return strings.Contains(lower, low)
	case "StringMatchesValue": // full text: whole words
		for _, w := range strings.Fields(low) {
			if !hasWord(lower, w) {
				return false
			}
		}
		return true
	case "AnyStringValue":
		return true
	case "StringLessThanValue":
		return s < want
	case "StringLessThanOrEqualToValue":
		return s <= want
	case "StringGreaterThanValue":
		return s > want
	case "StringGreaterThanOrEqualToValue":
		return s >= want
	}
	return matchNumber(v.short(), want, s)
}

func matchNumber(class, want, s string) bool {
	a, err1 := strconv.ParseFloat(s, 64)
	b, err2 := strconv.ParseFloat(want, 64)
	if err1 != nil || err2 != nil {
		return false
	}
	switch class {
	case "NumberEqualToValue":
		return a == b
	case "NumberLessThanValue":
		return a < b
	case "NumberLessThanOrEqualToValue":
		return a <= b
	case "NumberGreaterThanValue":
		return a > b
	case "NumberGreaterThanOrEqualToValue":
		return a >= b
	}
	return false
}

func matchTime(v *node, t time.Time) bool {
	want := timeOf(v, "value")
	if want.IsZero() {
		text := v.str("value")
		for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
			if p, err := time.Parse(layout, text); err == nil {
				want = p
				break
			}
		}
	}
	switch v.short() {
	case "DateEqualToValue":
		return t.Truncate(24 * time.Hour).Equal(want.Truncate(24 * time.Hour))
	case "DateEarlierThanOrEqualToValue":
		return !t.After(want)
	case "DateLaterThanOrEqualToValue":
		return !t.Before(want)
	}
	return false
}

// like is ILIKE with * and ?.
func like(pattern, s string) bool {
	var b strings.Builder
	b.WriteString(`(?is)\A`)
	for _, r := range pattern {
		switch r {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	b.WriteString(`\z`)
	re, err := regexp.Compile(b.String())
	return err == nil && re.MatchString(s)
}

func hasWord(text, word string) bool {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return strings.ContainsRune(" \t\n\r.,;:!?()[]{}<>\"'/&", r)
	}) {
		if w == word {
			return true
		}
	}
	return false
}
