package zenodotest

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// Each test is a line of the reference's appendix A, on the Zenodo profile.

func TestA1NoToken(t *testing.T) {
	b := native(t, Start(t, Options{}))
	b.as("").do("GET", "/api/user/records?size=1", nil).says(403, "Permission denied.")
	b.as("wrong").do("GET", "/api/user/records?size=1", nil).says(403, "Permission denied.")
	b.as("").do("GET", "/api/deposit/depositions", nil, "Accept", "").says(403, "Permission denied.")
	b.as("wrong").do("GET", "/api/vocabularies/licenses", nil).want(200)
}

func TestA2ValidateToken(t *testing.T) {
	b := native(t, Start(t, Options{}))
	r := b.do("GET", "/api/user/records?size=1&shared_with_me=false", nil).want(200)
	if dig(r, "hits.total") != 0.0 || dig(r, "sortBy") != "updated-desc" || dig(r, "page") != nil || dig(r, "aggregations") == nil {
		t.Errorf("list is %v", r)
	}
	l := b.do("GET", "/api/deposit/depositions?size=1", nil, "Accept", "")
	if l.want(200); string(l.raw) != "[]\n" {
		t.Errorf("depositions are %s", l.raw)
	}
}

func TestA3LegacyCreateEmpty(t *testing.T) {
	s := Start(t, Options{})
	r := plainJSON(t, s).do("POST", "/api/deposit/depositions", "{}")
	d := r.want(201)
	if r.header.Get("ETag") != `"4"` {
		t.Errorf("ETag %s", r.header.Get("ETag"))
	}
	md := d["metadata"].(object)
	if md["access_right"] != "open" || dig(md, "prereserve_doi.doi") != "10.5281/zenodo.17200001" || len(md) != 2 {
		t.Errorf("metadata %v", md)
	}
	for k, want := range (object{"id": 17200001.0, "conceptrecid": "17200000", "title": "", "record_id": 17200001.0, "owner": 12345.0, "state": "unsubmitted", "submitted": false}) {
		if d[k] != want {
			t.Errorf("%s is %v, want %v", k, d[k], want)
		}
	}
	for k, want := range map[string]string{"self": "/api/deposit/depositions/17200001", "html": "/deposit/17200001", "publish": "/api/deposit/depositions/17200001/actions/publish"} {
		if dig(d, "links."+k) != s.URL+want {
			t.Errorf("links.%s is %v", k, dig(d, "links."+k))
		}
	}
	for _, k := range []string{"doi", "doi_url", "conceptdoi"} {
		if _, ok := d[k]; ok {
			t.Errorf("%s before any PID", k)
		}
	}
}

func TestA4LegacyCreateWithMetadata(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	md := b.do("POST", "/api/deposit/depositions", `{"metadata":{"title":"My first upload","upload_type":"dataset","description":"<p>x</p>","creators":[{"name":"Doe, John","affiliation":"Zenodo","orcid":"0000-0002-1825-0097"}],"related_identifiers":[{"identifier":"https://openbis.example.org/?permId=20230101123456789-42","relation":"isDerivedFrom","resource_type":"dataset"}]}}`).want(201)["metadata"]
	for k, want := range (object{"license": "cc-zero", "imprint_publisher": "Zenodo", "upload_type": "dataset", "access_right": "open", "related_identifiers.0.relation": "isDerivedFrom",
		"related_identifiers.0.scheme": "url", "creators.0.name": "Doe, John", "creators.0.orcid": "0000-0002-1825-0097", "creators.0.affiliation": "Zenodo"}) {
		if dig(md, k) != want {
			t.Errorf("%s is %v, want %v", k, dig(md, k), want)
		}
	}
	if dig(md, "publication_date") == nil {
		t.Error("no publication date")
	}
}

func TestA5LegacyValidation(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	post := func(body any) reply { return b.do("POST", "/api/deposit/depositions", body) }
	post(`{"unknownkey":"data","metadata":{}}`).complains(400, "unknownkey", "Unknown field.")
	post(`{"metadata":{"title":"T","license":"nonsense"}}`).complains(400, "metadata.license", "Invalid license provided: nonsense")
	post(`{"metadata":{"title":"T","access_right":"embargoed"}}`).complains(400, "_schema", "Unknown access type.")
	post(`{"metadata":{"title":"T","upload_type":"foo"}}`).says(400, "Invalid value foo.")
	post(nil).complains(400, "_schema", "Invalid input type.")
}

