package zenodotest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// paging reads page and size.
func (c *call) paging(size, most int) (int, int, *apiError) {
	n := map[string]int{"page": 1, "size": size}
	var errs []fieldError
	for _, k := range []string{"page", "size"} {
		if !c.q.Has(k) {
			continue
		}
		v, err := strconv.Atoi(c.q.Get(k))
		switch {
		case err != nil:
			errs = append(errs, field(k, "Not a valid integer."))
		case v < 1:
			errs = append(errs, field(k, "Must be greater than or equal to 1."))
		case k == "size" && most > 0 && v > most:
			errs = append(errs, field(k, "Must be less than or equal to "+strconv.Itoa(most)+"."))
		}
		n[k] = v
	}
	if len(errs) > 0 {
		return 0, 0, invalid(errs...)
	}
	if n["page"]*n["size"] > 10000 {
		return 0, 0, refuse(http.StatusBadRequest, "Invalid querystring parameters.")
	}
	return n["page"], n["size"], nil
}

// maxSize is the largest page of records: Zenodo's own setting
// (docs/zenodo-api.md, Lists and search).
func (c *call) maxSize() int {
	switch {
	case !c.s.o.zenodo():
		return 0
	case c.user == nil:
		return 25
	}
	return 100
}

// page is the envelope of a list.
func (c *call) page(hits []object, page, size int, sort string) object {
	from := min((page-1)*size, len(hits))
	to := min(from+size, len(hits))
	if s := c.q.Get("sort"); s != "" {
		sort = s
	}
	link := func(p int) string {
		pairs := []string{"page=" + strconv.Itoa(p), "size=" + strconv.Itoa(size), "sort=" + sort}
		for k, v := range c.q {
			switch k {
			case "page", "size", "sort", "access_token":
			case "shared_with_me":
				pairs = append(pairs, "shared_with_me="+map[bool]string{true: "True", false: "False"}[strings.EqualFold(v[0], "true")])
			default:
				pairs = append(pairs, k+"="+escapeQuery(v[0]))
			}
		}
		slices.Sort(pairs)
		return c.s.base + c.path + "?" + strings.Join(pairs, "&")
	}
	l := object{"self": link(page)}
	if to < len(hits) {
		l["next"] = link(page + 1)
	}
	if page > 1 {
		l["prev"] = link(page - 1)
	}
	if hits == nil {
		hits = []object{}
	}
	return object{"hits": object{"hits": hits[from:to], "total": len(hits)}, "sortBy": sort, "links": l}
}

// sorts are the sort options of record lists.
var sorts = []string{
	"bestmatch",
	"newest",
	"oldest",
	"updated-desc",
	"updated-asc",
	"version",
	"mostviewed",
	"mostdownloaded",
	"mostrecent",
	"-mostrecent",
}

// listUserRecords is GET /api/user/records: own drafts and records, as far as
// the index knows them.
func listUserRecords(c *call) (*answer, error) {
	if c.user == nil {
		return nil, denied()
	}
	return c.search("updated-desc", true, func(it *item) bool {
		if c.q.Has("shared_with_me") && strings.EqualFold(c.q.Get("shared_with_me"), "true") {
			return false
		}
		return it.concept.owner == c.user && (c.everyVersion() || it == it.concept.versions[len(it.concept.versions)-1])
	})
}

// listRecords is GET /api/records: what is published.
func listRecords(c *call) (*answer, error) {
	return c.search("newest", false, func(it *item) bool { return it.record != nil && (c.everyVersion() || it == latestOf(it.concept)) })
}

// everyVersion reports whether a list is asked for more than the newest version,
// which for drafts and records together is the newest draft. Zenodo has a name of its
// own for it beside InvenioRDM's (docs/zenodo-api.md, Lists and search).
func (c *call) everyVersion() bool {
	for _, name := range []string{"allversions", "all_versions"} {
		if name == "all_versions" && !c.s.o.zenodo() || !c.q.Has(name) {
			continue
		}
		switch strings.ToLower(c.q.Get(name)) {
		case "", "true", "1":
			return true
		}
	}
	return false
}

