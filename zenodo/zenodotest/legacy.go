package zenodotest

import (
	"net/http"
	"slices"
	"strings"
)

// routeLegacy finds the views that only Zenodo's site package has (reference 2.1).
func routeLegacy(c *call, p []string) *view {
	switch {
	case p[0] == "licenses" && len(p) == 1:
		return at("GET", redirectLicenses)
	case p[0] == "files" && len(p) == 2:
		c.id = p[1]
		return at("GET", func(*call) (*answer, error) { return nil, internalError() }) // reference 2.1
	case p[0] == "files" && len(p) == 3:
		c.id, c.key = p[1], p[2]
		return at("GET", readBucket, "PUT", putBucket, "DELETE", deleteBucket)
	case p[0] != "deposit" || len(p) < 2 || p[1] != "depositions":
		return nil
	}
	p = p[2:]
	if len(p) == 0 {
		return at("GET", listDepositions, "POST", createDeposition)
	}
	c.id = p[0]
	switch rest := strings.Join(p[1:], "/"); {
	case rest == "":
		return at("GET", getDeposition, "PUT", putDeposition, "DELETE", deleteDeposition)
	case rest == "actions/publish":
		return at("POST", publishDeposition)
	case rest == "actions/edit":
		return at("POST", editDeposition)
	case rest == "actions/discard":
		return at("POST", deleteDeposition)
	case rest == "actions/newversion":
		return at("POST", newDeposition)
	case rest == "files":
		return at("GET", listDepositionFiles, "POST", postDepositionFile)
	case len(p) == 3 && p[1] == "files":
		c.key = p[2]
		return at("GET", getDepositionFile, "DELETE", deleteDepositionFile)
	}
	return nil
}

func redirectLicenses(c *call) (*answer, error) {
	to := c.s.base + "/api/vocabularies/licenses"
	if c.r.URL.RawQuery != "" {
		to += "?" + c.r.URL.RawQuery
	}
	return &answer{status: http.StatusMovedPermanently, kind: htmlType, header: map[string]string{"Location": to}}, nil
}

// depositionAnswer is an answer with the legacy document; the lock is held.
func (c *call) depositionAnswer(status int, it *item) *answer {
	return &answer{status: status, kind: jsonType, revision: it.current().revision, body: c.s.deposition(it)}
}

// legacyBody checks Accept and reads the body into its native form.
func (c *call) legacyBody() (object, *apiError) {
	if _, e := c.accept(jsonType); e != nil {
		return nil, e
	}
	v, e := c.json()
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.fromLegacy(v)
}

func listDepositions(c *call) (*answer, error) {
	if _, e := c.accept(jsonType); e != nil {
		return nil, e
	}
	if c.user == nil {
		return nil, denied()
	}
	page, size, e := c.paging(25, c.maxSize())
	if e != nil {
		return nil, e
	}
	if s := c.q.Get("sort"); s != "" && !slices.Contains(sorts, s) {
		return nil, invalid(field("_schema", "Invalid sort option '"+s+"'."))
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
		if doc != nil && it.tombstone == nil && it.concept.owner == c.user && match(doc) {
			found = append(found, it)
		}
	}
	slices.SortFunc(found, func(a, b *item) int {
		n := b.current().created.Compare(a.current().created)
		if n == 0 {
			n = strings.Compare(b.id, a.id)
		}
		return n
	})
	out := []any{}
	from := min((page-1)*size, len(found))
	for _, it := range found[from:min(from+size, len(found))] {
		out = append(out, c.s.deposition(it))
	}
	return &answer{status: http.StatusOK, kind: jsonType, body: out}, nil
}

func createDeposition(c *call) (*answer, error) {
	if c.user == nil {
		return nil, denied()
	}
	body, e := c.legacyBody()
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, _, e := c.s.create(c.user, body, c.s.native1())
	if e != nil {
		return nil, e
	}
	return c.depositionAnswer(http.StatusCreated, it), nil
}

// getDeposition falls back to the published record.
func getDeposition(c *call) (*answer, error) {
	if _, e := c.accept(jsonType); e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, e := c.depositionItem()
	if e != nil {
		return nil, e
	}
	return c.depositionAnswer(http.StatusOK, it), nil
}

func (c *call) depositionItem() (*item, *apiError) {
	it := c.s.items[c.id]
	if it != nil && it.draft != nil {
		return c.draftItem()
	}
	return c.recordItem()
}

func putDeposition(c *call) (*answer, error) {
	body, e := c.legacyBody()
	if e != nil {
		return nil, e
	}
	rev, e := c.ifMatch()
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, e := c.draftItem()
	if e == nil {
		e = it.match(rev)
	}
	if e != nil {
		return nil, e
	}
	if _, e := c.s.replace(it, body, c.s.native1()); e != nil {
		return nil, e
	}
	return c.depositionAnswer(http.StatusOK, it), nil
}

func deleteDeposition(c *call) (*answer, error) { return deleteDraft(c) }

// publishDeposition publishes, and includes the draft in the communities that
// its metadata name where the owner may; errors of that are swallowed.
func publishDeposition(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, e := c.ownDraft()
	if e != nil {
		return nil, e
	}
	if e := c.s.publish(it, false); e != nil {
		return nil, e
	}
	for _, v := range list(it.record.custom["legacy:communities"]) {
		m, _ := v.(object)
		k := c.s.community(text(m["identifier"]))
		if k != nil && k.member(it.concept.owner) && !slices.Contains(it.concept.communities, k.id) {
			it.concept.communities = append(it.concept.communities, k.id)
		}
	}
	delete(it.record.custom, "legacy:communities")
	c.s.touched(it)
	return c.depositionAnswer(http.StatusAccepted, it), nil
}

func editDeposition(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it := c.s.items[c.id]
	if it == nil || it.draft == nil {
		var e *apiError
		if it, e = c.recordItem(); e != nil {
			return nil, e
		}
	}
	if !it.owns(c.user) {
		return nil, denied()
	}
	c.s.edit(it)
	return c.depositionAnswer(http.StatusCreated, it), nil
}

// newDeposition returns the new draft itself, with the old files.
func newDeposition(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, e := c.recordItem()
	if e != nil {
		return nil, e
	}
	if !it.owns(c.user) {
		return nil, denied()
	}
	n := c.s.version(it)
	n.reopened = false
	if e := c.s.importInto(n); e != nil {
		return nil, e
	}
	return c.depositionAnswer(http.StatusCreated, n), nil
}
