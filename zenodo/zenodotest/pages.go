package zenodotest

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"zenobis/human"
	h "zenobis/hypertext"
)

// pageData is what a page shows.
type pageData struct {
	Site, Title string
	Practice    string

	ID, Status, State string
	Published, Draft  bool
	Nonce             string
	Notice            string
	Errors            []string
	MD                pageMetadata
	DOI, DOIURL       string
	ConceptDOI        string
	Community         string
	Review            string
	CanPublish        bool // at once, without a review
	Files             []pageFile
	Total             string
	Items             []pageItem
	Token             string
	Restricted        bool
	Tombstone         string
}

type pageMetadata struct {
	Title, Date, Version, Publisher, Type, License string
	DescriptionSource                              string
	Description                                    h.HTML
	Creators, Contributors, Keywords               []string
	Related                                        []string
	More                                           []pageText
}

type pageText struct {
	Label string
	HTML  h.HTML
}

type pageFile struct {
	Key, URL, Size, MD5 string
	Pending             bool
}

type pageItem struct{ ID, Title, URL, Status, Date, DOI string }

// page answers what a browser asks for: no scripts, no cookies.
func (s *Server) page(w http.ResponseWriter, r *http.Request, path string) {
	head := w.Header()
	head.Set(
		"Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cache-Control", "no-store")
	p := strings.Split(strings.Trim(path, "/"), "/")
	post := r.Method == http.MethodPost
	if !post && r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.plainPage(w, http.StatusMethodNotAllowed, "Not allowed", "This page cannot be used that way.")
		return
	}
	switch {
	case p[0] == "" && !post:
		s.homePage(w)
	case p[0] == "uploads" && len(p) == 2 && post:
		s.postDraft(w, r, p[1])
	case p[0] == "uploads" && len(p) == 2:
		s.draftPage(w, http.StatusOK, p[1], "", nil)
	case p[0] == "deposit" && len(p) == 2 && !post:
		http.Redirect(w, r, "/uploads/"+p[1], http.StatusFound)
	case p[0] == "record" && len(p) == 2 && !post:
		http.Redirect(w, r, "/records/"+p[1], http.StatusMovedPermanently)
	case p[0] == "records" && len(p) > 3 && p[2] == "files" && !post:
		s.filePage(w, r, p[1], strings.Join(p[3:], "/"))
	case p[0] == "records" && (len(p) == 2 || len(p) == 3 && p[2] == "latest") && !post:
		s.recordPage(w, r, p[1], len(p) == 3)
	case p[0] == "doi" && len(p) > 2 && !post:
		s.doiPage(w, r, strings.Join(p[1:], "/"))
	case strings.HasPrefix(path, "/account/settings/applications/tokens/new") && !post:
		s.mu.Lock()
		d := pageData{Title: "New personal access token", Token: s.Token}
		s.mu.Unlock()
		s.render(w, http.StatusOK, tokenPart, d)
	default:
		s.plainPage(w, http.StatusNotFound, "Page not found", "There is nothing at this address.")
	}
}

func (s *Server) render(w http.ResponseWriter, status int, part func(pageData) h.Node, d pageData) {
	d.Site = s.o.SiteName
	d.Practice = "A " + s.o.SiteName + " for practice, inside this program. Nothing here is public, and nothing leaves this machine."
	w.Header().Set("Content-Type", htmlType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, pageFrame(d, part(d)))
}

func (s *Server) plainPage(w http.ResponseWriter, status int, title, notice string) {
	s.render(w, status, plainPart, pageData{Title: title, Notice: notice})
}

func (s *Server) homePage(w http.ResponseWriter) {
	s.mu.Lock()
	d := pageData{Title: "Uploads"}
	for _, it := range s.items {
		if it.tombstone != nil {
			continue
		}
		c := it.current()
		x := pageItem{
			ID:     it.id,
			Title:  text(c.metadata["title"]),
			URL:    "/uploads/" + it.id,
			Status: statusWords(it.status(c), it.draft != nil),
			Date:   c.updated.Format("2006-01-02 15:04"),
			DOI:    doiOf(c),
		}
		if it.draft == nil {
			x.URL = "/records/" + it.id
		}
		if x.Title == "" {
			x.Title = "Untitled"
		}
		d.Items = append(d.Items, x)
	}
	s.mu.Unlock()
	slices.SortFunc(d.Items, func(a, b pageItem) int {
		if n := strings.Compare(b.Date, a.Date); n != 0 {
			return n
		}
		return strings.Compare(b.ID, a.ID)
	})
	s.render(w, http.StatusOK, homePart, d)
}

// statusWords is a status in words.
func statusWords(status string, draft bool) string {
	switch {
	case status == "published" && draft:
		return "published, being edited"
	case strings.HasSuffix(status, "_with_review"):
		return "draft, for a community"
	}
	return strings.ReplaceAll(status, "_", " ")
}

