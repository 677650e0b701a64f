package zenodo_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/zenodo"
)

func testToken(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	if err := c.CheckToken(ctx); err != nil {
		t.Fatalf("good token: %v", err)
	}
	want(t, "wrong token", b.client(t, strings.Repeat("x", 60)).CheckToken(ctx), zenodo.ErrToken)
	want(t, "no token", b.client(t, "").CheckToken(ctx), zenodo.ErrToken)
	_, err := b.client(t, "").Create(ctx, body())
	want(t, "create as a guest", err, zenodo.ErrToken)
	if _, err := b.client(t, strings.Repeat("x", 60)).Vocabulary(ctx, "licenses", "cc", 1); err != nil {
		t.Errorf("public addresses answer to a wrong token as to a guest: %v", err)
	}
}

func testDraft(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	in := body()
	in.Metadata.Additional = []zenodo.Description{{Description: "<p>note</p>", Type: zenodo.ID{ID: "notes"}}}
	in.Metadata.Contributors = []zenodo.Creator{
		{Person: zenodo.PersonOrOrg{Type: "organizational", Name: "Core Facility"}, Role: &zenodo.ID{ID: "hostinginstitution"}},
	}
	in.Metadata.Dates = []zenodo.DateEntry{{Date: "2026-01-01/2026-02-01", Type: zenodo.ID{ID: "collected"}}}
	r, err := c.Create(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	b.discardLater(t, c, r.ID)
	if len(r.Errors) > 0 || !r.IsDraft || r.IsPublished || r.Status != "draft" || r.DOI != "" || r.ID == "" || r.ConceptID == "" ||
		r.Owner == "" {
		t.Errorf("created: %+v", r)
	}
	if !strings.HasSuffix(r.HTML, "/uploads/"+r.ID) {
		t.Errorf("page of the draft: %q", r.HTML)
	}
	got, err := c.Draft(ctx, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	m := got.Metadata
	if m.Title != in.Metadata.Title || m.Date != in.Metadata.Date || m.Publisher != "Lab" || m.Creators[0].Person.FamilyName != "Doe" ||
		m.Rights[0].ID != "cc-by-4.0" || m.Related[0].Relation.ID != "isderivedfrom" ||
		m.Identifiers[0].Identifier != "openbis:20230101123456789-42" ||
		m.Contributors[0].Role.ID != "hostinginstitution" || m.Dates[0].Date != "2026-01-01/2026-02-01" ||
		m.Description != in.Metadata.Description {
		t.Errorf("read back: %+v", m)
	}
	note := map[zenodo.Kind]string{zenodo.KindZenodo: "notes", zenodo.KindInvenioRDM: "other"}[b.kind]
	if len(m.Additional) != 1 || m.Additional[0].Type.ID != note {
		t.Errorf("notes: %+v, want type %s", m.Additional, note)
	}
	in.Metadata.Title = "Another title"
	saved, err := c.Save(ctx, r.ID, 0, in)
	if err != nil {
		t.Fatal(err)
	}
	if saved.Metadata.Title != "Another title" || saved.Revision <= got.Revision {
		t.Errorf("saved: title %q, revision %d after %d", saved.Metadata.Title, saved.Revision, got.Revision)
	}
	for _, e := range saved.Errors {
		if e.Field != "files.enabled" {
			t.Errorf("unexpected complaint: %+v", e)
		}
	}
	if len(saved.Errors) == 0 {
		t.Error("a save without files always complains about them")
	}
	wantState(t, ctx, c, r.ID, zenodo.StateDraft)
	embargo := in
	embargo.Access = zenodo.Access{
		Record:  "public",
		Files:   "restricted",
		Embargo: &zenodo.Embargo{Active: true, Until: "2099-01-01", Reason: "paper"},
	}
	if r, err = c.Save(ctx, r.ID, 0, embargo); err != nil || r.Access.Embargo == nil || r.Access.Embargo.Until != "2099-01-01" ||
		r.Access.Files != "restricted" {
		t.Errorf("embargo: %+v, %v", r.Access, err)
	}
}

// testSchemes are related works in the schemes that the program knows or passes on,
// and in one that servers do not.
func testSchemes(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	in := body()
	cites := func(scheme, id string) zenodo.Related {
		return zenodo.Related{Identifier: id, Scheme: scheme, Relation: zenodo.ID{ID: "cites"}}
	}
	in.Metadata.Related = []zenodo.Related{cites("pmid", "12345"), cites("handle", "2381/12775"), cites("rrid", "RRID:AB_90755"),
		cites("isni", "0000 0001 2103 2683"), cites("eissn", "2041-1723"), cites("other", "any thing"), cites("grid", "grid.5801.c"),
		cites("swh", "swh:1:rel:22ece559cc7cc2364edc5e5593d63ae8bd229f9f"), cites("orcid", "0000-0002-1825-0097"),
		cites("isni", "1"), cites("rrid", "nothing")}
	r, err := c.Create(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	b.discardLater(t, c, r.ID)
	var wrong []string
	for _, e := range r.Errors {
		wrong = append(wrong, e.Field+": "+strings.Join(e.Messages, " "))
	}
	slices.Sort(wrong)
	if want := []string{"metadata.related_identifiers.10.identifier: Invalid RRID identifier.",
		"metadata.related_identifiers.7.scheme: Invalid scheme.", "metadata.related_identifiers.8.scheme: Invalid scheme.",
		"metadata.related_identifiers.9.identifier: Invalid ISNI identifier."}; !slices.Equal(wrong, want) {
		t.Errorf("%q, want %q", wrong, want)
	}
	for i, w := range r.Metadata.Related {
		if w.Identifier != in.Metadata.Related[i].Identifier || w.Scheme != in.Metadata.Related[i].Scheme {
			t.Errorf("%+v is kept as %+v", in.Metadata.Related[i], w)
		}
	}
}

func testRevision(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	s, err := c.Save(ctx, r.ID, r.Revision, body())
	if err != nil {
		t.Fatalf("save on the revision at hand: %v", err)
	}
	_, err = c.Save(ctx, r.ID, r.Revision, body())
	want(t, "save on an old revision", err, zenodo.ErrRevision)
	if _, err = c.Save(ctx, r.ID, s.Revision, body()); err != nil {
		t.Errorf("after a refused save the revision is the same: %v", err)
	}
	for _, v := range []string{`"5"`, `W/"5"`, "*"} {
		if a := b.raw(t, b.token, "PUT", draftPath(r.ID), map[string]string{"If-Match": v}, body()); a.status != 400 ||
			!strings.Contains(a.text, "if_match") {
			t.Errorf("If-Match %s: %d %.200s", v, a.status, a.text)
		}
	}
}

func testSaveErrors(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	in := body()
	in.Metadata.Title = "ab"
	in.Metadata.Creators = append(
		in.Metadata.Creators,
		zenodo.Creator{
			Person: zenodo.PersonOrOrg{
				Type:        "personal",
				FamilyName:  "X",
				Identifiers: []zenodo.Identifier{{Scheme: "orcid", Identifier: "0000-0000-0000-0001"}},
			},
		},
		zenodo.Creator{Person: zenodo.PersonOrOrg{Type: "organizational"}},
	)
	in.Metadata.Contributors = []zenodo.Creator{{Person: zenodo.PersonOrOrg{Type: "personal", FamilyName: "Y"}}}
	in.Metadata.Related = []zenodo.Related{{Identifier: "20230101123456789-42", Relation: zenodo.ID{ID: "isderivedfrom"}}}
	in.Metadata.Related = append(
		in.Metadata.Related,
		zenodo.Related{Identifier: "https://x.example/a b", Scheme: "url", Relation: zenodo.ID{ID: "isderivedfrom"}},
		zenodo.Related{Identifier: "x.example", Scheme: "url", Relation: zenodo.ID{ID: "isderivedfrom"}},
	)
	in.Metadata.Rights = []zenodo.Right{{Title: map[string]string{"en": "Own words"}, Link: "nope"}}
	r, err := c.Create(ctx, in)
	if err != nil {
		t.Fatalf("a draft with problems is made all the same: %v", err)
	}
	b.discardLater(t, c, r.ID)
	have := map[string]string{}
	for _, e := range r.Errors {
		have[e.Field] = strings.Join(e.Messages, " ")
	}
	for field, text := range map[string]string{
		"metadata.title": "Shorter than minimum length 3.",
		"metadata.creators.1.person_or_org.identifiers.0.identifier": "Invalid ORCID identifier.",
		"metadata.creators.2.person_or_org.name":                     "Name cannot be blank.",
		"metadata.contributors.0.role":                               "Missing data for required field.",
		"metadata.related_identifiers.0.scheme":                      "No valid scheme recognized for identifier.",
		"metadata.related_identifiers.1.identifier":                  "",
		"metadata.related_identifiers.2.identifier":                  "Invalid URL identifier.",
		"metadata.rights.0.link":                                     "Not a valid URL.",
	} {
		if have[field] != text {
			t.Errorf("%s: %q, want %q (all: %v)", field, have[field], text, have)
		}
	}
	if r.Metadata.Title != "" || len(r.Metadata.Creators) != 3 {
		t.Errorf("a wrong scalar vanishes, wrong elements of lists stay: %q, %d creators", r.Metadata.Title, len(r.Metadata.Creators))
	}
	if r, err = c.Draft(ctx, r.ID); err != nil || len(r.Errors) > 0 {
		t.Errorf("reading never tells the problems: %v, %v", r.Errors, err)
	}
	raw := map[string]any{
		"access": map[string]string{"record": "public", "files": "public"},
		"files":  map[string]bool{"enabled": true},
		"metadata": map[string]any{
			"title": "Twice", "identifiers": []map[string]string{{"identifier": "x:1", "scheme": "other"}, {"identifier": "x:1",
				"scheme": "other"}}},
	}
	if a := b.raw(t, b.token, "PUT", draftPath(r.ID), nil, raw); a.status != 200 ||
		!strings.Contains(a.text, "Duplicated identifier entry is not allowed.") ||
		a.member(t, "metadata", "identifiers") != nil {
		t.Errorf("the same identifier twice loses the whole list: %d %.300s", a.status, a.text)
	}
	for name, spoil := range map[string]func(*zenodo.DraftBody){
		"licence":       func(d *zenodo.DraftBody) { d.Metadata.Rights = []zenodo.Right{{ID: "nonsense"}} },
		"case of an id": func(d *zenodo.DraftBody) { d.Metadata.Rights = []zenodo.Right{{ID: "CC-BY-4.0"}} },
		"language":      func(d *zenodo.DraftBody) { d.Metadata.Languages = []zenodo.ID{{ID: "en"}} },
		"resource type": func(d *zenodo.DraftBody) { d.Metadata.ResourceType = &zenodo.ID{ID: "foo"} },
	} {
		d := body()
		spoil(&d)
		_, err := c.Create(ctx, d)
		if e := want(t, name, err, zenodo.ErrInvalid); !strings.Contains(e.Message, "Invalid value") {
			t.Errorf("%s: %v", name, e)
		}
	}
	d := body()
	d.Access.Record = "restricted"
	if _, err := c.Create(ctx, d); err != nil { // a public instance may allow it
		e := want(t, "restricted record", err, zenodo.ErrInvalid)
		if len(e.Fields) == 0 || e.Fields[0].Field != "access" {
			t.Errorf("restricted record: %v", e)
		}
	}
}

func testDOI(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	got, err := c.ReserveDOI(ctx, r.ID)
	if err != nil || !strings.HasPrefix(got.DOI, "10.") || !strings.Contains(got.DOI, r.ID) {
		t.Fatalf("reserved: %q, %v", got.DOI, err)
	}
	again, err := c.ReserveDOI(ctx, r.ID)
	if err != nil || again.DOI != got.DOI {
		t.Errorf("reserving again is a success: %q, %v", again.DOI, err)
	}
	saved, err := c.Save(ctx, r.ID, again.Revision, body())
	if err != nil || saved.DOI != got.DOI {
		t.Errorf("a save keeps the DOI: %q, %v", saved.DOI, err)
	}
	withPIDs := map[string]any{
		"metadata": body().Metadata,
		"access":   map[string]string{"record": "public", "files": "public"},
		"files":    map[string]bool{"enabled": true},
		"pids":     map[string]any{},
	}
	if a := b.raw(t, b.token, "PUT", draftPath(r.ID), nil, withPIDs); a.status != 200 {
		t.Fatalf("empty pids: %d %.200s", a.status, a.text)
	}
	if d, err := c.Draft(ctx, r.ID); err != nil || d.DOI != "" {
		t.Errorf("empty pids drop the DOI: %q, %v", d.DOI, err)
	}
	if back, err := c.ReserveDOI(ctx, r.ID); err != nil || back.DOI != got.DOI {
		t.Errorf("reserved anew it is the same: %q, %v", back.DOI, err)
	}
	if a := b.raw(t, b.token, "DELETE", draftPath(r.ID)+"/pids/doi", nil, nil); a.status != 200 {
		t.Errorf("give the DOI back: %d", a.status)
	}
	withPIDs["pids"] = map[string]any{"doi": map[string]string{"identifier": fmt.Sprintf("10.1234/x.%s", r.ID), "provider": "external"}}
	if a := b.raw(t, b.token, "PUT", draftPath(r.ID), nil, withPIDs); a.status != 200 {
		t.Fatalf("own DOI: %d %.200s", a.status, a.text)
	}
	if d, err := c.ReserveDOI(ctx, r.ID); err != nil || d.DOI != "10.1234/x."+r.ID {
		t.Errorf("a DOI of the user's own is kept: %q, %v", d.DOI, err)
	}
	_, err = c.ReserveDOI(ctx, "99999999")
	if errors.Is(err, zenodo.ErrNoDOI) || err == nil {
		t.Errorf("no such draft is not the same as no DOI: %v", err)
	}
}

func testHeaders(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	status := func(name string, a answer, want int, text string) {
		t.Helper()
		if a.status != want || !strings.Contains(a.text, text) {
			t.Errorf("%s: %d %.200s, want %d %q", name, a.status, a.text, want, text)
		}
	}
	h := func(k, v string) map[string]string { return map[string]string{k: v} }
	status(
		"charset",
		b.raw(t, b.token, "PUT", draftPath(r.ID), h("Content-Type", "application/json; charset=utf-8"), body()),
		415,
		"Invalid 'Content-Type' header",
	)
	status("accept", b.raw(t, b.token, "GET", draftPath(r.ID), h("Accept", "text/html"), nil), 406, "Invalid 'Accept' header")
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.txt", Size: 3})
	status(
		"content type",
		b.raw(t, b.token, "PUT", draftPath(r.ID)+"/files/a.txt/content", h("Content-Type", "application/zip"), []byte("abc")),
		415,
		"Invalid 'Content-Type' header",
	)
	status(
		"bad JSON",
		b.raw(t, b.token, "POST", "/api/records", h("Content-Type", "application/json"), strings.NewReader("{")),
		400,
		"Unable to decode JSON",
	)
	status("query not encoded", b.raw(t, b.token, "GET", "/api/user/records?q={", nil, nil), 400, "non urlencoded")
	status("cookie without token", b.raw(t, "", "POST", "/api/records", h("Cookie", "csrftoken=abc"), map[string]any{}), 400, "CSRF")
	if a := b.raw(t, b.token, "POST", draftPath(r.ID)+"/pids/doi", nil, nil); a.header.Get("Set-Cookie") == "" {
		t.Log("no cookie is offered for a write; the recorded server does")
	}
	a := b.raw(t, b.token, "GET", draftPath(r.ID), nil, nil)
	if a.header.Get("X-RateLimit-Limit") == "" || a.header.Get("X-RateLimit-Remaining") == "" || a.header.Get("Retry-After") == "" {
		t.Errorf("a good answer carries the budget, and Retry-After too: %v", a.header)
	}
	if a.header.Get("X-Request-ID") == "" {
		t.Error("a good answer has a request id")
	}
	if a := b.raw(t, b.token, "GET", draftPath("99999999"), nil, nil); a.header.Get("X-Request-ID") != "" {
		t.Log("errors have a request id here")
	}
	if a.header.Get("ETag") != fmt.Sprintf("%q", fmt.Sprint(a.member(t, "revision_id"))) {
		t.Errorf("ETag %s for revision %v", a.header.Get("ETag"), a.member(t, "revision_id"))
	}
}

func testDiscarded(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	if err := c.DeleteDraft(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	wantState(t, ctx, c, r.ID, zenodo.StateDiscarded)
	wantState(t, ctx, b.client(t, ""), r.ID, zenodo.StateDiscarded)
	_, err := c.Draft(ctx, r.ID)
	want(t, "read", err, zenodo.ErrNotFound)
	_, err = c.Save(ctx, r.ID, 0, body())
	want(t, "save", err, zenodo.ErrNotFound)
	_, err = c.Files(ctx, r.ID)
	want(t, "list", err, zenodo.ErrNotFound)
	_, err = c.InitFiles(ctx, r.ID, []zenodo.FileInit{{Key: "a"}})
	want(t, "announce", err, zenodo.ErrNotFound)
	want(t, "put", c.Put(ctx, r.ID, "a", 3, stream([]byte("abc"))), zenodo.ErrNotFound)
	_, err = c.ReserveDOI(ctx, r.ID)
	want(t, "reserve", err, zenodo.ErrNotFound)
	want(t, "discard again", c.DeleteDraft(ctx, r.ID), zenodo.ErrNotFound)
}

// testListedFiles looks at the list's number of a draft's files: as of its last save,
// not of what was uploaded since.
func testListedFiles(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	marker := fmt.Sprintf("zenobis:2026-43/%x", time.Now().UnixNano())
	in := body()
	in.Metadata.Identifiers = []zenodo.Identifier{{Identifier: marker, Scheme: "other"}}
	r, err := c.Create(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	b.discardLater(t, c, r.ID)
	if _, err := c.InitFiles(ctx, r.ID, []zenodo.FileInit{{Key: "a.txt"}}); err != nil {
		t.Fatal(err)
	}
	if err := c.Put(ctx, r.ID, "a.txt", 1, strings.NewReader("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Commit(ctx, r.ID, "a.txt"); err != nil {
		t.Fatal(err)
	}
	var listed zenodo.Record
	eventually(t, "the draft in the list", func() bool {
		list, err := c.FindDrafts(ctx, marker)
		if err == nil && len(list) == 1 {
			listed = list[0]
		}
		return err == nil && len(list) == 1
	})
	if r, err = c.Draft(ctx, r.ID); err != nil || r.FileCount != 1 || listed.FileCount != 0 {
		t.Errorf("%d files, listed with %d, %v", r.FileCount, listed.FileCount, err)
	}
}

func testFindDrafts(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	marker := fmt.Sprintf("zenobis:2026-42/%x", time.Now().UnixNano())
	in := body()
	twice := zenodo.Identifier{Identifier: marker, Scheme: "other"}
	in.Metadata.Identifiers = append(in.Metadata.Identifiers, twice, twice)
	r, err := c.Create(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	b.discardLater(t, c, r.ID)
	if len(r.Errors) > 0 || len(r.Metadata.Identifiers) != 2 {
		t.Errorf("an identifier that is there twice is sent once: %+v, %v", r.Metadata.Identifiers, r.Errors)
	}
	eventually(t, "the draft in the list", func() bool {
		list, err := c.FindDrafts(ctx, marker)
		return err == nil && len(list) == 1 && list[0].ID == r.ID && list[0].IsDraft
	})
	for _, other := range []string{marker + "0", "nothing \" like: that/", "http://x"} {
		if list, err := c.FindDrafts(ctx, other); err != nil || len(list) != 0 {
			t.Errorf("%q: %v, %v", other, list, err)
		}
	}
	marked := func(c *zenodo.Client, prefix string) bool {
		list, err := c.MarkedDrafts(ctx, prefix)
		if err != nil {
			t.Errorf("drafts marked %s: %v", prefix, err)
		}
		return slices.ContainsFunc(list, func(x zenodo.Record) bool { return x.ID == r.ID })
	}
	if !marked(c, "zenobis") || marked(c, "zenob") || marked(c, "zenobiscuit") {
		t.Error("the drafts that have any marker: this one is found by the marker's word, and by no other")
	}
	if b.second != "" && marked(b.client(t, b.second), "zenobis") {
		t.Error("another user's draft is among the marked ones")
	}
	if b.second != "" {
		if list, err := b.client(t, b.second).FindDrafts(ctx, marker); err != nil || len(list) != 0 {
			t.Errorf("another user finds it: %v, %v", list, err)
		}
	}
	if err := c.DeleteDraft(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the draft out of the list", func() bool {
		list, err := c.FindDrafts(ctx, marker)
		return err == nil && len(list) == 0 && !marked(c, "zenobis")
	})
}

func testVocabularies(t *testing.T, b bench) {
	ctx, c := b.owner(t)
	first := func(name string, list []zenodo.VocabularyEntry, err error, id, title string) zenodo.VocabularyEntry {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, v := range list {
			if v.ID == id {
				if v.Title != title {
					t.Errorf("%s %s: title %q, want %q", name, id, v.Title, title)
				}
				return v
			}
		}
		t.Errorf("%s: no %s in %+v", name, id, list)
		return zenodo.VocabularyEntry{}
	}
	list, err := c.Vocabulary(ctx, "licenses", "cc-by-4", 20)
	first("licences", list, err, "cc-by-4.0", "Creative Commons Attribution 4.0 International")
	list, err = c.Vocabulary(ctx, "resourcetypes", "", 100)
	first("resource types", list, err, "dataset", "Dataset")
	list, err = c.Vocabulary(ctx, "languages", "germ", 20)
	first("languages", list, err, "deu", "German")
	list, err = c.Vocabulary(ctx, "contributorsroles", "", 100)
	first("roles", list, err, "datamanager", "Data manager")
	list, err = c.Vocabulary(ctx, "relationtypes", "", 100)
	first("relations", list, err, "isderivedfrom", "Is derived from")
	list, err = c.Vocabulary(ctx, "descriptiontypes", "", 100)
	first("descriptions", list, err, "technical-info", "Technical info")
	list, err = c.Affiliations(ctx, "eth zur")
	first("affiliations", list, err, "05a28rw58", "ETH Zurich")
	list, err = c.Funders(ctx, "swiss")
	first("funders", list, err, "00yjd3n13", "Swiss National Science Foundation")
	if mustURL(t, b.url).Hostname() == "127.0.0.1" { // the lab's own entries
		list, err = c.Awards(ctx, "00k4n6c32", "101094817")
		if v := first("awards", list, err, "00k4n6c32::101094817", "A project made up for the lab"); v.Number != "101094817" ||
			v.Funder != "00k4n6c32" {
			t.Errorf("award: %+v", v)
		}
		list, err = c.Names(ctx, "carb")
		if v := first("names", list, err, "0000-0002-1825-0097", "Carberry, Josiah"); v.ORCID != v.ID || v.FamilyName != "Carberry" ||
			len(v.Affiliations) != 1 {
			t.Errorf("name: %+v", v)
		}
	}
	_, err = b.client(t, "").Names(ctx, "carb")
	want(t, "names as a guest", err, zenodo.ErrToken)
	_, err = c.Vocabulary(ctx, "../records", "", 1)
	want(t, "no vocabulary", err, zenodo.ErrInvalid)
	if a := b.raw(t, b.token, "GET", "/api/vocabularies/licenses?q=cc&suggest=cc", nil, nil); a.status != 400 {
		t.Errorf("q and suggest: %d", a.status)
	}
}

func testOtherUser(t *testing.T, b bench) {
	if b.second == "" {
		t.Skip("no second token")
	}
	ctx, c := b.owner(t)
	r := b.draft(t, ctx, c)
	announce(t, ctx, c, r.ID, zenodo.FileInit{Key: "a.txt", Size: 3})
	o := b.client(t, b.second)
	_, err := o.Draft(ctx, r.ID)
	want(t, "read", err, zenodo.ErrDenied)
	_, err = o.Save(ctx, r.ID, 0, body())
	want(t, "save", err, zenodo.ErrDenied)
	want(t, "put", o.Put(ctx, r.ID, "a.txt", 3, stream([]byte("abc"))), zenodo.ErrDenied)
	want(t, "discard", o.DeleteDraft(ctx, r.ID), zenodo.ErrDenied)
	_, err = o.ReserveDOI(ctx, r.ID)
	want(t, "reserve", err, zenodo.ErrDenied)
	wantState(t, ctx, o, r.ID, zenodo.StateDraft) // the public address tells as much
	wantState(t, ctx, b.client(t, ""), r.ID, zenodo.StateDraft)
	_, err = o.Record(ctx, "no-such-record")
	if e := want(t, "unknown record", err, zenodo.ErrNotFound); e.Status != http.StatusNotFound {
		t.Errorf("unknown record: %v", e)
	}
}
