package openbis

// detail says how much of an entity is fetched (docs/openbis-api.md, Searching).
type detail int

const (
	bare   detail = iota // itself
	named                // with type and properties, for the name
	tree                 // enough for a row of the tree
	family               // tree, with the parents and their collections
	placed               // family, with all that holds it
	full                 // everything that a page of a package says
)

func fetchOf(kind Kind) dto {
	w := api[kind]
	return of(w.pkg + ".fetchoptions." + w.class + "FetchOptions")
}

func person() dto { return of("person.fetchoptions.PersonFetchOptions") }

// fetch makes the fetch options of a kind.
func fetch(kind Kind, d detail) dto {
	f := fetchOf(kind)
	if kind == KindProject && d > bare {
		f["space"] = fetchOf(KindSpace)
	}
	if kind == KindSpace || kind == KindProject {
		if d == full {
			f["registrator"] = person()
			if kind == KindProject {
				f["modifier"] = person()
			}
		}
		return f
	}
	if d == bare {
		return f
	}
	w := api[kind]
	f["type"] = of(w.pkg + ".fetchoptions." + w.class + "TypeFetchOptions")
	f["properties"] = of("property.fetchoptions.PropertyFetchOptions")
	if d == named {
		return f
	}
	switch kind {
	case KindCollection:
		if d == placed {
			f["project"] = fetch(KindProject, named)
		}
	case KindObject:
		f["experiment"] = fetchOf(KindCollection)
		if d == placed {
			f["experiment"] = fetchOf(KindCollection).with("project", fetch(KindProject, named))
			f["project"], f["space"] = fetch(KindProject, named), fetchOf(KindSpace)
		}
		if d == family || d == placed {
			f["parents"] = fetchOf(KindObject).with("experiment", fetchOf(KindCollection))
		}
	case KindDataSet:
		f["experiment"] = fetchOf(KindCollection)
		f["sample"] = fetchOf(KindObject)
		if d == placed {
			f["experiment"] = fetchOf(KindCollection).with("project", fetch(KindProject, named))
		}
		f["dataStore"] = of("datastore.fetchoptions.DataStoreFetchOptions")
		f["physicalData"] = of("dataset.fetchoptions.PhysicalDataFetchOptions")
	}
	if d == full {
		everything(kind, f)
	}
	return f
}

func everything(kind Kind, f dto) {
	f["tags"] = of("tag.fetchoptions.TagFetchOptions")
	f["registrator"] = person()
	f["modifier"] = person()
	project := func() dto { return fetch(KindProject, named) }
	switch kind {
	case KindCollection:
		f["project"] = project()
		return
	case KindObject:
		f["project"] = project()
		f["space"] = fetchOf(KindSpace)
		f["container"] = fetch(KindObject, named)
		f["parents"] = fetch(KindObject, tree)
		f["children"] = fetch(KindObject, tree)
	case KindDataSet:
		f["sample"] = fetch(KindObject, tree).with("project", project())
		f["linkedData"] = of("dataset.fetchoptions.LinkedDataFetchOptions",
			"externalDms", of("externaldms.fetchoptions.ExternalDmsFetchOptions"))
		f["containers"] = fetch(KindDataSet, named)
		f["parents"] = fetch(KindDataSet, named)
		f["children"] = fetch(KindDataSet, named)
	}
	f["experiment"] = fetch(KindCollection, named).with("project", project())
	f["components"] = fetch(kind, named)
}

// sortings sets the order, ascending by each field.
func sortings(kind Kind, fields []string) dto {
	all := make([]any, 0, len(fields))
	for _, field := range fields {
		all = append(all, of("common.fetchoptions.Sorting", "field", field,
			"order", of("common.fetchoptions.SortOrder", "asc", true)))
	}
	w := api[kind]
	return of(w.pkg+".fetchoptions."+w.class+"SortOptions", "sortings", all)
}
