package zenodotest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The legacy metadata of section 2.6 and their native form, both ways.

var licenseAliases = map[string]string{"cc-by": "cc-by-4.0", "cc-by-sa": "cc-by-sa-4.0", "cc-by-nc": "cc-by-nc-4.0", "cc-zero": "cc0-1.0",
	"mit-license": "mit", "apache2.0": "apache-2.0", "gpl-3.0": "gpl-3.0-only", "gpl-2.0": "gpl-2.0-only", "lgpl-3.0": "lgpl-3.0-only",
	"agpl-3.0": "agpl-3.0-only", "odc-odbl": "odbl-1.0", "odc-pddl": "pddl-1.0", "isc-license": "isc"}

// licenseNames is how the legacy API calls licences again.
var licenseNames = map[string]string{"cc0-1.0": "cc-zero", "mit": "mit-license", "apache-2.0": "apache2.0", "gpl-3.0-only": "gpl-3.0",
	"gpl-2.0-only": "gpl-2.0", "lgpl-3.0-only": "lgpl-3.0", "agpl-3.0-only": "agpl-3.0", "odbl-1.0": "odc-odbl", "pddl-1.0": "odc-pddl", "isc": "isc-license"}

// funderDOIs are the funders as legacy grants name them.
var funderDOIs = map[string]string{"10.13039/501100000780": "00k4n6c32", "10.13039/501100001711": "00yjd3n13", "10.13039/501100001665": "00rbzpz17",
	"10.13039/501100001659": "018mejw64", "10.13039/100000001": "021nxhr62"}

var roleNames = map[string]string{"contactperson": "ContactPerson", "datacollector": "DataCollector", "datacurator": "DataCurator", "datamanager": "DataManager",
	"distributor": "Distributor", "editor": "Editor", "hostinginstitution": "HostingInstitution", "producer": "Producer", "projectleader": "ProjectLeader",
	"projectmanager": "ProjectManager", "projectmember": "ProjectMember", "registrationagency": "RegistrationAgency", "registrationauthority": "RegistrationAuthority",
	"relatedperson": "RelatedPerson", "researcher": "Researcher", "researchgroup": "ResearchGroup", "rightsholder": "RightsHolder", "sponsor": "Sponsor",
	"supervisor": "Supervisor", "workpackageleader": "WorkPackageLeader", "other": "Other"}

// customGroups are the legacy fields that live in custom fields.
var customGroups = []struct{ legacy, group, name string }{
	{"journal_title", "journal:journal", "title"}, {"journal_volume", "journal:journal", "volume"}, {"journal_issue", "journal:journal", "issue"}, {"journal_pages", "journal:journal", "pages"},
	{"conference_title", "meeting:meeting", "title"}, {"conference_acronym", "meeting:meeting", "acronym"}, {"conference_dates", "meeting:meeting", "dates"}, {"conference_place", "meeting:meeting", "place"},
	{"conference_url", "meeting:meeting", "url"}, {"conference_session", "meeting:meeting", "session"}, {"conference_session_part", "meeting:meeting", "session_part"},
	{"imprint_isbn", "imprint:imprint", "isbn"}, {"imprint_place", "imprint:imprint", "place"}, {"partof_title", "imprint:imprint", "title"}, {"partof_pages", "imprint:imprint", "pages"},
	{"thesis_university", "thesis:thesis", "university"},
}

