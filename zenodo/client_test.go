package zenodo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"zenobis/wire"
)

func TestNew(t *testing.T) {
	for in, want := range map[string]string{
		"https://zenodo.org": "https://zenodo.org", "zenodo.org": "https://zenodo.org",
		" https://Zenodo.org:443/uploads/12?x=1#y ": "https://zenodo.org",
		"https://sandbox.zenodo.org/api/":           "https://sandbox.zenodo.org", "http://127.0.0.1:18480": "http://127.0.0.1:18480",
		"https://rdm.example:8443/": "https://rdm.example:8443",
	} {
		c, err := New(Options{URL: in, Token: secret})
		if err != nil || c.URL() != want {
			t.Errorf("%q: %v, %v", in, c, err)
		}
	}
	for _, in := range []string{"", "ftp://zenodo.org", "https://", "http://zenodo.org", "http://10.0.0.1", "https://user:" + secret + "@/"} {
		if c, err := New(Options{URL: in, Token: secret}); err == nil {
			t.Errorf("%q: %s", in, c.URL())
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%q: the error shows a secret: %v", in, err)
		}
	}
	if _, err := New(Options{URL: "http://rdm.lan", Token: secret, AllowHTTP: true}); err != nil {
		t.Error(err)
	}
	if _, err := New(Options{URL: "zenodo.org", Token: "abc\ndef"}); err == nil || strings.Contains(err.Error(), "def") {
		t.Errorf("token with a line feed: %v", err)
	}
	z, _ := New(Options{URL: "sandbox.zenodo.org"})
	i, _ := New(Options{URL: "rdm.example", Limits: Limits{Files: 200}})
	if z.Kind() != KindZenodo || z.Limits() != (Limits{50e9, 100}) ||
		z.TokenURL() != "https://sandbox.zenodo.org/account/settings/applications/tokens/new/" {
		t.Errorf("zenodo: %s %+v %s", z.Kind(), z.Limits(), z.TokenURL())
	}
	if i.Kind() != KindInvenioRDM || i.Limits() != (Limits{10e9, 200}) {
		t.Errorf("inveniordm: %s %+v", i.Kind(), i.Limits())
	}
}

// No error and no log ever shows the token, whatever the server sends back.
func TestSecretsStayInside(t *testing.T) {
	var log bytes.Buffer
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-ID", "id-"+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")[:10])
		switch r.URL.Query().Get("suggest") {
		case "html":
			w.WriteHeader(502)
			fmt.Fprintf(w, "<h1>Bad %s</h1>", r.Header.Get("Authorization"))
		case "redirect":
			w.Header().Set("Location", "https://evil.example/?token="+secret)
			w.WriteHeader(302)
		default:
			w.WriteHeader(400)
			fmt.Fprintf(
				w,
				`{"message":"you sent %s","errors":[{"field":"%s","messages":["a \u001b[31m%s"]}]}`,
				r.Header.Get("Authorization"),
				secret,
				secret,
			)
		}
	}))
	c, err := New(
		Options{URL: s.URL, Token: secret, PerMinute: -1, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))},
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	var errs []error
	for _, q := range []string{"json", "html", "redirect"} {
		errs = append(errs, second(c.Names(ctx, q)))
	}
	s.Close()
	errs = append(errs, second(c.Names(ctx, "gone")), c.Put(ctx, "1", "a", 1, strings.NewReader("x")), second(c.Draft(ctx, secret+"/../x")))
	for _, err := range errs {
		if err == nil {
			t.Error("no error")
			continue
		}
		text := fmt.Sprintf("%v %+v", err, err)
		if strings.Contains(text, secret) || strings.Contains(text, "\x1b") || strings.Contains(text, "suggest=") {
			t.Errorf("shows too much: %q", text)
		}
	}
	if strings.Contains(log.String(), secret) || log.Len() == 0 {
		t.Errorf("log: %s", log.String())
	}
}

