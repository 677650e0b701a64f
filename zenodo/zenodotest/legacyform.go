package zenodotest

import (
	"slices"
	"strconv"
	"strings"
)

// toLegacy is the legacy form of a document's metadata (reference 2.4, 2.6).
// What the legacy schema does not know is missing.
func (s *Server) toLegacy(it *item, d *document) object {
	md := d.metadata
	out := object{"access_right": "open"}
	switch accessStatus(d.access, "open") {
	case "restricted":
		out["access_right"] = "restricted"
	case "embargoed":
		out["access_right"] = "embargoed"
		out["embargo_date"] = d.access["embargo"].(object)["until"]
	}
	for _, n := range []string{"title", "publication_date", "description", "version"} {
		if v, ok := md[n]; ok {
			out[n] = v
		}
	}
	if v, ok := md["publisher"]; ok {
		out["imprint_publisher"] = v
	}
	if rt, ok := md["resource_type"].(object); ok {
		kind, sub, _ := strings.Cut(text(rt["id"]), "-")
		out["upload_type"] = kind
		if sub != "" {
			out[kind+"_type"] = sub
		}
	}
	people := func(name string) {
		var l []any
		for _, e := range list(md[name]) {
			l = append(l, s.legacyPerson(e.(object)))
		}
		if l != nil {
			out[name] = l
		}
	}
	people("creators")
	people("contributors")
	for _, e := range list(md["additional_descriptions"]) {
		m, _ := e.(object)
		t, _ := m["type"].(object)
		switch t["id"] {
		case "notes":
			out["notes"] = m["description"]
		case "methods":
			out["method"] = m["description"]
		}
	}
	if l := list(md["rights"]); len(l) > 0 {
		if id := text(l[0].(object)["id"]); id != "" {
			if n := licenseNames[id]; n != "" {
				id = n
			}
			out["license"] = id
		}
	}
	collect := func(from, to string, f func(object) any) {
		var l []any
		for _, e := range list(md[from]) {
			if m, ok := e.(object); ok {
				if v := f(m); v != nil {
					l = append(l, v)
				}
			}
		}
		if l != nil {
			have, _ := out[to].([]any)
			out[to] = append(have, l...)
		}
	}
	collect("subjects", "keywords", func(m object) any { return m["subject"] })
	collect("references", "references", func(m object) any { return m["reference"] })
	collect("related_identifiers", "related_identifiers", func(m object) any {
		x := object{"identifier": m["identifier"], "scheme": m["scheme"]}
		rel, _ := m["relation_type"].(object)
		x["relation"] = s.relationName(text(rel["id"]))
		if rt, ok := m["resource_type"].(object); ok {
			x["resource_type"] = rt["id"]
		}
		return x
	})
	collect("identifiers", "related_identifiers", func(m object) any {
		return object{"identifier": m["identifier"], "scheme": m["scheme"], "relation": "isAlternateIdentifier"}
	})
	collect("funding", "grants", func(m object) any {
		a, _ := m["award"].(object)
		f, number, ok := strings.Cut(text(a["id"]), "::")
		if !ok {
			return nil // a funder alone, or an award in own words, has no legacy form
		}
		for doi, ror := range funderDOIs {
			if ror == f {
				return object{"id": doi + "::" + number}
			}
		}
		return nil
	})
	collect("dates", "dates", func(m object) any {
		t, _ := m["type"].(object)
		x := object{"type": titled(text(t["id"]))}
		if a, b, ok := strings.Cut(text(m["date"]), "/"); ok { // single dates get lost
			x["start"], x["end"] = a, b
		}
		if v := text(m["description"]); v != "" {
			x["description"] = v
		}
		return x
	})
	if l := list(md["languages"]); len(l) > 0 {
		out["language"] = l[0].(object)["id"]
	}
	if loc, ok := md["locations"].(object); ok {
		var places []any
		for _, e := range list(loc["features"]) {
			f, _ := e.(object)
			x := object{"place": f["place"]}
			g, _ := f["geometry"].(object)
			if c := list(g["coordinates"]); len(c) == 2 {
				x["lon"], x["lat"] = c[0], c[1]
			}
			if v := text(f["description"]); v != "" {
				x["description"] = v
			}
			places = append(places, x)
		}
		if places != nil {
			out["locations"] = places
		}
	}
	custom := object{}
	for k, v := range d.custom {
		switch k {
		case "legacy:subjects":
			out["subjects"] = v
		case "legacy:communities":
			out["communities"] = v
		default:
			if !slices.ContainsFunc(customGroups, func(g struct{ legacy, group, name string }) bool { return g.group == k }) {
				custom[k] = v
			}
		}
	}
	if len(custom) > 0 {
		out["custom"] = custom
	}
	for _, g := range customGroups {
		if m, ok := d.custom[g.group].(object); ok && m[g.name] != nil {
			out[g.legacy] = m[g.name]
		}
	}
	if ids := it.concept.communities; len(ids) > 0 {
		var l []any
		for _, id := range ids {
			if k := s.community(id); k != nil {
				l = append(l, object{"identifier": k.slug})
			}
		}
		out["communities"] = l
	}
	if doi := doiOf(d); doi != "" {
		out["doi"] = doi
	}
	return out
}

