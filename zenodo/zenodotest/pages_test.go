package zenodotest

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var noncePattern = regexp.MustCompile(`name="nonce" value="([0-9a-f]+)"`)

func TestPagesPublishTheDraft(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	body := full()
	md := body["metadata"].(object)
	md["title"], md["description"] = `Growth <script>"`, `<p onclick="x()">Curves</p><script>alert(1)</script>`
	delete(md, "publisher")
	id := text(b.do("POST", "/api/records", body).want(201)["id"])
	b.upload(id, "run 1/a.txt", []byte("12345678"))
	web := &browser{t: t, s: s}
	page := func(path string) string {
		t.Helper()
		r := web.do("GET", path, nil)
		r.want(200)
		if !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") || len(r.header["Set-Cookie"]) > 0 {
			t.Errorf("%s: headers %v", path, r.header)
		}
		return string(r.raw)
	}
	form := func(v url.Values) reply {
		return web.do("POST", "/uploads/"+id, v.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}
	p := page("/uploads/" + id)
	for _, want := range []string{"Growth &lt;script&gt;", "Doe, Jane", "25d55ad283aa400af464c76d713c07ad", "8 B", ">Publish<",
		"run 1/a.txt"} {
		if !strings.Contains(p, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	if strings.Contains(p, "<script") || strings.Contains(p, "onclick=\"x") {
		t.Error("foreign markup in the page")
	}
	form(url.Values{"action": {"publish"}}).want(403)
	form(url.Values{"action": {"publish"}, "nonce": {"0123"}}).want(403)
	nonce := noncePattern.FindStringSubmatch(p)[1]
	if r := form(url.Values{"action": {"publish"}, "nonce": {nonce}}); r.status != 400 ||
		!strings.Contains(string(r.raw), "metadata.publisher: Missing publisher field required for DOI registration.") {
		t.Errorf("validation: %d", r.status)
	}
	if err := s.EditMetadata(id, func(md map[string]any) { md["publisher"] = "Zenodo" }); err != nil {
		t.Fatal(err)
	}
	form(url.Values{"action": {"save"}, "nonce": {nonce}, "title": {"Last touch"}, "description": {"<p>Better</p>"}}).want(303)
	r := form(url.Values{"action": {"publish"}, "nonce": {nonce}, "title": {"Last touch"}})
	if r.want(303); r.header.Get("Location") != "/records/"+id {
		t.Errorf("leads to %s", r.header.Get("Location"))
	}
	rec := s.Records()[0]
	if rec.Title != "Last touch" || rec.Description != "<p>Better</p>" {
		t.Errorf("record %+v", rec)
	}
	p = page("/records/" + id)
	if !strings.Contains(p, "Last touch") || !strings.Contains(p, rec.DOI) ||
		!strings.Contains(p, "/records/"+id+"/files/run%201/a.txt?download=1") {
		t.Errorf("landing page: %s", p)
	}
	if r := web.do("GET", "/records/"+id+"/files/run%201/a.txt?download=1", nil); string(r.raw) != "12345678" ||
		!strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("download %q %v", r.raw, r.header)
	}
	if r := web.do("GET", "/uploads/"+id, nil); r.status != 303 {
		t.Errorf("old form: %d", r.status)
	}
	if !strings.Contains(page("/"), "Last touch") || !strings.Contains(page("/account/settings/applications/tokens/new/"), s.Token) {
		t.Error("list or token page")
	}
	for from, to := range map[string]string{"/doi/" + rec.DOI: "/records/" + id, "/deposit/" + id: "/uploads/" + id, "/record/" +
		id: "/records/" + id, "/records/" + rec.Concept: "/records/" + id} {
		if r := web.do("GET", from, nil); r.header.Get("Location") != to {
			t.Errorf("%s leads to %q", from, r.header.Get("Location"))
		}
	}
	web.do("GET", "/records/999", nil).want(404)
	web.do("GET", "/../etc/passwd", nil).want(400)
}

func TestPagesDiscardAndReview(t *testing.T) {
	s := Start(t, Options{})
	b := native(t, s)
	web := &browser{t: t, s: s}
	press := func(id, action string) reply {
		t.Helper()
		nonce := noncePattern.FindStringSubmatch(string(web.do("GET", "/uploads/"+id, nil).raw))[1]
		return web.do(
			"POST",
			"/uploads/"+id,
			url.Values{"action": {action}, "nonce": {nonce}}.Encode(),
			"Content-Type",
			"application/x-www-form-urlencoded",
		)
	}
	id := b.draft()
	press(id, "discard").want(303)
	web.do("GET", "/uploads/"+id, nil).want(404)
	for slug, want := range map[string]string{"reviewed": "in_review", "my-lab": "published"} {
		id = b.draft()
		b.upload(id, "a", []byte("x"))
		k := b.do("GET", "/api/communities/"+slug, nil).want(200)
		b.do("PUT", "/api/records/"+id+"/draft/review", object{"type": "community-submission", "receiver": object{"community": k["id"]}}).
			want(200)
		press(id, "publish").want(303)
		if d, _ := s.Deposit(id); d.Status != want {
			t.Errorf("%s: %s", slug, d.Status)
		}
	}
}