// The token goes to its one server; a redirect never takes it along.
func TestTokenStaysAtItsHost(t *testing.T) {
	stolen := false
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stolen = stolen || r.Header.Get("Authorization") != ""
		_, _ = io.WriteString(w, `{"id":"1"}`)
	}))
	defer other.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/api/records/1", http.StatusFound)
	}))
	defer s.Close()
	c := client(t, s.URL)
	ctx := context.Background()
	for what, err := range map[string]error{
		"record": second(c.Record(ctx, "1")), "draft": second(c.Draft(ctx, "1")), "create": second(c.Create(ctx, DraftBody{})),
		"put": c.Put(ctx, "1", "a", 1, strings.NewReader("x")), "delete": c.DeleteDraft(ctx, "1"),
	} {
		if !errors.Is(err, ErrNotInvenio) || !strings.Contains(err.Error(), other.URL) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, _, err := c.OpenFile(ctx, "1", "a") // an object storage without TLS is not followed
	if !errors.Is(err, ErrNotInvenio) || stolen {
		t.Errorf("open: %v, token stolen: %v", err, stolen)
	}
	loop := httptest.NewServer(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }),
	)
	defer loop.Close()
	if _, err := client(t, loop.URL).Record(ctx, "1"); !errors.Is(err, ErrNotInvenio) {
		t.Errorf("loop: %v", err)
	}
}

func TestErrorsForPeople(t *testing.T) {
	e := &APIError{Op: "save draft", Status: 400, Kind: ErrInvalid, Message: "A validation error occurred.", RequestID: "abc",
		Fields: []FieldError{
			{"metadata.title", []string{"Shorter than minimum length 3."}},
			{"metadata.creators", []string{"Missing data for required field."}},
		}}
	if got, want := e.Error(), "save draft: refused as invalid: metadata.title: Shorter than minimum length 3.; metadata.creators: "+
		"Missing data for required field. (HTTP 400, request abc)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	status, body, good := 0, "", false
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if good && r.URL.Path == tokenPath {
			_, _ = io.WriteString(w, `{"hits":{"hits":[],"total":0}}`)
			return
		}
		w.Header().Set("Retry-After", "37")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer s.Close()
	c := client(t, s.URL)
	for _, x := range []struct {
		status int
		body   string
		kind   error
		text   string
		retry  time.Duration
	}{
		{504, "<html>\n<head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center></body></html>",
			ErrUnavailable, "read draft: server cannot be reached: 504 Gateway Time-out (HTTP 504)", 0},
		{503, `{"status":503,"message":"File storage is offline."}`, ErrUnavailable,
			"read draft: server cannot be reached: File storage is offline. (HTTP 503)", 37 * time.Second},
		{500, `{"status":500,"message":"The server encountered an internal error.","error_id":"deadbeef"}`, ErrUnavailable,
			"request deadbeef", 0},
		{408, "<html><h1>408 Request Time-out</h1></html>", ErrUnavailable, "408 Request Time-out", 0},
		{401, `{"status":401,"message":"The server could not verify"}`, ErrToken, "token refused", 0},
		{403, "<html><h1>Access denied</h1></html>", ErrBlocked, "blocked by the server's protection: Access denied", 0},
		{404, `{"status":404,"message":"The persistent identifier does not exist."}`, ErrNotFound, "not found", 0},
		{200, "<html><title>Welcome to nginx</title></html>", ErrNotInvenio, "not an InvenioRDM server: Welcome to nginx", 0},
		{200, `{"hello":"world"}`, ErrNotInvenio, "not an InvenioRDM server", 0},
		{200, strings.Repeat(" ", maxAnswer+1), ErrUnavailable, "answer longer than", 0},
	} {
		status, body = x.status, x.body
		_, err := client(t, s.URL).Draft(context.Background(), "1")
		var e *APIError
		if !errors.Is(err, x.kind) || !errors.As(err, &e) || !strings.Contains(err.Error(), x.text) || e.RetryIn != x.retry {
			t.Errorf("%d: %v (retry %v), want %q", x.status, err, e.RetryIn, x.text)
		}
	}
	// A page from a server that has answered before is one of maintenance.
	status, body = 404, `{"status":404,"message":"x"}`
	_, _ = c.Draft(context.Background(), "1")
	status, body = 200, "<html><title>Back soon</title></html>"
	if _, err := c.Draft(context.Background(), "1"); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrNotInvenio) || !wire.Transient(err) {
		t.Errorf("maintenance: %v", err)
	}
	// A commit's 500 is the application's only when it speaks JSON.
	status, body = 500, `{"status":500,"message":"x"}`
	if _, err := c.Commit(context.Background(), "1", "a"); !errors.Is(err, ErrNoContent) {
		t.Errorf("commit: %v", err)
	}
	body = "<h1>500</h1>"
	if _, err := c.Commit(context.Background(), "1", "a"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("commit: %v", err)
	}
	status, body = 403, `{"status": 403, "message": "Permission denied."}`
	// "Permission denied." is said to a bad token and for what isn't ours alike.
	if err := c.DeleteDraft(context.Background(), "1"); !errors.Is(err, ErrToken) {
		t.Errorf("bad token: %v", err)
	}
	good = true
	if _, err := c.Draft(context.Background(), "1"); !errors.Is(err, ErrDenied) || errors.Is(err, ErrToken) {
		t.Errorf("somebody else's draft: %v", err)
	}
	if err := c.Put(context.Background(), "1", "a", 1, strings.NewReader("x")); !errors.Is(err, ErrDenied) {
		t.Errorf("somebody else's draft: %v", err)
	}
	status, body = 405, `{"message":"x","status":405}`
	if _, err := c.ReserveDOI(context.Background(), "1"); !errors.Is(err, ErrNoDOI) {
		t.Errorf("reserve: %v", err)
	}
}