// fillPage describes a document; the lock is held.
func (s *Server) fillPage(it *item, d *document) pageData {
	md := s.expand(d.metadata)
	isDraft := d == it.draft
	p := pageData{
		ID:         it.id,
		Status:     statusWords(it.status(d), isDraft),
		State:      it.status(d),
		Published:  it.record != nil,
		Draft:      isDraft,
		DOI:        doiOf(d),
		ConceptDOI: text(it.concept.doi["identifier"]),
		Restricted: d.access["files"] == "restricted",
	}
	if p.DOI != "" {
		p.DOIURL = "/doi/" + p.DOI
	}
	p.MD = pageMetadata{
		Title:             text(md["title"]),
		Date:              text(md["publication_date"]),
		Version:           text(md["version"]),
		Publisher:         text(md["publisher"]),
		DescriptionSource: text(md["description"]),
		Description:       h.HTML(cleanHTML(text(md["description"]))),
	}
	if rt, ok := md["resource_type"].(object); ok {
		p.MD.Type = english(rt["title"])
	}
	if l := list(md["rights"]); len(l) > 0 {
		p.MD.License = english(l[0].(object)["title"])
	}
	p.MD.Creators, p.MD.Contributors = peopleLines(md["creators"]), peopleLines(md["contributors"])
	for _, e := range list(md["subjects"]) {
		m, _ := e.(object)
		p.MD.Keywords = append(p.MD.Keywords, text(m["subject"]))
	}
	for _, e := range list(md["related_identifiers"]) {
		m, _ := e.(object)
		rel, _ := m["relation_type"].(object)
		p.MD.Related = append(p.MD.Related, strings.TrimSpace(english(rel["title"])+" "+text(m["identifier"])))
	}
	for _, e := range list(md["additional_descriptions"]) {
		m, _ := e.(object)
		t, _ := m["type"].(object)
		p.MD.More = append(p.MD.More, pageText{english(t["title"]), h.HTML(cleanHTML(text(m["description"])))})
	}
	if r := it.concept.review; r != nil && it.record == nil {
		p.Community, p.Review = r.community.title, r.status
		p.CanPublish = r.community.member(it.concept.owner) && r.community.review != "closed"
	}
	b := it.files(isDraft)
	for _, e := range b.entries {
		f := pageFile{Key: e.key, Pending: !e.completed, Size: "—", MD5: "—"}
		if e.completed {
			f.Size, f.MD5 = human.Bytes(e.content.size), e.content.md5
			f.URL = "/records/" + it.id + "/files/" + escapeKey(e.key) + "?download=1"
		}
		p.Files = append(p.Files, f)
	}
	p.Total = human.Bytes(b.committed())
	return p
}

func peopleLines(v any) (out []string) {
	for _, e := range list(v) {
		m, _ := e.(object)
		p, _ := m["person_or_org"].(object)
		line := text(p["name"])
		if line == "" {
			line = strings.TrimSpace(text(p["family_name"]) + " " + text(p["given_name"]))
		}
		var where []string
		for _, a := range list(m["affiliations"]) {
			am, _ := a.(object)
			where = append(where, text(am["name"]))
		}
		if where != nil {
			line += " (" + strings.Join(where, "; ") + ")"
		}
		for _, i := range list(p["identifiers"]) {
			im, _ := i.(object)
			line += " · " + strings.ToUpper(text(im["scheme"])) + " " + text(im["identifier"])
		}
		if r, ok := m["role"].(object); ok {
			line += " · " + english(r["title"])
		}
		out = append(out, line)
	}
	return out
}