func TestA6WrongContentType(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	b.do("POST", "/api/deposit/depositions", "{}", "Content-Type", "application/json; charset=utf-8").says(415, "Invalid 'Content-Type' header. Expected one of: application/json")
	bucket := text(dig(b.do("POST", "/api/deposit/depositions", "{}").body, "links.bucket"))
	b.do("PUT", bucket+"/a.zip", []byte("x"), "Content-Type", "application/zip").says(415, "Invalid 'Content-Type' header. Expected one of: application/octet-stream")
}

func TestA7BucketPut(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	bucket := text(dig(b.do("POST", "/api/deposit/depositions", "{}").body, "links.bucket"))
	d := b.do("PUT", bucket+"/my_third_file.csv", []byte("4, 5, 6")).want(201)
	for k, want := range (object{"mimetype": "text/csv", "checksum": "md5:c2d626f8beba73ad0cf4e66214f7d949", "size": 7.0, "is_head": true, "delete_marker": false, "links.self": bucket + "/my_third_file.csv"}) {
		if dig(d, k) != want {
			t.Errorf("%s is %v, want %v", k, dig(d, k), want)
		}
	}
	again := b.do("PUT", bucket+"/my_third_file.csv", []byte("other")).want(201)
	if again["version_id"] == d["version_id"] || again["size"] != 5.0 {
		t.Errorf("not replaced: %v", again)
	}
}

func TestA8BucketPutFailures(t *testing.T) {
	s := Start(t, Options{Quota: 100})
	b := plainJSON(t, s)
	dep := b.do("POST", "/api/deposit/depositions", `{"metadata":{"title":"Abc","upload_type":"dataset","creators":[{"name":"Doe, J"}]}}`).want(201)
	bucket := text(dig(dep, "links.bucket"))
	b.do("PUT", bucket+"/a", make([]byte, 101)).says(400, "Bucket quota exceeded.")
	b.do("PUT", bucket+"/a", []byte{}).says(400, "Empty files are not accepted.")
	b.do("PUT", bucket+"/"+strings.Repeat("k", 256), []byte("x")).says(400, "Filename is too long.")
	b.do("PUT", bucket+"/dir%2Fa.txt", []byte("x")).want(404)
	b.do("PUT", s.URL+"/api/files/568377dd-daf8-4235-85e1-a56011ad454b/a", []byte("x")).says(404, "Not found.")
	b.do("PUT", s.URL+"/api/files/nonsense/a", []byte("x")).want(500)
	b.do("PUT", bucket+"/a", []byte("x")).want(201)
	b.do("POST", text(dig(dep, "links.publish")), nil).want(202)
	b.do("PUT", bucket+"/a", []byte("x")).says(403, "Permission denied.")
	b.do("PUT", bucket+"/new", []byte("x")).says(404, "Not found.")

	s = Start(t, Options{MaxFiles: 2})
	b = plainJSON(t, s)
	bucket = text(dig(b.do("POST", "/api/deposit/depositions", "{}").body, "links.bucket"))
	b.do("PUT", bucket+"/1", []byte("x")).want(201)
	b.do("PUT", bucket+"/2", []byte("x")).want(201)
	b.do("PUT", bucket+"/3", []byte("x")).says(400, "Uploading selected files will result in exceeding the max amount per record.")
}

// multipart is a form as curl writes it.
func multipart(name, filename, content string) (string, string) {
	var b strings.Builder
	if name != "" {
		b.WriteString("--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n" + name + "\r\n")
	}
	b.WriteString("--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + filename + "\"\r\n\r\n" + content + "\r\n--X--\r\n")
	return b.String(), "multipart/form-data; boundary=X"
}