// roundTrip is a server without a network, for tests under a false clock.
type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func reply(status int, header map[string]string) *http.Response {
	h := http.Header{}
	for k, v := range header {
		h.Set(k, v)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(`{"hits":{"hits":[],"total":0}}`))}
}

func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []time.Duration
		n, answer := 0, func() *http.Response { return reply(200, nil) }
		c, err := New(Options{URL: "https://rdm.example", Token: secret, OnWait: func(d time.Duration, _ string) { told = append(told, d) },
			HTTP: &http.Client{Transport: roundTrip(func(*http.Request) *http.Response { n++; return answer() })}})
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		call := func() error { return c.CheckToken(ctx) }
		begin := time.Now()
		for range 130 {
			if err := call(); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(begin); d != 61*time.Second {
			t.Errorf("130 requests took %v: 95 in a minute", d)
		}
		told = nil
		time.Sleep(time.Hour)
		// The last request of the server's window; our clock is an hour wrong.
		wrong := time.Now().Add(time.Hour).UTC()
		answer = func() *http.Response {
			return reply(
				200,
				map[string]string{
					"X-RateLimit-Remaining": "0",
					"Retry-After":           "7",
					"Date":                  wrong.Format(http.TimeFormat),
					"X-RateLimit-Reset":     strconv.FormatInt(wrong.Add(40*time.Second).Unix(), 10),
				},
			)
		}
		if err := call(); err != nil {
			t.Fatal(err)
		}
		answer = func() *http.Response {
			return reply(200, map[string]string{"X-RateLimit-Remaining": "17", "Retry-After": "60"}) // means nothing
		}
		begin = time.Now()
		_, _ = call(), call()
		if d := time.Since(begin); d < 39*time.Second || d > 41*time.Second || len(told) != 1 {
			t.Errorf("waited %v for the new window, told %v", d, told)
		}
		// Refused: wait as told, and ask again; it was not carried out.
		told, n = nil, 0
		answer = func() *http.Response {
			if n < 3 {
				return reply(429, map[string]string{"Retry-After": "48"})
			}
			return reply(200, nil)
		}
		begin = time.Now()
		if err := call(); err != nil || n != 3 || time.Since(begin) != 96*time.Second || len(told) != 2 {
			t.Errorf("%v after %d requests and %v, told %v", err, n, time.Since(begin), told)
		}
		// Without end, it gives up; searches of all records have a budget of their own.
		answer = func() *http.Response { return reply(429, nil) }
		var e *APIError
		if err := call(); !errors.Is(err, ErrRate) || !errors.As(err, &e) {
			t.Errorf("got %v", err)
		}
		answer = func() *http.Response { return reply(200, nil) }
		begin = time.Now()
		if _, err := c.search(ctx, call2(classSearch)); err != nil || time.Since(begin) != 0 {
			t.Errorf("search waited %v, %v", time.Since(begin), err)
		}
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if err := c.CheckToken(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a wait ends with its context: %v", err)
		}
	})
}