func (s *Server) legacyPerson(m object) object {
	p, _ := m["person_or_org"].(object)
	x := object{"name": text(p["name"])}
	if x["name"] == "" {
		x["name"] = strings.TrimSuffix(text(p["family_name"])+", "+text(p["given_name"]), ", ")
	}
	x["affiliation"] = nil
	if l := list(m["affiliations"]); len(l) > 0 {
		a, _ := l[0].(object)
		x["affiliation"] = a["name"]
		if v := s.vocab["affiliations"].entries[text(a["id"])]; v != nil {
			x["affiliation"] = v["name"]
		}
	}
	if x["affiliation"] == nil {
		delete(x, "affiliation")
	}
	for _, e := range list(p["identifiers"]) {
		i, _ := e.(object)
		if sc := text(i["scheme"]); sc == "orcid" || sc == "gnd" {
			x[sc] = i["identifier"]
		}
	}
	if r, ok := m["role"].(object); ok {
		x["type"] = roleNames[text(r["id"])]
	}
	return x
}

// relationName turns isderivedfrom into isDerivedFrom, by the words of its title.
func (s *Server) relationName(id string) string {
	words := strings.Fields(english(s.vocab["relationtypes"].titleOf(id)))
	if len(words) == 0 {
		return id
	}
	out := strings.ToLower(words[0])
	for _, w := range words[1:] {
		out += titled(w)
	}
	return out
}

