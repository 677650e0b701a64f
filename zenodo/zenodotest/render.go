package zenodotest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// native is the native document of a draft or record for a reader (nil =
// nobody in particular, as in lists). errs go into the answer of a save.
func (s *Server) native(it *item, d *document, errs []fieldError, access string) object {
	isDraft := d == it.draft
	published := it.record != nil
	if access == "" {
		access = accessStatus(d.access, "open")
	}
	acc := maps.Clone(d.access)
	emb := object{"active": false, "reason": nil}
	if e, ok := d.access["embargo"].(object); ok {
		maps.Copy(emb, e)
	}
	acc["embargo"] = emb
	acc["status"] = access
	doc := object{
		"id": it.id, "created": stamp(d.created), "updated": stamp(d.updated), "revision_id": d.revision,
		"is_draft": isDraft, "is_published": published, "status": it.status(d),
		"links": s.links(it, d), "access": acc,
		"files":       s.filesBlock(it, isDraft),
		"media_files": object{"enabled": false, "order": []any{}, "count": 0, "total_bytes": 0, "entries": object{}},
		"metadata":    s.expand(d.metadata), "custom_fields": d.custom, "pids": d.pids,
		"parent":   s.parent(it),
		"versions": s.versions(it),
	}
	if it.reopened && isDraft {
		doc["metadata"] = deepCopy(d.metadata) // asked for again, a new version comes back unexpanded
	}
	if isDraft {
		doc["expires_at"] = d.created.UTC().Format("2006-01-02 15:04:05.000000+00:00")
	} else {
		none := object{"views": 0, "unique_views": 0, "downloads": 0, "unique_downloads": 0, "data_volume": 0.0}
		doc["deletion_status"] = object{"is_deleted": false, "status": "P"}
		doc["stats"] = object{"this_version": none, "all_versions": none}
	}
	if len(errs) > 0 {
		doc["errors"] = errs
	}
	doc["ui"] = s.ui(it, d, doc)
	return doc
}

// accessStatus is the summary of an access block; open is what public files give.
func accessStatus(a object, open string) string {
	if e, ok := a["embargo"].(object); ok && e["active"] == true {
		return "embargoed"
	}
	if a["files"] == "restricted" || a["record"] == "restricted" {
		return "restricted"
	}
	return open
}

// status is the life-cycle word (docs/zenodo-api.md, The document).
func (it *item) status(d *document) string {
	if it.record != nil {
		return "published"
	}
	word := "draft"
	if it.index > 1 {
		word = "new_version_draft"
	}
	if r := it.concept.review; r != nil && it.index == 1 {
		switch r.status {
		case "created":
			return word + "_with_review"
		case "submitted":
			return "in_review"
		case "declined", "expired":
			return r.status
		}
	}
	return word
}

func (s *Server) versions(it *item) object {
	latest, latestDraft := false, false
	if it.record != nil {
		latest = it == latestOf(it.concept)
	}
	vs := it.concept.versions
	latestDraft = vs[len(vs)-1] == it
	return object{"index": it.index, "is_latest": latest, "is_latest_draft": latestDraft}
}

// latestOf is the newest published version, deleted ones included.
func latestOf(c *concept) *item {
	for _, it := range slices.Backward(c.versions) {
		if it.record != nil {
			return it
		}
	}
	return nil
}

func (s *Server) parent(it *item) object {
	c := it.concept
	p := object{
		"id": c.id,
		"access": object{
			"grants": []any{}, "links": []any{}, "owned_by": object{"user": c.owner.id},
			"settings": object{
				"allow_user_requests":    false,
				"allow_guest_requests":   false,
				"accept_conditions_text": nil,
				"secret_link_expiration": 0,
			},
		},
		"communities": object{}, "pids": object{},
	}
	if c.doi != nil {
		p["pids"] = object{"doi": c.doi}
	}
	if c.review != nil && it.record == nil {
		r := c.review
		p["review"] = object{
			"id":       r.id,
			"links":    object{},
			"type":     r.kind,
			"title":    "",
			"status":   r.status,
			"receiver": object{"community": r.community.id},
		}
	}
	if len(c.communities) > 0 {
		var entries []any
		for _, id := range c.communities {
			if k := s.community(id); k != nil {
				doc := s.communityDoc(k)
				doc["links"] = object{}
				entries = append(entries, doc)
			}
		}
		p["communities"] = object{"ids": slices.Clone(c.communities), "default": c.communities[0], "entries": entries}
	}
	return p
}

