package zenodotest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// roCrateType is the second type that a create takes.
const roCrateType = `application/ld+json;profile="https://w3id.org/ro/crate/1.1"`

// createDraft is POST /api/records.
func createDraft(c *call) (*answer, error) {
	kind, e := c.acceptRecord()
	if e != nil {
		return nil, e
	}
	v, e := c.json(jsonType, roCrateType)
	if e != nil {
		return nil, e
	}
	if c.user == nil {
		return nil, denied()
	}
	body, _ := v.(object) // an array is taken for nothing (docs/zenodo-api.md, Calls)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it, errs, e := c.s.create(c.user, body, c.checker())
	if e != nil {
		return nil, e
	}
	return c.draftAnswer(http.StatusCreated, kind, it, errs, accessStatus(it.draft.access, "metadata-only")), nil
}

// create makes a draft; callers hold the lock.
func (s *Server) create(u *user, body object, k *checker) (*item, []fieldError, *apiError) {
	now := s.now()
	d := &document{
		created:  now,
		updated:  now,
		revision: 4,
		metadata: object{},
		access:   object{"record": "public", "files": "public"},
		custom:   object{},
		pids:     object{},
	}
	it := &item{draft: d}
	if e := s.fill(it, d, body, k, true); e != nil {
		return nil, nil, e
	}
	if k.vocab {
		d.revision++
	}
	cid, id := s.ids()
	con := &concept{id: cid, owner: u}
	s.concepts[cid] = con
	real := s.newItem(id, con)
	real.draft, real.draftFiles = d, s.newBucket()
	s.checkPIDs(real, d, k)
	s.touched(real)
	return real, k.errs, nil
}

// fill puts a body into a document: all of it replaces what was there, except
// pids, which stay when the body has none (docs/zenodo-api.md, The DOI).
func (s *Server) fill(it *item, d *document, body object, k *checker, fresh bool) *apiError {
	md := object{}
	if v, ok := body["metadata"]; ok {
		m, isObject := v.(object)
		switch {
		case v == nil:
			k.say("metadata", "Field may not be null.")
		case !isObject:
			k.say("metadata._schema", typeText)
		default:
			md = k.metadata(m)
		}
	}
	custom := object{}
	if cf, ok := body["custom_fields"].(object); ok {
		for name, v := range cf {
			if s.o.zenodo() && strings.Contains(name, ":") {
				custom[name] = v
				continue
			}
			k.say("custom_fields."+name, unknownText)
		}
	}
	access, e := s.access(body, k)
	if e != nil {
		return e
	}
	if k.fatal != nil {
		return k.fatal
	}
	if f, ok := body["files"].(object); ok && f["enabled"] == false {
		k.say("files.enabled", "You don't have permissions to manage files options.")
	} else if !fresh && it.draftFiles != nil && len(it.draftFiles.entries) == 0 {
		k.say("files.enabled", "Missing uploaded files.")
	}
	if !fresh && it.draftFiles != nil {
		s.preview(it.draftFiles, body, k)
	}
	d.metadata, d.custom, d.access = md, custom, access
	if p, ok := body["pids"].(object); ok {
		d.pids = object{}
		if doi, ok := p["doi"].(object); ok {
			id := strings.TrimSpace(text(doi["identifier"]))
			if id == "" {
				k.say("pids.doi", "Missing DOI for required field.")
			} else {
				d.pids["doi"] = maps.Clone(doi)
			}
		}
	}
	if !fresh {
		s.checkPIDs(it, d, k)
	}
	return nil
}

// preview sets the default preview: without one in the body there is none any
// more, and it has to be a file of the draft.
func (s *Server) preview(b *bucket, body object, k *checker) {
	files, _ := body["files"].(object)
	key := text(files["default_preview"])
	if key != "" && !slices.ContainsFunc(b.entries, func(e *entry) bool { return e.key == key }) {
		k.say("files.default_preview", fmt.Sprintf("No file with key %q", key))
		return
	}
	b.preview = key
}