// fromLegacy turns a legacy body into a native one; what the legacy layer
// refuses is a 400, what it does not expect a 500.
func (s *Server) fromLegacy(v any) (object, *apiError) {
	in, ok := v.(object)
	if !ok {
		return nil, invalid(field("_schema", typeText))
	}
	var unknown []fieldError
	for _, k := range slices.Sorted(maps.Keys(in)) {
		if k != "metadata" {
			unknown = append(unknown, field(k, unknownText))
		}
	}
	if unknown != nil {
		return nil, invalid(unknown...)
	}
	md, ok := in["metadata"].(object)
	if !ok && in["metadata"] != nil {
		return nil, invalid(field("metadata", typeText))
	}
	if len(md) == 0 {
		return object{}, nil
	}
	d := &legacyDecoder{s: s, in: md, out: object{}, custom: object{}}
	for _, f := range []func() *apiError{d.basics, d.access, d.people, d.texts, d.license, d.related, d.communities, d.grants, d.language, d.dates, d.groups} {
		if e := f(); e != nil {
			return nil, e
		}
	}
	body := object{"metadata": d.out, "access": d.acc, "custom_fields": d.custom}
	if doi := strings.TrimSpace(text(md["doi"])); doi != "" {
		p := object{"identifier": doi, "provider": "external"}
		if strings.HasPrefix(doi, "10.5281/") { // the prefix is hard-coded, on the sandbox too (reference 2.7)
			p = object{"identifier": doi, "provider": "datacite", "client": "datacite"}
		}
		body["pids"] = object{"doi": p}
	}
	return body, nil
}

type legacyDecoder struct {
	s                    *Server
	in, out, custom, acc object
}

func (d *legacyDecoder) basics() *apiError {
	for _, n := range []string{"title", "version"} {
		if v, ok := d.in[n]; ok {
			d.out[n] = v
		}
	}
	d.out["publication_date"] = d.s.now().Format("2006-01-02")
	if v := text(d.in["publication_date"]); v != "" {
		d.out["publication_date"] = v
	}
	d.out["publisher"] = "Zenodo"
	if v := text(d.in["imprint_publisher"]); v != "" {
		d.out["publisher"] = v
	}
	if t := text(d.in["upload_type"]); t != "" {
		if sub := text(d.in[t+"_type"]); sub != "" {
			t += "-" + sub
		}
		if t == "publication-thesis" {
			t = "publication-dissertation"
		}
		d.out["resource_type"] = object{"id": t}
	}
	return nil
}

func (d *legacyDecoder) access() *apiError {
	d.acc = object{"record": "public", "files": "public"}
	switch a := d.in["access_right"]; a {
	case nil, "open":
	case "restricted", "closed":
		d.acc["files"] = "restricted"
	case "embargoed":
		if text(d.in["embargo_date"]) == "" {
			return invalid(field("_schema", "Unknown access type."))
		}
		d.acc["files"] = "restricted"
		d.acc["embargo"] = object{"active": true, "until": d.in["embargo_date"]}
	default:
		return invalid(field("_schema", "Unknown access type."))
	}
	return nil
}

func (d *legacyDecoder) people() *apiError {
	person := func(v any) (object, *apiError) {
		m, ok := v.(object)
		if !ok {
			return nil, internalError()
		}
		p := object{"type": "personal"}
		name := strings.TrimSpace(text(m["name"]))
		if f, g, ok := strings.Cut(name, ","); ok && !strings.Contains(g, ",") {
			p["family_name"], p["given_name"] = strings.TrimSpace(f), strings.TrimSpace(g)
		} else {
			p["family_name"] = name
		}
		var ids []any
		if o := text(m["orcid"]); o != "" {
			ids = append(ids, object{"scheme": "orcid", "identifier": o})
		}
		if g := text(m["gnd"]); g != "" {
			if !gndPattern.MatchString(g) {
				return nil, internalError()
			}
			ids = append(ids, object{"scheme": "gnd", "identifier": g})
		}
		if ids != nil {
			p["identifiers"] = ids
		}
		out := object{"person_or_org": p}
		if a := text(m["affiliation"]); a != "" {
			out["affiliations"] = []any{object{"name": a}}
		}
		return out, nil
	}
	var contributors []any
	for _, group := range []string{"creators", "thesis_supervisors", "contributors"} {
		var people []any
		for _, v := range list(d.in[group]) {
			p, e := person(v)
			if e != nil {
				return e
			}
			switch group {
			case "thesis_supervisors":
				p["role"] = object{"id": "supervisor"}
			case "contributors":
				if t := text(v.(object)["type"]); t != "" {
					p["role"] = object{"id": strings.ToLower(t)}
				}
			}
			people = append(people, p)
		}
		if group == "creators" {
			if people != nil {
				d.out["creators"] = people
			}
			continue
		}
		contributors = append(contributors, people...)
	}
	if contributors != nil {
		d.out["contributors"] = contributors
	}
	return nil
}

