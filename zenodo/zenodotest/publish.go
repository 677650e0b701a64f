package zenodotest

import (
	"maps"
	"net/http"
	"strings"
)

// publishDraft is POST …/draft/actions/publish.
func publishDraft(c *call, it *item) (*answer, error) {
	if e := c.s.publish(it, false); e != nil {
		return nil, e
	}
	a := c.docAnswer(http.StatusAccepted, c.kind, it, it.record, nil, "")
	if doc, ok := a.body.(object); ok && !c.zenodoJSON(c.kind) {
		for _, f := range doc["files"].(object)["entries"].(object) {
			delete(f.(object), "links") // only in later answers
		}
	}
	return a, nil
}

// publish turns a draft into a record; accepted says that its review allows it.
func (s *Server) publish(it *item, accepted bool) *apiError {
	if r := it.concept.review; !accepted && it.record == nil && r != nil && r.status != "accepted" && r.status != "declined" &&
		r.status != "cancelled" &&
		r.status != "expired" {
		return refuse(http.StatusBadRequest, "You cannot publish a draft with an open review request. Please cancel the review request first.")
	}
	if e := s.publishable(it); e != nil {
		return e
	}
	d := it.draft
	now := s.now()
	rec := &document{
		created:  now,
		updated:  now,
		revision: 4,
		metadata: d.metadata,
		access:   d.access,
		custom:   d.custom,
		pids:     maps.Clone(d.pids),
	}
	if it.record != nil {
		rec.created, rec.revision = it.record.created, it.record.revision+3
	}
	if doiOf(d) == "" && !s.o.NoDOI {
		rec.pids["doi"] = s.mint(it.id)
	}
	if rec.pids["oai"] == nil {
		rec.pids["oai"] = object{"identifier": "oai:" + s.host() + ":" + it.id, "provider": "oai"}
	}
	if doi := doiOf(rec); doi != "" {
		s.dois[strings.ToLower(doi)] = it.id
	}
	con := it.concept
	if con.doi == nil && !s.o.NoDOI {
		con.doi = s.mint(con.id)
		s.dois[text(con.doi["identifier"])] = con.id
	}
	if it.recordFiles != nil && !it.draftFiles.locked {
		s.dropFiles(it.recordFiles)
		it.recordFiles = nil
	}
	if it.recordFiles != nil {
		s.dropFiles(it.draftFiles) // an edit cannot change files
	} else {
		it.recordFiles = it.draftFiles
		for _, f := range it.recordFiles.entries {
			f.metadata = orEmpty(f.metadata)
		}
	}
	it.revision = d.revision
	it.record, it.draft, it.draftFiles = rec, nil, nil
	delete(s.nonces, it.id)
	for _, v := range con.versions {
		if v != it && v.record != nil {
			s.touched(v)
		}
	}
	s.touched(it)
	return nil
}

// host is the site's name in OAI identifiers.
func (s *Server) host() string {
	switch s.o.Profile {
	case Zenodo:
		return "zenodo.org"
	case Sandbox:
		return "sandbox.zenodo.org"
	}
	_, h, _ := strings.Cut(s.base, "://")
	h, _, _ = strings.Cut(h, ":")
	return h
}

// publishable checks in the stages of the site: schema, files, PIDs
// (docs/zenodo-api.md, Publishing).
func (s *Server) publishable(it *item) *apiError {
	if e := s.submittable(it); e != nil {
		return e
	}
	if len(it.draftFiles.entries) == 0 {
		return invalid(field("files.enabled", "Missing uploaded files. To disable files for this record please mark it as metadata-only."))
	}
	if it.draftFiles.pending() && !it.draftFiles.locked {
		return invalid(field("files", "One or more files have not completed their transfer, please wait."))
	}
	k := &checker{s: s}
	s.checkPIDs(it, it.draft, k)
	if len(k.errs) > 0 {
		return invalid(k.errs...)
	}
	return nil
}

