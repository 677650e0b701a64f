package openbis

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"zenobis/wire"
)

func TestAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"lab.example":                "https://lab.example",
		" https://LAB.example:443/ ": "https://lab.example",
		"http://lab.example:80":      "http://lab.example",
		"https://lab.example/openbis/webapp/eln-lims/?menu=x#y": "https://lab.example",
		"https://lab.example:8443/openbis":                      "https://lab.example:8443",
		"lab.example:8443/proxy/openbis/openbis/":               "https://lab.example:8443/proxy",
		"HTTP://[::1]:8080/openbis/":                            "http://[::1]:8080",
		"https://[::1]":                                         "https://[::1]",
		"https://lab.example/openbis-test":                      "https://lab.example/openbis-test",
		"":                                                      "",
		"ftp://lab.example":                                     "",
		"https://":                                              "",
		"https://user:secret@lab.example":                       "",
		"https://lab.example:bad":                               "",
	} {
		c, err := New(Options{URL: in})
		switch {
		case want == "" && err == nil:
			t.Errorf("%q was accepted as %s", in, c.URL())
		case want == "" && strings.Contains(err.Error(), "secret"):
			t.Errorf("%q: %v", in, err)
		case want != "" && (err != nil || c.URL() != want):
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	if _, err := New(Options{URL: "lab.example", DataStores: map[string]string{"DSS1": "ftp://x"}}); err == nil {
		t.Error("a bad override was accepted")
	}
}

func TestStores(t *testing.T) {
	c, err := New(
		Options{
			URL:        "https://lab.example/proxy",
			AllowHTTP:  true,
			DataStores: map[string]string{"dss2": "http://localhost:9999/datastore_server/"},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct{ code, url, want string }{
		{"DSS1", "https://lab.example:444", "https://lab.example:444"},
		{"DSS1", "https://LAB.example:444/datastore_server/", "https://lab.example:444"},
		{"DSS1", "https://lab.example/proxy", "https://lab.example/proxy"},
		{"DSS2", "https://evil.example", "http://localhost:9999"},
		{"DSS3", "https://evil.example", ""},
		{"DSS3", "http://lab.example", ""},
		{"DSS3", "https://user@lab.example", ""},
		{"DSS3", "https://lab.example.evil.example", ""},
		{"DSS3", "", ""},
		{"DSS3", "file:///etc/passwd", ""},
	} {
		u, err := c.reach(DataStore{Code: r.code, URL: r.url})
		if r.want == "" {
			if !errors.Is(err, ErrStoreURL) {
				t.Errorf("%s: %v, %v", r.url, u, err)
			}
			continue
		}
		if err != nil || u.String() != r.want {
			t.Errorf("%s: %v, %v, want %s", r.url, u, err, r.want)
		}
	}
	var asked []DataStore
	c.o.AllowStore = func(s DataStore) bool { asked = append(asked, s); return s.Code == "DSS3" }
	if _, err := c.reach(DataStore{Code: "DSS3", URL: "https://data.example"}); err != nil {
		t.Error(err)
	}
	if _, err := c.reach(DataStore{Code: "DSS4", URL: "http://lab.example"}); !errors.Is(err, ErrStoreURL) {
		t.Error(err)
	}
	if len(asked) != 2 {
		t.Errorf("asked %v", asked)
	}
	if c.o.AllowStore = nil; c.NeedsConsent(DataStore{Code: "A", URL: "https://lab.example:1"}) ||
		!c.NeedsConsent(DataStore{Code: "A", URL: "https://b.example"}) {
		t.Error("consent is asked for the wrong store")
	}
	// Consent to an address is not consent to be overheard.
	c.o.AllowHTTP, c.o.AllowStore = false, func(DataStore) bool { return true }
	c.o.DataStores["DSS5"] = "http://lab.example"
	for _, s := range []DataStore{{Code: "DSS4", URL: "http://lab.example"}, {Code: "DSS5"}} {
		if _, err := c.reach(s); !errors.Is(err, wire.ErrPlain) {
			t.Errorf("%s without encryption: %v", s.Code, err)
		}
	}
	if _, err := c.reach(DataStore{Code: "DSS2"}); err != nil {
		t.Errorf("a tunnel on this computer: %v", err)
	}
}

// TestPasswordsAndTokensAreNotSentInClear to other computers, unless that is allowed.
func TestPasswordsAndTokensAreNotSentInClear(t *testing.T) {
	for address, plain := range map[string]bool{"http://lab.example": true, "http://127.evil.example": true, "http://localhost:1": false,
		"https://lab.example": false} {
		for _, allowed := range []bool{false, true} {
			sent := 0
			c, err := New(
				Options{URL: address, AllowHTTP: allowed, HTTP: &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
					sent++
					return nil, errors.New("no network here")
				})}},
			)
			if err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{"password": c.Login(t.Context(), "alice", "secret"), "token": c.UseToken(t.Context(),
				testToken)} {
				if errors.Is(err, wire.ErrPlain) != (plain && !allowed) {
					t.Errorf("%s to %s, allowed %v: %v", what, address, allowed, err)
				}
			}
			if plain && !allowed && sent > 0 {
				t.Errorf("%s: something was sent", address)
			}
		}
	}
}