// checkPIDs is what the PID component says at a save.
func (s *Server) checkPIDs(it *item, d *document, k *checker) {
	p, has := d.pids["doi"].(object)
	id := text(p["identifier"])
	switch {
	case has && p["provider"] == "external":
		switch other := s.dois[strings.ToLower(id)]; {
		case !doiPattern.MatchString(id):
			k.say("pids.doi", "Invalid DOI identifier for scheme doi")
		case strings.HasPrefix(id, s.o.Prefix+"/"):
			k.say(
				"pids.doi",
				fmt.Sprintf(
					"The prefix '%s' is managed by %s. Please supply an external DOI or select 'No' to have a DOI generated for you.",
					s.o.Prefix,
					s.o.SiteName,
				),
			)
		case other != "" && other != it.id:
			k.say("pids.doi", "doi:"+id+" already exists.")
		}
	case has && !strings.HasPrefix(id, s.o.Prefix+"/"):
		k.say(
			"pids.doi",
			fmt.Sprintf("Wrong DOI %s prefix provided, it should be %s as defined in the rest API", strings.SplitN(id, "/", 2)[0], s.o.Prefix),
		)
	}
	if p["provider"] != "external" && text(d.metadata["publisher"]) == "" && !s.o.NoDOI {
		k.say("metadata.publisher", "Missing publisher field required for DOI registration.")
	}
}

// access validates the access block. Restricted records are not allowed.
func (s *Server) access(body object, k *checker) (object, *apiError) {
	out := object{"record": "public", "files": "public"}
	a, ok := body["access"].(object)
	if !ok {
		return out, nil
	}
	rec, okR := a["record"].(string)
	files, okF := a["files"].(string)
	if !okR {
		k.say("access.record", requiredText)
	}
	if !okF {
		k.say("access.files", requiredText)
	}
	if okR && rec != "public" {
		return nil, invalid(field("access", "You don't have permissions to manage record access."))
	}
	if okF {
		if files != "public" && files != "restricted" {
			return nil, invalid(field("access", "'files'"))
		}
		out["files"] = files
	}
	if emb, ok := a["embargo"].(object); ok && emb["active"] == true {
		until, err := time.Parse(time.DateOnly, text(emb["until"]))
		e := object{"active": true, "reason": nil}
		if r := text(emb["reason"]); r != "" {
			e["reason"] = r
		}
		if emb["until"] != nil {
			e["until"] = emb["until"]
		}
		if err != nil || !until.After(s.now()) {
			k.say("access.embargo.until", "Embargo end date must be set to a future date.")
		}
		out["embargo"] = e
	}
	return out, nil
}

// draftAnswer is an answer with a draft in the negotiated form.
func (c *call) draftAnswer(status int, kind string, it *item, errs []fieldError, access string) *answer {
	return c.docAnswer(status, kind, it, it.draft, errs, access)
}

func (c *call) docAnswer(status int, kind string, it *item, d *document, errs []fieldError, access string) *answer {
	var body any
	if c.zenodoJSON(kind) {
		body = c.s.zenodoRecord(it, d)
	} else {
		doc := c.s.native(it, d, errs, access)
		if kind == jsonType {
			delete(doc, "ui")
		}
		body = doc
	}
	return &answer{status: status, kind: kind, revision: d.revision, body: body}
}

// getDraft is GET …/draft.
func getDraft(c *call, it *item) (*answer, error) {
	return c.draftAnswer(http.StatusOK, c.kind, it, nil, ""), nil
}

// putDraft is PUT …/draft: full replacement.
func putDraft(c *call, it *item) (*answer, error) {
	if e := it.match(c.rev); e != nil {
		return nil, e
	}
	body, _ := c.body.(object)
	errs, e := c.s.replace(it, body, c.checker())
	if e != nil {
		return nil, e
	}
	return c.draftAnswer(http.StatusOK, c.kind, it, errs, ""), nil
}

// match compares If-Match (-1 = none) with the draft's revision.
func (it *item) match(rev int) *apiError {
	if rev >= 0 && rev != it.draft.revision {
		return refuse(
			http.StatusPreconditionFailed,
			fmt.Sprintf("Revision id provided(%d) doesn't match record's one(%d)", rev, it.draft.revision),
		)
	}
	return nil
}