// submittable is the first stage alone: a draft without files, or with files
// that are still being sent, can be submitted for review, but not accepted.
func (s *Server) submittable(it *item) *apiError {
	d := it.draft
	k := &checker{s: s}
	k.metadata(d.metadata)
	if k.fatal != nil {
		return k.fatal
	}
	if emb, ok := d.access["embargo"].(object); ok && emb["active"] == true {
		if _, e := s.access(object{"access": maps.Clone(d.access)}, k); e != nil {
			return e
		}
	}
	if len(k.errs) > 0 {
		return invalid(k.errs...)
	}
	return nil
}

// recordItem finds the published record of a call.
func (c *call) recordItem() (*item, *apiError) {
	it := c.s.items[c.id]
	switch {
	case it == nil && c.s.concepts[c.id] != nil:
		return nil, notRegistered()
	case it == nil:
		return nil, noPID()
	case it.tombstone != nil:
		return nil, &apiError{status: http.StatusGone, message: "Record deleted", extra: object{"tombstone": it.tombstone}}
	case it.record == nil:
		return nil, notRegistered()
	}
	return it, nil
}

// getRecord is GET /api/records/ID; a concept id leads to its latest version.
func getRecord(c *call) (*answer, error) {
	kind, e := c.acceptRecord()
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if con := c.s.concepts[c.id]; con != nil {
		if it := latestOf(con); it != nil {
			to := "/api/records/" + it.id
			return &answer{status: http.StatusFound, kind: htmlType, header: map[string]string{"Location": to},
				body: "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected " +
					"automatically to the target URL: <a href=\"" + to + "\">" + to + "</a>. If not, click the link.\n"}, nil
		}
	}
	it, e := c.recordItem()
	if e != nil {
		return nil, e
	}
	a := c.docAnswer(http.StatusOK, kind, it, it.record, nil, "")
	c.readerView(it, a.body)
	a.header = map[string]string{"Link": "<" + c.s.base + "/api/records/" + it.id + `> ; rel="linkset" ; type="application/linkset+json"`}
	return a, nil
}

// readerView removes what only the owner sees of a record.
func (c *call) readerView(it *item, body any) {
	doc, ok := body.(object)
	if !ok || it.owns(c.user) {
		return
	}
	if p, ok := doc["parent"].(object); ok {
		delete(p["access"].(object), "grants")
		delete(p["access"].(object), "links")
	}
	if v, ok := doc["versions"].(object); ok {
		delete(v, "is_latest_draft")
	}
}

// latestVersion is GET …/versions/latest, of a record or a concept.
func latestVersion(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	con := c.s.concepts[c.id]
	if con == nil {
		it, e := c.recordItem()
		if e != nil {
			return nil, e
		}
		con = it.concept
	}
	it := latestOf(con)
	if it == nil {
		return nil, notRegistered()
	}
	to := c.s.base + "/api/records/" + it.id
	return &answer{status: http.StatusMovedPermanently, kind: jsonType, header: map[string]string{"Location": to},
		body: object{"status": 301, "message": "Redirecting...", "location": to}}, nil
}

// newVersion is POST …/versions; asked again it gives the same draft.
func newVersion(c *call) (*answer, error) {
	kind, e := c.acceptRecord()
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.concepts[c.id] != nil {
		return nil, missing()
	}
	it, e := c.recordItem()
	if e != nil {
		return nil, e
	}
	if !it.owns(c.user) {
		return nil, denied()
	}
	n := c.s.version(it)
	return c.draftAnswer(http.StatusCreated, kind, n, nil, ""), nil
}

func (s *Server) version(it *item) *item {
	con := it.concept
	last := con.versions[len(con.versions)-1]
	if last.record == nil {
		last.reopened = true
		return last
	}
	n := s.newItem(s.recordID(), con)
	now := s.now()
	md := deepCopy(last.record.metadata).(object)
	delete(md, "version")
	md["publication_date"] = now.Format("2006-01-02")
	n.draft = &document{
		created:  now,
		updated:  now,
		revision: 5,
		metadata: md,
		access:   maps.Clone(last.record.access),
		custom:   maps.Clone(last.record.custom),
		pids:     object{},
	}
	n.draftFiles = s.newBucket()
	s.touched(n)
	return n
}

