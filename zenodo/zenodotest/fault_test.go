package zenodotest

import (
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
)

func TestFaultsOfContent(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	id := b.draft()
	f := b.initKeys(id, "a", "b")
	put := func(key string) reply { return b.do("PUT", f+"/"+key+"/content", []byte("12345678")) }
	entry := func(key string) int { return b.do("GET", f+"/"+key, nil).status }
	arm := func(k fakehttp.Kind, set func(*fakehttp.Fault)) {
		x := fakehttp.Fault{Kind: k, Method: "PUT", Path: "/content"}
		if set != nil {
			set(&x)
		}
		s.Fault(x)
	}

	arm(fakehttp.CutUnseen, func(x *fakehttp.Fault) { x.Bytes = 3 })
	if r := put("a"); r.status != 0 || entry("a") != 200 {
		t.Errorf("cut unseen: %d, entry %d", r.status, entry("a"))
	}
	arm(FaultCutBody, func(x *fakehttp.Fault) { x.Bytes = 3 })
	if r := put("a"); r.status != 0 || entry("a") != 404 {
		t.Errorf("cut body: %d, entry %d", r.status, entry("a"))
	}
	arm(fakehttp.Gateway, func(x *fakehttp.Fault) { x.Status = 503 })
	if r := put("b"); r.status != 503 || r.header.Get("Content-Type") != "text/html" {
		t.Errorf("gateway: %d %v", r.status, r.header)
	}
	b.do("POST", f+"/b/commit", nil).want(500)
	arm(fakehttp.GatewayStored, nil)
	if r := put("b"); r.status != 504 {
		t.Errorf("gateway stored: %d", r.status)
	}
	b.do("POST", f+"/b/commit", nil).want(200)
	b.do("DELETE", f+"/b", nil).want(204)

	b.initKeys(id, "c")
	arm(fakehttp.CutAnswer, nil)
	if r := put("c"); r.status != 0 {
		t.Errorf("lost answer: %d", r.status)
	}
	s.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Path: "/commit"})
	if r := b.do("POST", f+"/c/commit", nil); r.status != 0 {
		t.Errorf("lost commit: %d", r.status)
	}
	if d := b.do("GET", f+"/c", nil).want(200); d["status"] != "completed" {
		t.Errorf("after a lost commit: %v", d["status"])
	}

	b.initKeys(id, "d")
	arm(FaultCorrupt, func(x *fakehttp.Fault) { x.Times = 2 })
	put("d").want(200)
	got, err := s.FileBytes(id, "d")
	if err != nil || string(got) == "12345678" || len(got) != 8 {
		t.Errorf("corrupt: %q %v", got, err)
	}
	if d := b.do("POST", f+"/d/commit", nil).want(200); d["checksum"] == "md5:25d55ad283aa400af464c76d713c07ad" {
		t.Error("the MD5 is right")
	}
	s.ClearFaults()

	b.initKeys(id, "e")
	arm(FaultEntryGone, nil)
	put("e").want(404)
	arm(fakehttp.Slow, func(x *fakehttp.Fault) { x.Rate = 400 })
	b.initKeys(id, "e")
	begin := time.Now()
	if put("e").want(200); time.Since(begin) < 20*time.Millisecond {
		t.Error("not slow")
	}
	arm(FaultDraftGone, nil)
	put("e").want(404)
}

func TestFaultsOfRequests(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	clear := s.Fault(fakehttp.Fault{Kind: FaultTooMany, Times: -1, Delay: 2 * time.Second})
	r := b.do("GET", "/api/user/records", nil)
	if r.want(429); r.header.Get("Retry-After") != "2" {
		t.Errorf("headers %v", r.header)
	}
	clear()
	b.do("GET", "/api/user/records", nil).want(200)
	s.Fault(fakehttp.Fault{Kind: FaultBlocked, Skip: 1})
	b.do("GET", "/api/user/records", nil).want(200)
	if r := b.do("GET", "/api/user/records", nil); r.status != 403 || r.header.Get("Content-Type") != "text/html" {
		t.Errorf("blocked: %d %v", r.status, r.header)
	}
	s.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Method: "POST", Path: "/api/records"})
	if r := b.do("POST", "/api/records", full()); r.status != 0 || len(s.Drafts()) != 1 {
		t.Errorf("lost create: %d, %d drafts", r.status, len(s.Drafts()))
	}
	id := s.Drafts()[0].ID
	s.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Bytes: 20})
	if r := b.do("GET", "/api/records/"+id+"/draft", nil); !strings.Contains(string(r.raw), "EOF") {
		t.Errorf("half an answer: %s", r.raw)
	}
	s.Fault(fakehttp.Fault{Kind: FaultEdited, Method: "PUT"})
	b.do("PUT", "/api/records/"+id+"/draft", full(), "If-Match", "5").want(412)
	s.Fault(fakehttp.Fault{Kind: fakehttp.Do, Do: func() { s.RevokeToken(s.Token) }})
	b.do("GET", "/api/records/"+id+"/draft", nil).says(403, "Permission denied.")
	s.GrantToken(s.Token)
	b.upload(id, "a", []byte("x"))
	s.Fault(fakehttp.Fault{Kind: FaultPublished, Path: "/draft"})
	b.do("PUT", "/api/records/"+id+"/draft", full()).says(404, "Not found.")
}