func (c *call) search(sort string, drafts bool, mine func(*item) bool) (*answer, error) {
	kind, e := c.acceptRecord()
	if e != nil {
		return nil, e
	}
	page, size, e := c.paging(25, c.maxSize())
	if e != nil {
		return nil, e
	}
	if c.q.Get("q") != "" {
		sort = "bestmatch"
	}
	if s := c.q.Get("sort"); s != "" {
		if !slices.Contains(sorts, s) {
			return nil, invalid(field("_schema", "Invalid sort option '"+s+"'."))
		}
		sort = s
	}
	match, e := parseQuery(c.q.Get("q"))
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	var found []*item
	for _, it := range c.s.items {
		doc := c.s.shown(it)
		if doc == nil || it.tombstone != nil || !mine(it) || !drafts && doc["is_draft"] == true {
			continue
		}
		if match(doc) {
			found = append(found, it)
		}
	}
	key := "updated"
	if sort == "newest" || sort == "oldest" || sort == "mostrecent" || sort == "-mostrecent" {
		key = "created"
	}
	rising := sort == "oldest" || sort == "updated-asc" || sort == "mostrecent"
	if sort == "bestmatch" { // equally good ones come in the order of the index
		key, rising = "created", true
	}
	slices.SortFunc(found, func(a, b *item) int {
		n := strings.Compare(text(b.listed[key]), text(a.listed[key]))
		if n == 0 {
			n = strings.Compare(b.id, a.id)
		}
		if rising {
			return -n
		}
		return n
	})
	var hits []object
	for _, it := range found {
		hits = append(hits, c.hit(it, nil, kind))
	}
	out := c.page(hits, page, size, sort)
	out["aggregations"] = c.s.aggregations(hits, drafts)
	return &answer{status: http.StatusOK, kind: kind, body: out}, nil
}

// hit is an item in a list: as indexed, or a given document.
func (c *call) hit(it *item, d *document, kind string) object {
	if c.zenodoJSON(kind) {
		if d == nil {
			d = it.current()
		}
		return c.s.zenodoRecord(it, d)
	}
	doc := it.listed
	if d != nil {
		doc = c.s.native(it, d, nil, "")
	}
	doc = deepCopy(doc).(object)
	if kind == jsonType {
		delete(doc, "ui")
	}
	return doc
}

// aggregations are the facets; counted over all hits.
func (s *Server) aggregations(hits []object, drafts bool) object {
	facet := func(label string, of func(object) string) object {
		count := map[string]int{}
		var order []string
		for _, h := range hits {
			if k := of(h); k != "" {
				if count[k] == 0 {
					order = append(order, k)
				}
				count[k]++
			}
		}
		slices.Sort(order)
		buckets := []any{}
		for _, k := range order {
			buckets = append(buckets, object{"key": k, "doc_count": count[k], "label": k, "is_selected": false})
		}
		return object{"buckets": buckets, "label": label}
	}
	md := func(h object) object { m, _ := h["metadata"].(object); return m }
	out := object{
		"publication_date": facet("Publication date", func(h object) string {
			d := text(md(h)["publication_date"])
			return d[:min(4, len(d))]
		}),
		"access_status": facet("Access status", func(h object) string { a, _ := h["access"].(object); return text(a["status"]) }),
		"resource_type": facet("Resource types", func(h object) string { r, _ := md(h)["resource_type"].(object); return text(r["id"]) }),
		"file_type":     facet("File type", func(object) string { return "" }),
	}
	if drafts {
		out["is_published"] = facet("Status", func(h object) string {
			if v, ok := h["is_published"].(bool); ok {
				return strconv.FormatBool(v)
			}
			return ""
		})
	}
	return out
}