func (d *legacyDecoder) texts() *apiError {
	if v, ok := d.in["description"]; ok {
		d.out["description"] = v
	}
	var more []any
	for _, t := range [][2]string{{"method", "methods"}, {"notes", "notes"}} {
		if v := text(d.in[t[0]]); v != "" {
			more = append(more, object{"description": v, "type": object{"id": t[1]}})
		}
	}
	if more != nil {
		d.out["additional_descriptions"] = more
	}
	var subjects []any
	for _, k := range list(d.in["keywords"]) {
		if w := text(k); w != "" {
			subjects = append(subjects, object{"subject": w})
		}
	}
	if subjects != nil {
		d.out["subjects"] = subjects
	}
	if l := list(d.in["subjects"]); l != nil {
		d.custom["legacy:subjects"] = l
	}
	var refs []any
	for _, r := range list(d.in["references"]) {
		refs = append(refs, object{"reference": text(r)})
	}
	if refs != nil {
		d.out["references"] = refs
	}
	return nil
}

func (d *legacyDecoder) license() *apiError {
	v, ok := d.in["license"]
	id := ""
	switch x := v.(type) {
	case string:
		id = x
	case object:
		if id, ok = x["id"].(string); !ok {
			return invalid(field("metadata.license", fmt.Sprintf("Invalid license value provided (expected string, or object with 'id' key): %v", v)))
		}
	case nil:
		if !ok {
			if a := d.in["access_right"]; a == "restricted" || a == "closed" {
				return nil
			}
			id = "cc-by-4.0"
			if d.in["upload_type"] == "dataset" {
				id = "cc0-1.0"
			}
		}
	default:
		return invalid(field("metadata.license", fmt.Sprintf("Invalid license value provided (expected string, or object with 'id' key): %v", v)))
	}
	if id == "" {
		return nil
	}
	l := strings.ToLower(strings.TrimSpace(id))
	if a := licenseAliases[l]; a != "" {
		l = a
	}
	if d.s.vocab["licenses"].entries[l] == nil {
		return invalid(field("metadata.license", "Invalid license provided: "+id))
	}
	d.out["rights"] = []any{object{"id": l}}
	return nil
}

func (d *legacyDecoder) related() *apiError {
	v, ok := d.in["related_identifiers"]
	if !ok {
		return nil
	}
	l, ok := v.([]any)
	if !ok {
		return invalid(field("metadata.related_identifiers", "related_identifiers must be a list"))
	}
	var related, alternate []any
	for i, e := range l {
		at := fmt.Sprintf("metadata.related_identifiers.%d", i)
		m, ok := e.(object)
		if !ok {
			return invalid(field(at, "Each related identifier must be an object"))
		}
		rel, ok := m["relation"].(string)
		switch {
		case m["relation"] == nil || m["identifier"] == nil:
			return internalError()
		case !ok:
			return invalid(field(at+".relation", "relation must be a string"))
		}
		out := object{"identifier": m["identifier"]}
		k := &checker{s: d.s}
		if k.identifier(at, out, alternateSchemes); len(k.errs) > 0 {
			return invalid(field(at+".scheme", "No valid scheme recognized for identifier."))
		}
		if rel == "isAlternateIdentifier" {
			alternate = append(alternate, out)
			continue
		}
		out["relation_type"] = object{"id": strings.ToLower(rel)}
		if rt := text(m["resource_type"]); rt != "" {
			out["resource_type"] = object{"id": rt}
		}
		related = append(related, out)
	}
	if related != nil {
		d.out["related_identifiers"] = related
	}
	if alternate != nil {
		d.out["identifiers"] = alternate
	}
	return nil
}