// A session is sent to no store without consent, neither for listings nor for files.
func TestForeignStoreGetsNoSession(t *testing.T) {
	asked := false
	h := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer h.Close()
	c, err := New(Options{URL: "https://lab.example"})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	s := DataStore{Code: "DSS1", URL: h.URL}
	if err := c.Files(t.Context(), s, "X", func(File) error { return nil }); !errors.Is(err, ErrStoreURL) {
		t.Error(err)
	}
	if _, err := c.Download(t.Context(), s, "X", File{Path: "a"}); !errors.Is(err, ErrStoreURL) {
		t.Error(err)
	}
	if asked {
		t.Error("the store was asked")
	}
}

func TestCompressedAnswers(t *testing.T) {
	body := recorded(t, "04-spaces").Body
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" || r.Header.Get("User-Agent") != "zenobis/1" {
			t.Errorf("header %v", r.Header)
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		var e map[string]json.RawMessage
		_ = json.Unmarshal(body, &e)
		e["id"] = json.RawMessage(`"1"`)
		_ = json.NewEncoder(z).Encode(e)
		_ = z.Close()
	}))
	defer h.Close()
	c, err := New(Options{URL: h.URL, UserAgent: "zenobis/1"})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	if spaces, err := c.Spaces(t.Context()); err != nil || len(spaces) != 2 {
		t.Errorf("%v, %v", spaces, err)
	}
}

func TestNobodyLoggedIn(t *testing.T) {
	c, err := New(Options{URL: "https://lab.example"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Spaces(t.Context()); !errors.Is(err, ErrSession) {
		t.Error(err)
	}
	if err := c.UseToken(t.Context(), " "); !errors.Is(err, ErrSession) {
		t.Error(err)
	}
	if err := c.Logout(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWrongPassword(t *testing.T) {
	c, _ := start(t, map[string][]recording{"login": {recorded(t, "live/02-login-wrong")}})
	if err := c.Login(t.Context(), "alice", "wrong"); !errors.Is(err, ErrLogin) {
		t.Error(err)
	}
}

// A new login ends the session of the one before; a failing one keeps it.
func TestLoginAgain(t *testing.T) {
	c, s := start(t, map[string][]recording{
		"login":                 {result(`"first-token"`), result(`null`), result(`"second-token"`)},
		"getSessionInformation": {recorded(t, "03-sessioninfo")}, "logout": {recorded(t, "41-logout")},
	})
	c.token, c.session = "", Session{}
	if err := c.Login(t.Context(), "alice", "a"); err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), "alice", "b"); !errors.Is(err, ErrLogin) || !c.Session().Owned {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), "alice", "c"); err != nil {
		t.Fatal(err)
	}
	if out := s.calls("logout"); len(out) != 1 || string(out[0].Params[0]) != `"first-token"` {
		t.Errorf("ended %v", out)
	}
}

func TestSingleSignOn(t *testing.T) {
	c, _ := start(t, map[string][]recording{"getServerPublicInformation": {
		result(
			`{"authentication-service":"x","authentication-service.switch-aai.link":"https://lab.example/aai","authentication-service.switch-aai.label":"University"}`,
		),
		result(`{"authentication-service.switch-aai.link":"javascript:alert(1)"}`),
	}})
	if i, err := c.PublicInfo(t.Context()); err != nil || !i.SSO || i.SSOLabel != "University" || i.SSOLink != "https://lab.example/aai" {
		t.Errorf("%+v, %v", i, err)
	}
	if i, err := c.PublicInfo(t.Context()); err != nil || !i.SSO || i.SSOLink != "" {
		t.Errorf("%+v, %v", i, err)
	}
}
