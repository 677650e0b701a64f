package openbistest

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// subject is what criteria are held against: an entity, a type, or another
// thing that has a code.
type subject struct {
	e    *labdata.Entity
	code string // for things that are no entities
	typ  *labdata.EntityType
}

// matches holds criteria against an entity.
func (s *Server) matches(c *jackson.Node, x subject) bool {
	members := c.Nodes("criteria")
	ok := true
	if strings.EqualFold(c.Str("operator"), "OR") && len(members) > 0 {
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
	return ok != c.Flag("negated")
}

// member holds one member of composite criteria against a subject.
func (s *Server) member(m *jackson.Node, x subject) bool {
	e := x.e
	any := func(list []*labdata.Entity) bool {
		for _, o := range list {
			if !o.Trashed && s.matches(m, subject{e: o}) {
				return true
			}
		}
		return false
	}
	one := func(o *labdata.Entity) bool { return o != nil && s.matches(m, subject{e: o}) }
	name := m.Short()
	if e == nil {
		switch name {
		case "CodeSearchCriteria", "PermIdSearchCriteria", "TextAttributeSearchCriteria", "AnyFieldSearchCriteria":
			return matchValue(m.Node("fieldValue"), x.code)
		case "CodesSearchCriteria":
			return contains(m.List("fieldValue"), x.code)
		case "IdSearchCriteria":
			return m.Node("id").Str("permId") == x.code
		case "EntityTypeSearchCriteria", "SampleTypeSearchCriteria", "ExperimentTypeSearchCriteria", "DataSetTypeSearchCriteria",
			"PropertyAssignmentSearchCriteria", "PropertyTypeSearchCriteria", "VocabularySearchCriteria":
			return s.matches(m, x)
		}
		return true
	}
	switch name {
	case "CodeSearchCriteria":
		return matchValue(m.Node("fieldValue"), e.Code)
	case "CodesSearchCriteria":
		return contains(m.List("fieldValue"), e.Code)
	case "PermIdSearchCriteria":
		return matchValue(m.Node("fieldValue"), e.PermID)
	case "IdentifierSearchCriteria":
		return matchValue(m.Node("fieldValue"), e.Identifier)
	case "IdSearchCriteria":
		return hasID(e, m.Node("id"))
	case "StringPropertySearchCriteria", "StrictlyStringPropertySearchCriteria", "ControlledVocabularyPropertySearchCriteria",
		"SamplePropertySearchCriteria", "BooleanPropertySearchCriteria", "NumberPropertySearchCriteria", "DatePropertySearchCriteria":
		v, ok := e.Props[m.Str("fieldName")]
		return ok && matchValue(m.Node("fieldValue"), v)
	case "AnyPropertySearchCriteria", "AnyStringPropertySearchCriteria":
		return anyProperty(e, m.Node("fieldValue"))
	case "AnyFieldSearchCriteria", "TextAttributeSearchCriteria", "GlobalSearchTextCriteria":
		v := m.Node("fieldValue")
		return matchValue(v, e.Code) || matchValue(v, e.PermID) || matchValue(v, e.Identifier) || anyProperty(e, v)
	case "DescriptionSearchCriteria":
		return matchValue(m.Node("fieldValue"), e.Description)
	case "RegistrationDateSearchCriteria":
		return matchTime(m.Node("fieldValue"), e.Registered)
	case "ModificationDateSearchCriteria":
		return matchTime(m.Node("fieldValue"), e.Modified)
	case "NoSpaceSearchCriteria":
		return e.Space == nil
	case "NoProjectSearchCriteria":
		return e.Project == nil
	case "NoExperimentSearchCriteria":
		return e.Exp == nil
	case "NoSampleSearchCriteria":
		return e.Sample == nil
	case "NoSampleContainerSearchCriteria":
		return e.Container == nil
	case "SpaceSearchCriteria":
		if e.Kind == labdata.KindSpace {
			return s.matches(m, x)
		}
		return one(e.Space)
	case "ProjectSearchCriteria":
		switch e.Kind {
		case labdata.KindProject:
			return s.matches(m, x)
		case labdata.KindSpace:
			return any(e.Projects)
		}
		return one(e.Project)
	case "ExperimentSearchCriteria":
		switch e.Kind {
		case labdata.KindExperiment:
			return s.matches(m, x)
		case labdata.KindSpace, labdata.KindProject:
			return any(e.Exps)
		}
		return one(e.Exp)
	case "SampleSearchCriteria":
		switch e.Kind {
		case labdata.KindSample:
			return s.matches(m, x)
		case labdata.KindDataSet:
			return one(e.Sample)
		}
		return any(e.Samples)
	case "DataSetSearchCriteria":
		if e.Kind == labdata.KindDataSet {
			return s.matches(m, x)
		}
		return any(e.DataSets)
	case "PhysicalDataSearchCriteria":
		return e.Data != nil && e.Data.Kind == "PHYSICAL"
	case "LinkedDataSearchCriteria":
		return e.Data != nil && e.Data.Kind == "LINK"
	case "SampleParentsSearchCriteria", "DataSetParentsSearchCriteria":
		return any(e.Parents)
	case "SampleChildrenSearchCriteria", "DataSetChildrenSearchCriteria":
		return any(e.Children)
	case "SampleContainerSearchCriteria":
		return one(e.Container)
	case "DataSetContainerSearchCriteria":
		return any(e.Containers)
	case "SampleTypeSearchCriteria", "ExperimentTypeSearchCriteria", "DataSetTypeSearchCriteria", "EntityTypeSearchCriteria":
		return e.Typ != nil && s.matches(m, subject{code: e.Typ.Code, typ: e.Typ})
	case "TagSearchCriteria":
		for _, t := range e.Tags {
			if s.matches(m, subject{code: t}) {
				return true
			}
		}
		return false
	case "RegistratorSearchCriteria":
		return s.matchesUser(m, e.Registrator)
	case "ModifierSearchCriteria":
		return s.matchesUser(m, e.Modifier)
	}
	return false
}

func (s *Server) matchesUser(m *jackson.Node, u *labdata.User) bool {
	for _, c := range m.Nodes("criteria") {
		if c.Short() == "UserIdSearchCriteria" && !matchValue(c.Node("fieldValue"), u.UserID) {
			return false
		}
	}
	return true
}

// hasID tells whether an id object means this entity.
func hasID(e *labdata.Entity, id *jackson.Node) bool {
	if id == nil || idKind(id.Typ) != e.Kind {
		return false
	}
	if i, ok := id.Text("identifier"); ok {
		return i == e.Identifier
	}
	return id.Str("permId") == e.PermID
}

// idKind is the kind of entity that an id class belongs to, -1 for others.
func idKind(typ string) labdata.Kind {
	switch jackson.ShortName(typ) {
	case "SpacePermId":
		return labdata.KindSpace
	case "ProjectPermId", "ProjectIdentifier":
		return labdata.KindProject
	case "ExperimentPermId", "ExperimentIdentifier":
		return labdata.KindExperiment
	case "SamplePermId", "SampleIdentifier":
		return labdata.KindSample
	case "DataSetPermId":
		return labdata.KindDataSet
	}
	return -1
}

func anyProperty(e *labdata.Entity, v *jackson.Node) bool {
	for _, p := range e.Props {
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
func matchValue(v *jackson.Node, s string) bool {
	if v == nil {
		return true
	}
	want, ok := v.Text("value")
	if !ok && v.Short() != "AnyStringValue" {
		return true // pyBIS sends a null value where it does not want to filter
	}
	wild := true
	if b, ok := v.Fields["useWildcards"].(bool); ok {
		wild = b
	}
	if wild && strings.ContainsAny(want, "*?") {
		switch v.Short() {
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
	switch v.Short() {
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
	return matchNumber(v.Short(), want, s)
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

func matchTime(v *jackson.Node, t time.Time) bool {
	want := timeOf(v, "value")
	if want.IsZero() {
		text := v.Str("value")
		for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
			if p, err := time.Parse(layout, text); err == nil {
				want = p
				break
			}
		}
	}
	switch v.Short() {
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