// replace saves a body over a draft; callers hold the lock. Nothing changes if
// it is refused.
func (s *Server) replace(it *item, body object, k *checker) ([]fieldError, *apiError) {
	d := *it.draft
	d.pids = maps.Clone(d.pids)
	if it.record != nil {
		body = maps.Clone(body)
		delete(body, "pids") // a published DOI stays
	}
	if e := s.fill(it, &d, body, k, false); e != nil {
		return nil, e
	}
	d.updated = s.now()
	d.revision++
	if k.vocab {
		d.revision++
	}
	it.draft = &d
	it.reopened = false
	s.touched(it)
	return k.errs, nil
}

// deleteDraft is DELETE …/draft.
func deleteDraft(c *call) (*answer, error) {
	rev, e := c.ifMatch()
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	it, e := c.ownDraft()
	if e == nil {
		e = it.match(rev)
	}
	if e == nil && it.inReview() {
		e = refuse(http.StatusBadRequest, "You cannot delete a draft with an open review. Please cancel the review first.")
	}
	if e != nil {
		c.s.mu.Unlock()
		return nil, e
	}
	if it.busy > 0 { // waits for the running upload, then fails (docs/zenodo-api.md, At the same time)
		c.s.mu.Unlock()
		if !c.takeUpload(it) {
			panic(http.ErrAbortHandler)
		}
		it.upload <- struct{}{}
		return nil, internalError()
	}
	defer c.s.mu.Unlock()
	c.s.discard(it)
	return &answer{status: http.StatusNoContent}, nil
}

func (it *item) inReview() bool {
	return it.record == nil && it.concept.review != nil && it.concept.review.open()
}

// discard throws the draft away; a version never published vanishes with its id.
func (s *Server) discard(it *item) {
	s.dropFiles(it.draftFiles)
	it.revision = it.draft.revision
	it.draft, it.draftFiles = nil, nil
	delete(s.nonces, it.id)
	if it.record != nil {
		s.touched(it)
		return
	}
	delete(s.items, it.id)
	con := it.concept
	con.versions = con.versions[:len(con.versions)-1] // a draft is always the newest version
	if len(con.versions) == 0 {
		delete(s.concepts, con.id)
		if con.review != nil {
			delete(s.reviews, con.review.id)
		}
	}
}

// reserveDOI is POST …/draft/pids/doi.
func reserveDOI(c *call, it *item) (*answer, error) {
	if c.s.o.NoDOI {
		return nil, missing()
	}
	if doiOf(it.draft) != "" {
		return nil, invalid(field("pids.doi", "A PID already exists for type doi"))
	}
	c.s.change(it, func(d *document) { d.pids["doi"] = c.s.mint(it.id) })
	return c.draftAnswer(http.StatusCreated, c.kind, it, nil, ""), nil
}

// discardDOI is DELETE …/draft/pids/doi.
func discardDOI(c *call, it *item) (*answer, error) {
	if doiOf(it.draft) == "" {
		return nil, noPID()
	}
	if it.record != nil {
		return nil, denied()
	}
	c.s.change(it, func(d *document) { delete(d.pids, "doi") })
	return c.draftAnswer(http.StatusOK, c.kind, it, nil, ""), nil
}

// change edits a copy of the draft and raises its revision by two.
func (s *Server) change(it *item, f func(*document)) {
	d := *it.draft
	d.pids, d.metadata = maps.Clone(d.pids), deepCopy(d.metadata).(object)
	f(&d)
	d.updated = s.now()
	d.revision += 2
	it.draft = &d
	s.touched(it)
}

// mint is the DOI that belongs to an id.
func (s *Server) mint(id string) object {
	site := "zenodo"
	if !s.o.zenodo() {
		site = strings.ToLower(s.o.SiteName)
	}
	return object{"identifier": s.o.Prefix + "/" + site + "." + id, "provider": "datacite", "client": "datacite"}
}