func call2(k class) call {
	return call{op: "search", method: http.MethodGet, path: "/api/records", class: k}
}

func TestState(t *testing.T) {
	json := func(status int, message string) string {
		return fmt.Sprintf(`{"status":%d,"message":%q}`, status, message)
	}
	const (
		noPID  = "The persistent identifier does not exist."
		notReg = "The persistent identifier is not registered."
	)
	for _, x := range []struct {
		name       string
		draft      int
		draftBody  string
		record     int
		recordBody string
		want       State
		wantErr    error
	}{
		{"draft", 200, `{"id":"1","status":"draft","is_draft":true}`, 0, "", StateDraft, nil},
		{"with review", 200, `{"id":"1","status":"draft_with_review"}`, 0, "", StateDraft, nil},
		{"in review", 200, `{"id":"1","status":"in_review"}`, 0, "", StateInReview, nil},
		{"declined", 200, `{"id":"1","status":"declined"}`, 0, "", StateDraft, nil},
		{"published", 404, json(404, noPID), 200, `{"id":"1","is_published":true}`, StatePublished, nil},
		{"being edited", 200, `{"id":"1","is_published":true,"is_draft":true}`, 200, `{"id":"1","is_published":true}`, StatePublished, nil},
		{"discarded", 404, json(404, noPID), 404, json(404, noPID), StateDiscarded, nil},
		{"race", 404, json(404, noPID), 404, json(404, notReg), StateUnknown, nil},
		{"deleted", 404, json(404, noPID), 410, json(410, "Record deleted"), StateDeleted, nil},
		{"no access, draft", 403, json(403, "Permission denied."), 404, json(404, notReg), StateDraft, nil},
		{"no access, published", 403, json(403, "Permission denied."), 200, `{"id":"1","is_published":true}`, StatePublished, nil},
		{"no access at all", 403, json(403, "Permission denied."), 403, json(403, "Permission denied."), StateUnknown, nil},
		{"outage", 503, "<h1>503</h1>", 0, "", StateUnknown, ErrUnavailable},
		{"outage later", 404, json(404, noPID), 502, "<h1>502</h1>", StateUnknown, ErrUnavailable},
		{"blocked", 403, "<h1>no</h1>", 0, "", StateUnknown, ErrBlocked},
		{"unknown words", 404, json(404, noPID), 404, json(404, "Something else."), StateUnknown, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				status, body := x.record, x.recordBody
				if strings.HasSuffix(r.URL.Path, "/draft") {
					status, body = x.draft, x.draftBody
				}
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}))
			defer s.Close()
			got, _, err := client(t, s.URL).State(context.Background(), "1")
			if got != x.want || !errors.Is(err, x.wantErr) {
				t.Errorf("%s, %v; want %s, %v", got, err, x.want, x.wantErr)
			}
		})
	}
}

// Zenodo's own JSON, should a proxy lose the Accept header: ids are numbers,
// files a list.
func TestZenodoJSON(t *testing.T) {
	c := client(t, "https://zenodo.org")
	r, err := c.record(
		[]byte(`{"id":17200001,"conceptrecid":"17200000","doi":"10.5281/zenodo.17200001","conceptdoi":"10.5281/zenodo.17200000","title":"x",
		"files":[{"key":"a"}],"submitted":true,"status":"published","metadata":{"title":"A\u001b[31m title","creators":[{"name":"Doe, J"}],"resource_type":{"title":"Dataset","type":"dataset"},"related_identifiers":"odd"}}`),
	)
	if err != nil || r.ID != "17200001" || r.ConceptID != "17200000" || r.DOI != "10.5281/zenodo.17200001" || !r.IsPublished ||
		r.Metadata.Title != "A[31m title" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOpenFileChecks(t *testing.T) {
	var header map[string]string
	var body string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for k, v := range header {
			w.Header().Set(k, v)
		}
		_, _ = io.WriteString(w, body)
	}))
	defer s.Close()
	c := client(t, s.URL)
	read := func() error {
		rd, _, err := c.OpenFile(context.Background(), "1", "a")
		if err != nil {
			return err
		}
		defer rd.Close()
		_, err = io.ReadAll(rd)
		return err
	}
	header, body = map[string]string{"Content-MD5": "25d55ad283aa400af464c76d713c07ad"}, "12345678"
	if err := read(); err != nil {
		t.Error(err)
	}
	body = "12345679"
	if err := read(); !errors.Is(err, ErrCorrupt) {
		t.Errorf("other bytes: %v", err)
	}
	header["Content-Length"] = "20"
	if err := read(); !errors.Is(err, ErrUnavailable) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short: %v", err)
	}
}

