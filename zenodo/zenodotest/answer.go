package zenodotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The media types of the records API (docs/zenodo-api.md, Media types).
const (
	jsonType   = "application/json"
	nativeType = "application/vnd.inveniordm.v1+json"
	bytesType  = "application/octet-stream"
	htmlType   = "text/html; charset=utf-8"
)

// object is a JSON object.
type object = map[string]any

// call is one API request on its way.
type call struct {
	s    *Server
	w    http.ResponseWriter
	r    *http.Request
	q    url.Values
	path string
	user *user
	id   string // of the record, community, vocabulary entry in the path
	key  string // of the file in the path
	part int    // of a multipart upload

	// Filled by the checks of prelude.go.
	kind string // negotiated type of the answer
	body any    // the request's JSON
	rev  int    // of If-Match
}

// answer is a good answer. Without a kind the body is JSON of the negotiated type.
type answer struct {
	status   int
	kind     string
	revision int // > 0: as ETag
	body     any // nil, string, or JSON
	header   map[string]string
}

// fieldError is what validation says of one field.
type fieldError struct {
	Field    string   `json:"field"`
	Messages []string `json:"messages"`
}

// apiError is a refusal.
type apiError struct {
	status    int
	message   string
	errors    []fieldError
	framework bool // members the other way round; says nothing to a JSON reader
	extra     object
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.status, e.message) }

func refuse(status int, message string) *apiError { return &apiError{status: status, message: message} }

func frameworkError(status int, message string) *apiError {
	return &apiError{status: status, message: message, framework: true}
}

func invalid(errs ...fieldError) *apiError {
	return &apiError{status: http.StatusBadRequest, message: "A validation error occurred.", errors: errs}
}

func field(name, message string) fieldError {
	return fieldError{Field: name, Messages: []string{message}}
}

func notFoundPath() *apiError {
	return frameworkError(
		http.StatusNotFound,
		"The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.",
	)
}

func internalError() *apiError {
	return frameworkError(
		http.StatusInternalServerError,
		"The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an "+
			"error in the application.",
	)
}

func denied() *apiError  { return refuse(http.StatusForbidden, "Permission denied.") }
func missing() *apiError { return refuse(http.StatusNotFound, "Not found.") }
func noPID() *apiError {
	return refuse(http.StatusNotFound, "The persistent identifier does not exist.")
}
func notRegistered() *apiError {
	return refuse(http.StatusNotFound, "The persistent identifier is not registered.")
}
func noFile(id, key string) *apiError {
	return refuse(http.StatusNotFound, fmt.Sprintf("Record '%s' has no file '%s'.", id, key))
}

// fail writes a refusal.
func (c *call) fail(e *apiError) {
	b := object{"status": e.status, "message": e.message}
	if e.errors != nil {
		b["errors"] = e.errors
	}
	for k, v := range e.extra {
		b[k] = v
	}
	if e.status == http.StatusInternalServerError && c.s.o.zenodo() {
		c.s.mu.Lock()
		b["error_id"] = c.s.hex(16) // Zenodo reports to an error tracker, a stock instance does not
		c.s.mu.Unlock()
	}
	c.write(e.status, jsonType, b)
}

// send writes a good answer.
func (c *call) send(a *answer) {
	for k, v := range a.header {
		c.w.Header().Set(k, v)
	}
	if a.revision > 0 {
		c.w.Header().Set("ETag", strconv.Quote(strconv.Itoa(a.revision)))
	}
	kind := a.kind
	if kind == "" {
		kind = jsonType
	}
	if a.status == http.StatusNoContent {
		kind = htmlType
	}
	c.write(a.status, kind, a.body)
}

func (c *call) write(status int, kind string, body any) {
	h := c.w.Header()
	h.Set("Content-Type", kind)
	if origin := c.r.Header.Get("Origin"); origin != "" {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	switch status {
	case 200, 201, 204, 206, 301, 302, 303, 304, 307, 308: // nginx adds it to these only
		c.s.mu.Lock()
		h.Set("X-Request-ID", c.s.hex(16))
		c.s.mu.Unlock()
	}
	var data []byte
	switch b := body.(type) {
	case nil:
	case string:
		data = []byte(b)
	default:
		data = encode(b)
	}
	if status == http.StatusNoContent {
		h.Del("Content-Length")
		c.w.WriteHeader(status)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(data)
	}
}

// encode is JSON with characters as they are, as the site writes it.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // only maps of strings, numbers and the like get here
		return []byte(`{"status":500,"message":"encoding failed"}`)
	}
	return b.Bytes()
}

