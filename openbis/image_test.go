package openbis

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const png = "\x89PNG\r\n\x1a\n0000"

func TestImage(t *testing.T) {
	const path = "/openbis/openbis/file-service/eln-lims/cc/37/67/1/1.png"
	for name, r := range map[string]struct {
		handle http.HandlerFunc
		want   error
		kind   string
	}{
		"cookie": {func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "openbis="+testToken || r.URL.RawQuery != "" || r.URL.Path != path {
				t.Errorf("%s, %v", r.URL, r.Header)
			}
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte(png))
		}, nil, "image/png"},
		"parameter": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("sessionID") != testToken {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			_, _ = w.Write([]byte(png))
		}, nil, "image/png"},
		"vector": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/svg+xml;charset=utf-8")
			_, _ = w.Write([]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"))
		}, nil, "image/svg+xml"},
		"gone": {http.NotFound, ErrNoBytes, ""},
		"a page in place of all": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("<html><body>Sign in</body></html>"))
		}, ErrUnreachable, ""},
		"a page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte("<html><body>Sign in</body></html>"))
		}, ErrNoBytes, ""},
		"too big": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(png + strings.Repeat("0", MaxImage)))
		}, ErrNoBytes, ""},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		}, ErrNoBytes, ""},
		"down": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, ErrUnreachable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			away := name == "a page in place of all"
			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				if q.Method == http.MethodPost && !away { // the application server is well
					_, _ = w.Write([]byte(`{"id":"1","error":{"message":"something"}}`))
					return
				}
				r.handle(w, q)
			}))
			defer h.Close()
			c, err := New(Options{URL: h.URL})
			if err != nil {
				t.Fatal(err)
			}
			c.token = testToken
			c.answered.Store(away)
			kind, data, err := c.Image(t.Context(), path+"?sessionID=alice-OLD")
			if !errors.Is(err, r.want) || kind != r.kind || (r.want == nil) != (len(data) > 0) {
				t.Errorf("%q, %d bytes, %v", kind, len(data), err)
			}
		})
	}
}

func TestImageSources(t *testing.T) {
	c, err := New(Options{URL: "https://lab.example/proxy"})
	if err != nil {
		t.Fatal(err)
	}
	for src, want := range map[string]string{
		"/openbis/openbis/file-service/a/1.png":                           "https://lab.example/proxy/openbis/openbis/file-service/a/1.png",
		"https://lab.example/proxy/openbis/openbis/file-service/a/1.png":  "https://lab.example/proxy/openbis/openbis/file-service/a/1.png",
		"HTTPS://LAB.example:443/proxy/openbis/a%20b.png?sessionID=x&v=1": "https://lab.example/proxy/openbis/a%20b.png?v=1",
		"/proxy/datastore_server/1-2/original/x.png?sessionID=old":        "https://lab.example/proxy/datastore_server/1-2/original/x.png",
		"https://evil.example/openbis/openbis/file-service/1.png":         "",
		"http://lab.example/proxy/openbis/openbis/1.png":                  "",
		"//evil.example/openbis/1.png":                                    "",
		"https://lab.example@evil.example/proxy/openbis/1.png":            "",
		"https://user@lab.example/proxy/openbis/1.png":                    "",
		"/openbis/../wiki/1.png":                                          "",
		"/openbis/%2e%2e/wiki/1.png":                                      "",
		"/wiki/1.png":                                                     "",
		"data:image/png;base64,AAAA":                                      "",
		"javascript:alert(1)":                                             "",
		"":                                                                "",
		"https://lab.example:8080/proxy/openbis/1.png":                    "",
	} {
		u, err := c.imageURL(src)
		if want == "" {
			if err == nil {
				t.Errorf("%s became %s", src, u)
			}
			continue
		}
		if err != nil || u.String() != want {
			t.Errorf("%s: %v, %v, want %s", src, u, err, want)
		}
	}
}

func FuzzImageSource(f *testing.F) {
	for _, s := range []string{"/openbis/openbis/file-service/a/1.png", "//evil.example/openbis/x", "https://lab.example/openbis/..%2f",
		"\\\\evil.example\\openbis\\"} {
		f.Add(s)
	}
	c, err := New(Options{URL: "https://lab.example"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if u, err := c.imageURL(src); err == nil && (u.Host != "lab.example" || u.Scheme != "https" || u.User != nil ||
			!(strings.HasPrefix(u.Path, "/openbis/") || strings.HasPrefix(u.Path, "/datastore_server/")) || strings.Contains(u.Path, "/../")) {
			t.Errorf("%q became %s", src, u)
		}
	})
}