func TestA9MultipartPost(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	files := text(dig(b.do("POST", "/api/deposit/depositions", "{}").body, "links.files"))
	body, kind := multipart("my first file.csv", "x", "1, 2, 3")
	d := b.do("POST", files, body, "Content-Type", kind).want(201)
	if d["filename"] != "my_first_file.csv" || d["filesize"] != 7.0 || d["checksum"] != "66ce05ea43c73b8e33c74c12d0371bc9" {
		t.Errorf("file is %v", d)
	}
	if self := text(dig(d, "links.self")); self != files+"/"+text(d["id"]) {
		t.Errorf("self is %s", self)
	}
	b.do("POST", files, body, "Content-Type", kind).says(400, "File with key my_first_file.csv already exists.")
}

func TestA10FileListAndDelete(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	dep := b.do("POST", "/api/deposit/depositions", "{}").want(201)
	files, bucket := text(dig(dep, "links.files")), text(dig(dep, "links.bucket"))
	b.do("PUT", bucket+"/a.csv", []byte("x")).want(201)
	b.do("PUT", bucket+"/b.csv", []byte("y")).want(201)
	r := b.do("GET", files, nil)
	r.want(200)
	if l := list(r.body); len(l) != 2 {
		t.Fatalf("files are %s", r.raw)
	}
	self := text(dig(r.body, "0.links.self"))
	b.do("DELETE", self, nil).want(204)
	b.do("DELETE", self, nil).want(404)
	b.do("DELETE", bucket+"/b.csv", nil).want(204)
}

func TestA11LegacyPublish(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	dep := b.do("POST", "/api/deposit/depositions", "{}").want(201)
	r := b.do("POST", text(dig(dep, "links.publish")), nil)
	for _, f := range []string{"metadata.creators", "metadata.title", "metadata.resource_type"} {
		r.complains(400, f, "Missing data for required field.")
	}
	self := text(dig(dep, "links.self"))
	b.do("PUT", self, `{"metadata":{"title":"My first upload","upload_type":"dataset","creators":[{"name":"Doe, J"}]}}`).want(200)
	b.do("POST", text(dig(dep, "links.publish")), nil).complains(400, "files.enabled", "Missing uploaded files. To disable files for this record please mark it as metadata-only.")
	b.do("PUT", text(dig(dep, "links.bucket"))+"/a.csv", []byte("x")).want(201)
	d := b.do("POST", text(dig(dep, "links.publish")), nil).want(202)
	for k, want := range (object{"doi": "10.5281/zenodo.17200001", "doi_url": "https://doi.org/10.5281/zenodo.17200001", "conceptdoi": "10.5281/zenodo.17200000", "state": "done", "submitted": true,
		"links.self": b.s.URL + "/api/records/17200001", "links.html": b.s.URL + "/records/17200001", "links.record_html": b.s.URL + "/record/17200001"}) {
		if dig(d, k) != want {
			t.Errorf("%s is %v, want %v", k, dig(d, k), want)
		}
	}
	b.do("POST", text(dig(dep, "links.publish")), nil).says(404, "Not found.")
}

func TestA12LegacyPoll(t *testing.T) {
	b := plainJSON(t, Start(t, Options{}))
	id := native(t, b.s).published()
	self := "/api/deposit/depositions/" + id
	if d := b.do("GET", self, nil).want(200); d["submitted"] != true || d["state"] != "done" {
		t.Errorf("published: %v %v", d["submitted"], d["state"])
	}
	id = native(t, b.s).draft()
	self = "/api/deposit/depositions/" + id
	if d := b.do("GET", self, nil).want(200); d["state"] != "unsubmitted" {
		t.Errorf("draft: %v", d["state"])
	}
	b.do("POST", self+"/actions/discard", nil).want(204)
	b.do("GET", self, nil).says(404, "The persistent identifier does not exist.")
}