// importFiles is POST …/draft/actions/files-import: the previous version's files.
func importFiles(c *call, it *item) (*answer, error) {
	if e := c.s.importInto(it); e != nil {
		return nil, e
	}
	return &answer{status: http.StatusCreated, kind: c.kind, body: c.s.filesDoc(it, true)}, nil
}

func (s *Server) importInto(it *item) *apiError {
	if it.index < 2 {
		return missing()
	}
	if len(it.draftFiles.entries) > 0 {
		return invalid(field("files.enabled", "Please remove all files first."))
	}
	s.copyFiles(it.concept.versions[it.index-2].recordFiles, it.draftFiles)
	return nil
}

// copyFiles lets another bucket hold the same content.
func (s *Server) copyFiles(from, to *bucket) {
	now := s.now()
	to.preview = from.preview
	for _, f := range from.entries {
		x := *f
		x.created, x.updated, x.versionID = now, now, s.uuid()
		s.retain(x.content)
		to.entries = append(to.entries, &x)
		to.size += x.content.size
	}
}

// editRecord is POST …/draft: opens a published record for editing.
func editRecord(c *call) (*answer, error) {
	kind, e := c.acceptRecord()
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	it := c.s.items[c.id]
	if it == nil || it.draft == nil {
		if it, e = c.recordItem(); e != nil {
			return nil, e
		}
	}
	if !it.owns(c.user) {
		return nil, denied()
	}
	c.s.edit(it)
	return c.draftAnswer(http.StatusCreated, kind, it, nil, ""), nil
}

func (s *Server) edit(it *item) {
	if it.draft != nil {
		return
	}
	r := it.record
	now := s.now()
	it.draft = &document{
		created:  r.created,
		updated:  now,
		revision: it.revision + 7,
		metadata: deepCopy(r.metadata).(object),
		access:   maps.Clone(r.access),
		custom:   maps.Clone(r.custom),
		pids:     maps.Clone(r.pids),
	}
	it.draftFiles = s.newBucket()
	it.draftFiles.locked = !it.filesOpen
	s.touched(it) // before the files: lists show none
	s.copyFiles(it.recordFiles, it.draftFiles)
}

// modifyFiles is POST …/file-modification: the files of the next edit may change.
func modifyFiles(c *call, it *item) (*answer, error) {
	if !it.owns(c.user) {
		return nil, denied()
	}
	it.filesOpen = true
	if it.draftFiles != nil {
		it.draftFiles.locked = false
	}
	r := c.s.newRequest("file-modification", it, c.user)
	r.status = "accepted"
	return &answer{status: http.StatusOK, kind: jsonType, body: c.s.requestDoc(r, c.user)}, nil
}

// requestDeletion is POST …/request-deletion: the owner's own record goes at once.
func requestDeletion(c *call, it *item) (*answer, error) {
	if !it.owns(c.user) {
		return nil, denied()
	}
	body, _ := c.body.(object)
	reason := text(body["reason"])
	if reason == "" {
		return nil, invalid(field("reason", requiredText))
	}
	r := c.s.newRequest("record-deletion", it, c.user)
	r.status, r.revision = "accepted", 4
	r.title = `Deletion request for "` + text(it.record.metadata["title"]) + `"`
	r.payload = object{"policy_id": "grace-period-v1", "reason": reason}
	c.s.deleteRecord(it, reason)
	return &answer{status: http.StatusOK, kind: jsonType, body: c.s.requestDoc(r, c.user)}, nil
}

func (s *Server) deleteRecord(it *item, reason string) {
	it.tombstone = object{
		"note": "", "removed_by": object{"user": it.concept.owner.id}, "removal_date": stamp(s.now()), "citation_text": s.citation(it, it.record),
		"is_visible": true, "removal_reason": object{"id": reason}, "deletion_policy": object{"id": "grace-period-v1"},
	}
	if it.draft != nil {
		s.dropFiles(it.draftFiles)
		it.draft, it.draftFiles = nil, nil
	}
	it.listed, it.next = nil, nil
}
