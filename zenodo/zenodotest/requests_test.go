package zenodotest

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
)

// Each test asks one thing of the server as Zenodo runs it.

func TestRequestNoToken(t *testing.T) {
	b := native(t, Start(t, Options{}))
	b.as("").do("GET", "/api/user/records?size=1", nil).says(403, "Permission denied.")
	b.as("wrong").do("GET", "/api/user/records?size=1", nil).says(403, "Permission denied.")
	b.as("wrong").do("GET", "/api/vocabularies/licenses", nil).want(200)
}

func TestRequestValidateToken(t *testing.T) {
	b := native(t, Start(t, Options{}))
	r := b.do("GET", "/api/user/records?size=1&shared_with_me=false", nil).want(200)
	if dig(r, "hits.total") != 0.0 || dig(r, "sortBy") != "updated-desc" || dig(r, "page") != nil || dig(r, "aggregations") == nil {
		t.Errorf("list is %v", r)
	}
}

func TestRequestNativeCreate(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	r := b.do("POST", "/api/records", full())
	d := r.want(201)
	if d["id"] != "17200001" || dig(d, "parent.id") != "17200000" || dig(d, "access.status") != "metadata-only" ||
		dig(d, "links.self_html") != s.URL+"/uploads/17200001" {
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

func TestRequestNativeCreateWithProblems(t *testing.T) {
	b := native(t, Start(t, Options{}))
	body := full()
	body["metadata"].(object)["rights"] = []any{object{"id": "CC-BY-4.0"}}
	b.do("POST", "/api/records", body).says(400, "Invalid value CC-BY-4.0.")
	if n := len(b.s.Drafts()); n != 0 {
		t.Errorf("%d drafts were made", n)
	}
	b.do("POST", "/api/records", object{"access": object{"record": "restricted", "files": "restricted"}}).
		complains(400, "access", "You don't have permissions to manage record access.")
	b.do("POST", "/api/records", "{}").complains(201, "metadata.publisher", "Missing publisher field required for DOI registration.")
}

func TestRequestReserveDOI(t *testing.T) {
	for p, want := range map[Profile][2]string{Zenodo: {"10.5281/zenodo.17200001", "https://doi.org/"},
		Sandbox: {"10.5072/zenodo.17200001", "https://handle.test.datacite.org/"}} {
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

func TestRequestContent(t *testing.T) {
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
	if d := b.do("PUT", f+"/x/content", []byte("again")).want(200); d["errors"] != "File upload transfer failed." ||
		d["status"] != "completed" {
		t.Errorf("PUT on committed: %v", d)
	}
	b.do("GET", f+"/x", nil).want(404)
}

func TestRequestMultipartOnZenodo(t *testing.T) {
	b := native(t, Start(t, Options{}))
	f := "/api/records/" + b.draft() + "/draft/files"
	d := b.do("POST", f, `[{"key":"p.bin","size":4194304,"transfer":{"type":"M","parts":2,"part_size":2097152}}]`).want(201)
	if dig(d, "entries.0.checksum") != nil || dig(d, "entries.0.links.content") != nil || len(list(dig(d, "entries.0.links.parts"))) != 2 {
		t.Errorf("entry %v", dig(d, "entries.0"))
	}
	b.do("PUT", f+"/p.bin/content/1", []byte("x")).says(403, "Permission denied.")
}

func TestRequestStaleRevision(t *testing.T) {
	b := native(t, Start(t, Options{}))
	at := "/api/records/" + b.draft() + "/draft"
	b.do("PUT", at, full(), "If-Match", "3").says(412, "Revision id provided(3) doesn't match record's one(5)")
	b.do("PUT", at, full(), "If-Match", `"5"`).complains(400, "if_match", "Not a valid integer.")
	b.do("PUT", at, full(), "If-Match", "5").want(200)
}

func TestRequestPolling(t *testing.T) {
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

func TestRequestCommunity(t *testing.T) {
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

func TestRequestRateLimit(t *testing.T) {
	now := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	b := native(t, Start(t, Options{RateLimit: 3, Options: fakehttp.Options{Clock: func() time.Time { return now }}}))
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

func TestRequestOutage(t *testing.T) {
	b := native(t, Start(t, Options{}))
	b.s.Maintenance(true)
	r := b.do("GET", "/api/user/records", nil)
	if r.want(503); r.header.Get("Content-Type") != "text/html" || !strings.Contains(string(r.raw), "<h1>503") {
		t.Errorf("%s %s", r.header.Get("Content-Type"), r.raw)
	}
	b.s.Maintenance(false)
	b.do("GET", "/api/user/records", nil).want(200)
}

func TestRequestInitFiles(t *testing.T) {
	b := native(t, Start(t, Options{}))
	id := b.draft()
	f := "/api/records/" + id + "/draft/files"
	d := b.do("POST", f, `[{"key":"run 1/raw.tar","size":8},{"key":"b.txt"}]`).want(201)
	if dig(d, "entries.0.links.content") != b.s.URL+f+"/run%201/raw.tar/content" || dig(d, "entries.0.size") != 8.0 ||
		dig(d, "entries.0.status") != "pending" {
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

func TestRequestCommit(t *testing.T) {
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

func TestRequestPublish(t *testing.T) {
	b := native(t, Start(t, Options{}))
	id := b.draft()
	at := "/api/records/" + id
	b.do("POST", at+"/draft/files", `[{"key":"a"}]`).want(201)
	b.do("POST", at+"/draft/actions/publish", nil).complains(400, "files", "One or more files have not completed their transfer, please wait.")
	b.do("PUT", at+"/draft/files/a/content", []byte("x")).want(200)
	b.do("POST", at+"/draft/files/a/commit", nil).want(200)
	d := b.do("POST", at+"/draft/actions/publish", nil).want(202)
	for k, want := range (object{"is_draft": false, "is_published": true, "status": "published",
		"pids.oai.identifier": "oai:zenodo.org:" + id, "parent.pids.doi.identifier": "10.5281/zenodo.17200000",
		"links.self_html": b.s.URL + "/records/" + id, "links.record": nil}) {
		if dig(d, k) != want {
			t.Errorf("%s is %v, want %v", k, dig(d, k), want)
		}
	}
	b.do("POST", at+"/draft/actions/publish", nil).says(404, "Not found.")
}

func TestRequestDeleteDraft(t *testing.T) {
	b := native(t, Start(t, Options{}))
	at := "/api/records/" + b.draft() + "/draft"
	b.do("DELETE", at, nil).want(204)
	for _, m := range []string{"DELETE", "GET", "PUT"} {
		b.do(m, at, nil).says(404, "The persistent identifier does not exist.")
	}
	at = "/api/records/" + b.published() + "/draft"
	b.do("DELETE", at, nil).says(404, "Not found.")
}