// links of a draft or record (docs/zenodo-api.md, The document).
func (s *Server) links(it *item, d *document) object {
	api, web := s.base+"/api/records/"+it.id, s.base
	draft := d == it.draft
	l := object{
		"self_html":               web + "/records/" + it.id,
		"preview_html":            web + "/records/" + it.id + "?preview=1",
		"reserve_doi":             api + "/draft/pids/doi",
		"versions":                api + "/versions",
		"access_links":            api + "/access/links",
		"access_grants":           api + "/access/grants",
		"access_users":            api + "/access/users",
		"access_groups":           api + "/access/groups",
		"access_request":          api + "/access/request",
		"access":                  api + "/access",
		"communities":             api + "/communities",
		"quota_increase":          api + "/quota-increase",
		"requests":                api + "/requests",
		"communities-suggestions": api + "/communities-suggestions",
	}
	base, iiif := api, "record:"
	if draft {
		base, iiif = api+"/draft", "draft:"
		l["self_html"] = web + "/uploads/" + it.id
		l["record"], l["record_html"] = api, web+"/records/"+it.id
		l["publish"], l["review"] = base+"/actions/publish", base+"/review"
		if it.concept.review != nil && it.record == nil {
			l["submit-review"] = base + "/actions/submit-review"
		}
	} else {
		p := s.base + "/api/records/" + it.concept.id
		l["parent"], l["parent_html"] = p, web+"/records/"+it.concept.id
		l["latest"], l["latest_html"] = api+"/versions/latest", web+"/records/"+it.id+"/latest"
		l["draft"] = api + "/draft"
	}
	l["self"] = base
	l["files"], l["media_files"] = base+"/files", base+"/media-files"
	l["archive"], l["archive_media"] = base+"/files-archive", base+"/media-files-archive"
	l["self_iiif_manifest"] = s.base + "/api/iiif/" + iiif + it.id + "/manifest"
	l["self_iiif_sequence"] = s.base + "/api/iiif/" + iiif + it.id + "/sequence/default"
	if it.record != nil {
		l["request_deletion"], l["file_modification"] = api+"/request-deletion", api+"/file-modification"
	}
	if doi := doiOf(d); doi != "" {
		l["doi"], l["self_doi"] = s.doiURL(doi), s.doiURL(doi)
		if !draft {
			l["self_doi_html"] = web + "/doi/" + doi
		}
	}
	if doi, _ := it.concept.doi["identifier"].(string); doi != "" {
		l["parent_doi"], l["parent_doi_html"] = s.doiURL(doi), web+"/doi/"+doi
	}
	return l
}

// doiOf is the DOI of a document, "" if it has none.
func doiOf(d *document) string {
	p, _ := d.pids["doi"].(object)
	id, _ := p["identifier"].(string)
	return id
}

// doiURL is where the site sends readers of a DOI; only Zenodo's own resolve at doi.org.
func (s *Server) doiURL(doi string) string {
	if s.o.Profile == Zenodo {
		return "https://doi.org/" + doi
	}
	return "https://handle.test.datacite.org/" + doi
}