func TestOpenFileStalls(t *testing.T) {
	hang := make(chan struct{})
	headers := true
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if headers {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "12345")
			w.(http.Flusher).Flush()
		}
		<-hang
	}))
	defer s.Close()
	defer close(hang)
	c, err := New(Options{URL: s.URL, PerMinute: -1, CallTimeout: 200 * time.Millisecond, StallTimeout: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	rd, n, err := c.OpenFile(context.Background(), "1", "a")
	if err != nil || n != 10 {
		t.Fatal(n, err)
	}
	defer rd.Close()
	time.Sleep(300 * time.Millisecond) // our own pause is no stall
	data, err := io.ReadAll(rd)
	if string(data) != "12345" || !errors.Is(err, ErrStalled) || !strings.Contains(err.Error(), "no more than 5 bytes for 200ms") {
		t.Errorf("%q, %v", data, err)
	}
	headers = false
	if _, _, err := c.OpenFile(context.Background(), "1", "a"); !errors.Is(err, ErrStalled) ||
		!strings.Contains(err.Error(), "no answer for 200ms") {
		t.Errorf("no answer: %v", err)
	}
}

func TestCheckKey(t *testing.T) {
	for _, k := range []string{"a", "run 1/raw.tar", "..x", "a..b", ".h", strings.Repeat("é", 255), "q?#%.txt", "測定"} {
		if err := checkKey(k); err != nil {
			t.Errorf("%q: %v", k, err)
		}
	}
	for _, k := range []string{"", ".", "..", "../x", "a/./b", "a/..", "a//b", "/a", "a/", "a\nb", "a\tb", "a\x00", "a\u0085", "\xff",
		strings.Repeat("é", 256)} {
		if err := checkKey(k); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", k, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"02-create-full", "02-create-with-errors", "05-init", "12-names", "10-community"} {
		f.Add([]byte(load(f, name+".response").Body))
	}
	f.Add([]byte(`{"id":1e400,"metadata":{"creators":[null,{}],"rights":[{"title":{"en":1}}]},"errors":{"a":[1]},"files":[]}`))
	c := client(f, "https://zenodo.org")
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := c.record(data); err == nil {
			for _, s := range []string{r.ID, r.DOI, r.Metadata.Title, r.Status, r.HTML, r.Owner} {
				if strings.ContainsAny(s, "\x1b\n\x00") {
					t.Fatalf("not clean: %q", s)
				}
			}
		}
		for _, status := range []int{400, 403, 404, 500} {
			e := c.refusal("try", &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(data))})
			if e.Kind == nil || strings.ContainsAny(e.Error(), "\x1b\n\x00") {
				t.Fatalf("%q", e.Error())
			}
		}
		var w wireEntry
		_ = decode(data, &w)
		w.entry()
		var files wireFiles
		_ = decode(data, &files)
		for _, e := range files.Entries {
			e.entry()
		}
	})
}

func FuzzCheckKey(f *testing.F) {
	f.Add("a/../b")
	f.Add("%2e%2e/x")
	f.Fuzz(func(t *testing.T, key string) {
		if checkKey(key) != nil {
			return
		}
		c := client(t, "https://zenodo.org")
		u := *c.base
		setPath(&u, filePath("1", key)+"/content")
		r, err := http.NewRequest(http.MethodPut, u.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.URL.Path; got != "/api/records/1/draft/files/"+key+"/content" {
			t.Fatalf("%q became %q", key, got)
		}
		if strings.ContainsAny(r.URL.EscapedPath(), " \"{}|^<>[]\\") {
			t.Fatalf("%q", r.URL.EscapedPath())
		}
	})
}
