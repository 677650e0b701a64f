package zenodotest

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// vocabulary is a list of entries by id.
type vocabulary struct {
	name    string
	order   []string
	entries map[string]object // the members of a hit besides id, times and links
}

// titleOf is an entry's title by language, nil if there is no such entry.
func (v *vocabulary) titleOf(id string) any {
	if e := v.entries[id]; e != nil {
		return e["title"]
	}
	return nil
}

// generic are the vocabularies under /api/vocabularies; the others have their own address.
var generic = []string{
	"licenses",
	"resourcetypes",
	"languages",
	"relationtypes",
	"contributorsroles",
	"creatorsroles",
	"datetypes",
	"descriptiontypes",
	"titletypes",
}

// expand fills vocabulary ids with what readers of a document see.
func (s *Server) expand(md object) object {
	out := deepCopy(md).(object)
	title := func(m object, vocabulary string) {
		if t := s.vocab[vocabulary].titleOf(text(m["id"])); t != nil {
			m["title"] = t
		}
	}
	sub := func(m object, name, vocabulary string) {
		if x, ok := m[name].(object); ok {
			title(x, vocabulary)
		}
	}
	each := func(name string, f func(object)) {
		for _, e := range list(out[name]) {
			if m, ok := e.(object); ok {
				f(m)
			}
		}
	}
	sub(out, "resource_type", "resourcetypes")
	person := func(m object) {
		sub(m, "role", "contributorsroles")
		for _, e := range list(m["affiliations"]) {
			a, _ := e.(object)
			if v := s.vocab["affiliations"].entries[text(a["id"])]; v != nil {
				a["name"], a["identifiers"] = v["name"], v["identifiers"]
			}
		}
	}
	each("creators", person)
	each("contributors", person)
	each("languages", func(m object) { title(m, "languages") })
	each("dates", func(m object) { sub(m, "type", "datetypes") })
	each("additional_descriptions", func(m object) { sub(m, "type", "descriptiontypes") })
	each("additional_titles", func(m object) { sub(m, "type", "titletypes") })
	each("related_identifiers", func(m object) {
		sub(m, "relation_type", "relationtypes")
		sub(m, "resource_type", "resourcetypes")
	})
	each("rights", func(m object) {
		v := s.vocab["licenses"].entries[text(m["id"])]
		if v == nil {
			return
		}
		p, _ := v["props"].(object)
		m["title"], m["description"], m["icon"] = v["title"], v["description"], v["icon"]
		m["props"] = object{"url": p["url"], "scheme": p["scheme"]}
	})
	each("funding", func(m object) {
		if f, ok := m["funder"].(object); ok {
			if v := s.vocab["funders"].entries[text(f["id"])]; v != nil {
				f["name"] = v["name"]
			}
		}
		if a, ok := m["award"].(object); ok {
			if v := s.vocab["awards"].entries[text(a["id"])]; v != nil {
				a["number"], a["title"] = v["number"], v["title"]
				if v["acronym"] != nil {
					a["acronym"] = v["acronym"]
				}
			}
		}
	})
	return out
}