func TestA13NativeCreate(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	r := b.do("POST", "/api/records", full())
	d := r.want(201)
	if d["id"] != "17200001" || dig(d, "parent.id") != "17200000" || dig(d, "access.status") != "metadata-only" || dig(d, "links.self_html") != s.URL+"/uploads/17200001" {
		t.Errorf("draft %v", d)
	}
	if got := b.do("GET", "/api/records/17200001/draft", nil).want(200); dig(got, "access.status") != "open" {
		t.Errorf("access.status later is %v", dig(got, "access.status"))
	}
	z := plainJSON(t, s).do("GET", "/api/records/17200001/draft", nil).want(200)
	if z["id"] != 17200001.0 || z["errors"] != nil || z["pids"] != nil || z["status"] != "draft" {
		t.Errorf("default JSON: %v", z)
	}
	both := b.do("GET", "/api/records/17200001/draft", nil, "Accept", "application/json, application/vnd.inveniordm.v1+json")
	if both.header.Get("Content-Type") != jsonType {
		t.Errorf("combined Accept gives %s", both.header.Get("Content-Type"))
	}
}

func TestA14NativeCreateWithProblems(t *testing.T) {
	b := native(t, Start(t, Options{}))
	body := full()
	body["metadata"].(object)["rights"] = []any{object{"id": "CC-BY-4.0"}}
	b.do("POST", "/api/records", body).says(400, "Invalid value CC-BY-4.0.")
	if n := len(b.s.Drafts()); n != 0 {
		t.Errorf("%d drafts were made", n)
	}
	b.do("POST", "/api/records", object{"access": object{"record": "restricted", "files": "restricted"}}).complains(400, "access", "You don't have permissions to manage record access.")
	b.do("POST", "/api/records", "{}").complains(201, "metadata.publisher", "Missing publisher field required for DOI registration.")
}

func TestA15ReserveDOI(t *testing.T) {
	for p, want := range map[Profile][2]string{Zenodo: {"10.5281/zenodo.17200001", "https://doi.org/"}, Sandbox: {"10.5072/zenodo.17200001", "https://handle.test.datacite.org/"}} {
		b := native(t, Start(t, Options{Profile: p}))
		at := "/api/records/" + b.draft() + "/draft"
		d := b.do("POST", at+"/pids/doi", nil).want(201)
		if dig(d, "pids.doi.identifier") != want[0] || dig(d, "links.doi") != want[1]+want[0] {
			t.Errorf("%s: %v %v", p, dig(d, "pids"), dig(d, "links.doi"))
		}
		b.do("POST", at+"/pids/doi", nil).complains(400, "pids.doi", "A PID already exists for type doi")
		if d := b.do("PUT", at, full()).want(200); dig(d, "pids.doi.identifier") != want[0] {
			t.Errorf("%s: lost by a PUT without pids", p)
		}
		body := full()
		body["pids"] = object{}
		if d := b.do("PUT", at, body).want(200); dig(d, "pids.doi") != nil {
			t.Errorf("%s: kept by a PUT with empty pids", p)
		}
		b.do("DELETE", at+"/pids/doi", nil).says(404, "The persistent identifier does not exist.")
	}
	b := native(t, Start(t, Options{Profile: InvenioRDM, NoDOI: true}))
	b.do("POST", "/api/records/"+b.draft()+"/draft/pids/doi", nil).want(404)
}

func TestA17Content(t *testing.T) {
	b := native(t, Start(t, Options{}))
	id := b.draft()
	f := "/api/records/" + id + "/draft/files"
	b.do("PUT", f+"/x/content", []byte("1")).says(404, "Record '"+id+"' has no file 'x'.")
	b.do("POST", f, []any{object{"key": "x"}}).want(201)
	b.do("POST", f+"/x/commit", nil).want(500)
	if d := b.do("PUT", f+"/x/content", []byte("12345678")).want(200); d["status"] != "pending" || d["size"] != nil {
		t.Errorf("after content: %v", d)
	}
	b.do("POST", f+"/x/commit", nil).want(200)
	if d := b.do("PUT", f+"/x/content", []byte("again")).want(200); d["errors"] != "File upload transfer failed." || d["status"] != "completed" {
		t.Errorf("PUT on committed: %v", d)
	}
	b.do("GET", f+"/x", nil).want(404)
}

func TestA19MultipartOnZenodo(t *testing.T) {
	b := native(t, Start(t, Options{}))
	f := "/api/records/" + b.draft() + "/draft/files"
	d := b.do("POST", f, `[{"key":"p.bin","size":4194304,"transfer":{"type":"M","parts":2,"part_size":2097152}}]`).want(201)
	if dig(d, "entries.0.checksum") != nil || dig(d, "entries.0.links.content") != nil || len(list(dig(d, "entries.0.links.parts"))) != 2 {
		t.Errorf("entry %v", dig(d, "entries.0"))
	}
	b.do("PUT", f+"/p.bin/content/1", []byte("x")).says(403, "Permission denied.")
}

