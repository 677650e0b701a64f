package zenodotest

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Each test is a list of the reference's appendix B: what Zenodo's own tests
// ask of the legacy API. Numbers in comments are its lines.

const presentation = `{"metadata":{"upload_type":"presentation","title":"Test title","creators":[{"name":"Doe, John","affiliation":"Atlantis"},{"name":"Smith, Jane","affiliation":"Atlantis"}],"description":"Test Description","publication_date":"2013-05-08","access_right":"open"}}`

func TestB1SimpleFlow(t *testing.T) {
	s := Start(t, Options{})
	b := plainJSON(t, s)
	const D = "/api/deposit/depositions"
	b.as("").do("POST", D, presentation).want(403) // 1
	dep := b.do("POST", D, presentation).want(201) // 2
	self := text(dig(dep, "links.self"))
	b.do("GET", self, nil).want(200) // 3
	for _, n := range []string{"test-0", "test-1", "test-2"} {
		body, kind := multipart(n, n+".txt", n)
		if dig(b.do("POST", text(dig(dep, "links.files")), body, "Content-Type", kind).want(201), "links.self") == nil { // 4
			t.Error("no self")
		}
	}
	file := text(dig(b.do("GET", text(dig(dep, "links.files")), nil).body, "0.links.self"))
	pub := b.do("POST", text(dig(dep, "links.publish")), nil).want(202) // 5
	if pub["id"] != dep["id"] {
		t.Errorf("id %v became %v", dep["id"], pub["id"])
	}
	b.do("GET", "/api/records/17200001", nil).want(200)          // 6
	b.do("POST", text(dig(dep, "links.publish")), nil).want(404) // 7
	b.do("PUT", self, presentation).want(404)                    // 8
	b.do("DELETE", self, nil).want(404)                          // 9
	b.do("GET", text(dig(dep, "links.files")), nil).want(200)    // 10
	b.do("PUT", text(dig(dep, "links.files")), "[]").want(405)   // 11
	body, kind := multipart("new", "new.txt", "x")
	b.do("POST", text(dig(dep, "links.files")), body, "Content-Type", kind).want(404) // 12
	b.do("DELETE", file, nil).want(403)                                               // 13
	b.do("PUT", file, `{"filename":"x"}`).want(405)                                   // 14

	dep = b.do("POST", D, presentation).want(201) // 15
	self = text(dig(dep, "links.self"))
	b.do("DELETE", self, nil).want(204) // 16
	if l := b.do("GET", D, nil); len(list(l.body)) != 1 {
		t.Errorf("list after delete: %s", l.raw)
	}
	b.do("DELETE", self, nil).want(404) // 17
	self = text(dig(b.do("POST", D, presentation).want(201), "links.self"))
	b.as("").do("GET", self, nil).want(403)                                        // 18
	b.as(s.SecondToken).do("GET", self, nil).want(403)                             // 19
	renamed := b.do("PUT", self, `{"metadata":{"title":"A new title"}}`).want(200) // 20
	if dig(renamed, "metadata.title") != "A new title" {
		t.Errorf("title %v", dig(renamed, "metadata.title"))
	}
	b.as(s.SecondToken).do("PUT", self, presentation).want(403) // 21
	b.as("").do("PUT", self, presentation).want(403)            // 22
	b.as(s.AdminToken).do("PUT", self, presentation).want(200)  // 23
	b.as(s.SecondToken).do("DELETE", self, nil).want(403)       // 25
	b.as("").do("DELETE", self, nil).want(403)                  // 26
	b.do("DELETE", self, nil).want(204)                         // 24
	self = text(dig(b.do("POST", D, presentation).want(201), "links.self"))
	b.as(s.AdminToken).do("DELETE", self, nil).want(204) // 27
}

func TestB1Versioning(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	const D = "/api/deposit/depositions"
	dep := b.do("POST", D, presentation).want(201) // 28
	if dig(dep, "links.versions") != nil {         // 34
		t.Error("versions link before publication")
	}
	b.do("POST", "/api/records/17200001/versions", nil).want(404) // 35
	body, kind := multipart("test-1.txt", "f", "1")
	b.do("POST", text(dig(dep, "links.files")), body, "Content-Type", kind).want(201)
	pub := b.do("POST", text(dig(dep, "links.publish")), nil).want(202)
	next := b.do("POST", text(dig(pub, "links.newversion")), nil).want(201) // 29
	if next["id"] == pub["id"] {
		t.Error("newversion gave the old one")
	}
	got := b.do("GET", text(dig(next, "links.latest_draft")), nil).want(200) // 30
	if files := list(got["files"]); len(files) != 1 || dig(files, "0.filename") != "test-1.txt" {
		t.Errorf("files %v", got["files"])
	}
	body, kind = multipart("test-2.txt", "f", "2")
	f := b.do("POST", text(dig(next, "links.files")), body, "Content-Type", kind).want(201) // 31
	b.do("DELETE", text(dig(f, "links.self")), nil).want(204)                               // 32
	b.do("PUT", text(dig(next, "links.self")), presentation).want(200)                      // 33
	b.do("POST", text(dig(pub, "links.newversion")), nil).complains(400, "files.enabled", "Please remove all files first.")
}