func TestRequestsKeepNoTokens(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	b.do("GET", "/api/user/records?access_token="+s.Token, nil).want(200)
	for _, r := range s.Requests() {
		if strings.Contains(r.Path, s.Token) || r.Header.Get("Authorization") != "" || r.Status != 200 || r.User != s.OwnerID() {
			t.Errorf("%+v", r)
		}
	}
}

func TestHands(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	id := b.draft()
	review := func(slug string) {
		t.Helper()
		k := b.do("GET", "/api/communities/"+slug, nil).want(200)
		b.do("PUT", "/api/records/"+id+"/draft/review", object{"type": "community-submission", "receiver": object{"community": k["id"]}}).
			want(200)
	}
	status := func() string { d, _ := s.Deposit(id); return d.Status }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	b.upload(id, "a", []byte("x"))
	review("reviewed")
	must(s.EditMetadata(id, func(md map[string]any) { md["title"] = "By hand" }))
	must(s.SubmitReview(id))
	if status() != "in_review" {
		t.Errorf("status %s", status())
	}
	if err := s.Discard(id); err == nil {
		t.Error("discarded in review")
	}
	must(s.Decline(id))
	if status() != "declined" {
		t.Errorf("status %s", status())
	}
	must(s.SubmitReview(id))
	must(s.Expire(id))
	if status() != "expired" {
		t.Errorf("status %s", status())
	}
	if err := s.Accept(id); err == nil {
		t.Error("accepted after its end")
	}
	review("reviewed")
	must(s.SetExternalDOI(id, "10.1234/abc"))
	must(s.SubmitReview(id))
	must(s.Accept(id))
	if r := s.Records(); len(r) != 1 || r[0].DOI != "10.1234/abc" || r[0].Title != "By hand" || len(s.Drafts()) != 0 {
		t.Errorf("records %+v", r)
	}
	if err := s.Publish(id); err == nil {
		t.Error("published twice")
	}
	must(s.EditRecord(id))
	must(s.Discard(id))
	must(s.DeleteRecord(id))
	if len(s.Records()) != 0 {
		t.Error("still there")
	}
}

func TestListsLag(t *testing.T) {
	now := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	s := Start(t, Options{Lag: time.Second, RateLimit: -1, Options: fakehttp.Options{Clock: func() time.Time { return now }}})
	b := native(t, s)
	total := func() any { return dig(b.do("GET", "/api/user/records?size=100", nil).want(200), "hits.total") }
	id := b.draft()
	if total() != 0.0 {
		t.Error("listed at once")
	}
	now = now.Add(2 * time.Second)
	if total() != 1.0 {
		t.Error("not listed later")
	}
	b.do("DELETE", "/api/records/"+id+"/draft", nil).want(204)
	if total() != 0.0 {
		t.Error("deletion lags")
	}
}

func TestQueries(t *testing.T) {
	s := Start(t, Options{RateLimit: -1})
	b := native(t, s)
	body := full()
	body["metadata"].(object)["identifiers"] = []any{object{"identifier": "zenobis:20230101123456789-42/7f3a", "scheme": "other"}}
	b.do("POST", "/api/records", body).want(201)
	b.published()
	for q, want := range map[string]float64{
		`metadata.identifiers.identifier:"zenobis:20230101123456789-42/7f3a"`: 1,
		`metadata.identifiers.identifier:"zenobis:20230101123456789-42"`:      0,
		`metadata.title:growth`: 2, `title:growth`: 0, `is_published:false`: 1, `is_published:false AND metadata.title:growth`: 1,
		`NOT is_published:false`: 1,
		`metadata.title:(`:       0, `"growth`: 2, `growth AND`: 2, `*`: 2, `metadata.title:gro*`: 2, `nothing OR curves`: 2,
		`(growth OR x) AND is_published:true`: 1,
	} {
		if got := dig(b.do("GET", "/api/user/records?q="+escapeQuery(q), nil).want(200), "hits.total"); got != want {
			t.Errorf("%s: %v, want %v", q, got, want)
		}
	}
	for _, q := range []string{"a:b:c", "10.5281/zenodo.1", "x:http://y"} {
		b.do("GET", "/api/user/records?q="+escapeQuery(q), nil).says(400, "Invalid query string syntax.")
	}
	b.do("GET", "/api/user/records?size=101", nil).want(400)
}