// filesBlock is the summary of the files inside a draft or record.
func (s *Server) filesBlock(it *item, draft bool) object {
	entries := object{}
	b := it.files(draft)
	for _, e := range b.entries {
		f := object{"key": e.key, "metadata": nil, "access": object{"hidden": e.hidden}}
		if e.metadata != nil {
			f["metadata"] = e.metadata
		}
		if e.completed {
			f["metadata"] = orEmpty(e.metadata)
			f["id"], f["checksum"], f["size"] = e.fileID, e.sum(), e.content.size
			f["ext"] = strings.TrimPrefix(strings.ToLower(path.Ext(e.key)), ".")
			f["mimetype"], f["storage_class"] = mimeType(e.key), "L"
			if !draft {
				l := s.fileLinks(it, e, false)
				delete(l, "commit")
				f["links"] = l
			}
		}
		entries[e.key] = f
	}
	out := object{"enabled": true, "order": []any{}, "count": len(b.entries), "total_bytes": b.committed(), "entries": entries}
	if b.preview != "" {
		out["default_preview"] = b.preview
	}
	return out
}

func orEmpty(v any) any {
	if v == nil {
		return object{}
	}
	return v
}

// sum is the checksum of a completed entry; null while that of a multipart
// upload is being computed.
func (e *entry) sum() any {
	if e.content == nil {
		return nil
	}
	return "md5:" + e.content.md5
}

func (s *Server) fileLinks(it *item, e *entry, draft bool) object {
	base := s.base + "/api/records/" + it.id
	if draft {
		base += "/draft"
	}
	base += "/files/" + escapeKey(e.key)
	l := object{"self": base, "content": base + "/content"}
	if draft {
		l["commit"] = base + "/commit"
	}
	if n, _ := e.transfer["parts"].(int); n > 0 && !e.completed {
		delete(l, "content")
		var parts []any
		for i := 1; i <= n; i++ {
			parts = append(
				parts,
				object{"part": i, "url": base + "/content/" + strconv.Itoa(i), "expiration": stamp(s.now().Add(14 * 24 * time.Hour))},
			)
		}
		l["parts"] = parts
	}
	return l
}

// fileDoc is one entry of a file list (docs/zenodo-api.md, Files).
func (s *Server) fileDoc(it *item, e *entry, draft bool) object {
	d := object{
		"key": e.key, "created": stamp(e.created), "updated": stamp(e.updated), "metadata": e.metadata,
		"access": object{"hidden": e.hidden}, "status": "pending", "transfer": e.transfer, "links": s.fileLinks(it, e, draft),
	}
	if e.announced != nil {
		d["size"] = e.announced
	}
	if e.hasChecksum {
		d["checksum"] = e.checksum
	}
	if e.completed || e.transfer["type"] == "M" {
		d["mimetype"], d["storage_class"] = mimeType(e.key), "L"
		d["file_id"], d["version_id"], d["bucket_id"] = e.fileID, e.versionID, it.files(draft).id
		d["checksum"] = nil
	}
	if e.completed {
		d["status"], d["metadata"] = "completed", orEmpty(e.metadata)
		d["size"], d["checksum"] = e.content.size, e.sum()
		d["transfer"] = object{"type": "L"}
	}
	return d
}

func (s *Server) filesDoc(it *item, draft bool) object {
	entries := []any{}
	for _, e := range it.files(draft).entries {
		entries = append(entries, s.fileDoc(it, e, draft))
	}
	base := s.base + "/api/records/" + it.id
	if draft {
		base += "/draft"
	}
	var preview any
	if p := it.files(draft).preview; p != "" {
		preview = p
	}
	return object{
		"enabled": true, "default_preview": preview, "order": []any{}, "entries": entries,
		"links": object{"self": base + "/files", "archive": base + "/files-archive"},
	}
}

// mimeType guesses from the name, without the machine's tables: the same everywhere.
func mimeType(key string) string {
	if t := mimeTypes[strings.ToLower(path.Ext(key))]; t != "" {
		return t
	}
	return bytesType
}