func TestB2Metadata(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	const D = "/api/deposit/depositions"
	b.do("POST", D, `{"unknownkey":"data","metadata":{}}`).want(400) // 1
	if r := b.do("GET", D, nil); len(list(r.body)) != 0 {
		t.Errorf("list %s", r.raw)
	}
	in := object{
		"access_right": "embargoed", "embargo_date": "2099-01-01", "communities": []any{object{"identifier": "c1"}},
		"conference_acronym": "Some acronym", "conference_dates": "Some dates", "conference_place": "Some place", "conference_title": "Some title",
		"conference_url": "http://someurl.com", "conference_session": "VI", "conference_session_part": "1",
		"creators":     []any{object{"name": "Doe, John", "affiliation": "Atlantis", "orcid": "0000-0002-1825-0097", "gnd": "170118215"}, object{"name": "Smith, Jane", "affiliation": "Atlantis"}},
		"contributors": []any{object{"affiliation": "CERN", "name": "Last, First", "type": "ContactPerson"}},
		"description":  "Some description", "doi": "10.1234/foo.bar", "grants": []any{object{"id": "10.13039/501100001665::755021"}}, "imprint_isbn": "Some isbn",
		"imprint_place": "Some place", "imprint_publisher": "Some publisher", "journal_issue": "Some issue", "journal_pages": "Some pages", "journal_title": "Some journal name",
		"journal_volume": "Some volume", "keywords": []any{"Keyword 1", "keyword 2"}, "subjects": []any{object{"scheme": "gnd", "identifier": "gnd:1234567899", "term": "Astronaut"}},
		"license": "CC0-1.0", "notes": "Some notes", "partof_pages": "SOme part of", "partof_title": "Some part of title", "prereserve_doi": true,
		"publication_date": "2013-09-12", "publication_type": "book", "references": []any{"Reference 1", "Reference 2"}, "thesis_university": "Some thesis_university",
		"related_identifiers": []any{object{"identifier": "10.1234/foo.bar2", "relation": "isCitedBy"}, object{"identifier": "10.1234/foo.bar3", "relation": "cites", "resource_type": "dataset"},
			object{"identifier": "2011ApJS..192...18K", "relation": "isAlternateIdentifier"}},
		"thesis_supervisors": []any{object{"name": "Doe Sr., John", "affiliation": "Atlantis"}},
		"title":              "Test title", "upload_type": "publication", "locations": []any{object{"lat": 10.2, "lon": 5.0, "place": "my place", "description": "desc"}},
		"custom": object{"dwc:collectionCode": []any{"abc"}},
	}
	dep := b.do("POST", D, object{"metadata": in}).want(201) // 2
	md := b.do("GET", text(dig(dep, "links.self")), nil).want(200)["metadata"].(object)
	want := deepCopy(in).(object)
	want["license"] = "cc-zero"
	want["prereserve_doi"] = object{"doi": "10.5281/zenodo.17200001", "recid": 17200001.0}
	delete(want, "thesis_supervisors")
	want["contributors"] = append([]any{object{"name": "Doe Sr., John", "affiliation": "Atlantis", "type": "Supervisor"}}, list(in["contributors"])...)
	rel := list(want["related_identifiers"])
	rel[0].(object)["scheme"], rel[1].(object)["scheme"], rel[2].(object)["scheme"] = "doi", "doi", "ads" // 3
	for k, v := range want {
		if !reflect.DeepEqual(md[k], v) {
			t.Errorf("%s is %v, want %v", k, md[k], v)
		}
	}
	for k := range md {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: %v came out of nothing", k, md[k])
		}
	}
	for name, c := range map[string]struct{ md, field, message string }{
		"4":  {`{"related_identifiers":"not-a-list"}`, "metadata.related_identifiers", "related_identifiers must be a list"},
		"5":  {`{"related_identifiers":["not-a-dict"]}`, "metadata.related_identifiers.0", "Each related identifier must be an object"},
		"6":  {`{"related_identifiers":[{"identifier":"10.1234/foo","relation":123}]}`, "metadata.related_identifiers.0.relation", "relation must be a string"},
		"7":  {`{"license":123}`, "metadata.license", "Invalid license value provided"},
		"8":  {`{"license":["cc-by-4.0"]}`, "metadata.license", "Invalid license value provided"},
		"9a": {`{"communities":{"identifier":"c1"}}`, "communities", "identifier"},
		"9b": {`{"communities":[{"id":"c1"}]}`, "communities", "identifier"},
		"9c": {`{"communities":["c1"]}`, "communities", "identifier"},
	} {
		errs := list(b.do("POST", D, `{"metadata":`+c.md+`}`).want(400)["errors"])
		if len(errs) != 1 || dig(errs, "0.field") != c.field || !strings.Contains(text(dig(errs, "0.messages.0")), c.message) {
			t.Errorf("%s: %v", name, errs)
		}
	}
	got := b.do("POST", D, `{"metadata":{"communities":[{"identifier":"c1"},{"identifier":"c2"}]}}`).want(201) // 10
	if l := list(dig(got, "metadata.communities")); len(l) != 2 {
		t.Errorf("communities %v", l)
	}
	b.do("POST", D, `{"metadata":{"license":"cc-by-4.0"}}`).want(201) // 11
	b.do("POST", D, `{"metadata":{"license":{"id":"cc-by-4.0"}}}`).want(201)
}

