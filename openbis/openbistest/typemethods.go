package openbistest

import (
	"maps"
	"slices"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// addTypeMethods adds the methods about types, vocabularies, tags, users,
// roles and the like, much of which only pyBIS asks for.
func addTypeMethods(m map[string]method) {
	for _, e := range []struct {
		kind            labdata.Kind
		pkg, name, many string
	}{
		{labdata.KindExperiment, "experiment", "ExperimentType", "ExperimentTypes"},
		{labdata.KindSample, "sample", "SampleType", "SampleTypes"},
		{labdata.KindDataSet, "dataset", "DataSetType", "DataSetTypes"},
	} {
		fetch := fetchName(e.pkg, e.name)
		all := func(c *call) []thing {
			var out []thing
			for _, t := range c.s.lab.TypeOrder[e.kind] {
				out = append(out, thing{t.Code, func(tr *translator, fo *jackson.Node) *jackson.Obj { return tr.entityType(t, fo) }})
			}
			return out
		}
		m["search"+e.many] = searchThings(searchName(e.pkg, e.name), fetch, all)
		m["get"+e.many] = getThings("@entityTypeId", fetch, all)
	}
	props := func(c *call) []thing {
		var out []thing
		for _, p := range c.s.lab.PropOrder {
			out = append(out, thing{p.Code, func(tr *translator, fo *jackson.Node) *jackson.Obj { return tr.propertyType(p, fo) }})
		}
		return out
	}
	m["searchPropertyTypes"] = searchThings(searchName("property", "PropertyType"), fetchName("property", "PropertyType"), props)
	m["getPropertyTypes"] = getThings("@propertyTypeId", fetchName("property", "PropertyType"), props)
	vocabs := func(c *call) []thing {
		var out []thing
		for _, v := range c.s.lab.VocabOrder {
			out = append(out, thing{v.Code, func(tr *translator, fo *jackson.Node) *jackson.Obj { return tr.vocabulary(v, fo) }})
		}
		return out
	}
	m["searchVocabularies"] = searchThings(searchName("vocabulary", "Vocabulary"), fetchName("vocabulary", "Vocabulary"), vocabs)
	m["getVocabularies"] = getThings("@vocabularyId", fetchName("vocabulary", "Vocabulary"), vocabs)
	m["searchVocabularyTerms"] = method{
		auth:   true,
		params: []string{searchName("vocabulary", "VocabularyTerm"), fetchName("vocabulary", "VocabularyTerm")},
		run:    searchTerms,
	}
	m["searchTags"] = searchThings(searchName("tag", "Tag"), fetchName("tag", "Tag"), func(c *call) []thing {
		var out []thing
		for _, code := range slices.Sorted(maps.Keys(c.s.lab.ByTag)) {
			e := c.s.lab.ByTag[code][0]
			out = append(out, thing{code, func(tr *translator, fo *jackson.Node) *jackson.Obj {
				return tr.tags(&labdata.Entity{Tags: []string{code}, Registrator: e.Registrator}, fo)[0].(*jackson.Obj)
			}})
		}
		return out
	})
	m["searchPersons"] = searchThings(searchName("person", "Person"), fetchName("person", "Person"), func(c *call) []thing {
		var out []thing
		for _, u := range c.s.lab.UserOrder {
			out = append(out, thing{u.UserID, func(tr *translator, fo *jackson.Node) *jackson.Obj { return tr.user(u, fo).(*jackson.Obj) }})
		}
		return out
	})
	m["searchRoleAssignments"] = searchThings(
		searchName("roleassignment", "RoleAssignment"),
		fetchName("roleassignment", "RoleAssignment"),
		func(c *call) []thing {
			var out []thing
			for _, u := range c.s.lab.UserOrder {
				for i, r := range u.Roles {
					out = append(out, thing{u.UserID, func(tr *translator, fo *jackson.Node) *jackson.Obj { return tr.role(u, i, r, fo) }})
				}
			}
			return out
		},
	)
	m["searchDataStores"] = searchThings(searchName("datastore", "DataStore"), fetchName("datastore", "DataStore"), func(c *call) []thing {
		var out []thing
		for _, d := range c.s.lab.Stores {
			out = append(out, thing{d.Code, func(tr *translator, _ *jackson.Node) *jackson.Obj { return tr.store(d) }})
		}
		return out
	})
	none := func(*call) []thing { return nil }
	m["searchAuthorizationGroups"] = searchThings(
		searchName("authorizationgroup", "AuthorizationGroup"),
		fetchName("authorizationgroup", "AuthorizationGroup"),
		none,
	)
	m["searchPlugins"] = searchThings(searchName("plugin", "Plugin"), fetchName("plugin", "Plugin"), none)
	m["getPlugins"] = getThings("@pluginId", fetchName("plugin", "Plugin"), none)
	m["searchSemanticAnnotations"] = searchThings(
		searchName("semanticannotation", "SemanticAnnotation"),
		fetchName("semanticannotation", "SemanticAnnotation"),
		none,
	)
	m["searchExternalDataManagementSystems"] = searchThings(
		searchName("externaldms", "ExternalDms"),
		fetchName("externaldms", "ExternalDms"),
		none,
	)
}

// thing is something with a code that is no entity.
type thing struct {
	code string
	dto  func(*translator, *jackson.Node) *jackson.Obj
}

func searchThings(criteria, fetch string, all func(*call) []thing) method {
	return method{auth: true, params: []string{criteria, fetch}, run: func(c *call) (any, error) {
		if c.node(0) == nil {
			return nil, jackson.RuntimeFailure("Criteria cannot be null.")
		}
		if c.node(1) == nil {
			return nil, jackson.RuntimeFailure("Fetch options cannot be null.")
		}
		if _, err := sortings(-1, c.node(1)); err != nil {
			return nil, err
		}
		c.s.mu.RLock()
		defer c.s.mu.RUnlock()
		var found []thing
		for _, x := range all(c) {
			if c.s.matches(c.node(0), subject{code: x.code}) {
				found = append(found, x)
			}
		}
		t := c.translator()
		objects := jackson.List{}
		for _, x := range page(found, c.node(1)) {
			objects = append(objects, x.dto(t, c.node(1)))
		}
		return searchResult(objects, len(found)), nil
	}}
}

func getThings(id, fetch string, all func(*call) []thing) method {
	return method{auth: true, params: []string{"[]" + id, fetch}, run: func(c *call) (any, error) {
		if c.node(1) == nil {
			return nil, jackson.RuntimeFailure("Fetch options cannot be null.")
		}
		c.s.mu.RLock()
		defer c.s.mu.RUnlock()
		t := c.translator()
		m := jackson.Pairs{}
		for _, n := range c.nodes(0) {
			for _, x := range all(c) {
				if x.code == idText(n) {
					m = append(m, jackson.Pair{idText(n), x.dto(t, c.node(1))})
				}
			}
		}
		return m, nil
	}}
}

func searchTerms(c *call) (any, error) {
	if c.node(0) == nil || c.node(1) == nil {
		return nil, jackson.RuntimeFailure("Criteria cannot be null.")
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	type found struct {
		v *labdata.Vocabulary
		i int
	}
	var all []found
	for _, v := range c.s.lab.VocabOrder {
		for i, x := range v.Terms {
			ok := true
			for _, m := range c.node(0).Nodes("criteria") {
				if m.Short() == "VocabularySearchCriteria" {
					ok = ok && c.s.matches(m, subject{code: v.Code})
				} else {
					ok = ok && c.s.member(m, subject{code: x.Code})
				}
			}
			if ok {
				all = append(all, found{v, i})
			}
		}
	}
	t := c.translator()
	objects := jackson.List{}
	for _, f := range page(all, c.node(1)) {
		objects = append(objects, t.term(f.v, f.i, c.node(1)))
	}
	return searchResult(objects, len(all)), nil
}