func (d *legacyDecoder) communities() *apiError {
	v, ok := d.in["communities"]
	if !ok {
		return nil
	}
	bad := invalid(field("communities", "Communities must be an array of objects with an 'identifier' key."))
	l, ok := v.([]any)
	if !ok {
		return bad
	}
	for _, e := range l {
		m, ok := e.(object)
		if !ok || text(m["identifier"]) == "" {
			return bad
		}
	}
	if len(l) > 0 {
		d.custom["legacy:communities"] = l
	}
	return nil
}

func (d *legacyDecoder) grants() *apiError {
	var out []any
	for _, e := range list(d.in["grants"]) {
		m, _ := e.(object)
		id, ok := m["id"].(string)
		if !ok {
			return internalError()
		}
		funder, award, both := strings.Cut(id, "::")
		ror := funderDOIs[funder]
		if !both {
			ror, award = "00k4n6c32", id
		}
		if d.s.vocab["awards"].entries[ror+"::"+award] == nil {
			return refuse(400, fmt.Sprintf("Invalid value %s::%s.", ror, award))
		}
		out = append(out, object{"funder": object{"id": ror}, "award": object{"id": ror + "::" + award}})
	}
	if out != nil {
		d.out["funding"] = out
	}
	return nil
}

func (d *legacyDecoder) language() *apiError {
	l := text(d.in["language"])
	switch len(l) {
	case 0:
		return nil
	case 3:
	case 2:
		long := ""
		for id, e := range d.s.vocab["languages"].entries {
			if p, _ := e["props"].(object); p["alpha_2"] == l {
				long = id
			}
		}
		l = long
	default:
		l = ""
	}
	if l == "" {
		return invalid(field("metadata.language", "Language must be either ISO-639-1 or 639-2 compatible."))
	}
	d.out["languages"] = []any{object{"id": l}}
	return nil
}

func (d *legacyDecoder) dates() *apiError {
	var out []any
	for _, e := range list(d.in["dates"]) {
		m, _ := e.(object)
		from, to := text(m["start"]), text(m["end"])
		if from == "" && to == "" {
			return invalid(field("metadata.dates", "Invalid date provided."))
		}
		t, ok := m["type"].(string)
		if !ok {
			return internalError()
		}
		day := from + "/" + to
		if from == "" || to == "" || from == to {
			day = from
			if from == "" {
				day = to
			}
		}
		x := object{"date": day, "type": object{"id": strings.ToLower(t)}}
		if s := text(m["description"]); s != "" {
			x["description"] = s
		}
		out = append(out, x)
	}
	if out != nil {
		d.out["dates"] = out
	}
	var places []any
	for _, e := range list(d.in["locations"]) {
		m, _ := e.(object)
		if text(m["place"]) == "" {
			return internalError()
		}
		f := object{"place": m["place"]}
		if lat, lon := number(m["lat"]), number(m["lon"]); lat != 0 && lon != 0 {
			f["geometry"] = object{"type": "Point", "coordinates": []any{lon, lat}}
		}
		if s := text(m["description"]); s != "" {
			f["description"] = s
		}
		places = append(places, f)
	}
	if places != nil {
		d.out["locations"] = object{"features": places}
	}
	return nil
}

func number(v any) float64 { f, _ := v.(float64); return f }

func (d *legacyDecoder) groups() *apiError {
	for _, g := range customGroups {
		v, ok := d.in[g.legacy]
		if !ok {
			continue
		}
		m, ok := d.custom[g.group].(object)
		if !ok {
			m = object{}
			d.custom[g.group] = m
		}
		m[g.name] = v
	}
	if c, ok := d.in["custom"].(object); ok {
		maps.Copy(d.custom, c)
	}
	return nil
}