func TestB3FilePermissions(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	const D = "/api/deposit/depositions"
	dep := b.do("POST", D, presentation).want(201)
	body, kind := multipart("", "first.txt", "1")
	b.do("POST", text(dig(dep, "links.files")), body, "Content-Type", kind).want(201)
	b.do("POST", text(dig(dep, "links.publish")), nil).want(202)                                 // 1
	b.as("").do("GET", text(dig(dep, "links.bucket"))+"/first.txt", nil, "Accept", "").want(200) // 2
	dep = b.do("POST", D, presentation).want(201)
	b.do("POST", text(dig(dep, "links.files")), body, "Content-Type", kind).want(201) // 3
}

func TestB4Quickstart(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	const D = "/api/deposit/depositions"
	dep := b.do("POST", D, "{}").want(201) // 3
	if _, ok := dep["doi"]; ok || dep["owner"] != 12345.0 || dep["conceptrecid"] == "" {
		t.Errorf("deposition %v", dep)
	}
	body, kind := multipart("", "my second file.csv", "1, 2, 3")
	f := b.do("POST", text(dig(dep, "links.files")), body, "Content-Type", kind).want(201) // 4, 6
	if f["filename"] != "my_second_file.csv" || dig(f, "links.download") == nil {
		t.Errorf("file %v", f)
	}
	if got := b.do("GET", text(dig(f, "links.self")), nil).want(200); !reflect.DeepEqual(got, f) { // 5
		t.Errorf("%v is not %v", got, f)
	}
	b.do("PUT", text(dig(dep, "links.self")), `{"metadata":{"title":"My first upload","upload_type":"dataset","description":"This is my first upload","creators":[{"name":"Doe, John","affiliation":"Zenodo"}]}}`).want(200) // 8
	pub := b.do("POST", text(dig(dep, "links.publish")), nil).want(202)                                                                                                                                                      // 9
	if rec := b.do("GET", text(dig(pub, "links.self")), nil).want(200); rec["doi"] != "10.5281/zenodo.17200001" {
		t.Errorf("doi %v", rec["doi"])
	}
}

func TestB5OtherLegacy(t *testing.T) {
	s := Start(t, Options{})
	n, b := native(t, s), plainJSON(t, s)
	body := full()
	body["metadata"].(object)["funding"] = []any{object{"funder": object{"id": "00k4n6c32"}}, object{"funder": object{"id": "00k4n6c32"}, "award": object{"id": "00k4n6c32::101094817"}}}
	id := text(n.do("POST", "/api/records", body).want(201)["id"])
	n.upload(id, "project/report draft.pdf", []byte("x"))
	at := s.URL + "/api/records/" + id
	dep := b.do("GET", "/api/deposit/depositions/"+id, nil).want(200)
	if got := dig(dep, "files.0.links.download"); got != at+"/draft/files/project/report%20draft.pdf/content" { // 1
		t.Errorf("download %v", got)
	}
	n.do("POST", "/api/records/"+id+"/draft/actions/publish", nil).want(202)
	rec := b.do("GET", at, nil).want(200)
	if got := dig(rec, "files.0.links.self"); got != at+"/files/project/report%20draft.pdf/content" {
		t.Errorf("self %v", got)
	}
	if g := list(dig(rec, "metadata.grants")); len(g) != 1 || dig(g, "0.code") != "101094817" { // 2
		t.Errorf("grants %v", g)
	}
	d := b.do("POST", "/api/deposit/depositions", `{"metadata":{"title":"Community","upload_type":"dataset","creators":[{"name":"Doe, J"}],"communities":[{"identifier":"my-lab"}]}}`).want(201) // 3
	b.do("PUT", text(dig(d, "links.bucket"))+"/a", []byte("x")).want(201)
	pub := b.do("POST", text(dig(d, "links.publish")), nil).want(202)
	rec = b.do("GET", text(dig(pub, "links.self")), nil).want(200)
	if got := dig(rec, "metadata.communities"); !reflect.DeepEqual(got, []any{object{"id": "my-lab"}}) {
		t.Errorf("communities %v", got)
	}
}