func titled(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// integer is an id as the legacy API shows it.
func integer(id string) int64 { n, _ := strconv.ParseInt(id, 10, 64); return n }

// deposition is the legacy document (reference 2.4).
func (s *Server) deposition(it *item) object {
	d := it.current()
	draft := it.draft != nil
	md := s.toLegacy(it, d)
	md["prereserve_doi"] = object{"doi": "10.5281/zenodo." + it.id, "recid": integer(it.id)} // this prefix everywhere
	state := "unsubmitted"
	switch {
	case it.record != nil && draft:
		state = "inprogress"
	case it.record != nil:
		state = "done"
	}
	out := object{
		"created": stamp(d.created), "modified": stamp(d.updated), "id": integer(it.id), "record_id": integer(it.id), "conceptrecid": it.concept.id,
		"title": text(md["title"]), "owner": integer(it.concept.owner.id), "state": state, "submitted": it.record != nil, "metadata": md,
		"links": s.legacyLinks(it, d), "files": s.legacyFiles(it),
	}
	if doi := doiOf(d); doi != "" {
		out["doi"], out["doi_url"] = doi, s.doiURL(doi)
	}
	if c := text(it.concept.doi["identifier"]); c != "" {
		out["conceptdoi"] = c
	}
	return out
}

func (s *Server) legacyLinks(it *item, d *document) object {
	self, api := s.base+"/api/deposit/depositions/"+it.id, s.base+"/api/records/"+it.id
	l := object{
		"self": self, "html": s.base + "/deposit/" + it.id, "files": self + "/files", "latest_draft": self, "latest_draft_html": s.base + "/deposit/" + it.id,
		"bucket": s.base + "/api/files/" + it.files(it.draft != nil).id, "badge": s.base + "/badge/doi/" + strings.ReplaceAll(doiOf(d), "/", "%2F") + ".svg",
	}
	for _, a := range []string{"publish", "edit", "discard", "newversion"} {
		l[a] = self + "/actions/" + a
	}
	if doi := doiOf(d); doi != "" {
		l["doi"] = s.doiURL(doi)
	}
	if it.record != nil {
		l["record"], l["record_html"] = api, s.base+"/record/"+it.id
		l["latest"], l["latest_html"] = api+"/versions/latest", s.base+"/records/"+it.id+"/latest"
		if c := text(it.concept.doi["identifier"]); c != "" {
			l["parent_doi"], l["conceptbadge"] = s.doiURL(c), s.base+"/badge/doi/"+strings.ReplaceAll(c, "/", "%2F")+".svg"
		}
		if it.draft == nil { // from here on self is another resource (reference 2.4)
			l["self"], l["html"], l["files"] = api, s.base+"/records/"+it.id, api+"/files"
		}
	}
	return l
}

// legacyFiles lists the committed files; pending ones are left out.
func (s *Server) legacyFiles(it *item) []any {
	out := []any{}
	for _, e := range it.files(it.draft != nil).entries {
		if e.completed {
			out = append(out, s.legacyFile(it, e))
		}
	}
	return out
}

func (s *Server) legacyFile(it *item, e *entry) object {
	self := s.base + "/api/deposit/depositions/" + it.id + "/files/" + e.fileID
	if it.draft == nil {
		self = s.base + "/api/records/" + it.id + "/files/" + e.fileID // no valid native address either
	}
	return object{"id": e.fileID, "filename": e.key, "filesize": e.content.size, "checksum": e.content.md5,
		"links": object{"self": self, "download": s.base + "/api/records/" + it.id + "/draft/files/" + escapeKey(e.key) + "/content"}}
}

// zenodoRecord is Zenodo's own default JSON of drafts and records: legacy
// metadata, no errors, no pids (reference 3.1).
func (s *Server) zenodoRecord(it *item, d *document) object {
	md := s.toLegacy(it, d)
	delete(md, "upload_type")
	if rt, ok := d.metadata["resource_type"].(object); ok {
		kind, sub, _ := strings.Cut(text(rt["id"]), "-")
		x := object{"title": english(s.vocab["resourcetypes"].titleOf(text(rt["id"]))), "type": kind}
		if sub != "" {
			x["subtype"] = sub
		}
		md["resource_type"] = x
	}
	if l := text(md["license"]); l != "" {
		md["license"] = object{"id": l}
	}
	var communities []any
	for _, id := range it.concept.communities {
		if k := s.community(id); k != nil {
			communities = append(communities, object{"id": k.slug})
		}
	}
	delete(md, "communities")
	if communities != nil {
		md["communities"] = communities
	}
	var grants []any
	for _, e := range list(d.metadata["funding"]) {
		m, _ := e.(object)
		a, _ := m["award"].(object)
		f, _ := m["funder"].(object)
		v := s.vocab["awards"].entries[text(a["id"])]
		if v == nil || f == nil {
			continue
		}
		grants = append(grants, object{"code": v["number"], "title": english(v["title"]), "acronym": v["acronym"],
			"funder": object{"name": s.vocab["funders"].entries[text(f["id"])]["name"]}})
	}
	delete(md, "grants")
	if grants != nil {
		md["grants"] = grants
	}
	md["relations"] = object{"version": []any{object{"index": it.index - 1, "is_last": it == latestOf(it.concept), "parent": object{"pid_type": "recid", "pid_value": it.concept.id}}}}
	draft := d == it.draft
	files := []any{}
	for _, e := range it.files(draft).entries {
		if e.completed {
			files = append(files, object{"id": e.fileID, "key": e.key, "size": e.content.size, "checksum": "md5:" + e.content.md5,
				"links": object{"self": s.fileLinks(it, e, draft)["content"]}})
		}
	}
	state := "unsubmitted"
	switch {
	case it.record != nil && draft:
		state = "inprogress"
	case it.record != nil:
		state = "done"
	}
	status := "draft"
	if it.record != nil {
		status = "published"
	}
	out := object{
		"created": stamp(d.created), "modified": stamp(d.updated), "updated": stamp(d.updated), "id": integer(it.id), "recid": it.id, "conceptrecid": it.concept.id,
		"revision": d.revision, "metadata": md, "title": text(md["title"]), "links": s.links(it, d), "files": files, "owners": []any{object{"id": it.concept.owner.id}},
		"status": status, "state": state, "submitted": it.record != nil, "swh": object{},
		"stats": object{"downloads": 0, "unique_downloads": 0, "views": 0, "unique_views": 0, "version_downloads": 0, "version_unique_downloads": 0, "version_views": 0, "version_unique_views": 0},
	}
	if doi := doiOf(d); doi != "" {
		out["doi"], out["doi_url"] = doi, s.doiURL(doi)
	}
	if c := text(it.concept.doi["identifier"]); c != "" {
		out["conceptdoi"] = c
	}
	return out
}