var mimeTypes = map[string]string{
	".txt": "text/plain", ".log": "text/plain", ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".html": "text/html",
	".md": "text/markdown", ".json": "application/json", ".jsonld": "application/ld+json", ".xml": "application/xml",
	".pdf": "application/pdf",
	".zip": "application/zip", ".tar": "application/x-tar", ".gz": "application/gzip", ".png": "image/png", ".jpg": "image/jpeg",
	".jpeg": "image/jpeg", ".gif": "image/gif", ".svg": "image/svg+xml", ".tif": "image/tiff", ".tiff": "image/tiff",
	".mp4": "video/mp4", ".py": "text/x-python", ".sh": "application/x-sh",
}

// ui is the block of ready-made texts that the native form carries.
func (s *Server) ui(it *item, d *document, doc object) object {
	md, _ := doc["metadata"].(object)
	u := object{
		"created_date_l10n_long": longDate(d.created), "updated_date_l10n_long": longDate(d.updated),
		"custom_fields": object{}, "is_draft": d == it.draft,
		"access_status": object{"id": doc["access"].(object)["status"], "embargo_date_l10n": nil, "message_class": ""},
	}
	if t, err := time.Parse(time.DateOnly, text(md["publication_date"])); err == nil {
		u["publication_date_l10n_medium"], u["publication_date_l10n_long"] = t.Format("Jan 2, 2006"), longDate(t)
	}
	if rt, ok := md["resource_type"].(object); ok {
		u["resource_type"] = object{"id": rt["id"], "title_l10n": english(rt["title"])}
	}
	if v := text(md["version"]); v != "" {
		u["version"] = v
	}
	if v := text(md["description"]); v != "" {
		u["description_stripped"] = stripTags(v)
	}
	return u
}

func longDate(t time.Time) string { return t.UTC().Format("January 2, 2006") }

func english(v any) string {
	m, _ := v.(object)
	return text(m["en"])
}

// text is a string member or "".
func text(v any) string { s, _ := v.(string); return s }

func deepCopy(v any) any {
	switch x := v.(type) {
	case object:
		out := make(object, len(x))
		for k, e := range x {
			out[k] = deepCopy(e)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = deepCopy(e)
		}
		return out
	}
	return v
}

// citation is the text on a tombstone.
func (s *Server) citation(it *item, d *document) string {
	var names []string
	for _, c := range list(d.metadata["creators"]) {
		m, _ := c.(object)
		p, _ := m["person_or_org"].(object)
		n := text(p["name"])
		if f := text(p["family_name"]); f != "" {
			n = f
			if g := text(p["given_name"]); g != "" {
				n += ", " + g[:1] + "."
			}
		}
		names = append(names, n)
	}
	date := text(d.metadata["publication_date"])
	rt, _ := d.metadata["resource_type"].(object)
	kind := english(s.vocab["resourcetypes"].titleOf(text(rt["id"])))
	out := fmt.Sprintf(
		"%s (%.4s). %s [%s]. %s.",
		strings.Join(names, " & "),
		date,
		text(d.metadata["title"]),
		kind,
		text(d.metadata["publisher"]),
	)
	if doi := doiOf(d); doi != "" {
		out += " " + s.doiURL(doi)
	}
	return out
}

func list(v any) []any { l, _ := v.([]any); return l }

// zenodoRecord is what is left here of Zenodo's own default JSON of drafts and
// records: other types and names than the native form, so that a client that
// forgets to ask for that one is found out.
func (s *Server) zenodoRecord(it *item, d *document) object {
	n, _ := strconv.ParseInt(it.id, 10, 64)
	title := text(d.metadata["title"])
	status := "draft"
	if it.record != nil {
		status = "published"
	}
	out := object{
		"created":      stamp(d.created),
		"modified":     stamp(d.updated),
		"id":           n,
		"status":       status,
		"recid":        it.id,
		"conceptrecid": it.concept.id,
		"revision":     d.revision,
		"title":        title,
		"metadata":     object{"title": title, "description": text(d.metadata["description"])},
		"links":        s.links(it, d),
		"submitted":    it.record != nil,
	}
	if doi := doiOf(d); doi != "" {
		out["doi"] = doi
	}
	return out
}
