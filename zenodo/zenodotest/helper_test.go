package zenodotest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// browser is a client of the tests: a token, a User-Agent, no redirects followed.
type browser struct {
	t      *testing.T
	s      *Server
	token  string
	accept string
}

func native(t *testing.T, s *Server) *browser { return &browser{t, s, s.Token, nativeType} }
func plainJSON(t *testing.T, s *Server) *browser {
	return &browser{t, s, s.Token, jsonType}
}

func (b *browser) as(token string) *browser { c := *b; c.token = token; return &c }

// reply is an answer.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	raw    []byte
	body   any
}

// do sends a request; body is a string, bytes, nil, or JSON.
func (b *browser) do(method, path string, body any, headers ...string) reply {
	b.t.Helper()
	var data []byte
	kind := jsonType
	switch v := body.(type) {
	case nil:
	case []byte:
		data, kind = v, bytesType
	case string:
		data = []byte(v)
	default:
		data = encode(v)
	}
	if !strings.HasPrefix(path, "http") {
		path = b.s.URL + path
	}
	req, err := http.NewRequest(method, path, bytes.NewReader(data))
	if err != nil {
		b.t.Fatal(err)
	}
	if body == nil {
		req.Body, req.ContentLength = nil, 0
	} else {
		req.Header.Set("Content-Type", kind)
	}
	if b.token != "" {
		req.Header.Set("Authorization", "Bearer "+b.token)
	}
	if b.accept != "" {
		req.Header.Set("Accept", b.accept)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(req)
	if err != nil {
		return reply{t: b.t, raw: []byte(err.Error())}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{t: b.t, header: resp.Header, raw: []byte(err.Error())}
	}
	r := reply{t: b.t, status: resp.StatusCode, header: resp.Header, raw: raw}
	if err := json.Unmarshal(raw, &r.body); err != nil {
		r.body = string(raw)
	}
	return r
}

// want checks the status and gives the body as an object.
func (r reply) want(status int) object {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.raw)
	}
	m, _ := r.body.(object)
	return m
}

// says checks status and message.
func (r reply) says(status int, message string) {
	r.t.Helper()
	if got := text(r.want(status)["message"]); got != message {
		r.t.Errorf("message %q, want %q", got, message)
	}
}

// complains checks that one of the errors is about a field and says this.
func (r reply) complains(status int, name, message string) {
	r.t.Helper()
	for _, e := range list(r.want(status)["errors"]) {
		m := e.(object)
		if m["field"] == name && slices.Contains(list(m["messages"]), any(message)) {
			return
		}
	}
	r.t.Errorf("no error %s: %s in %s", name, message, r.raw)
}

// dig follows a dotted path.
func dig(v any, path string) any {
	for p := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case object:
			v = x[p]
		case []any:
			v = nil
			if len(p) == 1 && int(p[0]-'0') < len(x) {
				v = x[p[0]-'0']
			}
		default:
			return nil
		}
	}
	return v
}

// full is a body without problems.
func full() object {
	return object{"access": object{"record": "public", "files": "public"}, "files": object{"enabled": true}, "metadata": object{
		"resource_type": object{"id": "dataset"}, "title": "Growth curves", "publication_date": "2026-09-01", "publisher": "Zenodo",
		"creators": []any{object{"person_or_org": object{"type": "personal", "family_name": "Doe", "given_name": "Jane"}}},
	}}
}

// draft makes a draft and gives its id.
func (b *browser) draft() string {
	b.t.Helper()
	return text(b.do("POST", "/api/records", full()).want(201)["id"])
}

// upload puts a committed file into a draft.
func (b *browser) upload(id, key string, data []byte) {
	b.t.Helper()
	f := "/api/records/" + id + "/draft/files"
	b.do("POST", f, []any{object{"key": key}}).want(201)
	b.do("PUT", f+"/"+escapeKey(key)+"/content", data).want(200)
	b.do("POST", f+"/"+escapeKey(key)+"/commit", nil).want(200)
}

// published makes a record.
func (b *browser) published() string {
	b.t.Helper()
	id := b.draft()
	b.upload(id, "a.txt", []byte("12345678"))
	b.do("POST", "/api/records/"+id+"/draft/actions/publish", nil).want(202)
	return id
}