func TestA20StaleRevision(t *testing.T) {
	b := native(t, Start(t, Options{}))
	at := "/api/records/" + b.draft() + "/draft"
	b.do("PUT", at, full(), "If-Match", "3").says(412, "Revision id provided(3) doesn't match record's one(5)")
	b.do("PUT", at, full(), "If-Match", `"5"`).complains(400, "if_match", "Not a valid integer.")
	b.do("PUT", at, full(), "If-Match", "5").want(200)
}

func TestA22Polling(t *testing.T) {
	b := native(t, Start(t, Options{}))
	id := b.draft()
	at := "/api/records/" + id
	b.do("GET", at, nil).says(404, "The persistent identifier is not registered.")
	b.do("DELETE", at+"/draft", nil).want(204)
	b.do("GET", at, nil).says(404, "The persistent identifier does not exist.")
	id = b.published()
	at = "/api/records/" + id
	b.do("GET", at+"/draft", nil).says(404, "The persistent identifier does not exist.")
	n, _ := strconv.Atoi(id)
	r := b.do("GET", "/api/records/"+strconv.Itoa(n-1), nil)
	if r.want(302); r.header.Get("Location") != at {
		t.Errorf("concept leads to %s", r.header.Get("Location"))
	}
	r = b.do("GET", at+"/versions/latest", nil)
	if r.want(301); r.header.Get("Location") != b.s.URL+at {
		t.Errorf("latest is %s", r.header.Get("Location"))
	}
	if err := b.s.DeleteRecord(id); err != nil {
		t.Fatal(err)
	}
	if d := b.do("GET", at, nil).want(410); dig(d, "tombstone.removal_reason.id") != "retracted" {
		t.Errorf("tombstone %v", d)
	}
}

func TestA24Community(t *testing.T) {
	b := native(t, Start(t, Options{}))
	k := b.do("GET", "/api/communities/my-lab", nil).want(200)
	if dig(k, "ui.permissions.can_include_directly") != true {
		t.Errorf("ui is %v", k["ui"])
	}
	at := "/api/records/" + b.draft() + "/draft"
	b.do("PUT", at+"/review", object{"type": "community-submission", "receiver": object{"community": "my-lab"}}).says(404, "Not found.")
	b.do("PUT", at+"/review", object{"type": "community-submission", "receiver": object{"community": k["id"]}}).want(200)
	if d := b.do("PUT", at, full()).want(200); d["status"] != "draft_with_review" || dig(d, "parent.review.receiver.community") != k["id"] {
		t.Errorf("after a PUT: %v", d["status"])
	}
}

func TestA25RateLimit(t *testing.T) {
	now := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	b := native(t, Start(t, Options{RateLimit: 3, Clock: func() time.Time { return now }}))
	for i := range 3 {
		r := b.do("GET", "/api/user/records", nil)
		r.want(200)
		if got := r.header.Get("X-RateLimit-Remaining"); got != strconv.Itoa(2-i) {
			t.Errorf("remaining %s", got)
		}
	}
	r := b.do("GET", "/api/user/records", nil)
	r.says(429, "3 per 1 minute")
	if r.header.Get("Retry-After") != "60" || r.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("headers %v", r.header)
	}
	b.do("GET", "/api/user/records", nil, "User-Agent", "another").want(200)
	now = now.Add(61 * time.Second)
	b.do("GET", "/api/user/records", nil).want(200)
}

func TestA26Outage(t *testing.T) {
	b := native(t, Start(t, Options{}))
	b.s.Maintenance(true)
	r := b.do("GET", "/api/user/records", nil)
	if r.want(503); r.header.Get("Content-Type") != "text/html" || !strings.Contains(string(r.raw), "<h1>503") {
		t.Errorf("%s %s", r.header.Get("Content-Type"), r.raw)
	}
	b.s.Maintenance(false)
	b.do("GET", "/api/user/records", nil).want(200)
}