// accept negotiates the answer's type among those offered, the first of which
// is the default. Of several equally wanted the one offered first wins, not the
// one named first (docs/zenodo-api.md, Media types).
func (c *call) accept(offered ...string) (string, *apiError) {
	want := c.r.Header.Get("Accept")
	if want == "" {
		return offered[0], nil
	}
	best, bestQ := "", 0.0
	for _, o := range offered {
		q := 0.0
		for _, part := range strings.Split(want, ",") {
			t, params, _ := strings.Cut(part, ";")
			t = strings.ToLower(strings.TrimSpace(t))
			pq := 1.0
			if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
				if f, err := strconv.ParseFloat(v, 64); err == nil {
					pq = f
				}
			}
			kind, _, _ := strings.Cut(o, "/")
			if t == o || t == "*/*" || t == kind+"/*" {
				q = max(q, pq)
			}
		}
		if q > bestQ {
			best, bestQ = o, q
		}
	}
	if best == "" {
		return "", notAcceptable(offered...)
	}
	return best, nil
}

func notAcceptable(names ...string) *apiError {
	return refuse(http.StatusNotAcceptable, "Invalid 'Accept' header. Expected one of: "+strings.Join(names, ", "))
}

// acceptRecord is accept for drafts and records, which a real instance offers in
// many more forms; only the JSON ones are played.
func (c *call) acceptRecord() (string, *apiError) {
	t, e := c.accept(jsonType, nativeType)
	if e != nil {
		return "", notAcceptable(
			jsonType,
			"application/ld+json",
			"application/vnd.inveniordm.v1.full+csv",
			"application/vnd.inveniordm.v1.simple+csv",
			"application/marcxml+xml",
			nativeType,
			"application/vnd.citationstyles.csl+json",
			"application/vnd.datacite.datacite+json",
			"application/vnd.geo+json",
			"application/vnd.datacite.datacite+xml",
			`application/ld+json;profile="https://datapackage.org/profiles/2.0/datapackage.json"`,
			"application/x-dc+xml",
			"text/x-bibliography",
			"application/x-bibtex",
			"application/dcat+xml",
			"application/linkset+json",
		)
	}
	return t, nil
}

// zenodoJSON reports whether an answer of this type is Zenodo's own form.
func (c *call) zenodoJSON(kind string) bool { return c.s.o.zenodo() && kind == jsonType }

// json reads the request's JSON. Types are compared as whole strings, so a
// charset is refused (docs/zenodo-api.md, Headers). No body gives nil.
func (c *call) json(types ...string) (any, *apiError) {
	if len(types) == 0 {
		types = []string{jsonType}
	}
	if t := c.r.Header.Get("Content-Type"); t != "" && !slices.Contains(types, t) {
		return nil, refuse(http.StatusUnsupportedMediaType, "Invalid 'Content-Type' header. Expected one of: "+strings.Join(types, ", "))
	}
	data, err := io.ReadAll(io.LimitReader(c.r.Body, 100<<20))
	if err != nil {
		panic(http.ErrAbortHandler) // the client is gone; nobody reads an answer
	}
	if len(data) == 0 {
		return nil, nil
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, refuse(http.StatusBadRequest, "Unable to decode JSON data in request body.")
	}
	return v, nil
}

// ifMatch reads If-Match, a bare integer: an ETag as the server itself sends it
// is refused (docs/zenodo-api.md, Headers). -1 = absent.
func (c *call) ifMatch() (int, *apiError) {
	h := c.r.Header.Get("If-Match")
	if h == "" {
		return -1, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(h))
	if err != nil {
		return 0, invalid(field("if_match", "Not a valid integer."))
	}
	return n, nil
}

// normalise is what nginx makes of a path: decoded, slashes merged, dots
// resolved (docs/zenodo-api.md, Limits and names). False for what it refuses.
func normalise(escaped string) (string, bool) {
	p, err := url.PathUnescape(escaped)
	if err != nil || !strings.HasPrefix(p, "/") {
		return "", false
	}
	trailing := strings.HasSuffix(p, "/")
	var out []string
	for _, seg := range strings.Split(p, "/") {
		switch seg {
		case "", ".":
		case "..":
			if len(out) == 0 {
				return "", false
			}
			out = out[:len(out)-1]
		default:
			out = append(out, seg)
		}
	}
	p = "/" + strings.Join(out, "/")
	if trailing && len(out) > 0 {
		p += "/"
	}
	return p, true
}

// urlencoded reports whether the query has only characters that the token check
// lets pass (docs/zenodo-api.md, Sending the token).
func urlencoded(q string) bool {
	for _, b := range []byte(q) {
		if !(b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("_.-=&;:%+~,*@!()/?", b) >= 0) {
			return false
		}
	}
	return true
}
