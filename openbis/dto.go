package openbis

import "strings"

// dto is an object of a request. Each one names its type: the server refuses
// untyped ones in polymorphic places (docs/openbis-api.md, Objects on the wire).
type dto map[string]any

// of makes a dto from its type (without "as.dto.") and pairs of key and value.
func of(kind string, pairs ...any) dto {
	d := dto{"@type": "as.dto." + kind}
	for i := 0; i+1 < len(pairs); i += 2 {
		d[pairs[i].(string)] = pairs[i+1]
	}
	return d
}

// with adds a pair.
func (d dto) with(key string, value any) dto {
	d[key] = value
	return d
}

// words are the names that a kind has in the API.
type words struct {
	pkg    string // "as.dto.PKG.search..."
	class  string // "Sample"
	plural string
}

// api spells the kinds in the words of the API.
var api = map[Kind]words{
	KindSpace:      {pkg: "space", class: "Space", plural: "Spaces"},
	KindProject:    {pkg: "project", class: "Project", plural: "Projects"},
	KindCollection: {pkg: "experiment", class: "Experiment", plural: "Experiments"},
	KindObject:     {pkg: "sample", class: "Sample", plural: "Samples"},
	KindDataSet:    {pkg: "dataset", class: "DataSet", plural: "DataSets"},
}

// criteria is "all of these" for a kind.
func criteria(kind Kind, members ...any) dto {
	w := api[kind]
	if members == nil {
		members = []any{}
	}
	return of(w.pkg+".search."+w.class+"SearchCriteria", "operator", "AND", "criteria", members)
}

// anyOf is "one of these" for a kind.
func anyOf(kind Kind, members ...any) dto { return criteria(kind, members...).with("operator", "OR") }

func permID(id string) dto {
	return of("common.search.PermIdSearchCriteria", "fieldValue", equal(id))
}

func code(c string) dto { return of("common.search.CodeSearchCriteria", "fieldValue", equal(c)) }

func property(name string, value dto) dto {
	return of("common.search.StringPropertySearchCriteria", "fieldName", name, "fieldValue", value)
}

func objectType(c string) dto {
	return of("sample.search.SampleTypeSearchCriteria", "operator", "AND", "criteria", []any{code(c)})
}

// equal is exact: * and ? are wildcards unless that is switched off
// (docs/openbis-api.md, Searching).
func equal(value string) dto {
	d := of("common.search.StringEqualToValue", "value", value)
	if strings.ContainsAny(value, "*?") {
		d["useWildcards"] = false
	}
	return d
}

func contains(value string) dto { return of("common.search.StringContainsValue", "value", value) }

func noObject() dto     { return of("sample.search.NoSampleSearchCriteria") }
func noCollection() dto { return of("experiment.search.NoExperimentSearchCriteria") }
func noProject() dto    { return of("project.search.NoProjectSearchCriteria") }

// idOf makes the id of an entity from a permId or an identifier ("/A/B/C").
// False where no entity of the kind can have it: the server answers malformed
// identifiers with an error for the whole call.
func idOf(kind Kind, id string) (dto, bool) {
	w := api[kind]
	parts := strings.Split(strings.TrimPrefix(id, "/"), "/")
	for _, p := range parts {
		if strings.TrimSpace(p) == "" {
			return nil, false
		}
	}
	if !strings.HasPrefix(id, "/") {
		return of(w.pkg+".id."+w.class+"PermId", "permId", id), len(parts) == 1
	}
	n := len(parts)
	switch kind {
	case KindSpace:
		return of("space.id.SpacePermId", "permId", parts[0]), n == 1
	case KindProject:
		return of("project.id.ProjectIdentifier", "identifier", id), n == 2
	case KindCollection:
		return of("experiment.id.ExperimentIdentifier", "identifier", id), n == 3
	case KindObject:
		return of("sample.id.SampleIdentifier", "identifier", id), n <= 3
	}
	return nil, false
}
