package openbistest

// addTypeMethods adds the methods about types, vocabularies, tags, users,
// roles and the like, much of which only pyBIS asks for.
func addTypeMethods(m map[string]method) {
	for _, e := range []struct {
		kind            kind
		pkg, name, many string
	}{
		{kindExperiment, "experiment", "ExperimentType", "ExperimentTypes"},
		{kindSample, "sample", "SampleType", "SampleTypes"},
		{kindDataSet, "dataset", "DataSetType", "DataSetTypes"},
	} {
		fetch := fetchName(e.pkg, e.name)
		all := func(c *call) []thing {
			var out []thing
			for _, t := range c.s.lab.typeOrder[e.kind] {
				out = append(out, thing{t.code, func(tr *translator, fo *node) *obj { return tr.entityType(t, fo) }})
			}
			return out
		}
		m["search"+e.many] = searchThings(searchName(e.pkg, e.name), fetch, all)
		m["get"+e.many] = getThings("@entityTypeId", fetch, all)
	}
	props := func(c *call) []thing {
		var out []thing
		for _, p := range c.s.lab.propOrder {
			out = append(out, thing{p.code, func(tr *translator, fo *node) *obj { return tr.propertyType(p, fo) }})
		}
		return out
	}
	m["searchPropertyTypes"] = searchThings(searchName("property", "PropertyType"), fetchName("property", "PropertyType"), props)
	m["getPropertyTypes"] = getThings("@propertyTypeId", fetchName("property", "PropertyType"), props)
	vocabs := func(c *call) []thing {
		var out []thing
		for _, v := range c.s.lab.vocabOrder {
			out = append(out, thing{v.code, func(tr *translator, fo *node) *obj { return tr.vocabulary(v, fo) }})
		}
		return out
	}
	m["searchVocabularies"] = searchThings(searchName("vocabulary", "Vocabulary"), fetchName("vocabulary", "Vocabulary"), vocabs)
	m["getVocabularies"] = getThings("@vocabularyId", fetchName("vocabulary", "Vocabulary"), vocabs)
	m["searchVocabularyTerms"] = method{auth: true, params: []string{searchName("vocabulary", "VocabularyTerm"), fetchName("vocabulary", "VocabularyTerm")}, run: searchTerms}
	m["searchTags"] = searchThings(searchName("tag", "Tag"), fetchName("tag", "Tag"), func(c *call) []thing {
		var out []thing
		for _, code := range sortedKeys(c.s.lab.byTag) {
			e := c.s.lab.byTag[code][0]
			out = append(out, thing{code, func(tr *translator, fo *node) *obj {
				return tr.tags(&entity{tags: []string{code}, registrator: e.registrator}, fo)[0].(*obj)
			}})
		}
		return out
	})
	m["searchPersons"] = searchThings(searchName("person", "Person"), fetchName("person", "Person"), func(c *call) []thing {
		var out []thing
		for _, u := range c.s.lab.userOrder {
			out = append(out, thing{u.userID, func(tr *translator, fo *node) *obj { return tr.user(u, fo).(*obj) }})
		}
		return out
	})
	m["searchRoleAssignments"] = searchThings(searchName("roleassignment", "RoleAssignment"), fetchName("roleassignment", "RoleAssignment"), func(c *call) []thing {
		var out []thing
		for _, u := range c.s.lab.userOrder {
			for i, r := range u.roles {
				out = append(out, thing{u.userID, func(tr *translator, fo *node) *obj { return tr.role(u, i, r, fo) }})
			}
		}
		return out
	})
	m["searchDataStores"] = searchThings(searchName("datastore", "DataStore"), fetchName("datastore", "DataStore"), func(c *call) []thing {
		var out []thing
		for _, d := range c.s.lab.stores {
			out = append(out, thing{d.code, func(tr *translator, _ *node) *obj { return tr.store(d) }})
		}
		return out
	})
	none := func(*call) []thing { return nil }
	m["searchAuthorizationGroups"] = searchThings(searchName("authorizationgroup", "AuthorizationGroup"), fetchName("authorizationgroup", "AuthorizationGroup"), none)
	m["searchPlugins"] = searchThings(searchName("plugin", "Plugin"), fetchName("plugin", "Plugin"), none)
	m["getPlugins"] = getThings("@pluginId", fetchName("plugin", "Plugin"), none)
	m["searchSemanticAnnotations"] = searchThings(searchName("semanticannotation", "SemanticAnnotation"), fetchName("semanticannotation", "SemanticAnnotation"), none)
	m["searchExternalDataManagementSystems"] = searchThings(searchName("externaldms", "ExternalDms"), fetchName("externaldms", "ExternalDms"), none)
}

// thing is something with a code that is no entity.
type thing struct {
	code string
	dto  func(*translator, *node) *obj
}

func searchThings(criteria, fetch string, all func(*call) []thing) method {
	return method{auth: true, params: []string{criteria, fetch}, run: func(c *call) (any, error) {
		if c.node(0) == nil {
			return nil, runtimeFailure("Criteria cannot be null.")
		}
		if c.node(1) == nil {
			return nil, runtimeFailure("Fetch options cannot be null.")
		}
		if _, err := sortings(c.node(1)); err != nil {
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
		objects := list{}
		for _, x := range page(found, c.node(1)) {
			objects = append(objects, x.dto(t, c.node(1)))
		}
		return searchResult(objects, len(found)), nil
	}}
}

func getThings(id, fetch string, all func(*call) []thing) method {
	return method{auth: true, params: []string{"[]" + id, fetch}, run: func(c *call) (any, error) {
		if c.node(1) == nil {
			return nil, runtimeFailure("Fetch options cannot be null.")
		}
		c.s.mu.RLock()
		defer c.s.mu.RUnlock()
		t := c.translator()
		m := pairs{}
		for _, n := range c.nodes(0) {
			for _, x := range all(c) {
				if x.code == idText(n) {
					m = append(m, pair{idText(n), x.dto(t, c.node(1))})
				}
			}
		}
		return m, nil
	}}
}

func searchTerms(c *call) (any, error) {
	if c.node(0) == nil || c.node(1) == nil {
		return nil, runtimeFailure("Criteria cannot be null.")
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	type found struct {
		v *vocabulary
		i int
	}
	var all []found
	for _, v := range c.s.lab.vocabOrder {
		for i, x := range v.terms {
			ok := true
			for _, m := range c.node(0).nodes("criteria") {
				if m.short() == "VocabularySearchCriteria" {
					ok = ok && c.s.matches(m, subject{code: v.code})
				} else {
					ok = ok && c.s.member(m, subject{code: x.code})
				}
			}
			if ok {
				all = append(all, found{v, i})
			}
		}
	}
	t := c.translator()
	objects := list{}
	for _, f := range page(all, c.node(1)) {
		objects = append(objects, t.term(f.v, f.i, c.node(1)))
	}
	return searchResult(objects, len(all)), nil
}