// draftPage is the form of a draft.
func (s *Server) draftPage(w http.ResponseWriter, status int, id, notice string, errs []string) {
	s.mu.Lock()
	it := s.items[id]
	if it == nil || it.draft == nil {
		published := it != nil && it.record != nil
		s.mu.Unlock()
		if published {
			w.Header().Set("Location", "/records/"+id)
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		s.plainPage(w, http.StatusNotFound, "No such draft", "This draft does not exist, or it was discarded.")
		return
	}
	d := s.fillPage(it, it.draft)
	if s.nonces[id] == "" {
		s.nonces[id] = s.hex(16)
	}
	d.Nonce = s.nonces[id]
	s.mu.Unlock()
	d.Title, d.Notice, d.Errors = "Edit upload", notice, errs
	s.render(w, status, draftPart, d)
}

// postDraft carries out what the form's buttons say. The nonce of the page
// stands for the user's session.
func (s *Server) postDraft(w http.ResponseWriter, r *http.Request, id string) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<20)
	if err := r.ParseForm(); err != nil {
		s.plainPage(w, http.StatusBadRequest, "Not understood", "The form could not be read.")
		return
	}
	s.mu.Lock()
	it := s.items[id]
	if it == nil || it.draft == nil {
		s.mu.Unlock()
		s.draftPage(w, http.StatusOK, id, "", nil)
		return
	}
	if n := s.nonces[id]; n == "" || r.PostFormValue("nonce") != n {
		s.mu.Unlock()
		s.plainPage(w, http.StatusForbidden, "Not from this page", "Open the draft's page again and use its button.")
		return
	}
	action := r.PostFormValue("action")
	var e *apiError
	if action != "discard" && r.PostForm.Has("title") {
		md := deepCopy(it.draft.metadata).(object)
		changed := false
		for _, f := range []string{"title", "description", "publication_date", "version"} {
			if !r.PostForm.Has(f) {
				continue
			}
			v := strings.ReplaceAll(strings.TrimSpace(r.PostForm.Get(f)), "\r\n", "\n")
			if v == text(md[f]) {
				continue
			}
			changed = true
			if md[f] = v; v == "" {
				delete(md, f)
			}
		}
		if changed {
			_, e = s.replace(it, object{"metadata": md, "access": deepCopy(it.draft.access), "custom_fields": it.draft.custom}, &checker{s: s})
		}
	}
	where := "/uploads/" + id
	if e == nil {
		switch action {
		case "publish":
			if it.concept.review != nil && it.record == nil && it.concept.review.status == "created" {
				e = s.submit(it, false) // publishes at once where no review is needed
			} else {
				e = s.publish(it, false)
			}
			if e == nil && it.record != nil {
				where = "/records/" + id
			}
		case "discard":
			if it.inReview() {
				e = refuse(http.StatusBadRequest, "You cannot delete a draft with an open review. Please cancel the review first.")
			} else if it.busy > 0 {
				e = refuse(http.StatusConflict, "A file is being uploaded to this draft.")
			} else {
				s.discard(it)
				where = "/"
			}
		}
	}
	s.mu.Unlock()
	if e != nil {
		var lines []string
		for _, f := range e.errors {
			lines = append(lines, f.Field+": "+strings.Join(f.Messages, " "))
		}
		if lines == nil {
			lines = []string{e.message}
		}
		s.draftPage(w, http.StatusBadRequest, id, "", lines)
		return
	}
	http.Redirect(w, r, where, http.StatusSeeOther)
}

// recordPage is the landing page; with ?preview=1 that of a draft.
func (s *Server) recordPage(w http.ResponseWriter, r *http.Request, id string, latest bool) {
	s.mu.Lock()
	it := s.items[id]
	con := s.concepts[id]
	if it != nil && latest {
		con = it.concept
	}
	if con != nil {
		if l := latestOf(con); l != nil {
			s.mu.Unlock()
			http.Redirect(w, r, "/records/"+l.id, http.StatusFound)
			return
		}
	}
	var d *document
	switch {
	case it == nil:
	case it.tombstone != nil:
		p := pageData{Title: "Gone", Notice: "This record was deleted.", Tombstone: text(it.tombstone["citation_text"])}
		s.mu.Unlock()
		s.render(w, http.StatusGone, plainPart, p)
		return
	case r.URL.Query().Get("preview") == "1" && it.draft != nil:
		d = it.draft
	default:
		d = it.record
	}
	if d == nil {
		s.mu.Unlock()
		s.plainPage(w, http.StatusNotFound, "Record not found", "There is no published record with this id.")
		return
	}
	p := s.fillPage(it, d)
	s.mu.Unlock()
	p.Title = p.MD.Title
	s.render(w, http.StatusOK, recordPart, p)
}

// filePage downloads a file of a record, or of a draft for its preview.
func (s *Server) filePage(w http.ResponseWriter, r *http.Request, id, key string) {
	s.mu.Lock()
	var f *entry
	if it := s.items[id]; it != nil && it.tombstone == nil {
		if b := it.files(it.record == nil); b != nil {
			f = b.find(key)
		}
	}
	if f == nil || !f.completed {
		s.mu.Unlock()
		s.plainPage(w, http.StatusNotFound, "File not found", "There is no such file.")
		return
	}
	b := s.retain(f.content)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.release(b)
		s.mu.Unlock()
	}()
	if err := s.download(w, r, b, key); err != nil {
		s.plainPage(w, http.StatusNotFound, "Content not kept", "This instance keeps only sizes and checksums of files.")
	}
}

// doiPage leads from a DOI of the instance to its record, as doi.org would.
func (s *Server) doiPage(w http.ResponseWriter, r *http.Request, doi string) {
	s.mu.Lock()
	id := s.dois[strings.ToLower(doi)]
	s.mu.Unlock()
	if id == "" {
		s.plainPage(w, http.StatusNotFound, "Unknown DOI", "This DOI is not registered: its draft is not published yet.")
		return
	}
	http.Redirect(w, r, "/records/"+id, http.StatusFound)
}