// listVocabulary answers a search in a vocabulary (docs/zenodo-api.md, Vocabularies).
func listVocabulary(c *call) (*answer, error) {
	kind, e := c.accept(jsonType, nativeType)
	if e != nil {
		return nil, e
	}
	name := c.id
	v := c.s.vocab[name]
	if v == nil || c.isGeneric() && !slices.Contains(generic, name) {
		return nil, missing()
	}
	if name == "names" && c.user == nil {
		return nil, denied()
	}
	if c.q.Has("q") && c.q.Has("suggest") {
		return nil, refuse(http.StatusBadRequest, "Invalid querystring parameters.")
	}
	page, size, e := c.paging(25, 1000)
	if e != nil {
		return nil, e
	}
	words := wordsOf(c.q.Get("suggest") + " " + c.q.Get("q"))
	var hits []object
	for _, id := range v.order {
		entry := v.entries[id]
		if t := c.q.Get("tags"); t != "" && !slices.Contains(list(entry["tags"]), any(t)) {
			continue
		}
		if f := c.q.Get("funders"); f != "" {
			if m, _ := entry["funder"].(object); m["id"] != f {
				continue
			}
		}
		if matches(id, entry, words) {
			hits = append(hits, c.entryDoc(v, id, kind))
		}
	}
	if sg := strings.ToLower(c.q.Get("suggest")); sg != "" { // best match first: the id that begins so
		slices.SortStableFunc(hits, func(a, b object) int {
			if n := rank(b, sg) - rank(a, sg); n != 0 {
				return n
			}
			return strings.Compare(text(a["id"]), text(b["id"]))
		})
	}
	sort := "bestmatch"
	if len(words) == 0 {
		sort = "title"
	}
	out := c.page(hits, page, size, sort)
	if kind == jsonType {
		out["page"] = page
	}
	if name == "awards" {
		buckets := []any{}
		seen := map[string]bool{}
		for _, h := range hits {
			f, _ := h["funder"].(object)
			id := text(f["id"])
			if id != "" && !seen[id] {
				seen[id] = true
				label := text(f["name"])
				if fe := c.s.vocab["funders"].entries[id]; fe != nil {
					label += " (" + text(fe["country"]) + ")"
				}
				buckets = append(buckets, object{"key": id, "doc_count": 1, "label": label, "is_selected": c.q.Get("funders") == id})
			}
		}
		out["aggregations"] = object{"funders": object{"buckets": buckets, "label": "Funders"}}
	}
	return &answer{status: http.StatusOK, kind: kind, body: out}, nil
}

func rank(o object, suggest string) int {
	id := text(o["id"])
	switch {
	case id == suggest:
		return 3
	case strings.HasPrefix(id, suggest+".") || strings.HasPrefix(id, suggest+"-"):
		return 2
	case strings.HasPrefix(id, suggest):
		return 1
	}
	return 0
}

// isGeneric reports whether the call went to /api/vocabularies.
func (c *call) isGeneric() bool { return strings.HasPrefix(c.path, "/api/vocabularies/") }

// getEntry answers one entry.
func getEntry(c *call) (*answer, error) {
	kind, e := c.accept(jsonType, nativeType)
	if e != nil {
		return nil, e
	}
	v := c.s.vocab[c.id]
	if v == nil || c.isGeneric() && !slices.Contains(generic, c.id) {
		return nil, missing()
	}
	if c.id == "names" && c.user == nil {
		return nil, denied()
	}
	if v.entries[c.key] == nil {
		return nil, noPID()
	}
	return &answer{status: http.StatusOK, kind: kind, revision: 1, body: c.entryDoc(v, c.key, kind)}, nil
}

func (c *call) entryDoc(v *vocabulary, id, kind string) object {
	d := deepCopy(v.entries[id]).(object)
	d["id"] = id
	if kind == nativeType && slices.Contains(generic, v.name) { // affiliations and names look the same both ways
		d["title_l10n"] = english(d["title"])
		delete(d, "title")
		if t, ok := d["description"]; ok {
			d["description_l10n"] = english(t)
			delete(d, "description")
		}
		return d
	}
	self := c.s.base + "/api/" + v.name + "/" + id
	if slices.Contains(generic, v.name) {
		self = c.s.base + "/api/vocabularies/" + v.name + "/" + id
		d["type"] = v.name
	}
	rev := 2
	switch {
	case slices.Contains(generic, v.name):
		rev = 1
	case v.name == "names":
		rev = 3
	}
	d["created"], d["updated"], d["revision_id"] = "2026-01-10T09:00:00.000000+00:00", "2026-01-10T09:00:00.000000+00:00", rev
	d["links"] = object{"self": self}
	return d
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// matches reports whether each word begins some word of the entry.
func matches(id string, e object, words []string) bool {
	var have []string
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case string:
			have = append(have, wordsOf(x)...)
		case object:
			for k, y := range x {
				if k != "description" && k != "props" && k != "tags" {
					walk(y)
				}
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(id)
	walk(e)
	for _, w := range words {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, w) }) {
			return false
		}
	}
	return true
}