func TestB6Native(t *testing.T) {
	b := native(t, Start(t, Options{}))
	id := b.draft()
	f := "/api/records/" + id + "/draft/files"
	b.do("POST", f, []any{object{"key": "t.pdf"}}).want(201) // 1
	b.do("POST", f, []any{object{"key": "t.pdf"}}).says(400, "File with key t.pdf already exists.")
	b.do("POST", f, `{"key":"x"}`).complains(400, "0._schema", "Invalid input type.") // 2
	b.do("POST", f, `[{"key":"x","transfer":"L"}]`).complains(400, "transfer", "Transfer metadata must be a dictionary.")
	body := full()
	body["metadata"].(object)["publication_date"] = ""
	body["metadata"].(object)["creators"] = []any{object{"person_or_org": object{"type": "personal", "family_name": "A"}}, object{"person_or_org": object{"type": "organizational"}}}
	other := text(b.do("POST", "/api/records", body).want(201)["id"])
	r := b.do("POST", "/api/records/"+other+"/draft/actions/publish", nil) // 3
	r.complains(400, "metadata.publication_date", "Missing data for required field.")
	r.complains(400, "metadata.creators.1.person_or_org.name", "Name cannot be blank.")

	rec := b.published() // 4
	taken := full()
	taken["pids"] = object{"doi": object{"identifier": "10.4321/1", "provider": "external"}}
	first := text(b.do("POST", "/api/records", taken).want(201)["id"])
	b.upload(first, "a", []byte("x"))
	b.do("POST", "/api/records/"+first+"/draft/actions/publish", nil).want(202)
	b.do("POST", "/api/records", taken).complains(201, "pids.doi", "doi:10.4321/1 already exists.")

	at := "/api/records/" + rec + "/draft" // 5
	b.do("POST", at, nil).want(201)
	b.do("POST", at+"/files", []any{object{"key": "z"}}).want(201)
	b.do("PUT", at+"/files/z/content", []byte("x")).says(403, "Bucket is locked for modifications.")
	b.do("POST", "/api/records/"+rec+"/file-modification", nil).want(200)
	b.do("PUT", at+"/files/z/content", []byte("x")).want(200)
}

// Zenodo names other things than a stock instance.
func TestProfiles(t *testing.T) {
	body := full()
	body["metadata"].(object)["additional_descriptions"] = []any{object{"description": "abc", "type": object{"id": "notes"}}}
	native(t, Start(t, Options{})).do("POST", "/api/records", body).want(201)
	stock := native(t, Start(t, Options{Profile: InvenioRDM}))
	stock.do("POST", "/api/records", body).says(400, "Invalid value notes.")
	stock.do("GET", "/api/deposit/depositions", nil, "Accept", "").want(404)
	if id := stock.draft(); !idPattern.MatchString(id) {
		t.Errorf("id %s", id)
	}
	r := native(t, Start(t, Options{})).do("GET", "/api/licenses?q=mit", nil)
	if r.want(301); !strings.HasSuffix(r.header.Get("Location"), "/api/vocabularies/licenses?q=mit") {
		t.Errorf("licences are at %s", r.header.Get("Location"))
	}
	l := native(t, Start(t, Options{})).do("GET", "/api/vocabularies/licenses?tags=recommended&size=100", nil).want(200)
	var ids []string
	for _, h := range list(dig(l, "hits.hits")) {
		ids = append(ids, text(h.(object)["id"]))
	}
	if !slices.Contains(ids, "cc-by-4.0") || !slices.Contains(ids, "cc0-1.0") || slices.Contains(ids, "other-at") {
		t.Errorf("recommended: %v", ids)
	}
}