func TestA16InitFiles(t *testing.T) {
	b := native(t, Start(t, Options{}))
	id := b.draft()
	f := "/api/records/" + id + "/draft/files"
	d := b.do("POST", f, `[{"key":"run 1/raw.tar","size":8},{"key":"b.txt"}]`).want(201)
	if dig(d, "entries.0.links.content") != b.s.URL+f+"/run%201/raw.tar/content" || dig(d, "entries.0.size") != 8.0 || dig(d, "entries.0.status") != "pending" {
		t.Errorf("entry %v", dig(d, "entries.0"))
	}
	b.do("POST", f, `[{"key":"c","foo":1}]`).complains(400, "0.foo", "Unknown field.")
	b.do("POST", f, `[{"size":1}]`).complains(400, "0.key", "Missing data for required field.")
	b.do("POST", f, `[]`).complains(400, "_schema", "No files to upload.")
	b.do("POST", f, `[{"key":"new"},{"key":"b.txt"}]`).says(400, "File with key b.txt already exists.")
	if n := len(list(b.do("GET", f, nil).want(200)["entries"])); n != 2 {
		t.Errorf("%d entries after a refused init", n)
	}
	b.do("DELETE", f, nil).want(204)
	b.do("POST", f, `[{"key":"b.txt"}]`).want(500)
}

func TestA18Commit(t *testing.T) {
	b := native(t, Start(t, Options{}))
	f := "/api/records/" + b.draft() + "/draft/files"
	b.do("POST", f, `[{"key":"b.txt"}]`).want(201)
	b.do("PUT", f+"/b.txt/content", []byte("12345678")).want(200)
	d := b.do("POST", f+"/b.txt/commit", nil).want(200)
	if d["checksum"] != "md5:25d55ad283aa400af464c76d713c07ad" || d["size"] != 8.0 || d["mimetype"] != "text/plain" || d["metadata"] != nil {
		t.Errorf("commit %v", d)
	}
	if d := b.do("GET", f+"/b.txt", nil).want(200); d["metadata"] == nil {
		t.Error("metadata stays null")
	}
	b.do("POST", f, `[{"key":"none"}]`).want(201)
	if d := b.do("POST", f+"/none/commit", nil).want(500); text(d["error_id"]) == "" {
		t.Errorf("no error_id: %v", d)
	}
	b.do("PUT", f+"/none/content", []byte{}).want(200)
	b.do("POST", f+"/none/commit", nil).says(400, "Empty files are not accepted.")
}

func TestA21Publish(t *testing.T) {
	b := native(t, Start(t, Options{}))
	id := b.draft()
	at := "/api/records/" + id
	b.do("POST", at+"/draft/files", `[{"key":"a"}]`).want(201)
	b.do("POST", at+"/draft/actions/publish", nil).complains(400, "files", "One or more files have not completed their transfer, please wait.")
	b.do("PUT", at+"/draft/files/a/content", []byte("x")).want(200)
	b.do("POST", at+"/draft/files/a/commit", nil).want(200)
	d := b.do("POST", at+"/draft/actions/publish", nil).want(202)
	for k, want := range (object{"is_draft": false, "is_published": true, "status": "published", "pids.oai.identifier": "oai:zenodo.org:" + id, "parent.pids.doi.identifier": "10.5281/zenodo.17200000",
		"links.self_html": b.s.URL + "/records/" + id, "links.record": nil}) {
		if dig(d, k) != want {
			t.Errorf("%s is %v, want %v", k, dig(d, k), want)
		}
	}
	b.do("POST", at+"/draft/actions/publish", nil).says(404, "Not found.")
}

func TestA23DeleteDraft(t *testing.T) {
	b := native(t, Start(t, Options{}))
	at := "/api/records/" + b.draft() + "/draft"
	b.do("DELETE", at, nil).want(204)
	for _, m := range []string{"DELETE", "GET", "PUT"} {
		b.do(m, at, nil).says(404, "The persistent identifier does not exist.")
	}
	at = "/api/records/" + b.published() + "/draft"
	b.do("DELETE", at, nil).says(404, "Not found.")
}
