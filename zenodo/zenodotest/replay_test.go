package zenodotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
)

// The recorded pairs are replayed in the order in which they were recorded,
// with the steps in between that were not kept.

const (
	nativeMini = `{"access":{"record":"public","files":"public"},"files":{"enabled":true},"metadata":{"resource_type":{"id":"dataset"},"title":"Growth curves of run 7","publication_date":"2026-11-24","publisher":"Lab","creators":[{"person_or_org":{"type":"personal","family_name":"Doe","given_name":"Jane","identifiers":[{"scheme":"orcid","identifier":"0000-0002-1825-0097"}]},"affiliations":[{"id":"05a28rw58"},{"name":"Lab Institute"}]}]}}`
)

// pairRequest and pairResponse are the two files of a pair.
type pairRequest struct {
	Method, Path string
	Headers      map[string]string
	Body         any
}

type pairResponse struct {
	Status  int
	Headers map[string]string
	Body    any
}

func load(t *testing.T, name string) (q pairRequest, r pairResponse) {
	t.Helper()
	for part, v := range map[string]any{"request": &q, "response": &r} {
		data, err := os.ReadFile(filepath.Join("testdata", name+"."+part+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return q, r
}

// labClock gives the day of the recording, moved on by hand.
type labClock struct{ at time.Time }

func (c *labClock) now() time.Time { c.at = c.at.Add(time.Millisecond); return c.at }

type replay struct {
	t     *testing.T
	s     *Server
	clock *labClock
	ids   map[string]string // recorded -> ours
}

func TestReplayRecordedPairs(t *testing.T) {
	clock := &labClock{time.Date(2026, 11, 24, 3, 14, 57, 0, time.UTC)}
	s := Start(t, Options{Profile: InvenioRDM, RateLimit: 133, Options: fakehttp.Options{Clock: clock.now}, BaseURL: "https://lab.invalid"})
	p := &replay{t: t, s: s, clock: clock, ids: map[string]string{}}
	seen := map[string]bool{}
	for _, line := range replayScript() {
		clock.at = clock.at.Add(time.Second)
		if rest, ok := strings.CutPrefix(line, "+"); ok {
			p.hidden(strings.SplitN(rest, " ", 4))
			continue
		}
		seen[line] = true
		t.Run(line, func(t *testing.T) { p.pair(t, line) })
	}
	files, err := filepath.Glob("testdata/*.request.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if n := strings.TrimSuffix(filepath.Base(f), ".request.json"); !seen[n] {
			t.Errorf("pair %s is not replayed", n)
		}
	}
}

func (p *replay) token(name string) string {
	switch name {
	case "TOKEN":
		return p.s.Token
	case "SECOND-TOKEN":
		return p.s.SecondToken
	case "CURATOR-TOKEN":
		return p.s.CuratorToken
	case "NOSCOPE-TOKEN":
		return p.s.NoScopeToken
	}
	return name
}

func (p *replay) translate(s string) string {
	for from, to := range p.ids {
		s = strings.ReplaceAll(s, from, to)
	}
	return s
}

func (p *replay) send(method, path string, headers map[string]string, body []byte) (*http.Response, any) {
	p.t.Helper()
	req, err := http.NewRequest(method, p.s.URL+p.translate(path), bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if strings.Contains(path, `"`) || strings.Contains(path, "//") {
		req.URL.Opaque = p.translate(path)
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	if body == nil {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var v any
	if json.Unmarshal(data, &v) != nil && len(data) > 0 {
		v = string(data)
	}
	return resp, v
}

// hidden carries out a step that was not recorded.
func (p *replay) hidden(f []string) {
	p.t.Helper()
	h := map[string]string{
		"Authorization": "Bearer " + p.token(slices.Concat(f, []string{"", ""})[1]),
		"User-Agent":    "hidden",
		"Accept":        nativeType,
	}
	must := func(resp *http.Response, v any) any {
		p.t.Helper()
		if resp.StatusCode > 299 {
			p.t.Fatalf("hidden step %v: %d %v", f, resp.StatusCode, v)
		}
		return v
	}
	body := func(i int) []byte {
		if i >= len(f) {
			return nil
		}
		full, _ := load(p.t, "02-create-full")
		switch f[i] {
		case "mini":
			return []byte(nativeMini)
		case "nopublisher":
			return []byte(strings.Replace(nativeMini, `"publisher":"Lab",`, "", 1))
		case "full-no-pids":
			return []byte(strings.TrimSuffix(strings.TrimSpace(string(encode(full.Body))), "}") + `,"pids":{}}`)
		case "probe":
			return []byte(
				`{"metadata":{"resource_type":{"id":"dataset"},"title":"Probe","publication_date":"2026-11-24","publisher":"Lab","creators":[{"person_or_org":{"type":"personal","family_name":"Doe","given_name":"Jane"}}]}}`,
			)
		case "full":
			return encode(full.Body)
		case "marker":
			m, _ := load(p.t, "07-create")
			return encode(m.Body)
		}
		return []byte(f[i])
	}
	switch f[0] {
	case "wait":
		p.clock.at = p.clock.at.Add(3 * time.Second)
	case "lag":
		p.s.SetLag(2500 * time.Millisecond)
	case "quota":
		p.s.SetQuota(50e6)
	case "create":
		v := must(p.send("POST", "/api/records", h, body(3)))
		p.ids[f[2]] = text(v.(object)["id"])
	case "upload":
		base := "/api/records/" + f[2] + "/draft/files"
		must(p.send("POST", base, h, []byte(`[{"key":"`+f[3]+`"}]`)))
		must(p.send("PUT", base+"/"+f[3]+"/content", h, []byte("1")))
		must(p.send("POST", base+"/"+f[3]+"/commit", h, nil))
	case "PUT8":
		must(p.send("PUT", f[2], h, []byte("12345678")))
	case "PART2":
		must(p.send("PUT", f[2], h, make([]byte, 2097152)))
	case "GET":
		v := must(p.send("GET", f[2], h, nil))
		p.ids[f[3]] = text(v.(object)["id"])
	case "review":
		ids := strings.Fields(f[3])
		v := must(
			p.send(
				"PUT",
				"/api/records/"+f[2]+"/draft/review",
				h,
				[]byte(p.translate(`{"receiver":{"community":"`+ids[1]+`"},"type":"community-submission"}`)),
			),
		)
		p.ids[ids[0]] = text(v.(object)["id"])
		must(p.send("POST", "/api/records/"+f[2]+"/draft/actions/submit-review", h, nil))
	case "burst":
		q, _ := load(p.t, "15-too-many")
		q.Headers["Authorization"] = "Bearer " + p.s.Token
		for range 133 {
			must(p.send("GET", q.Path, q.Headers, nil))
		}
	default:
		must(p.send(f[0], f[2], h, body(3)))
	}
}

var (
	idPattern   = regexp.MustCompile(`^([0-9a-z]{5}-[0-9a-z]{5}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)
	timePattern = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{6}\+00:00$`)
)

func (p *replay) pair(t *testing.T, name string) {
	q, want := load(t, name)
	h := map[string]string{}
	for k, v := range q.Headers {
		if t, ok := strings.CutPrefix(v, "Bearer "); ok && k == "Authorization" {
			v = "Bearer " + p.token(t)
		}
		h[k] = v
	}
	switch name { // the recorder kept these two bodies as they were changed later
	case "04-external":
		q.Body.(object)["pids"] = object{"doi": object{"identifier": "10.1234/foo", "provider": "external"}}
	case "04-external-own-prefix":
		q.Body.(object)["pids"] = object{"doi": object{"identifier": "10.5072/foo", "provider": "external"}}
	}
	var body []byte
	switch b := q.Body.(type) {
	case nil:
	case string:
		body = []byte(b)
	case object:
		if s, ok := b["text"].(string); ok && len(b) == 1 {
			body = []byte(s)
		} else if n, ok := b["bytes"].(float64); ok && len(b) == 1 {
			body = make([]byte, int(n))
		} else {
			body = []byte(p.translate(string(encode(b))))
		}
	default:
		body = encode(b)
	}
	resp, got := p.send(q.Method, q.Path, h, body)
	if resp.StatusCode != want.Status {
		t.Fatalf("%s %s: status %d, recorded %d; body %v", q.Method, q.Path, resp.StatusCode, want.Status, got)
	}
	for k, v := range want.Headers {
		g := resp.Header.Get(k)
		switch k {
		case "Content-Type", "Content-MD5", "Content-Disposition", "X-RateLimit-Limit", "ETag":
			if g != v {
				t.Errorf("header %s is %q, recorded %q", k, g, v)
			}
		default:
			if g == "" {
				t.Errorf("header %s is missing, recorded %q", k, v)
			}
		}
	}
	if n := resp.Header.Get("X-Request-ID"); (n != "") != slices.Contains([]int{200, 201, 204, 301, 302}, resp.StatusCode) {
		t.Errorf("X-Request-ID %q with %d", n, resp.StatusCode)
	}
	if want.Body == nil {
		if got != nil {
			t.Errorf("body %v, recorded none", got)
		}
		return
	}
	p.learn(want.Body, got)
	for _, d := range p.diff("", want.Body, got) {
		t.Error(d)
	}
}

// learn pairs recorded ids with ours.
func (p *replay) learn(want, got any) {
	switch w := want.(type) {
	case object:
		g, ok := got.(object)
		if !ok {
			return
		}
		for k, v := range w {
			p.learn(v, g[k])
		}
	case []any:
		g, _ := got.([]any)
		for i := range min(len(w), len(g)) {
			p.learn(w[i], g[i])
		}
	case string:
		if g, ok := got.(string); ok && idPattern.MatchString(w) && idPattern.MatchString(g) && w != g && p.ids[w] != g {
			p.ids[w] = g
		}
	}
}

// diff lists where an answer has another shape or says something else.
func (p *replay) diff(at string, want, got any) (out []string) {
	bad := func() []string { return []string{fmt.Sprintf("%s: %v, recorded %v", at, got, want)} }
	switch w := want.(type) {
	case object:
		g, ok := got.(object)
		if !ok {
			return bad()
		}
		for k, v := range w {
			x, ok := g[k]
			if !ok {
				out = append(out, fmt.Sprintf("%s.%s is missing, recorded %v", at, k, v))
				continue
			}
			if k == "ui" || k == "aggregations" {
				continue // the client reads neither; shapes are checked elsewhere
			}
			out = append(out, p.diff(at+"."+k, v, x)...)
		}
		for k, v := range g {
			if _, ok := w[k]; !ok && k != "ui" {
				out = append(out, fmt.Sprintf("%s.%s: %v, not recorded", at, k, v))
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return bad()
		}
		if strings.HasSuffix(at, "entries") { // their order means nothing
			byKey := func(a, b any) int {
				x, _ := a.(object)
				y, _ := b.(object)
				return strings.Compare(text(x["key"]), text(y["key"]))
			}
			w, g = slices.Clone(w), slices.Clone(g)
			slices.SortFunc(w, byKey)
			slices.SortFunc(g, byKey)
		}
		for i := range w {
			out = append(out, p.diff(fmt.Sprintf("%s[%d]", at, i), w[i], g[i])...)
		}
	case string:
		g, ok := got.(string)
		if !ok {
			return bad()
		}
		if timePattern.MatchString(w) && timePattern.MatchString(g) || idPattern.MatchString(w) && idPattern.MatchString(g) {
			return nil
		}
		if strings.HasSuffix(at, ".number") || strings.Contains(at, "links") && strings.Contains(w, "/api/user/records") {
			return nil // running numbers; order and encoding of a list's query
		}
		if g != p.translate(w) {
			return bad()
		}
	case float64:
		if _, ok := got.(float64); !ok {
			return bad()
		}
		switch at[strings.LastIndexByte(at, '.')+1:] {
		case "total":
			return nil // other entries in the lab
		}
		if got != want {
			return bad()
		}
	default:
		if got != want {
			return bad()
		}
	}
	return out
}
